// Indexes of binary vectors: d bits in d/8 bytes, compared by the number of bits that differ.
#include "handle.h"

#include <faiss/IndexBinaryFlat.h>
#include <faiss/IndexBinaryHNSW.h>
#include <faiss/IndexBinaryIVF.h>
#include <faiss/impl/AuxIndexStructures.h>
#include <faiss/impl/DistanceComputer.h>
#include <faiss/index_factory.h>
#include <faiss/utils/Heap.h>

#include <cmath>
#include <cstring>

using namespace faissnet;

namespace {

struct BinaryIndex final : Handle<faiss::IndexBinary> {
    faiss::IndexBinary* core;
    faiss::IndexBinaryFlat* flat;
    faiss::IndexBinaryIVF* ivf;
    faiss::IndexBinaryHNSW* hnsw;  // the core itself, or the IVF's coarse quantizer

    explicit BinaryIndex(std::unique_ptr<faiss::IndexBinary> made) : Handle(std::move(made)), core(ids ? ids->index : index.get()) {
        flat = dynamic_cast<faiss::IndexBinaryFlat*>(core);
        ivf = dynamic_cast<faiss::IndexBinaryIVF*>(core);
        hnsw = dynamic_cast<faiss::IndexBinaryHNSW*>(ivf ? ivf->quantizer : core);
        if (!flat && !ivf && !hnsw) unsupported("this kind of binary index is not supported");
        if (hnsw) use_graph(hnsw->hnsw, 0);
        if (!ivf) return;
        table = &ivf->direct_map;
        lists = ivf->invlists;
        ivf->cp.min_points_per_centroid = 1;  // else advice goes to standard error
    }

    size_t remove(const faiss::IDSelector& selector) override {
        size_t removed = remove_here(selector);
        if (ivf) ivf->ntotal -= removed;
        return removed;
    }

    void enable_reconstruct(bool) override {
        if (ivf) ivf->set_direct_map_type(ids ? faiss::DirectMap::Array : faiss::DirectMap::Hashtable);
    }
};

// The k nearest of what is offered, kept as a heap whose top is the farthest.
class Nearest {
    std::vector<std::pair<int32_t, idx_t>> heap_;
    size_t k_;

public:
    explicit Nearest(size_t k) : k_(k) {}

    void offer(int32_t distance, idx_t id) {
        std::pair<int32_t, idx_t> it(distance, id);
        if (heap_.size() < k_) {
            heap_.push_back(it);
            std::push_heap(heap_.begin(), heap_.end());
        } else if (it < heap_.front()) {
            std::pop_heap(heap_.begin(), heap_.end());
            heap_.back() = it;
            std::push_heap(heap_.begin(), heap_.end());
        }
    }

