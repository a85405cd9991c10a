// Indexes of float vectors.
#include "handle.h"
#include "lists.h"

#include <faiss/IndexFlat.h>
#include <faiss/IndexHNSW.h>
#include <faiss/IndexIVF.h>
#include <faiss/IndexIVFFlat.h>
#include <faiss/IndexIVFPQ.h>
#include <faiss/IndexPQ.h>
#include <faiss/IndexPreTransform.h>
#include <faiss/IndexRefine.h>
#include <faiss/IndexScalarQuantizer.h>
#include <faiss/IVFlib.h>
#include <faiss/VectorTransform.h>
#include <faiss/impl/AuxIndexStructures.h>
#include <faiss/impl/DistanceComputer.h>
#include <faiss/index_factory.h>

#include <typeinfo>

using namespace faissnet;

namespace {

// The parts of an index below its id map: a refinement around vector transforms around a core, all but the core optional.
struct Layers {
    faiss::IndexRefine* refine = nullptr;
    faiss::IndexPreTransform* transform = nullptr;
    faiss::Index* core = nullptr;
    faiss::IndexIVF* ivf = nullptr;
    faiss::IndexHNSW* hnsw = nullptr;  // the core itself, or the IVF's coarse quantizer

    explicit Layers(faiss::Index* top) : core(top) {
        if ((refine = dynamic_cast<faiss::IndexRefine*>(core))) core = refine->base_index;
        if ((transform = dynamic_cast<faiss::IndexPreTransform*>(core))) core = transform->index;
        ivf = dynamic_cast<faiss::IndexIVF*>(core);
        hnsw = dynamic_cast<faiss::IndexHNSW*>(ivf ? ivf->quantizer : core);
    }
};

template <class... Kinds>
bool is_one_of(const faiss::Index* index) {
    return ((typeid(*index) == typeid(Kinds)) || ...);
}

// Kinds beyond these are not offered: among them are some (FastScan) that throw inside OpenMP regions, where no catch can save the
// process, and some that ignore search parameters.
void require_offered(const Layers& l) {
    auto flat = [](const faiss::Index* i) { return is_one_of<faiss::IndexFlat, faiss::IndexFlatL2, faiss::IndexFlatIP>(i); };
    auto core = [&](const faiss::Index* i) {
        return flat(i) ||
                is_one_of<faiss::IndexPQ, faiss::IndexScalarQuantizer, faiss::IndexHNSWFlat, faiss::IndexHNSWPQ, faiss::IndexHNSWSQ,
                          faiss::IndexIVFFlat, faiss::IndexIVFScalarQuantizer, faiss::IndexIVFPQ>(i);
    };
    bool offered = core(l.core);
    if (l.ivf) offered = offered && (flat(l.ivf->quantizer) || is_one_of<faiss::IndexHNSWFlat>(l.ivf->quantizer));
    if (l.refine) offered = offered && (flat(l.refine->refine_index) || is_one_of<faiss::IndexScalarQuantizer>(l.refine->refine_index));
    if (!offered) unsupported("this kind of index is not supported");
}

struct FloatIndex final : Handle<faiss::Index> {
    Layers layers;
    std::unique_ptr<NearestLists> nearest;  // of a trained IVF whose centres are compared one by one

    explicit FloatIndex(std::unique_ptr<faiss::Index> made) : Handle(std::move(made)), layers(ids ? ids->index : index.get()) {
        require_offered(layers);
        if (layers.hnsw) use_graph(layers.hnsw->hnsw, layers.ivf ? EfSearchCeiling : 0);
        if (layers.ivf) {
            table = &layers.ivf->direct_map;
            lists = layers.ivf->invlists;
        }
        keep_quiet();
        learn_lists();
    }

    // To be called again after training.
    void learn_lists() {
        nearest.reset();
        auto* centres = layers.ivf && !layers.hnsw ? dynamic_cast<faiss::IndexFlat*>(layers.ivf->quantizer) : nullptr;
        if (centres && layers.ivf->is_trained && static_cast<size_t>(centres->ntotal) == layers.ivf->nlist) nearest = std::make_unique<NearestLists>(*centres);
    }

