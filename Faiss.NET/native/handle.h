// One handle for indexes of float and of binary vectors, and what both do alike.
#pragma once
#include "internal.h"

#include <faiss/IndexIDMap.h>
#include <faiss/index_io.h>

#include <algorithm>
#include <limits>

struct faissnet_index : faissnet::Counted {
    faiss::HNSW* graph = nullptr;          // the core's own, or that of the IVF's coarse quantizer
    faiss::DirectMap* table = nullptr;     // of an IVF, with its lists
    faiss::InvertedLists* lists = nullptr;
    int own_ef_search = 0, live_ef_search = 0;
    bool mapped = false;

    virtual ~faissnet_index() = default;
    virtual void info(int32_t* d, int32_t* metric, int64_t* ntotal, int32_t* is_trained) const = 0;
    virtual void write(faiss::IOWriter& writer) const = 0;
    virtual size_t remove(const faiss::IDSelector& selector) = 0;
    virtual void enable_reconstruct(bool sequential) = 0;

    // Writes with the efSearch that the index came with.
    void save(faiss::IOWriter& writer);

    // What was read from a file must hold only places that exist. `nodes`: vectors of the graph.
    void check_read(faissnet::idx_t nodes, bool map);

protected:
    // `least`: the efSearch that it must have while it lives.
    void use_graph(faiss::HNSW& hnsw, int least);
};

namespace faissnet {

inline void write_any(const faiss::Index* index, faiss::IOWriter* writer) { faiss::write_index(index, writer); }
inline void write_any(const faiss::IndexBinary* index, faiss::IOWriter* writer) { faiss::write_index_binary(index, writer); }

template <class Index>
struct Handle : faissnet_index {
    using component_t = typename Index::component_t;

    std::unique_ptr<Index> index;
    faiss::IndexIDMapTemplate<Index>* ids = nullptr;  // the outermost layer, if any
    faiss::IndexIDMap2Template<Index>* both_ways = nullptr;  // the same, if it looks ids up

    explicit Handle(std::unique_ptr<Index> made)
            : index(std::move(made)), ids(dynamic_cast<faiss::IndexIDMapTemplate<Index>*>(index.get())),
              both_ways(dynamic_cast<faiss::IndexIDMap2Template<Index>*>(index.get())) {}

    void info(int32_t* d, int32_t* metric, int64_t* ntotal, int32_t* is_trained) const override {
        *d = index->d;
        *metric = index->metric_type;
        *ntotal = index->ntotal;
        *is_trained = index->is_trained;
    }

    void write(faiss::IOWriter& writer) const override { write_any(index.get(), &writer); }

    // Faiss throws inside an OpenMP region where a mapped index is changed, which ends the process.
    Index& writable() {
        if (mapped) unsupported("a memory-mapped index is read-only: load it without mapping to change it");
        return *index;
    }

    Index& trained() {
        if (!index->is_trained) throw Failure(FAISSNET_FAISS, "the index is not trained: call Train first");
        return *index;
    }

    void train(int64_t n, const component_t* x, int32_t threads) {
        writable();
        require(n > 0 && x, "no vectors");
        // What is stored was coded by the old training and would be read by the new.
        if (index->ntotal > 0) throw Failure(FAISSNET_INVALID_ARGUMENT, "the index already holds vectors: train before adding");
        Threads scope(threads);
        index->train(n, x);
    }

    void add(int64_t n, const component_t* x, const int64_t* names, int32_t threads, bool keeps_ids) {
        writable();
        if (n == 0) return;
        require(n > 0 && x, "no vectors");
        trained();
        if (graph && !lists && index->ntotal + n > std::numeric_limits<int>::max()) unsupported("an HNSW index holds at most 2^31 vectors");
        if (names && !keeps_ids) unsupported("this index keeps no ids: put IDMap2, before its factory string");
        if (!names && ids) unsupported("an index with an id map wants ids");
        Threads scope(threads);
        if (names)
            index->add_with_ids(n, x, reinterpret_cast<const idx_t*>(names));
        else
            index->add(n, x);
    }

    // What a selector of the caller's is to the part below the id map.
    std::unique_ptr<Translated> translated(const faissnet_selector* selector) const {
        return selector && ids ? std::make_unique<Translated>(ids->id_map, *selector->selector) : nullptr;
    }

    // The other's ids behind one's own, once its vectors are.
    void append_ids(const Handle& other, idx_t add_to_ids) {
        if (!ids) return;
        size_t before = ids->id_map.size();
        for (idx_t id : other.ids->id_map) ids->id_map.push_back(id + add_to_ids);
        if (both_ways)
            for (size_t i = before; i < ids->id_map.size(); i++) both_ways->rev_map[ids->id_map[i]] = i;
        index->ntotal = ids->index->ntotal;
    }

    const Index& below_ids() const { return ids ? *ids->index : *index; }

    // What the part below the id map knows a vector as. `by_table`: whether it looks that up in the IVF's table.
    idx_t inner_id(idx_t id, bool by_table) const {
        bool found;
        idx_t inner = id;
        if (ids) {
            if (!both_ways) unsupported("IDMap cannot look an id up: use IDMap2 in the factory string");
            // Ids that are positions need no look at the hash table, which is several times as large.
            found = id >= 0 && static_cast<size_t>(id) < ids->id_map.size() && ids->id_map[id] == id;
            if (!found) {
                auto entry = both_ways->rev_map.find(id);
                found = entry != both_ways->rev_map.end();
                if (found) inner = entry->second;
            }
        } else if (by_table && table->type == faiss::DirectMap::Hashtable) {
            found = table->hashtable.count(id) != 0;
        } else {
            found = id >= 0 && id < index->ntotal;
        }
        if (!found) throw Failure(FAISSNET_NOT_FOUND, "no vector has the id " + std::to_string(id));
        if (by_table && table->no()) unsupported("this IVF index keeps no table of ids: call EnableReconstruct first");
        return inner;
    }

protected:
    // Of an index without refinement. The caller counts anew what lies around the lists.
    size_t remove_here(const faiss::IDSelector& selector) {
        writable();
        if (graph && !lists) unsupported("HNSW cannot remove: leave ids out with a selector, or build anew");
        if (ids && lists) unsupported("IDMap around IVF cannot remove: IVF keeps ids itself, so leave IDMap out");
        return lists ? remove_from_lists(*table, lists, index->ntotal, selector) : index->remove_ids(selector);
    }
};

// The index behind a handle, as one of float or of binary vectors.
template <class H>
H& need(faissnet_index* handle) {
    auto* it = dynamic_cast<H*>(handle);
    require(it, "the index is null, or one of other vectors");
    return *it;
}

template <class Index>
std::unique_ptr<Index> with_id_map(std::unique_ptr<Index> made, int32_t id_map) {
    if (id_map == 0) return made;
    std::unique_ptr<faiss::IndexIDMapTemplate<Index>> map(
            id_map == 2 ? new faiss::IndexIDMap2Template<Index>(made.get()) : new faiss::IndexIDMapTemplate<Index>(made.get()));
    map->own_fields = true;
    made.release();
    return map;
}

}  // namespace faissnet
