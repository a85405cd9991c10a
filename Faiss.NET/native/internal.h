// What the sources of libfaiss_net share: errors, threads, selectors, files.
#pragma once
#include "faiss_net.h"

#include <faiss/Index.h>
#include <faiss/IndexBinary.h>
#include <faiss/impl/HNSW.h>
#include <faiss/impl/IDSelector.h>
#include <faiss/impl/io.h>
#include <faiss/invlists/DirectMap.h>
#include <faiss/invlists/InvertedLists.h>
#include <omp.h>

#include <atomic>
#include <cstdio>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace faissnet {

using idx_t = faiss::Index::idx_t;

// In Faiss 1.7 the candidate heap of an HNSW search is as large as the index's *own* efSearch, or as many results as are asked for: a
// larger value given with one query is silently cut, and a heap that is larger than need be costs time. So searches ask a graph for
// efSearch results. Not those of IVF within Faiss: a graph of its centroids carries this ceiling, and the value it came with is kept beside.
constexpr int EfSearchCeiling = 256;

extern std::atomic<int64_t> live_objects;

// Counts handles, so that tests can see that none leaks.
struct Counted {
    Counted() { live_objects++; }
    ~Counted() { live_objects--; }
    Counted(const Counted&) = delete;
    Counted& operator=(const Counted&) = delete;
};

struct Failure : std::runtime_error {
    int32_t status;
    Failure(int32_t status, const std::string& what) : std::runtime_error(what), status(status) {}
};

inline void require(bool condition, const char* what) {
    if (!condition) throw Failure(FAISSNET_INVALID_ARGUMENT, what);
}

[[noreturn]] inline void unsupported(const std::string& what) { throw Failure(FAISSNET_UNSUPPORTED, what); }

// Of what a file says.
[[noreturn]] inline void corrupt(const std::string& what) { throw Failure(FAISSNET_CORRUPT, "no sound index file: " + what); }

inline void expect(bool condition, const char* what) {
    if (!condition) corrupt(what);
}

// Keeps the text for faissnet_last_error; to be called inside a catch block.
int32_t status_of_current_exception() noexcept;
void clear_last_error() noexcept;

template <class F>
int32_t guard(F&& body) noexcept {
    try {
        clear_last_error();
        body();
        return FAISSNET_OK;
    } catch (...) {
        return status_of_current_exception();
    }
}

// OpenMP keeps its thread count per calling thread, so it is set and put back around each call. The same moment holds OpenBLAS to
// one thread: a second pool would multiply with OpenMP's, and a product would depend on how many threads the machine gives it.
class Threads {
    int before_;
    bool set_;

public:
    explicit Threads(int32_t threads);
    ~Threads() {
        if (set_) omp_set_num_threads(before_);
    }
    Threads(const Threads&) = delete;
    Threads& operator=(const Threads&) = delete;
};

// A selector of outer ids, asked by an index that knows positions.
struct Translated final : faiss::IDSelector {
    const std::vector<idx_t>& map;
    const faiss::IDSelector& of;
    Translated(const std::vector<idx_t>& map, const faiss::IDSelector& of) : map(map), of(of) {}
    bool is_member(idx_t id) const override { return static_cast<size_t>(id) < map.size() && of.is_member(map[id]); }
};

// Positions that an index found become the ids of its map. Throws where a damaged file made a position that does not exist.
void translate(const std::vector<idx_t>& map, idx_t* ids, size_t n);

struct CloseFile {
    void operator()(FILE* f) const noexcept { std::fclose(f); }
};
using File = std::unique_ptr<FILE, CloseFile>;

std::string system_error(const char* doing, const char* path);

// Opens a regular file and reads through its structure without its vectors: every size must fit what there is, and every kind be
// one that is offered. Faiss' own reader trusts sizes and can be made to take any amount of memory.
File open_checked(const char* path, bool binary);

// What reading through cannot see: the graph and the tables hold only places that exist.
void check_hnsw(faiss::HNSW& hnsw, idx_t ntotal);
void check_direct_map(const faiss::DirectMap& map, const faiss::InvertedLists& lists);

// Writes to a path or through a callback.
File create_file(const char* path);
void finish_file(File file, const char* path);

// Faiss' own buffered writer throws in its destructor, which ends the process where a write has failed.
class CallbackWriter final : public faiss::IOWriter {
    faissnet_write write_;
    void* state_;
    std::vector<char> buffer_;

public:
    CallbackWriter(faissnet_write write, void* state) : write_(write), state_(state) {}
    size_t operator()(const void* data, size_t size, size_t nitems) override;
    void flush();
};

// Memory maps: Faiss would start up to 32 threads for each search to read ahead.
void calm_mapped_lists(faiss::InvertedLists* lists);

// Copies other lists behind these, id by id plus an offset, in order and by one thread; they may be read-only.
void append_lists(faiss::InvertedLists& to, const faiss::InvertedLists& from, idx_t add_to_ids);

// Removes from lists that a table of ids may point into. Returns how many.
size_t remove_from_lists(
        faiss::DirectMap& map, faiss::InvertedLists* lists, size_t ntotal, const faiss::IDSelector& selector);

}  // namespace faissnet

struct faissnet_selector : faissnet::Counted {
    std::shared_ptr<const faiss::IDSelector> selector;
};
