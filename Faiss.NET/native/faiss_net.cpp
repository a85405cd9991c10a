#include "faiss_net.h"

#include <faiss/IVFlib.h>
#include <faiss/IndexFastScan.h>
#include <faiss/IndexHNSW.h>
#include <faiss/IndexIDMap.h>
#include <faiss/IndexIVF.h>
#include <faiss/IndexIVFFastScan.h>
#include <faiss/IndexPreTransform.h>
#include <faiss/IndexRefine.h>
#include <faiss/impl/FaissException.h>
#include <faiss/index_factory.h>
#include <faiss/index_io.h>
#include <omp.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>

// Faiss runs its own OpenMP team; a second pool inside OpenBLAS would multiply with it, and results of a matrix product
// would depend on how many threads the machine gives it.
extern "C" void openblas_set_num_threads(int) __attribute__((weak));

namespace {

using idx_t = faiss::Index::idx_t;

// In Faiss 1.7 the candidate heap of an HNSW search is as large as the index's *own* efSearch: a larger value given with
// one query is silently cut. Live indexes therefore carry this ceiling; the value they came with is kept beside.
constexpr int EfSearchCeiling = 256;

thread_local std::string last_error;

struct Failure : std::runtime_error {
    int32_t status;
    Failure(int32_t status, const std::string& what) : std::runtime_error(what), status(status) {}
};

void require(bool condition, const char* what) {
    if (!condition) throw Failure(FAISSNET_INVALID_ARGUMENT, what);
}

template <class F>
int32_t guard(F&& body) noexcept {
    auto fail = [](int32_t status, const char* what) noexcept {
        try {
            last_error = what;
        } catch (...) {
            last_error.clear();
        }
        return status;
    };
    try {
        last_error.clear();
        body();
        return FAISSNET_OK;
    } catch (const Failure& e) {
        return fail(e.status, e.what());
    } catch (const faiss::FaissException& e) {
        return fail(FAISSNET_FAISS, e.what());
    } catch (const std::bad_alloc&) {
        return fail(FAISSNET_OUT_OF_MEMORY, "out of memory");
    } catch (const std::length_error& e) {
        return fail(FAISSNET_OUT_OF_MEMORY, e.what());
    } catch (const std::exception& e) {
        return fail(FAISSNET_UNEXPECTED, e.what());
    } catch (...) {
        return fail(FAISSNET_UNEXPECTED, "a C++ exception that is no std::exception");
    }
}

// OpenMP keeps its thread count per calling thread, so it is set and put back around each call.
class Threads {
    int before_;
    bool set_;

public:
    explicit Threads(int32_t threads) : before_(omp_get_max_threads()), set_(threads > 0) {
        if (set_) omp_set_num_threads(threads);
    }
    ~Threads() {
        if (set_) omp_set_num_threads(before_);
    }
    Threads(const Threads&) = delete;
    Threads& operator=(const Threads&) = delete;
};

// The parts of an index below its id map and vector transforms.
struct Layers {
    faiss::IndexIDMap* ids = nullptr;
    faiss::IndexPreTransform* transform = nullptr;
    faiss::Index* core = nullptr;
    faiss::IndexIVF* ivf = nullptr;
    faiss::IndexHNSW* hnsw = nullptr;  // the core itself, or the IVF's coarse quantizer

    explicit Layers(faiss::Index* top) : core(top) {
        if ((ids = dynamic_cast<faiss::IndexIDMap*>(core))) core = ids->index;
        if ((transform = dynamic_cast<faiss::IndexPreTransform*>(core))) core = transform->index;
        if (!core) throw Failure(FAISSNET_UNSUPPORTED, "the index wraps nothing");
        ivf = dynamic_cast<faiss::IndexIVF*>(core);
        hnsw = dynamic_cast<faiss::IndexHNSW*>(ivf ? ivf->quantizer : core);
    }
};

// FastScan throws inside OpenMP regions, where no catch can save the process, and ignores search parameters.
void refuse_fast_scan(const faiss::Index* core) {
    if (auto* refine = dynamic_cast<const faiss::IndexRefine*>(core)) core = refine->base_index;
    if (dynamic_cast<const faiss::IndexFastScan*>(core) || dynamic_cast<const faiss::IndexIVFFastScan*>(core))
        throw Failure(FAISSNET_UNSUPPORTED, "FastScan indexes (PQ..x4fs) are not supported");
}

std::string system_error(const char* doing, const char* path) {
    return std::string(doing) + " " + path + ": " + std::strerror(errno);
}

struct CloseFile {
    void operator()(FILE* f) const noexcept { std::fclose(f); }
};

}  // namespace