    void give(int32_t* distances, idx_t* ids) {
        std::sort_heap(heap_.begin(), heap_.end());
        for (size_t i = 0; i < k_; i++) {
            distances[i] = i < heap_.size() ? heap_[i].first : std::numeric_limits<int32_t>::max();
            ids[i] = i < heap_.size() ? heap_[i].second : -1;
        }
    }
};

int32_t bits_that_differ(const uint8_t* a, const uint8_t* b, size_t bytes) {
    int32_t sum = 0;
    size_t i = 0;
    for (; i + 8 <= bytes; i += 8) {
        uint64_t x, y;
        std::memcpy(&x, a + i, 8);
        std::memcpy(&y, b + i, 8);
        sum += __builtin_popcountll(x ^ y);
    }
    for (; i < bytes; i++) sum += __builtin_popcount(a[i] ^ b[i]);
    return sum;
}

// Faiss' binary indexes take no search parameters: nprobe, efSearch and selectors are carried out here.
void search_with(
        const BinaryIndex& handle, idx_t n, const uint8_t* x, idx_t k, const faissnet_search_parameters& p,
        const faiss::IDSelector* sel, int32_t* distances, idx_t* ids) {
    size_t bytes = handle.core->code_size;
    int ef = p.ef_search > 0 ? p.ef_search : handle.own_ef_search;
    auto graph_search = [&](const faiss::IndexBinaryHNSW& graph, idx_t wanted, int width, const faiss::IDSelector* only, int32_t* to, idx_t* found) {
        faiss::SearchParametersHNSW settings;
        settings.efSearch = std::max<int>(width, static_cast<int>(wanted));
        settings.sel = const_cast<faiss::IDSelector*>(only);
#pragma omp parallel
        {
            faiss::VisitedTable visited(graph.ntotal);
            std::unique_ptr<faiss::DistanceComputer> distance(graph.get_distance_computer());
            std::vector<float> values(settings.efSearch);
            std::vector<idx_t> labels(settings.efSearch);
#pragma omp for
            for (idx_t q = 0; q < n; q++) {
                distance->set_query(reinterpret_cast<const float*>(x + q * bytes));
                faiss::maxheap_heapify(values.size(), values.data(), labels.data());
                graph.hnsw.search(*distance, settings.efSearch, labels.data(), values.data(), visited, &settings);
                faiss::maxheap_reorder(values.size(), values.data(), labels.data());
                for (idx_t j = 0; j < wanted; j++) {
                    found[q * wanted + j] = labels[j];
                    to[q * wanted + j] = labels[j] < 0 ? std::numeric_limits<int32_t>::max() : static_cast<int32_t>(std::lround(values[j]));
                }
            }
        }
    };

    if (handle.flat) {
        if (!sel) {
            handle.flat->search(n, x, k, distances, ids);
            return;
        }
        for (idx_t q = 0; q < n; q++) {
            Nearest nearest(k);
            for (idx_t i = 0; i < handle.flat->ntotal; i++)
                if (sel->is_member(i)) nearest.offer(bits_that_differ(x + q * bytes, handle.flat->xb.data() + i * bytes, bytes), i);
            nearest.give(distances + q * k, ids + q * k);
        }
    } else if (handle.ivf) {
        const faiss::IndexBinaryIVF& ivf = *handle.ivf;
        faiss::IVFSearchParameters settings;
        settings.nprobe = std::min<size_t>(p.nprobe > 0 ? p.nprobe : ivf.nprobe, ivf.nlist);
        settings.max_codes = ivf.max_codes;
        idx_t nprobe = static_cast<idx_t>(settings.nprobe);
        std::vector<idx_t> keys(n * nprobe);
        std::vector<int32_t> coarse(n * nprobe);
        if (handle.hnsw)
            graph_search(*handle.hnsw, nprobe, ef, nullptr, coarse.data(), keys.data());
        else
            ivf.quantizer->search(n, x, nprobe, coarse.data(), keys.data());
        if (!sel) {
            ivf.search_preassigned(n, x, k, keys.data(), coarse.data(), distances, ids, false, &settings);
            return;
        }
        for (idx_t q = 0; q < n; q++) {
            Nearest nearest(k);
            for (idx_t j = 0; j < nprobe; j++) {
                idx_t list = keys[q * nprobe + j];
                if (list < 0) continue;
                faiss::InvertedLists::ScopedIds names(ivf.invlists, list);
                faiss::InvertedLists::ScopedCodes codes(ivf.invlists, list);
                for (size_t i = 0; i < ivf.invlists->list_size(list); i++)
                    if (sel->is_member(names[i])) nearest.offer(bits_that_differ(x + q * bytes, codes.get() + i * bytes, bytes), names[i]);
            }
            nearest.give(distances + q * k, ids + q * k);
        }
    } else {
        graph_search(*handle.hnsw, k, ef, sel, distances, ids);
    }
}

}  // namespace

int32_t faissnet_binary_create(int32_t d, const char* factory, int32_t id_map, int32_t ef_construction, faissnet_index** out) {
    return guard([&] {
        require(d > 0 && d % 8 == 0 && factory && out, "d is no positive multiple of 8, or a null pointer");
        *out = nullptr;
        Threads scope(0);
        std::unique_ptr<faiss::IndexBinary> made(faiss::index_binary_factory(d, factory));
        auto handle = std::make_unique<BinaryIndex>(with_id_map(std::move(made), id_map));
        handle->index->code_size = d / 8;  // Faiss leaves an id map's at 0
        if (ef_construction > 0 && handle->graph) handle->graph->efConstruction = ef_construction;
        *out = handle.release();
    });
}

