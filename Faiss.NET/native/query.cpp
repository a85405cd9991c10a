#include "query.h"

#include <faiss/IndexPQ.h>

namespace faissnet {

Query::Query(const FloatIndex& handle, idx_t k, const faissnet_search_parameters& p, const faissnet_selector* selector) {
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

void Query::search(idx_t n, const float* x, float* distances, idx_t* ids) const {
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

}  // namespace faissnet