    bool keeps_ids() const { return ids || ids_in_lists(); }

    // Else ids are outside, and the lists of an IVF hold positions.
    bool ids_in_lists() const { return lists && !layers.refine; }

    size_t remove(const faiss::IDSelector& selector) override {
        writable();
        if (layers.refine) unsupported("an index with refinement cannot remove");
        size_t removed = remove_here(selector);
        if (lists) {
            layers.ivf->ntotal -= removed;
            index->ntotal = layers.ivf->ntotal;
        }
        return removed;
    }

    void enable_reconstruct(bool sequential) override {
        if (ids_in_lists()) layers.ivf->set_direct_map_type(ids || sequential ? faiss::DirectMap::Array : faiss::DirectMap::Hashtable);
    }

private:
    std::vector<std::unique_ptr<faiss::ProductQuantizer>> rotations_;

    // Faiss writes advice about the size of training sets to standard error.
    void keep_quiet() {
        if (layers.ivf) layers.ivf->cp.min_points_per_centroid = 1;
        faiss::Index* codes = layers.hnsw && !layers.ivf ? layers.hnsw->storage : layers.core;
        if (auto* pq = dynamic_cast<faiss::IndexIVFPQ*>(codes)) pq->pq.cp.min_points_per_centroid = 1;
        if (auto* pq = dynamic_cast<faiss::IndexPQ*>(codes)) pq->pq.cp.min_points_per_centroid = 1;
        if (!layers.transform) return;
        for (faiss::VectorTransform* transform : layers.transform->chain)
            if (auto* opq = dynamic_cast<faiss::OPQMatrix*>(transform)) {
                rotations_.push_back(std::make_unique<faiss::ProductQuantizer>(opq->d_out, opq->M, 8));  // as it would make itself
                rotations_.back()->cp.min_points_per_centroid = 1;
                opq->pq = rotations_.back().get();
            }
    }
};

}  // namespace

struct faissnet_ranges : Counted {
    faiss::RangeSearchResult result;
    explicit faissnet_ranges(size_t n) : result(n) {}
};

namespace {

// The search parameters of one call, and what they point to. `target` is the part below id map and refinement.
struct Query {
    faiss::SearchParameters plain;
    faiss::SearchParametersHNSW hnsw, coarse;
    faiss::IVFSearchParameters ivf;
    faiss::SearchParametersPreTransform transform;
    std::unique_ptr<Translated> translated;
    faiss::Index* target;
    const faiss::IndexIVF* lists = nullptr;  // the target, where the lists to visit are chosen here
    const NearestLists* nearest = nullptr;
    faiss::SearchParameters* use = nullptr;
    idx_t candidates;  // neighbours that are wanted of the target
    idx_t width;       // and how many it is asked for, so that a graph looks at as many

    Query(const FloatIndex& handle, idx_t k, const faissnet_search_parameters& p, const faissnet_selector* selector) {
        const Layers& l = handle.layers;
        target = handle.ids ? handle.ids->index : handle.index.get();
        candidates = k;
        if (l.refine) {
            target = l.refine->base_index;
            double factor = p.refine_factor > 0 ? p.refine_factor : l.refine->k_factor;
            candidates = std::max<idx_t>(k, static_cast<idx_t>(std::min(static_cast<double>(k) * factor, 1e9)));
        }
        width = candidates;
        faiss::IDSelector* sel = nullptr;
        if (selector) {
            if (dynamic_cast<const faiss::IndexPQ*>(l.core))
                unsupported("Faiss' PQ index cannot be searched with a selector: use an IVF one");
            translated = handle.translated(selector);
            sel = translated ? translated.get() : const_cast<faiss::IDSelector*>(selector->selector.get());
        }
        int floor = static_cast<int>(std::min<idx_t>(candidates, std::numeric_limits<int>::max()));
        int ef = p.ef_search > 0 ? p.ef_search : handle.own_ef_search;
        if (l.ivf) {
            ivf.nprobe = std::min<size_t>(p.nprobe > 0 ? p.nprobe : l.ivf->nprobe, l.ivf->nlist);
            ivf.max_codes = l.ivf->max_codes;
            ivf.sel = sel;
            if (l.hnsw) {
                coarse.efSearch = std::max<int>(ef, ivf.nprobe);
                ivf.quantizer_params = &coarse;
            }
            use = &ivf;
            if (handle.nearest && !l.transform) {
                lists = l.ivf;
                nearest = handle.nearest.get();
            }
        } else if (l.hnsw) {
            hnsw.efSearch = std::max(ef, floor);  // fewer candidates than results asked for would lose results
            hnsw.sel = sel;
            use = &hnsw;
            width = hnsw.efSearch;
        } else if (sel) {
            plain.sel = sel;
            use = &plain;
        }
        if (use && l.transform) {
            transform.index_params = use;
            use = &transform;
        }
    }
    Query(const Query&) = delete;
    Query& operator=(const Query&) = delete;

