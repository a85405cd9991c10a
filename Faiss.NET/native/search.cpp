// The nearest neighbours in indexes of float vectors.
#include "query.h"

#include <faiss/impl/DistanceComputer.h>

using namespace faissnet;

namespace {

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

}  // namespace

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
