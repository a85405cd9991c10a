// What indexes of float and of binary vectors do alike, vectors aside.
#include "handle.h"

using namespace faissnet;

void faissnet_index::use_graph(faiss::HNSW& hnsw, int least) {
    graph = &hnsw;
    own_ef_search = hnsw.efSearch;
    hnsw.efSearch = live_ef_search = std::max(own_ef_search, least);
}

void faissnet_index::save(faiss::IOWriter& writer) {
    struct Restore {
        faiss::HNSW* graph;
        int to;
        ~Restore() {
            if (graph) graph->efSearch = to;
        }
    } restore{graph, live_ef_search};
    if (graph) graph->efSearch = own_ef_search;
    write(writer);
}

void faissnet_index::check_read(idx_t nodes, bool map) {
    if (graph) {
        graph->efSearch = own_ef_search;
        check_hnsw(*graph, nodes);
        graph->efSearch = live_ef_search;
    }
    if (lists) {
        check_direct_map(*table, *lists);
        mapped = map;
        calm_mapped_lists(lists);
    }
}

namespace {

faissnet_index& need_any(faissnet_index* handle) {
    require(handle, "the index is null");
    return *handle;
}

faissnet_index& need_savable(faissnet_index* handle) {
    if (need_any(handle).mapped) unsupported("a memory-mapped index is its file: copy that");
    return *handle;
}

}  // namespace

int32_t faissnet_save(faissnet_index* handle, const char* path) {
    return guard([&] {
        faissnet_index& index = need_savable(handle);
        require(path, "a null pointer");
        File file = create_file(path);
        faiss::FileIOWriter writer(file.get());
        index.save(writer);
        finish_file(std::move(file), path);
    });
}

int32_t faissnet_save_to(faissnet_index* handle, faissnet_write write, void* state) {
    return guard([&] {
        faissnet_index& index = need_savable(handle);
        require(write, "a null pointer");
        CallbackWriter writer(write, state);
        index.save(writer);
        writer.flush();
    });
}

void faissnet_free(faissnet_index* handle) { delete handle; }

int32_t faissnet_info(faissnet_index* handle, int32_t* d, int32_t* metric, int64_t* ntotal, int32_t* is_trained, int32_t* is_mapped) {
    return guard([&] {
        need_any(handle).info(d, metric, ntotal, is_trained);
        *is_mapped = handle->mapped;
    });
}

int32_t faissnet_remove(faissnet_index* handle, const faissnet_selector* selector, int32_t threads, int64_t* removed) {
    return guard([&] {
        faissnet_index& index = need_any(handle);
        require(selector && removed, "a null pointer");
        Threads scope(threads);
        *removed = static_cast<int64_t>(index.remove(*selector->selector));
    });
}

int32_t faissnet_enable_reconstruct(faissnet_index* handle, int32_t sequential) {
    return guard([&] { need_any(handle).enable_reconstruct(sequential != 0); });
}
