// All neighbours within a radius in indexes of float vectors.
#include "query.h"

#include <faiss/IndexFlat.h>
#include <faiss/impl/AuxIndexStructures.h>

using namespace faissnet;

struct faissnet_ranges : Counted {
    faiss::RangeSearchResult result;
    explicit faissnet_ranges(size_t n) : result(n) {}
};

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
