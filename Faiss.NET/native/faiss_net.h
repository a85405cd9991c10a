// The flat C face of libfaiss that Faiss.NET calls.
//
// Every function that can fail returns FAISSNET_OK or a negative code; the text of the calling thread's last failure is
// in faissnet_last_error() until that thread's next call. Vectors are row-major float32, n x d; binary vectors are n x d/8
// bytes. An index may be searched by any number of threads at once; what changes or saves it needs it alone.
#pragma once
#include <stdint.h>

#define FAISSNET_API __attribute__((visibility("default")))

// Raised whenever a signature changes, so that a stale library is recognised instead of corrupting memory.
#define FAISSNET_ABI 5

enum faissnet_status {
    FAISSNET_OK = 0,
    FAISSNET_INVALID_ARGUMENT = -1,
    FAISSNET_FAISS = -2,
    FAISSNET_OUT_OF_MEMORY = -3,
    FAISSNET_UNEXPECTED = -4,
    FAISSNET_UNSUPPORTED = -5,
    FAISSNET_NOT_FOUND = -6,
    FAISSNET_IO = -7,
    FAISSNET_CORRUPT = -8,
};

// Zero means "the index's own" for the first two and the last, and "OpenMP's own" for threads.
struct faissnet_search_parameters {
    int32_t nprobe;
    int32_t ef_search;
    int32_t threads;
    int32_t refine_factor;
};

struct faissnet_kmeans_parameters {
    int32_t iterations;
    int32_t redo;
    int32_t seed;
    int32_t spherical;
    int32_t max_points_per_centroid;
    int32_t threads;
};

#ifdef __cplusplus
extern "C" {
#endif

typedef struct faissnet_index faissnet_index;
typedef struct faissnet_selector faissnet_selector;
typedef struct faissnet_ranges faissnet_ranges;

// Returns how many bytes were written; fewer than asked for ends the save.
typedef int64_t (*faissnet_write)(void* state, const void* data, int64_t bytes);

FAISSNET_API int32_t faissnet_abi(void);
FAISSNET_API const char* faissnet_version(void);
FAISSNET_API const char* faissnet_variant(void);
FAISSNET_API const char* faissnet_build_info(void);
FAISSNET_API const char* faissnet_last_error(void);
FAISSNET_API int64_t faissnet_live_objects(void);

// Selectors. Those made of others keep them alive.
FAISSNET_API int32_t faissnet_selector_range(int64_t first, int64_t end, faissnet_selector** out);
FAISSNET_API int32_t faissnet_selector_batch(int64_t n, const int64_t* ids, faissnet_selector** out);
FAISSNET_API int32_t faissnet_selector_bitmap(int64_t bytes, const uint8_t* bits, faissnet_selector** out);
FAISSNET_API int32_t faissnet_selector_not(const faissnet_selector* of, faissnet_selector** out);
FAISSNET_API int32_t faissnet_selector_and(
        const faissnet_selector* a, const faissnet_selector* b, faissnet_selector** out);
FAISSNET_API void faissnet_selector_free(faissnet_selector* selector);

// Indexes of either kind of vectors. The functions below for one kind refuse an index of the other.
FAISSNET_API int32_t faissnet_save(faissnet_index* index, const char* path);
FAISSNET_API int32_t faissnet_save_to(faissnet_index* index, faissnet_write write, void* state);
FAISSNET_API void faissnet_free(faissnet_index* index);
FAISSNET_API int32_t faissnet_info(
        faissnet_index* index, int32_t* d, int32_t* metric, int64_t* ntotal, int32_t* is_trained, int32_t* is_mapped);
FAISSNET_API int32_t faissnet_remove(
        faissnet_index* index, const faissnet_selector* selector, int32_t threads, int64_t* removed);
// `sequential`: ids are positions, and nothing will be added; for float vectors alone.
FAISSNET_API int32_t faissnet_enable_reconstruct(faissnet_index* index, int32_t sequential);

// Indexes of float vectors. `id_map`: 0 none, 1 IDMap, 2 IDMap2 around what the factory string makes. `ef_construction`: of an HNSW
// graph; 0 keeps Faiss' own.
FAISSNET_API int32_t faissnet_create(
        int32_t d, const char* factory, int32_t metric, int32_t id_map, int32_t ef_construction, faissnet_index** out);
FAISSNET_API int32_t faissnet_load(const char* path, int32_t map, faissnet_index** out);
FAISSNET_API int32_t faissnet_train(faissnet_index* index, int64_t n, const float* x, int32_t threads);
FAISSNET_API int32_t faissnet_add(
        faissnet_index* index, int64_t n, const float* x, const int64_t* ids, int32_t threads);
// `vectors`: null, or room for n x k x d, which then has what is stored of the results; NaN where there are fewer than k.
FAISSNET_API int32_t faissnet_search(
        faissnet_index* index, int64_t n, const float* x, int32_t k,
        const struct faissnet_search_parameters* parameters, const faissnet_selector* selector,
        float* distances, int64_t* ids, float* vectors);
FAISSNET_API int32_t faissnet_range_search(
        faissnet_index* index, int64_t n, const float* x, float radius,
        const struct faissnet_search_parameters* parameters, const faissnet_selector* selector,
        faissnet_ranges** out, int64_t* total);
FAISSNET_API int32_t faissnet_merge(faissnet_index* index, faissnet_index* other, int64_t add_to_ids);
// Fills n x d values; what is there when an id is unknown is undefined.
FAISSNET_API int32_t faissnet_reconstruct(faissnet_index* index, int64_t n, const int64_t* ids, float* vectors);

// What a range search found: lims has n + 1 entries, the results of query i are [lims[i], lims[i + 1]).
FAISSNET_API int32_t faissnet_ranges_copy(
        const faissnet_ranges* ranges, int64_t* lims, float* distances, int64_t* ids);
FAISSNET_API void faissnet_ranges_free(faissnet_ranges* ranges);

// Indexes of binary vectors, compared by the number of bits that differ.
FAISSNET_API int32_t faissnet_binary_create(
        int32_t d, const char* factory, int32_t id_map, int32_t ef_construction, faissnet_index** out);
FAISSNET_API int32_t faissnet_binary_load(const char* path, int32_t map, faissnet_index** out);
FAISSNET_API int32_t faissnet_binary_train(faissnet_index* index, int64_t n, const uint8_t* x, int32_t threads);
FAISSNET_API int32_t faissnet_binary_add(
        faissnet_index* index, int64_t n, const uint8_t* x, const int64_t* ids, int32_t threads);
FAISSNET_API int32_t faissnet_binary_search(
        faissnet_index* index, int64_t n, const uint8_t* x, int32_t k,
        const struct faissnet_search_parameters* parameters, const faissnet_selector* selector,
        int32_t* distances, int64_t* ids);
FAISSNET_API int32_t faissnet_binary_merge(faissnet_index* index, faissnet_index* other, int64_t add_to_ids);
FAISSNET_API int32_t faissnet_binary_reconstruct(faissnet_index* index, int64_t id, uint8_t* vector);

// Clustering of n vectors into k: fills k x d centroids and the last iteration's sum of squared distances (or of inner products).
FAISSNET_API int32_t faissnet_kmeans(
        int32_t d, int64_t n, const float* x, int32_t k, const struct faissnet_kmeans_parameters* parameters,
        float* centroids, float* objective);

#ifdef __cplusplus
}
#endif
