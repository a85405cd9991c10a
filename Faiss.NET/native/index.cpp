// Making, reading, training and filling indexes of float vectors.
#include "float_index.h"

#include <faiss/VectorTransform.h>
#include <faiss/index_factory.h>

using namespace faissnet;

int32_t faissnet_create(int32_t d, const char* factory, int32_t metric, int32_t id_map, int32_t ef_construction, faissnet_index** out) {
    return guard([&] {
        require(d > 0 && factory && out, "d < 1, or a null pointer");
        require(metric == faiss::METRIC_INNER_PRODUCT || metric == faiss::METRIC_L2, "unknown metric");
        *out = nullptr;
        Threads scope(0);
        std::unique_ptr<faiss::Index> made(faiss::index_factory(d, factory, static_cast<faiss::MetricType>(metric)));
        auto handle = std::make_unique<FloatIndex>(with_id_map(std::move(made), id_map));
        if (ef_construction > 0 && handle->graph) handle->graph->efConstruction = ef_construction;
        *out = handle.release();
    });
}

int32_t faissnet_load(const char* path, int32_t map, faissnet_index** out) {
    return guard([&] {
        require(path && out, "a null pointer");
        *out = nullptr;
        Threads scope(0);
        File file = open_checked(path, false);
        std::unique_ptr<faiss::Index> read(faiss::read_index(file.get(), map ? faiss::IO_FLAG_MMAP | faiss::IO_FLAG_READ_ONLY : 0));
        auto handle = std::make_unique<FloatIndex>(std::move(read));
        const Layers& l = handle->layers;
        handle->check_read(l.hnsw ? l.hnsw->ntotal : 0, map != 0);
        if (l.transform)
            for (auto* t : l.transform->chain)
                if (auto* remap = dynamic_cast<faiss::RemapDimensionsTransform*>(t))
                    for (int from : remap->map)
                        if (from < -1 || from >= t->d_in) corrupt("a remapping reads beyond its input");
        *out = handle.release();
    });
}

int32_t faissnet_train(faissnet_index* handle, int64_t n, const float* x, int32_t threads) {
    return guard([&] {
        auto& index = need<FloatIndex>(handle);
        index.train(n, x, threads);
        index.learn_lists();
    });
}

int32_t faissnet_add(faissnet_index* handle, int64_t n, const float* x, const int64_t* ids, int32_t threads) {
    return guard([&] {
        auto& index = need<FloatIndex>(handle);
        index.add(n, x, ids, threads, index.keeps_ids());
    });
}

int32_t faissnet_reconstruct(faissnet_index* handle, int64_t n, const int64_t* ids, float* vectors) {
    return guard([&] {
        auto& index = need<FloatIndex>(handle);
        require(n >= 0 && (n == 0 || (ids && vectors)), "n < 0, or a null pointer");
        std::vector<idx_t> inner(n);
        for (int64_t i = 0; i < n; i++) inner[i] = index.inner_id(ids[i], index.ids_in_lists());
        const faiss::Index& below = index.below_ids();
        constexpr int64_t Ahead = 8;
        for (int64_t i = 0; i < std::min(Ahead, n); i++) index.fetch(inner[i]);
        for (int64_t i = 0; i < n; i++) {
            if (i + Ahead < n) index.fetch(inner[i + Ahead]);
            below.reconstruct(inner[i], vectors + i * below.d);
        }
    });
}