struct faissnet_index {
    std::unique_ptr<faiss::Index> index;
    Layers layers;
    int own_ef_search = 0;

    explicit faissnet_index(std::unique_ptr<faiss::Index> made) : index(std::move(made)), layers(index.get()) {
        refuse_fast_scan(layers.core);
        if (layers.hnsw) {
            own_ef_search = layers.hnsw->hnsw.efSearch;
            layers.hnsw->hnsw.efSearch = std::max(own_ef_search, EfSearchCeiling);
        }
    }
};

namespace {

faiss::Index& need(faissnet_index* handle) {
    require(handle && handle->index, "the index is null");
    return *handle->index;
}

// The search parameters of one call, and what they point to.
struct Query {
    faiss::SearchParametersHNSW hnsw;
    faiss::SearchParametersIVF ivf;
    faiss::SearchParametersPreTransform transform;
    faiss::Index* target;
    faiss::SearchParameters* use = nullptr;

    Query(const faissnet_index& handle, int32_t k, const faissnet_search_parameters& p) {
        const Layers& l = handle.layers;
        target = l.ids ? l.ids->index : handle.index.get();
        int floor = l.ivf ? 1 : k;  // fewer candidates than results asked for would lose results
        if (l.hnsw) hnsw.efSearch = std::max(p.ef_search > 0 ? p.ef_search : handle.own_ef_search, floor);
        if (l.ivf) {
            ivf.nprobe = std::min<size_t>(p.nprobe > 0 ? p.nprobe : l.ivf->nprobe, l.ivf->nlist);
            ivf.max_codes = l.ivf->max_codes;
            if (l.hnsw) {
                hnsw.efSearch = std::max<int>(hnsw.efSearch, ivf.nprobe);
                ivf.quantizer_params = &hnsw;
            }
            use = &ivf;
        } else if (l.hnsw) {
            use = &hnsw;
        }
        if (use && l.transform) {
            transform.index_params = use;
            use = &transform;
        }
    }
    Query(const Query&) = delete;
    Query& operator=(const Query&) = delete;
};

}  // namespace

int32_t faissnet_abi(void) { return FAISSNET_ABI; }

const char* faissnet_version(void) {
    static const std::string version = std::to_string(FAISS_VERSION_MAJOR) + "." +
            std::to_string(FAISS_VERSION_MINOR) + "." + std::to_string(FAISS_VERSION_PATCH);
    return version.c_str();
}

const char* faissnet_build_info(void) {
    return "g++ " __VERSION__
#if defined(__AVX2__)
           ", avx2"
#else
           ", generic x86-64"
#endif
           ;
}

const char* faissnet_last_error(void) { return last_error.c_str(); }

int32_t faissnet_create(int32_t d, const char* factory, int32_t metric, faissnet_index** out) {
    return guard([&] {
        require(d > 0 && factory && out, "d < 1, or a null pointer");
        require(metric == faiss::METRIC_INNER_PRODUCT || metric == faiss::METRIC_L2, "unknown metric");
        *out = nullptr;
        if (openblas_set_num_threads) openblas_set_num_threads(1);
        std::unique_ptr<faiss::Index> made(faiss::index_factory(d, factory, static_cast<faiss::MetricType>(metric)));
        *out = new faissnet_index(std::move(made));
    });
}

int32_t faissnet_load(const char* path, faissnet_index** out) {
    return guard([&] {
        require(path && out, "a null pointer");
        *out = nullptr;
        if (openblas_set_num_threads) openblas_set_num_threads(1);
        std::unique_ptr<FILE, CloseFile> file(std::fopen(path, "rb"));
        if (!file) throw Failure(FAISSNET_IO, system_error("cannot open", path));
        std::unique_ptr<faiss::Index> read(faiss::read_index(file.get()));
        auto handle = std::make_unique<faissnet_index>(std::move(read));
        const Layers& l = handle->layers;
        if (l.ids && (static_cast<idx_t>(l.ids->id_map.size()) != l.ids->ntotal || l.ids->index->ntotal != l.ids->ntotal))
            throw Failure(FAISSNET_FAISS, "the file's id map and its vectors have different counts");
        *out = handle.release();
    });
}

