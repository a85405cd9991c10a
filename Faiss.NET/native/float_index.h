// The handle of an index of float vectors.
#pragma once
#include "handle.h"
#include "lists.h"

#include <faiss/IndexFlatCodes.h>
#include <faiss/IndexHNSW.h>
#include <faiss/IndexIVF.h>
#include <faiss/IndexPreTransform.h>
#include <faiss/IndexRefine.h>
#include <faiss/impl/ProductQuantizer.h>

namespace faissnet {

// The parts of an index below its id map: a refinement around vector transforms around a core, all but the core optional.
struct Layers {
    faiss::IndexRefine* refine = nullptr;
    faiss::IndexPreTransform* transform = nullptr;
    faiss::Index* core = nullptr;
    faiss::IndexIVF* ivf = nullptr;
    faiss::IndexHNSW* hnsw = nullptr;  // the core itself, or the IVF's coarse quantizer

    explicit Layers(faiss::Index* top);
};

struct FloatIndex final : Handle<faiss::Index> {
    Layers layers;
    std::unique_ptr<NearestLists> nearest;  // of a trained IVF whose centres are compared one by one

    explicit FloatIndex(std::unique_ptr<faiss::Index> made);

    // To be called again after training.
    void learn_lists();

    bool keeps_ids() const { return ids || ids_in_lists(); }

    // Else ids are outside, and the lists of an IVF hold positions.
    bool ids_in_lists() const { return lists && !layers.refine; }

    // Has the processor fetch what is stored of a vector, without waiting for it. Does nothing where finding it takes more than a look at an array.
    void fetch(idx_t inner_id) const;

    size_t remove(const faiss::IDSelector& selector) override;
    void enable_reconstruct(bool sequential) override;

private:
    std::vector<std::unique_ptr<faiss::ProductQuantizer>> rotations_;
    const faiss::IndexFlatCodes* rows_;  // what is copied of an id, where that stands at its place in one array

    void keep_quiet();
};

}  // namespace faissnet