    // The nearest `candidates` of each of n queries.
    void search(idx_t n, const float* x, float* distances, idx_t* ids) const {
        if (lists) {
            search_lists(*lists, *nearest, n, x, candidates, distances, ids, nullptr, ivf);
            return;
        }
        if (width == candidates) {
            target->search(n, x, candidates, distances, ids, use);
            return;
        }
        constexpr idx_t block = 1024;
        std::vector<float> wide_distances(std::min(n, block) * width);
        std::vector<idx_t> wide_ids(wide_distances.size());
        for (idx_t done = 0; done < n; done += block) {
            idx_t some = std::min(n - done, block);
            target->search(some, x + done * target->d, width, wide_distances.data(), wide_ids.data(), use);
            for (idx_t q = 0; q < some; q++) {
                std::copy_n(wide_distances.data() + q * width, candidates, distances + (done + q) * candidates);
                std::copy_n(wide_ids.data() + q * width, candidates, ids + (done + q) * candidates);
            }
        }
    }
};

// Copies what is stored under each label; NaN where there is none.
void copy_vectors(const faiss::Index& index, size_t count, const idx_t* labels, float* vectors) {
    for (size_t i = 0; i < count; i++) {
        float* vector = vectors + i * index.d;
        if (labels[i] < 0)
            std::fill_n(vector, index.d, std::numeric_limits<float>::quiet_NaN());
        else
            index.reconstruct(labels[i], vector);
    }
}

// IndexRefine takes no search parameters, so what it does is done here: more candidates of the base, measured by the refining index.
void search_refined(
        const faiss::IndexRefine& refine, const Query& query, idx_t n, const float* x, idx_t k, float* distances, idx_t* ids) {
    idx_t wide = query.candidates;
    std::vector<float> base_distances(n * wide);
    std::vector<idx_t> base_ids(n * wide);
    query.search(n, x, base_distances.data(), base_ids.data());
    for (idx_t id : base_ids)
        if (id >= refine.ntotal) throw Failure(FAISSNET_CORRUPT, "the index found a position that its refinement does not have");
    bool larger_is_nearer = refine.metric_type == faiss::METRIC_INNER_PRODUCT;
    std::vector<std::pair<float, idx_t>> found(n * wide);
#pragma omp parallel if (n > 1)
    {
        std::unique_ptr<faiss::DistanceComputer> distance(refine.refine_index->get_distance_computer());
#pragma omp for
        for (idx_t q = 0; q < n; q++) {
            distance->set_query(x + q * refine.d);
            auto* first = found.data() + q * wide;
            idx_t some = 0;
            for (idx_t j = 0; j < wide; j++) {
                idx_t id = base_ids[q * wide + j];
                if (id < 0) continue;
                float value = (*distance)(id);
                first[some++] = {larger_is_nearer ? -value : value, id};
            }
            idx_t kept = std::min(k, some);
            std::partial_sort(first, first + kept, first + some);
            for (idx_t j = 0; j < k; j++) {
                distances[q * k + j] = j < kept ? (larger_is_nearer ? -first[j].first : first[j].first)
                                                : (larger_is_nearer ? -1 : 1) * std::numeric_limits<float>::max();
                ids[q * k + j] = j < kept ? first[j].second : -1;
            }
        }
    }
}


// What two IVF indexes must share beyond what Faiss checks, or codes of one would be read by the tables of the other.
void require_same_codec(const faiss::Index& a, const faiss::Index& b) {
    auto fail = [] { throw Failure(FAISSNET_INVALID_ARGUMENT, "the indexes were trained differently: merge only copies of one trained index"); };
    if (auto* sq = dynamic_cast<const faiss::IndexIVFScalarQuantizer*>(&a)) {
        auto& other = dynamic_cast<const faiss::IndexIVFScalarQuantizer&>(b);
        if (sq->sq.qtype != other.sq.qtype || sq->sq.trained != other.sq.trained || sq->by_residual != other.by_residual) fail();
    } else if (auto* pq = dynamic_cast<const faiss::IndexIVFPQ*>(&a)) {
        auto& other = dynamic_cast<const faiss::IndexIVFPQ&>(b);
        if (pq->pq.centroids != other.pq.centroids || pq->by_residual != other.by_residual) fail();
    } else if (auto* flat_sq = dynamic_cast<const faiss::IndexScalarQuantizer*>(&a)) {
        auto& other = dynamic_cast<const faiss::IndexScalarQuantizer&>(b);
        if (flat_sq->sq.qtype != other.sq.qtype || flat_sq->sq.trained != other.sq.trained) fail();
    } else if (auto* flat_pq = dynamic_cast<const faiss::IndexPQ*>(&a)) {
        if (flat_pq->pq.centroids != dynamic_cast<const faiss::IndexPQ&>(b).pq.centroids) fail();
    }
}

void require_mergeable(const faiss::Index& to, const faiss::Index& from) {
    require(to.d == from.d && to.metric_type == from.metric_type, "the indexes have other dimensions or metrics");
    require(typeid(to) == typeid(from) ||
                    (dynamic_cast<const faiss::IndexFlat*>(&to) && dynamic_cast<const faiss::IndexFlat*>(&from)) ||
                    (dynamic_cast<const faiss::IndexRefine*>(&to) && dynamic_cast<const faiss::IndexRefine*>(&from)),
            "the indexes are of different kinds");
    if (auto* transform = dynamic_cast<const faiss::IndexPreTransform*>(&to)) {
        auto& other = dynamic_cast<const faiss::IndexPreTransform&>(from);
        require(transform->chain.size() == other.chain.size(), "the indexes have different transforms");
        for (size_t i = 0; i < transform->chain.size(); i++) transform->chain[i]->check_identical(*other.chain[i]);
        require_mergeable(*transform->index, *other.index);
    } else if (auto* refine = dynamic_cast<const faiss::IndexRefine*>(&to)) {
        auto& other = dynamic_cast<const faiss::IndexRefine&>(from);
        require_mergeable(*refine->base_index, *other.base_index);
        require_mergeable(*refine->refine_index, *other.refine_index);
    } else if (auto* ivf = dynamic_cast<const faiss::IndexIVF*>(&to)) {
        auto& other = dynamic_cast<const faiss::IndexIVF&>(from);
        require(ivf->nlist == other.nlist && ivf->code_size == other.code_size, "the indexes have different lists");
        std::vector<float> a(ivf->d), b(ivf->d);
        for (size_t i = 0; i < ivf->nlist; i++) {
            ivf->quantizer->reconstruct(i, a.data());
            other.quantizer->reconstruct(i, b.data());
            require(a == b, "the indexes were trained differently: merge only copies of one trained index");
        }
        require_same_codec(to, from);
    } else if (auto* codes = dynamic_cast<const faiss::IndexFlatCodes*>(&to)) {
        require(codes->code_size == dynamic_cast<const faiss::IndexFlatCodes&>(from).code_size, "the indexes have other codes");
        require_same_codec(to, from);
    } else {
        unsupported("HNSW indexes cannot be merged: add the vectors of one to the other");
    }
}

// `shift` is added to the ids in inverted lists.
void append(faiss::Index& to, const faiss::Index& from, idx_t shift) {
    if (auto* transform = dynamic_cast<faiss::IndexPreTransform*>(&to)) {
        append(*transform->index, *dynamic_cast<const faiss::IndexPreTransform&>(from).index, shift);
    } else if (auto* refine = dynamic_cast<faiss::IndexRefine*>(&to)) {
        auto& other = dynamic_cast<const faiss::IndexRefine&>(from);
        append(*refine->base_index, *other.base_index, shift);
        append(*refine->refine_index, *other.refine_index, shift);
    } else if (auto* ivf = dynamic_cast<faiss::IndexIVF*>(&to)) {
        append_lists(*ivf->invlists, *dynamic_cast<const faiss::IndexIVF&>(from).invlists, shift);
    } else {
        auto& codes = dynamic_cast<faiss::IndexFlatCodes&>(to).codes;
        auto& other = dynamic_cast<const faiss::IndexFlatCodes&>(from).codes;
        codes.insert(codes.end(), other.begin(), other.end());
    }
    to.ntotal += from.ntotal;
}

}  // namespace

