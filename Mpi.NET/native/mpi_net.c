#include "mpi_net.h"

#include <mpi.h>
#include <string.h>
#include <unistd.h>

// Reductions go in pieces that stay in the processor's cache between the copy and the sum of a piece; measured in
// bench/README.md. Others go in pieces only because an MPI count is an int.
#define REDUCE_BYTES ((int64_t)4 << 20)
#define MOVE_BYTES ((int64_t)1 << 30)

// A handle is a pointer in one MPI and an int in another; its bytes travel in an integer wide enough for either.
_Static_assert(sizeof(MPI_Comm) <= sizeof(mpinet_comm), "this MPI's communicator handle does not fit");

static mpinet_comm to_handle(MPI_Comm comm) {
    mpinet_comm handle = 0;
    memcpy(&handle, &comm, sizeof comm);
    return handle;
}

static MPI_Comm to_comm(mpinet_comm handle) {
    MPI_Comm comm;
    memcpy(&comm, &handle, sizeof comm);
    return comm;
}

static MPI_Datatype to_type(int32_t type) {
    switch (type) {
        case MPINET_INT8: return MPI_INT8_T;
        case MPINET_UINT8: return MPI_UINT8_T;
        case MPINET_INT16: return MPI_INT16_T;
        case MPINET_UINT16: return MPI_UINT16_T;
        case MPINET_INT32: return MPI_INT32_T;
        case MPINET_UINT32: return MPI_UINT32_T;
        case MPINET_INT64: return MPI_INT64_T;
        case MPINET_UINT64: return MPI_UINT64_T;
        case MPINET_FLOAT: return MPI_FLOAT;
        case MPINET_DOUBLE: return MPI_DOUBLE;
        default: return MPI_DATATYPE_NULL;
    }
}

static int64_t bytes_of(int32_t type) {
    switch (type) {
        case MPINET_INT8:
        case MPINET_UINT8: return 1;
        case MPINET_INT16:
        case MPINET_UINT16: return 2;
        case MPINET_INT32:
        case MPINET_UINT32:
        case MPINET_FLOAT: return 4;
        default: return 8;
    }
}

static MPI_Op to_op(int32_t op) {
    switch (op) {
        case MPINET_SUM: return MPI_SUM;
        case MPINET_MAX: return MPI_MAX;
        case MPINET_MIN: return MPI_MIN;
        default: return MPI_OP_NULL;
    }
}

static int to_source(int32_t source) { return source == MPINET_ANY ? MPI_ANY_SOURCE : source; }

static int to_tag(int32_t tag) { return tag == MPINET_ANY ? MPI_ANY_TAG : tag; }

static int to_message(const MPI_Status* status, int32_t type, struct mpinet_message* message) {
    int count;
    int code = MPI_Get_count(status, to_type(type), &count);
    message->source = status->MPI_SOURCE;
    message->tag = status->MPI_TAG;
    message->count = count == MPI_UNDEFINED ? -1 : count;
    return code;
}

static void copy_text(const char* from, int length, char* to, int32_t capacity) {
    if (capacity < 1) return;
    if (length > capacity - 1) length = capacity - 1;
    memcpy(to, from, (size_t)length);
    to[length] = '\0';
}

int32_t mpinet_abi(void) { return MPINET_ABI; }

int32_t mpinet_library_version(char* text, int32_t capacity) {
    char version[MPI_MAX_LIBRARY_VERSION_STRING];
    int length = 0;
    int code = MPI_Get_library_version(version, &length);
    if (code == MPI_SUCCESS) copy_text(version, length, text, capacity);
    return code;
}

