// The flat C face of MPI that Mpi.NET calls.
//
// MPI fixes names and meanings but no numbers and no sizes: constants and handles differ from one implementation to the
// next. Here they have fixed numbers and sizes, so that one managed assembly serves whichever MPI this source is compiled
// against. Only what the standard (3.1) promises is used.
//
// Every function returns MPI's own code, 0 for success; mpinet_error explains it. Counts are elements.
#pragma once
#include <stdint.h>

#define MPINET_API __attribute__((visibility("default")))

// Raised whenever a signature or a number changes, so that a stale library is recognised instead of corrupting memory.
#define MPINET_ABI 1

enum mpinet_type {
    MPINET_INT8, MPINET_UINT8, MPINET_INT16, MPINET_UINT16, MPINET_INT32, MPINET_UINT32, MPINET_INT64, MPINET_UINT64,
    MPINET_FLOAT, MPINET_DOUBLE,
};

enum mpinet_op { MPINET_SUM, MPINET_MAX, MPINET_MIN };

enum mpinet_thread_level { MPINET_SINGLE, MPINET_FUNNELED, MPINET_SERIALIZED, MPINET_MULTIPLE };

enum mpinet_error_class {
    MPINET_ERR_UNKNOWN, MPINET_ERR_BUFFER, MPINET_ERR_COUNT, MPINET_ERR_TYPE, MPINET_ERR_TAG, MPINET_ERR_COMM,
    MPINET_ERR_RANK, MPINET_ERR_ROOT, MPINET_ERR_OP, MPINET_ERR_ARG, MPINET_ERR_TRUNCATE, MPINET_ERR_NO_MEM,
    MPINET_ERR_INTERN, MPINET_ERR_OTHER,
};

// "Any" as source or tag, and "no part" as colour.
enum { MPINET_ANY = -1, MPINET_NO_COLOR = -1 };

// An MPI_Comm; 0 is none.
typedef intptr_t mpinet_comm;

struct mpinet_message {
    int32_t source;
    int32_t tag;
    int64_t count;  // -1 if the message is no whole number of elements of the type asked for
};

MPINET_API int32_t mpinet_abi(void);
MPINET_API int32_t mpinet_library_version(char* text, int32_t capacity);
MPINET_API int32_t mpinet_error(int32_t code, int32_t* error_class, char* text, int32_t capacity);

// Initialises MPI and makes both communicators return errors instead of ending the process.
MPINET_API int32_t mpinet_init(int32_t level, int32_t* provided, mpinet_comm* world, mpinet_comm* self);
MPINET_API int32_t mpinet_initialized(int32_t* flag);
MPINET_API int32_t mpinet_finalize(void);

// Ends all ranks of the communicator's job; never returns.
MPINET_API void mpinet_abort(mpinet_comm comm, int32_t code);
MPINET_API double mpinet_wtime(void);

MPINET_API int32_t mpinet_rank(mpinet_comm comm, int32_t* rank);
MPINET_API int32_t mpinet_size(mpinet_comm comm, int32_t* size);
MPINET_API int32_t mpinet_split(mpinet_comm comm, int32_t color, int32_t key, mpinet_comm* part);
MPINET_API int32_t mpinet_free(mpinet_comm comm);

// Any count: what MPI's int cannot hold goes in pieces.
MPINET_API int32_t mpinet_barrier(mpinet_comm comm);
MPINET_API int32_t mpinet_bcast(mpinet_comm comm, void* data, int64_t count, int32_t type, int32_t root);
MPINET_API int32_t mpinet_allreduce(mpinet_comm comm, void* data, int64_t count, int32_t type, int32_t op);
MPINET_API int32_t mpinet_reduce(
        mpinet_comm comm, const void* send, void* receive, int64_t count, int32_t type, int32_t op, int32_t root);

// The count is that of each rank.
MPINET_API int32_t mpinet_scatter(
        mpinet_comm comm, const void* send, void* receive, int32_t count, int32_t type, int32_t root);
MPINET_API int32_t mpinet_gather(
        mpinet_comm comm, const void* send, void* receive, int32_t count, int32_t type, int32_t root);
MPINET_API int32_t mpinet_allgather(mpinet_comm comm, const void* send, void* receive, int32_t count, int32_t type);

// Rank i has counts[i] elements, from starts[i] on in the buffer of all.
MPINET_API int32_t mpinet_scatterv(
        mpinet_comm comm, const void* send, const int32_t* counts, const int32_t* starts, void* receive, int32_t count,
        int32_t type, int32_t root);
MPINET_API int32_t mpinet_gatherv(
        mpinet_comm comm, const void* send, int32_t count, void* receive, const int32_t* counts, const int32_t* starts,
        int32_t type, int32_t root);
MPINET_API int32_t mpinet_allgatherv(
        mpinet_comm comm, const void* send, int32_t count, void* receive, const int32_t* counts, const int32_t* starts,
        int32_t type);

MPINET_API int32_t mpinet_send(
        mpinet_comm comm, const void* data, int32_t count, int32_t type, int32_t destination, int32_t tag);
MPINET_API int32_t mpinet_recv(
        mpinet_comm comm, void* data, int32_t count, int32_t type, int32_t source, int32_t tag,
        struct mpinet_message* message);
MPINET_API int32_t mpinet_probe(
        mpinet_comm comm, int32_t type, int32_t source, int32_t tag, struct mpinet_message* message);
MPINET_API int32_t mpinet_iprobe(
        mpinet_comm comm, int32_t type, int32_t source, int32_t tag, int32_t* found, struct mpinet_message* message);