int32_t faissnet_create(int32_t d, const char* factory, int32_t metric, int32_t id_map, int32_t ef_construction, faissnet_index** out) {
    return guard([&] {
        require(d > 0 && factory && out, "d < 1, or a null pointer");
        require(metric == faiss::METRIC_INNER_PRODUCT || metric == faiss::METRIC_L2, "unknown metric");
        *out = nullptr;
        Threads scope(0);
        std::unique_ptr<faiss::Index> made(faiss::index_factory(d, factory, static_cast<faiss::MetricType>(metric)));
        auto handle = std::make_unique<FloatIndex>(with_id_map(std::move(made), id_map));
        if (ef_construction > 0 && handle->graph) handle->graph->efConstruction = ef_construction;
        *out = handle.release();
    });
}

int32_t faissnet_load(const char* path, int32_t map, faissnet_index** out) {
    return guard([&] {
        require(path && out, "a null pointer");
        *out = nullptr;
        Threads scope(0);
        File file = open_checked(path, false);
        std::unique_ptr<faiss::Index> read(faiss::read_index(file.get(), map ? faiss::IO_FLAG_MMAP | faiss::IO_FLAG_READ_ONLY : 0));
        auto handle = std::make_unique<FloatIndex>(std::move(read));
        const Layers& l = handle->layers;
        handle->check_read(l.hnsw ? l.hnsw->ntotal : 0, map != 0);
        if (l.transform)
            for (auto* t : l.transform->chain)
                if (auto* remap = dynamic_cast<faiss::RemapDimensionsTransform*>(t))
                    for (int from : remap->map)
                        if (from < -1 || from >= t->d_in) throw Failure(FAISSNET_CORRUPT, "no sound index file: a remapping reads beyond its input");
        *out = handle.release();
    });
}