int32_t mpinet_error(int32_t code, int32_t* error_class, char* text, int32_t capacity) {
    char found[MPI_MAX_ERROR_STRING];
    int length = 0, own = MPI_ERR_UNKNOWN;
    int result = MPI_Error_class(code, &own);
    if (result == MPI_SUCCESS) result = MPI_Error_string(code, found, &length);
    if (result != MPI_SUCCESS) return result;
    copy_text(found, length, text, capacity);
    // Not a switch: the standard lets two of these be the same number.
    *error_class = own == MPI_ERR_BUFFER ? MPINET_ERR_BUFFER
            : own == MPI_ERR_COUNT       ? MPINET_ERR_COUNT
            : own == MPI_ERR_TYPE        ? MPINET_ERR_TYPE
            : own == MPI_ERR_TAG         ? MPINET_ERR_TAG
            : own == MPI_ERR_COMM        ? MPINET_ERR_COMM
            : own == MPI_ERR_RANK        ? MPINET_ERR_RANK
            : own == MPI_ERR_ROOT        ? MPINET_ERR_ROOT
            : own == MPI_ERR_OP          ? MPINET_ERR_OP
            : own == MPI_ERR_ARG         ? MPINET_ERR_ARG
            : own == MPI_ERR_TRUNCATE    ? MPINET_ERR_TRUNCATE
            : own == MPI_ERR_NO_MEM      ? MPINET_ERR_NO_MEM
            : own == MPI_ERR_INTERN      ? MPINET_ERR_INTERN
            : own == MPI_ERR_OTHER       ? MPINET_ERR_OTHER
                                         : MPINET_ERR_UNKNOWN;
    return MPI_SUCCESS;
}

int32_t mpinet_init(int32_t level, int32_t* provided, mpinet_comm* world, mpinet_comm* self) {
    static const int levels[] = {MPI_THREAD_SINGLE, MPI_THREAD_FUNNELED, MPI_THREAD_SERIALIZED, MPI_THREAD_MULTIPLE};
    int granted;
    int code = MPI_Init_thread(NULL, NULL, levels[level], &granted);
    if (code != MPI_SUCCESS) return code;
    *provided = MPINET_SINGLE;  // the standard orders the four
    for (int i = MPINET_SINGLE; i <= MPINET_MULTIPLE; i++)
        if (granted >= levels[i]) *provided = i;
    *world = to_handle(MPI_COMM_WORLD);
    *self = to_handle(MPI_COMM_SELF);
    code = MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
    return code != MPI_SUCCESS ? code : MPI_Comm_set_errhandler(MPI_COMM_SELF, MPI_ERRORS_RETURN);
}

int32_t mpinet_initialized(int32_t* flag) {
    int found = 0;
    int code = MPI_Initialized(&found);
    *flag = found;
    return code;
}

int32_t mpinet_finalize(void) { return MPI_Finalize(); }

void mpinet_abort(mpinet_comm comm, int32_t code) {
    int finalized = 0;
    MPI_Finalized(&finalized);
    if (!finalized) MPI_Abort(to_comm(comm), code);
    _exit(code);  // MPI_Abort may return, and the process has nothing left to say
}

double mpinet_wtime(void) { return MPI_Wtime(); }

int32_t mpinet_rank(mpinet_comm comm, int32_t* rank) { return MPI_Comm_rank(to_comm(comm), rank); }

int32_t mpinet_size(mpinet_comm comm, int32_t* size) { return MPI_Comm_size(to_comm(comm), size); }

int32_t mpinet_split(mpinet_comm comm, int32_t color, int32_t key, mpinet_comm* part) {
    MPI_Comm made = MPI_COMM_NULL;
    int code = MPI_Comm_split(to_comm(comm), color == MPINET_NO_COLOR ? MPI_UNDEFINED : color, key, &made);
    *part = code != MPI_SUCCESS || made == MPI_COMM_NULL ? 0 : to_handle(made);
    return code;
}

int32_t mpinet_free(mpinet_comm comm) {
    MPI_Comm owned = to_comm(comm);
    return MPI_Comm_free(&owned);
}

int32_t mpinet_barrier(mpinet_comm comm) { return MPI_Barrier(to_comm(comm)); }

static int piece_of(int64_t left, int64_t bytes, int32_t type) {
    int64_t most = bytes / bytes_of(type);
    return (int)(left < most ? left : most);
}

int32_t mpinet_bcast(mpinet_comm comm, void* data, int64_t count, int32_t type, int32_t root) {
    char* at = data;
    while (count > 0) {
        int piece = piece_of(count, MOVE_BYTES, type);
        int code = MPI_Bcast(at, piece, to_type(type), root, to_comm(comm));
        if (code != MPI_SUCCESS) return code;
        at += piece * bytes_of(type);
        count -= piece;
    }
    return MPI_SUCCESS;
}