int32_t faissnet_binary_load(const char* path, int32_t map, faissnet_index** out) {
    return guard([&] {
        require(path && out, "a null pointer");
        *out = nullptr;
        Threads scope(0);
        File file = open_checked(path, true);
        std::unique_ptr<faiss::IndexBinary> read(faiss::read_index_binary(file.get(), map ? faiss::IO_FLAG_MMAP | faiss::IO_FLAG_READ_ONLY : 0));
        auto handle = std::make_unique<BinaryIndex>(std::move(read));
        handle->check_read(handle->hnsw ? handle->hnsw->ntotal : 0, map != 0);
        *out = handle.release();
    });
}

int32_t faissnet_binary_train(faissnet_index* handle, int64_t n, const uint8_t* x, int32_t threads) {
    return guard([&] { need<BinaryIndex>(handle).train(n, x, threads); });
}

int32_t faissnet_binary_add(faissnet_index* handle, int64_t n, const uint8_t* x, const int64_t* ids, int32_t threads) {
    return guard([&] {
        auto& index = need<BinaryIndex>(handle);
        index.add(n, x, ids, threads, index.ids || index.ivf);
    });
}

int32_t faissnet_binary_search(
        faissnet_index* handle, int64_t n, const uint8_t* x, int32_t k, const faissnet_search_parameters* parameters,
        const faissnet_selector* selector, int32_t* distances, int64_t* ids) {
    return guard([&] {
        auto& index = need<BinaryIndex>(handle);
        if (n == 0) return;
        require(n > 0 && x && k > 0 && parameters && distances && ids, "n < 1, k < 1 or a null pointer");
        index.trained();
        Threads scope(parameters->threads);
        auto translated = index.translated(selector);
        const faiss::IDSelector* sel = translated ? translated.get() : selector ? selector->selector.get() : nullptr;
        idx_t* labels = reinterpret_cast<idx_t*>(ids);
        search_with(index, n, x, k, *parameters, sel, distances, labels);
        if (index.ids) translate(index.ids->id_map, labels, static_cast<size_t>(n) * k);
    });
}

int32_t faissnet_binary_merge(faissnet_index* handle, faissnet_index* other, int64_t add_to_ids) {
    return guard([&] {
        auto &to = need<BinaryIndex>(handle), &from = need<BinaryIndex>(other);
        to.writable();
        require(handle != other, "an index cannot be merged into itself");
        require(to.index->is_trained && from.index->is_trained, "both indexes must be trained");
        require(to.index->d == from.index->d && (to.ids == nullptr) == (from.ids == nullptr), "the indexes have other dimensions, or only one has an id map");
        require(add_to_ids == 0 || to.ids || to.ivf, "this index has no ids that a number could be added to");
        if (to.ivf && from.ivf) {
            faiss::IndexBinaryIVF &a = *to.ivf, &b = *from.ivf;
            require(a.nlist == b.nlist && a.quantizer->ntotal == b.quantizer->ntotal, "the indexes have different lists");
            std::vector<uint8_t> x(a.code_size), y(a.code_size);
            for (size_t i = 0; i < a.nlist; i++) {
                a.quantizer->reconstruct(i, x.data());
                b.quantizer->reconstruct(i, y.data());
                require(x == y, "the indexes were trained differently: merge only copies of one trained index");
            }
            append_lists(*a.invlists, *b.invlists, to.ids ? a.ntotal : add_to_ids);
            auto type = a.direct_map.type;
            a.ntotal += b.ntotal;
            a.set_direct_map_type(faiss::DirectMap::NoMap);
            a.set_direct_map_type(type);
        } else if (to.flat && from.flat) {
            to.flat->xb.insert(to.flat->xb.end(), from.flat->xb.begin(), from.flat->xb.end());
            to.flat->ntotal += from.flat->ntotal;
        } else {
            unsupported("only two Flat or two IVF binary indexes can be merged");
        }
        to.append_ids(from, add_to_ids);
    });
}

int32_t faissnet_binary_reconstruct(faissnet_index* handle, int64_t id, uint8_t* vector) {
    return guard([&] {
        auto& index = need<BinaryIndex>(handle);
        require(vector, "a null pointer");
        index.below_ids().reconstruct(index.inner_id(id, index.ivf), vector);
    });
}
