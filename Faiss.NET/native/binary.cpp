// Indexes of binary vectors: d bits in d/8 bytes, compared by the number of bits that differ.
#include "internal.h"

#include <faiss/IndexBinaryFlat.h>
#include <faiss/IndexBinaryHNSW.h>
#include <faiss/IndexBinaryIVF.h>
#include <faiss/IndexIDMap.h>
#include <faiss/impl/AuxIndexStructures.h>
#include <faiss/impl/DistanceComputer.h>
#include <faiss/index_factory.h>
#include <faiss/index_io.h>
#include <faiss/utils/Heap.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

using namespace faissnet;

struct faissnet_binary : Counted {
    std::unique_ptr<faiss::IndexBinary> index;
    faiss::IndexBinaryIDMap* ids = nullptr;
    faiss::IndexBinary* core = nullptr;
    faiss::IndexBinaryFlat* flat = nullptr;
    faiss::IndexBinaryIVF* ivf = nullptr;
    faiss::IndexBinaryHNSW* hnsw = nullptr;  // the core itself, or the IVF's coarse quantizer
    int own_ef_search = 0;
    bool mapped = false;

    explicit faissnet_binary(std::unique_ptr<faiss::IndexBinary> made) : index(std::move(made)), core(index.get()) {
        if ((ids = dynamic_cast<faiss::IndexBinaryIDMap*>(core))) core = ids->index;
        flat = dynamic_cast<faiss::IndexBinaryFlat*>(core);
        ivf = dynamic_cast<faiss::IndexBinaryIVF*>(core);
        hnsw = dynamic_cast<faiss::IndexBinaryHNSW*>(ivf ? ivf->quantizer : core);
        if (!flat && !ivf && !hnsw) unsupported("this kind of binary index is not supported");
        if (hnsw) {
            own_ef_search = hnsw->hnsw.efSearch;
            hnsw->hnsw.efSearch = std::max(own_ef_search, EfSearchCeiling);
        }
        if (ivf) ivf->cp.min_points_per_centroid = 1;  // else advice goes to standard error
    }
};