int32_t mpinet_allreduce(mpinet_comm comm, void* data, int64_t count, int32_t type, int32_t op) {
    char* at = data;
    while (count > 0) {
        int piece = piece_of(count, REDUCE_BYTES, type);
        int code = MPI_Allreduce(MPI_IN_PLACE, at, piece, to_type(type), to_op(op), to_comm(comm));
        if (code != MPI_SUCCESS) return code;
        at += piece * bytes_of(type);
        count -= piece;
    }
    return MPI_SUCCESS;
}

int32_t mpinet_reduce(
        mpinet_comm comm, const void* send, void* receive, int64_t count, int32_t type, int32_t op, int32_t root) {
    const char* from = send;
    char* to = receive;  // null except at the root
    while (count > 0) {
        int piece = piece_of(count, REDUCE_BYTES, type);
        int code = MPI_Reduce(from, to, piece, to_type(type), to_op(op), root, to_comm(comm));
        if (code != MPI_SUCCESS) return code;
        from += piece * bytes_of(type);
        if (to) to += piece * bytes_of(type);
        count -= piece;
    }
    return MPI_SUCCESS;
}

int32_t mpinet_scatter(
        mpinet_comm comm, const void* send, void* receive, int32_t count, int32_t type, int32_t root) {
    return MPI_Scatter(send, count, to_type(type), receive, count, to_type(type), root, to_comm(comm));
}

int32_t mpinet_gather(
        mpinet_comm comm, const void* send, void* receive, int32_t count, int32_t type, int32_t root) {
    return MPI_Gather(send, count, to_type(type), receive, count, to_type(type), root, to_comm(comm));
}

int32_t mpinet_allgather(mpinet_comm comm, const void* send, void* receive, int32_t count, int32_t type) {
    return MPI_Allgather(send, count, to_type(type), receive, count, to_type(type), to_comm(comm));
}

int32_t mpinet_scatterv(
        mpinet_comm comm, const void* send, const int32_t* counts, const int32_t* starts, void* receive, int32_t count,
        int32_t type, int32_t root) {
    return MPI_Scatterv(
            send, counts, starts, to_type(type), receive, count, to_type(type), root, to_comm(comm));
}

int32_t mpinet_gatherv(
        mpinet_comm comm, const void* send, int32_t count, void* receive, const int32_t* counts, const int32_t* starts,
        int32_t type, int32_t root) {
    return MPI_Gatherv(
            send, count, to_type(type), receive, counts, starts, to_type(type), root, to_comm(comm));
}

int32_t mpinet_allgatherv(
        mpinet_comm comm, const void* send, int32_t count, void* receive, const int32_t* counts, const int32_t* starts,
        int32_t type) {
    return MPI_Allgatherv(send, count, to_type(type), receive, counts, starts, to_type(type), to_comm(comm));
}

int32_t mpinet_send(
        mpinet_comm comm, const void* data, int32_t count, int32_t type, int32_t destination, int32_t tag) {
    return MPI_Send(data, count, to_type(type), destination, tag, to_comm(comm));
}

int32_t mpinet_recv(
        mpinet_comm comm, void* data, int32_t count, int32_t type, int32_t source, int32_t tag,
        struct mpinet_message* message) {
    MPI_Status status;
    int code = MPI_Recv(data, count, to_type(type), to_source(source), to_tag(tag), to_comm(comm), &status);
    return code != MPI_SUCCESS ? code : to_message(&status, type, message);
}

int32_t mpinet_probe(
        mpinet_comm comm, int32_t type, int32_t source, int32_t tag, struct mpinet_message* message) {
    MPI_Status status;
    int code = MPI_Probe(to_source(source), to_tag(tag), to_comm(comm), &status);
    return code != MPI_SUCCESS ? code : to_message(&status, type, message);
}

int32_t mpinet_iprobe(
        mpinet_comm comm, int32_t type, int32_t source, int32_t tag, int32_t* found, struct mpinet_message* message) {
    MPI_Status status;
    int flag = 0;
    int code = MPI_Iprobe(to_source(source), to_tag(tag), to_comm(comm), &flag, &status);
    *found = flag;
    return code != MPI_SUCCESS || !flag ? code : to_message(&status, type, message);
}
