// Which inverted lists a query visits.
#pragma once
#include "codes.h"

#include <faiss/IndexFlat.h>
#include <faiss/IndexIVF.h>

#include <vector>

namespace faissnet {

// Finds the centres nearest to a query, the very ones that comparing with all of them finds: 8-bit codes of the centres, a fourth of the
// bytes, rule out those that their rounding cannot have made wrong, and the rest are compared as they are.
class NearestLists {
    const faiss::IndexFlat& centres_;
    bool l2_;
    size_t n_, d_;
    std::vector<uint8_t> codes_;   // 128 + what times scale gives about the number
    std::vector<float> scale_, square_;  // of each centre; the square of its norm where distances are L2
    float most_error_ = 0, most_norm_ = 0;  // of any centre: how far its code is from it, and how long either is

public:
    explicit NearestLists(const faiss::IndexFlat& centres);

    // The `count` nearest, nearest first. False where the query's numbers allow no bounds (infinities, NaN).
    bool find(const float* query, size_t count, float* distances, faiss::Index::idx_t* lists) const;
};

// What IndexIVF::search does, over these lists; with `vectors` what search_and_reconstruct does.
void search_lists(
        const faiss::IndexIVF& ivf, const NearestLists& nearest, faiss::Index::idx_t n, const float* x, faiss::Index::idx_t k, float* distances,
        faiss::Index::idx_t* labels, float* vectors, const faiss::IVFSearchParameters& parameters);

}  // namespace faissnet