int32_t faissnet_train(faissnet_index* handle, int64_t n, const float* x, int32_t threads) {
    return guard([&] {
        auto& index = need<FloatIndex>(handle);
        index.train(n, x, threads);
        index.learn_lists();
    });
}

int32_t faissnet_add(faissnet_index* handle, int64_t n, const float* x, const int64_t* ids, int32_t threads) {
    return guard([&] {
        auto& index = need<FloatIndex>(handle);
        index.add(n, x, ids, threads, index.keeps_ids());
    });
}

int32_t faissnet_search(
        faissnet_index* handle, int64_t n, const float* x, int32_t k, const faissnet_search_parameters* parameters,
        const faissnet_selector* selector, float* distances, int64_t* ids, float* vectors) {
    return guard([&] {
        auto& index = need<FloatIndex>(handle);
        if (n == 0) return;
        require(n > 0 && x && k > 0 && parameters && distances && ids, "n < 1, k < 1 or a null pointer");
        index.trained();
        Threads scope(parameters->threads);
        Query query(index, k, *parameters, selector);
        idx_t* labels = reinterpret_cast<idx_t*>(ids);
        if (index.layers.refine) {
            search_refined(*index.layers.refine, query, n, x, k, distances, labels);
            if (vectors) copy_vectors(*index.layers.refine, static_cast<size_t>(n) * k, labels, vectors);
        } else if (!vectors) {
            query.search(n, x, distances, labels);
        } else if (query.lists && !selector) {
            // It knows the place of what it finds, and needs no table of ids. (Selectors are refused.)
            search_lists(*query.lists, *query.nearest, n, x, k, distances, labels, vectors, query.ivf);
        } else {
            query.search(n, x, distances, labels);
            copy_vectors(*query.target, static_cast<size_t>(n) * k, labels, vectors);
        }
        // The id map refuses search parameters: so it was bypassed above.
        if (index.ids) translate(index.ids->id_map, labels, static_cast<size_t>(n) * k);
    });
}

