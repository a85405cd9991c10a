// One search of an index of float vectors.
#pragma once
#include "float_index.h"

namespace faissnet {

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

    Query(const FloatIndex& handle, idx_t k, const faissnet_search_parameters& p, const faissnet_selector* selector);
    Query(const Query&) = delete;
    Query& operator=(const Query&) = delete;

    // The nearest `candidates` of each of n queries.
    void search(idx_t n, const float* x, float* distances, idx_t* ids) const;
};

}  // namespace faissnet