namespace {

faiss::IndexBinary& need(faissnet_binary* handle) {
    require(handle && handle->index, "the index is null");
    return *handle->index;
}

faiss::IndexBinary& need_writable(faissnet_binary* handle) {
    faiss::IndexBinary& index = need(handle);
    if (handle->mapped) unsupported("a memory-mapped index is read-only: load it without mapping to change it");
    return index;
}

faiss::IndexBinary& need_trained(faissnet_binary* handle) {
    faiss::IndexBinary& index = need(handle);
    if (!index.is_trained) throw Failure(FAISSNET_FAISS, "the index is not trained: call Train first");
    return index;
}

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
        const faissnet_binary& handle, idx_t n, const uint8_t* x, idx_t k, const faissnet_search_parameters& p,
        const faiss::IDSelector* sel, int32_t* distances, idx_t* ids) {
    size_t bytes = handle.core->code_size;
    int ef = p.ef_search > 0 ? p.ef_search : handle.own_ef_search;
    auto graph_search = [&](const faiss::IndexBinaryHNSW& graph, idx_t wanted, int width, const faiss::IDSelector* only, int32_t* to, idx_t* found) {
        faiss::SearchParametersHNSW settings;
        settings.efSearch = std::max<int>(width, static_cast<int>(wanted));
        settings.sel = const_cast<faiss::IDSelector*>(only);
        std::vector<float> values(n * wanted);
#pragma omp parallel
        {
            faiss::VisitedTable visited(graph.ntotal);
            std::unique_ptr<faiss::DistanceComputer> distance(graph.get_distance_computer());
#pragma omp for
            for (idx_t q = 0; q < n; q++) {
                float* v = values.data() + q * wanted;
                distance->set_query(reinterpret_cast<const float*>(x + q * bytes));
                faiss::maxheap_heapify(wanted, v, found + q * wanted);
                graph.hnsw.search(*distance, static_cast<int>(wanted), found + q * wanted, v, visited, &settings);
                faiss::maxheap_reorder(wanted, v, found + q * wanted);
                for (idx_t j = 0; j < wanted; j++)
                    to[q * wanted + j] = found[q * wanted + j] < 0 ? std::numeric_limits<int32_t>::max() : static_cast<int32_t>(std::lround(v[j]));
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

template <class Save>
void with_own_settings(faissnet_binary* handle, Save&& save) {
    struct Restore {
        faiss::IndexBinaryHNSW* graph;
        int to;
        ~Restore() {
            if (graph) graph->hnsw.efSearch = to;
        }
    } restore{handle->hnsw, handle->hnsw ? handle->hnsw->hnsw.efSearch : 0};
    if (handle->hnsw) handle->hnsw->hnsw.efSearch = handle->own_ef_search;
    save();
}

}  // namespace

int32_t faissnet_binary_create(int32_t d, const char* factory, int32_t id_map, int32_t ef_construction, faissnet_binary** out) {
    return guard([&] {
        require(d > 0 && d % 8 == 0 && factory && out, "d is no positive multiple of 8, or a null pointer");
        *out = nullptr;
        Threads scope(0);
        std::unique_ptr<faiss::IndexBinary> made(faiss::index_binary_factory(d, factory));
        if (id_map != 0) {
            std::unique_ptr<faiss::IndexBinaryIDMap> map(
                    id_map == 2 ? new faiss::IndexBinaryIDMap2(made.get()) : new faiss::IndexBinaryIDMap(made.get()));
            map->own_fields = true;
            made.release();
            map->code_size = map->index->code_size;  // Faiss leaves it at 0
            made = std::move(map);
        }
        auto handle = std::make_unique<faissnet_binary>(std::move(made));
        if (ef_construction > 0 && handle->hnsw) handle->hnsw->hnsw.efConstruction = ef_construction;
        *out = handle.release();
    });
}

int32_t faissnet_binary_load(const char* path, int32_t map, faissnet_binary** out) {
    return guard([&] {
        require(path && out, "a null pointer");
        *out = nullptr;
        Threads scope(0);
        File file = open_checked(path, true);
        std::unique_ptr<faiss::IndexBinary> read(faiss::read_index_binary(file.get(), map ? faiss::IO_FLAG_MMAP | faiss::IO_FLAG_READ_ONLY : 0));
        auto handle = std::make_unique<faissnet_binary>(std::move(read));
        if (handle->hnsw) {
            faiss::HNSW& graph = handle->hnsw->hnsw;
            graph.efSearch = handle->own_ef_search;
            check_hnsw(graph, handle->hnsw->ntotal);
            graph.efSearch = std::max(handle->own_ef_search, EfSearchCeiling);
        }
        if (handle->ivf) {
            check_direct_map(handle->ivf->direct_map, *handle->ivf->invlists);
            handle->mapped = map != 0;
            calm_mapped_lists(handle->ivf->invlists);
        }
        *out = handle.release();
    });
}

int32_t faissnet_binary_save(faissnet_binary* handle, const char* path) {
    return guard([&] {
        faiss::IndexBinary& index = need(handle);
        require(path, "a null pointer");
        if (handle->mapped) unsupported("a memory-mapped index is its file: copy that");
        File file = create_file(path);
        with_own_settings(handle, [&] { faiss::write_index_binary(&index, file.get()); });
        finish_file(std::move(file), path);
    });
}

int32_t faissnet_binary_save_to(faissnet_binary* handle, faissnet_write write, void* state) {
    return guard([&] {
        faiss::IndexBinary& index = need(handle);
        require(write, "a null pointer");
        if (handle->mapped) unsupported("a memory-mapped index is its file: copy that");
        CallbackWriter writer(write, state);
        with_own_settings(handle, [&] { faiss::write_index_binary(&index, &writer); });
        writer.flush();
    });
}

void faissnet_binary_free(faissnet_binary* handle) { delete handle; }

int32_t faissnet_binary_info(faissnet_binary* handle, int32_t* d, int64_t* ntotal, int32_t* is_trained, int32_t* is_mapped) {
    return guard([&] {
        faiss::IndexBinary& index = need(handle);
        *d = index.d;
        *ntotal = index.ntotal;
        *is_trained = index.is_trained;
        *is_mapped = handle->mapped;
    });
}

int32_t faissnet_binary_train(faissnet_binary* handle, int64_t n, const uint8_t* x, int32_t threads) {
    return guard([&] {
        faiss::IndexBinary& index = need_writable(handle);
        require(n > 0 && x, "no vectors");
        if (index.ntotal > 0) throw Failure(FAISSNET_INVALID_ARGUMENT, "the index already holds vectors: train before adding");
        Threads scope(threads);
        index.train(n, x);
    });
}

int32_t faissnet_binary_add(faissnet_binary* handle, int64_t n, const uint8_t* x, const int64_t* ids, int32_t threads) {
    return guard([&] {
        need_writable(handle);
        if (n == 0) return;
        require(n > 0 && x, "no vectors");
        faiss::IndexBinary& index = need_trained(handle);
        if (handle->hnsw && !handle->ivf && index.ntotal + n > std::numeric_limits<int>::max())
            unsupported("an HNSW index holds at most 2^31 vectors");
        if (ids && !handle->ids && !handle->ivf) unsupported("this index keeps no ids: put IDMap2, before its factory string");
        if (!ids && handle->ids) unsupported("an index with an id map wants ids");
        Threads scope(threads);
        if (ids)
            index.add_with_ids(n, x, reinterpret_cast<const idx_t*>(ids));
        else
            index.add(n, x);
    });
}

int32_t faissnet_binary_search(
        faissnet_binary* handle, int64_t n, const uint8_t* x, int32_t k, const faissnet_search_parameters* parameters,
        const faissnet_selector* selector, int32_t* distances, int64_t* ids) {
    return guard([&] {
        need(handle);
        if (n == 0) return;
        require(n > 0 && x && k > 0 && parameters && distances && ids, "n < 1, k < 1 or a null pointer");
        need_trained(handle);
        Threads scope(parameters->threads);
        std::unique_ptr<Translated> translated;
        const faiss::IDSelector* sel = selector ? selector->selector.get() : nullptr;
        if (sel && handle->ids) {
            translated = std::make_unique<Translated>(handle->ids->id_map, *sel);
            sel = translated.get();
        }
        idx_t* labels = reinterpret_cast<idx_t*>(ids);
        search_with(*handle, n, x, k, *parameters, sel, distances, labels);
        if (handle->ids) translate(handle->ids->id_map, labels, static_cast<size_t>(n) * k);
    });
}

int32_t faissnet_binary_remove(faissnet_binary* handle, const faissnet_selector* selector, int32_t threads, int64_t* removed) {
    return guard([&] {
        faiss::IndexBinary& index = need_writable(handle);
        require(selector && removed, "a null pointer");
        if (handle->hnsw && !handle->ivf) unsupported("HNSW cannot remove: leave ids out with a selector, or build anew");
        if (handle->ids && handle->ivf) unsupported("IDMap around IVF cannot remove: IVF keeps ids itself, so leave IDMap out");
        Threads scope(threads);
        if (handle->ivf) {
            size_t gone = remove_from_lists(handle->ivf->direct_map, handle->ivf->invlists, handle->ivf->ntotal, *selector->selector);
            handle->ivf->ntotal -= gone;
            *removed = static_cast<int64_t>(gone);
        } else {
            *removed = static_cast<int64_t>(index.remove_ids(*selector->selector));
        }
    });
}

int32_t faissnet_binary_merge(faissnet_binary* handle, faissnet_binary* other, int64_t add_to_ids) {
    return guard([&] {
        faiss::IndexBinary& to = need_writable(handle);
        const faiss::IndexBinary& from = need(other);
        require(handle != other, "an index cannot be merged into itself");
        require(to.is_trained && from.is_trained, "both indexes must be trained");
        require(to.d == from.d && (handle->ids == nullptr) == (other->ids == nullptr), "the indexes have other dimensions, or only one has an id map");
        require(add_to_ids == 0 || handle->ids || handle->ivf, "this index has no ids that a number could be added to");
        if (handle->ivf && other->ivf) {
            faiss::IndexBinaryIVF &a = *handle->ivf, &b = *other->ivf;
            require(a.nlist == b.nlist && a.quantizer->ntotal == b.quantizer->ntotal, "the indexes have different lists");
            std::vector<uint8_t> x(a.code_size), y(a.code_size);
            for (size_t i = 0; i < a.nlist; i++) {
                a.quantizer->reconstruct(i, x.data());
                b.quantizer->reconstruct(i, y.data());
                require(x == y, "the indexes were trained differently: merge only copies of one trained index");
            }
            append_lists(*a.invlists, *b.invlists, handle->ids ? a.ntotal : add_to_ids);
            auto type = a.direct_map.type;
            a.ntotal += b.ntotal;
            a.set_direct_map_type(faiss::DirectMap::NoMap);
            a.set_direct_map_type(type);
        } else if (handle->flat && other->flat) {
            handle->flat->xb.insert(handle->flat->xb.end(), other->flat->xb.begin(), other->flat->xb.end());
            handle->flat->ntotal += other->flat->ntotal;
        } else {
            unsupported("only two Flat or two IVF binary indexes can be merged");
        }
        if (handle->ids) {
            size_t before = handle->ids->id_map.size();
            for (idx_t id : other->ids->id_map) handle->ids->id_map.push_back(id + add_to_ids);
            if (auto* both_ways = dynamic_cast<faiss::IndexBinaryIDMap2*>(handle->ids))
                for (size_t i = before; i < handle->ids->id_map.size(); i++) both_ways->rev_map[handle->ids->id_map[i]] = i;
            to.ntotal = handle->core->ntotal;
        }
    });
}

int32_t faissnet_binary_enable_reconstruct(faissnet_binary* handle) {
    return guard([&] {
        need(handle);
        if (handle->ivf) handle->ivf->set_direct_map_type(handle->ids ? faiss::DirectMap::Array : faiss::DirectMap::Hashtable);
    });
}

int32_t faissnet_binary_reconstruct(faissnet_binary* handle, int64_t id, uint8_t* vector) {
    return guard([&] {
        faiss::IndexBinary& index = need(handle);
        require(vector, "a null pointer");
        bool found;
        if (handle->ids) {
            auto* both_ways = dynamic_cast<faiss::IndexBinaryIDMap2*>(handle->ids);
            if (!both_ways) unsupported("IDMap cannot look an id up: use IDMap2 in the factory string");
            found = both_ways->rev_map.count(id) != 0;
        } else if (handle->ivf && handle->ivf->direct_map.type == faiss::DirectMap::Hashtable) {
            found = handle->ivf->direct_map.hashtable.count(id) != 0;
        } else {
            found = id >= 0 && id < index.ntotal;
        }
        if (!found) throw Failure(FAISSNET_NOT_FOUND, "no vector has the id " + std::to_string(id));
        if (handle->ivf && handle->ivf->direct_map.no()) unsupported("this IVF index keeps no table of ids: call EnableReconstruct first");
        index.reconstruct(id, vector);
    });
}
