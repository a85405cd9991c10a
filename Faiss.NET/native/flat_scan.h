// Scans inverted lists of whole vectors.
#pragma once
#include <faiss/IndexIVFFlat.h>

namespace faissnet {

// The k nearest to a query among the vectors of the lists given, nearest first; labels are list and place (faiss::lo_build), -1 where there are no more. What the scanner of
// IndexIVFFlat finds, but that keeps its best in a heap: each that enters is moved through it by comparisons that no processor foresees, a fifth of a search of two thousand
// vectors. Here they are gathered, and of twice as many as are wanted the worse half is dropped at once.
void scan_flat(
        const faiss::IndexIVFFlat& ivf, const float* query, const faiss::Index::idx_t* lists, size_t count, size_t k, float* distances, faiss::Index::idx_t* labels);

}  // namespace faissnet