int32_t faissnet_save(faissnet_index* handle, const char* path) {
    return guard([&] {
        faiss::Index& index = need(handle);
        require(path, "a null pointer");
        // Faiss' own writer only prints when closing fails, which is where a full disk shows: so the file is ours.
        std::unique_ptr<FILE, CloseFile> file(std::fopen(path, "wb"));
        if (!file) throw Failure(FAISSNET_IO, system_error("cannot create", path));
        faiss::HNSW* hnsw = handle->layers.hnsw ? &handle->layers.hnsw->hnsw : nullptr;
        if (hnsw) hnsw->efSearch = handle->own_ef_search;
        auto restore = [&] {
            if (hnsw) hnsw->efSearch = std::max(handle->own_ef_search, EfSearchCeiling);
        };
        try {
            faiss::write_index(&index, file.get());
        } catch (...) {
            restore();
            throw;
        }
        restore();
        if (std::fclose(file.release()) != 0) throw Failure(FAISSNET_IO, system_error("cannot finish", path));
    });
}

void faissnet_free(faissnet_index* handle) {
    guard([&] { delete handle; });
}

int32_t faissnet_info(faissnet_index* handle, int32_t* d, int32_t* metric, int64_t* ntotal, int32_t* is_trained) {
    return guard([&] {
        faiss::Index& index = need(handle);
        *d = index.d;
        *metric = index.metric_type;
        *ntotal = index.ntotal;
        *is_trained = index.is_trained;
    });
}

int32_t faissnet_train(faissnet_index* handle, int64_t n, const float* x, int32_t threads) {
    return guard([&] {
        faiss::Index& index = need(handle);
        require(n > 0 && x, "no vectors");
        Threads scope(threads);
        index.train(n, x);
    });
}

int32_t faissnet_add(faissnet_index* handle, int64_t n, const float* x, const int64_t* ids, int32_t threads) {
    return guard([&] {
        faiss::Index& index = need(handle);
        if (n == 0) return;
        require(n > 0 && x, "no vectors");
        require(index.is_trained, "the index is not trained: call Train first");
        Threads scope(threads);
        if (ids)
            index.add_with_ids(n, x, reinterpret_cast<const idx_t*>(ids));
        else
            index.add(n, x);
    });
}

int32_t faissnet_search(
        faissnet_index* handle, int64_t n, const float* x, int32_t k,
        const faissnet_search_parameters* parameters, float* distances, int64_t* ids) {
    return guard([&] {
        faiss::Index& index = need(handle);
        if (n == 0) return;
        require(n > 0 && x && k > 0 && parameters && distances && ids, "n < 1, k < 1 or a null pointer");
        require(index.is_trained, "the index is not trained: call Train first");
        Threads scope(parameters->threads);
        Query query(*handle, k, *parameters);
        query.target->search(n, x, k, distances, reinterpret_cast<idx_t*>(ids), query.use);
        if (const faiss::IndexIDMap* map = handle->layers.ids)  // the id map refuses search parameters: bypassed above
            for (int64_t i = 0; i < n * k; i++)
                if (ids[i] >= 0) ids[i] = map->id_map[ids[i]];
    });
}

int32_t faissnet_enable_reconstruct(faissnet_index* handle) {
    return guard([&] {
        need(handle);
        const Layers& l = handle->layers;
        if (l.ivf) l.ivf->set_direct_map_type(l.ids ? faiss::DirectMap::Array : faiss::DirectMap::Hashtable);
    });
}

int32_t faissnet_reconstruct(faissnet_index* handle, int64_t id, float* vector) {
    return guard([&] {
        faiss::Index& index = need(handle);
        require(vector, "a null pointer");
        const Layers& l = handle->layers;
        bool found;
        if (l.ids) {
            auto* both_ways = dynamic_cast<faiss::IndexIDMap2*>(l.ids);
            if (!both_ways)
                throw Failure(FAISSNET_UNSUPPORTED, "IDMap cannot look an id up: use IDMap2 in the factory string");
            found = both_ways->rev_map.count(id) != 0;
        } else if (l.ivf && l.ivf->direct_map.type == faiss::DirectMap::Hashtable) {
            found = l.ivf->direct_map.hashtable.count(id) != 0;
        } else {
            found = id >= 0 && id < index.ntotal;
        }
        if (!found) throw Failure(FAISSNET_NOT_FOUND, "no vector has the id " + std::to_string(id));
        if (l.ivf && l.ivf->direct_map.no())
            throw Failure(FAISSNET_UNSUPPORTED, "this IVF index keeps no table of ids: call EnableReconstruct first");
        index.reconstruct(id, vector);
    });
}
