// Merging one index of float vectors into another.
#include "float_index.h"

#include <faiss/IndexFlat.h>
#include <faiss/IndexIVFPQ.h>
#include <faiss/IndexPQ.h>
#include <faiss/IndexScalarQuantizer.h>
#include <faiss/VectorTransform.h>

#include <typeinfo>

using namespace faissnet;

namespace {

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