int32_t faissnet_range_search(
        faissnet_index* handle, int64_t n, const float* x, float radius, const faissnet_search_parameters* parameters,
        const faissnet_selector* selector, faissnet_ranges** out, int64_t* total) {
    return guard([&] {
        auto& index = need<FloatIndex>(handle);
        require(n >= 0 && (n == 0 || x) && parameters && out && total, "n < 0, or a null pointer");
        *out = nullptr;
        index.trained();
        const Layers& l = index.layers;
        if (l.refine || (!l.ivf && !dynamic_cast<faiss::IndexFlat*>(l.core)))
            unsupported("Faiss searches ranges only in Flat and IVF indexes");
        Threads scope(parameters->threads);
        auto found = std::make_unique<faissnet_ranges>(n);
        Query query(index, 1, *parameters, selector);
        query.target->range_search(n, x, radius, &found->result, query.use);
        *total = static_cast<int64_t>(found->result.lims[n]);
        if (index.ids) translate(index.ids->id_map, found->result.labels, found->result.lims[n]);
        *out = found.release();
    });
}

int32_t faissnet_ranges_copy(const faissnet_ranges* ranges, int64_t* lims, float* distances, int64_t* ids) {
    return guard([&] {
        require(ranges && lims, "a null pointer");
        const faiss::RangeSearchResult& r = ranges->result;
        std::copy_n(r.lims, r.nq + 1, lims);
        if (r.lims[r.nq] == 0) return;
        require(distances && ids, "a null pointer");
        std::copy_n(r.distances, r.lims[r.nq], distances);
        std::copy_n(r.labels, r.lims[r.nq], ids);
    });
}

void faissnet_ranges_free(faissnet_ranges* ranges) { delete ranges; }

int32_t faissnet_merge(faissnet_index* handle, faissnet_index* other, int64_t add_to_ids) {
    return guard([&] {
        auto &to = need<FloatIndex>(handle), &from = need<FloatIndex>(other);
        to.writable();
        require(handle != other, "an index cannot be merged into itself");
        require(to.index->is_trained && from.index->is_trained, "both indexes must be trained");
        require((to.ids == nullptr) == (from.ids == nullptr), "one index has an id map, the other not");
        require(add_to_ids == 0 || to.keeps_ids(), "this index has no ids that a number could be added to");
        faiss::Index& inner = to.ids ? *to.ids->index : *to.index;
        const faiss::Index& inner_from = from.ids ? *from.ids->index : *from.index;
        require_mergeable(inner, inner_from);
        append(inner, inner_from, to.ids_in_lists() && !to.ids ? add_to_ids : inner.ntotal);
        to.append_ids(from, add_to_ids);
        if (to.lists && !to.table->no()) {
            auto type = to.table->type;
            to.layers.ivf->set_direct_map_type(faiss::DirectMap::NoMap);
            to.layers.ivf->set_direct_map_type(type);
        }
    });
}

int32_t faissnet_reconstruct(faissnet_index* handle, int64_t id, float* vector) {
    return guard([&] {
        auto& index = need<FloatIndex>(handle);
        index.reconstruct(id, vector, index.ids_in_lists());
    });
}
