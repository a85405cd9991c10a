// The flat C face of libfaiss that Faiss.NET calls.
//
// Every function that can fail returns FAISSNET_OK or a negative code; the text of the calling thread's last failure is
// in faissnet_last_error() until that thread's next call. Vectors are row-major float32, n x d. An index may be searched
// by any number of threads at once; train, add and save need it alone.
#pragma once
#include <stdint.h>

#define FAISSNET_API __attribute__((visibility("default")))

// Raised whenever a signature changes, so that a stale library is recognised instead of corrupting memory.
#define FAISSNET_ABI 1

enum faissnet_status {
    FAISSNET_OK = 0,
    FAISSNET_INVALID_ARGUMENT = -1,
    FAISSNET_FAISS = -2,
    FAISSNET_OUT_OF_MEMORY = -3,
    FAISSNET_UNEXPECTED = -4,
    FAISSNET_UNSUPPORTED = -5,
    FAISSNET_NOT_FOUND = -6,
    FAISSNET_IO = -7,
};

// Zero means "the index's own" for the first two and "OpenMP's own" for threads.
struct faissnet_search_parameters {
    int32_t nprobe;
    int32_t ef_search;
    int32_t threads;
};

#ifdef __cplusplus
extern "C" {
#endif

typedef struct faissnet_index faissnet_index;

FAISSNET_API int32_t faissnet_abi(void);
FAISSNET_API const char* faissnet_version(void);
FAISSNET_API const char* faissnet_build_info(void);
FAISSNET_API const char* faissnet_last_error(void);

FAISSNET_API int32_t faissnet_create(int32_t d, const char* factory, int32_t metric, faissnet_index** out);
FAISSNET_API int32_t faissnet_load(const char* path, faissnet_index** out);
FAISSNET_API int32_t faissnet_save(faissnet_index* index, const char* path);
FAISSNET_API void faissnet_free(faissnet_index* index);

FAISSNET_API int32_t faissnet_info(
        faissnet_index* index, int32_t* d, int32_t* metric, int64_t* ntotal, int32_t* is_trained);
FAISSNET_API int32_t faissnet_train(faissnet_index* index, int64_t n, const float* x, int32_t threads);
FAISSNET_API int32_t faissnet_add(
        faissnet_index* index, int64_t n, const float* x, const int64_t* ids, int32_t threads);
FAISSNET_API int32_t faissnet_search(
        faissnet_index* index, int64_t n, const float* x, int32_t k,
        const struct faissnet_search_parameters* parameters, float* distances, int64_t* ids);
FAISSNET_API int32_t faissnet_enable_reconstruct(faissnet_index* index);
FAISSNET_API int32_t faissnet_reconstruct(faissnet_index* index, int64_t id, float* vector);

#ifdef __cplusplus
}
#endif
