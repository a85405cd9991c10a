#include "float_index.h"

#include <faiss/IndexFlat.h>
#include <faiss/IndexIVFFlat.h>
#include <faiss/IndexIVFPQ.h>
#include <faiss/IndexPQ.h>
#include <faiss/IndexScalarQuantizer.h>
#include <faiss/VectorTransform.h>

#include <typeinfo>

namespace faissnet {

namespace {

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

}  // namespace

Layers::Layers(faiss::Index* top) : core(top) {
    if ((refine = dynamic_cast<faiss::IndexRefine*>(core))) core = refine->base_index;
    if ((transform = dynamic_cast<faiss::IndexPreTransform*>(core))) core = transform->index;
    ivf = dynamic_cast<faiss::IndexIVF*>(core);
    hnsw = dynamic_cast<faiss::IndexHNSW*>(ivf ? ivf->quantizer : core);
}

FloatIndex::FloatIndex(std::unique_ptr<faiss::Index> made) : Handle(std::move(made)), layers(ids ? ids->index : index.get()) {
    require_offered(layers);
    if (layers.hnsw) use_graph(layers.hnsw->hnsw, layers.ivf ? EfSearchCeiling : 0);
    if (layers.ivf) {
        table = &layers.ivf->direct_map;
        lists = layers.ivf->invlists;
    }
    const faiss::Index* stored = layers.refine ? layers.refine->refine_index : layers.hnsw && !layers.ivf ? layers.hnsw->storage : layers.core;
    rows_ = dynamic_cast<const faiss::IndexFlatCodes*>(stored);
    keep_quiet();
    learn_lists();
}

void FloatIndex::learn_lists() {
    nearest.reset();
    auto* centres = layers.ivf && !layers.hnsw ? dynamic_cast<faiss::IndexFlat*>(layers.ivf->quantizer) : nullptr;
    if (centres && layers.ivf->is_trained && static_cast<size_t>(centres->ntotal) == layers.ivf->nlist) nearest = std::make_unique<NearestLists>(*centres);
}

void FloatIndex::fetch(idx_t id) const {
    if (rows_) {
        read_ahead(rows_->codes.data() + id * rows_->code_size, rows_->code_size);
    } else if (table->type == faiss::DirectMap::Array) {
        idx_t place = table->array[id];
        if (place >= 0) read_ahead(lists->get_codes(faiss::lo_listno(place)) + faiss::lo_offset(place) * lists->code_size, lists->code_size);
    }
}

size_t FloatIndex::remove(const faiss::IDSelector& selector) {
    writable();
    if (layers.refine) unsupported("an index with refinement cannot remove");
    size_t removed = remove_here(selector);
    if (lists) {
        layers.ivf->ntotal -= removed;
        index->ntotal = layers.ivf->ntotal;
    }
    return removed;
}

void FloatIndex::enable_reconstruct(bool sequential) {
    if (ids_in_lists()) layers.ivf->set_direct_map_type(ids || sequential ? faiss::DirectMap::Array : faiss::DirectMap::Hashtable);
}

// Faiss writes advice about the size of training sets to standard error.
void FloatIndex::keep_quiet() {
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

}  // namespace faissnet
