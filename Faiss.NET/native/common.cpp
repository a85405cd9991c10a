#include "internal.h"

#include <faiss/impl/FaissException.h>
#include <faiss/invlists/OnDiskInvertedLists.h>

#include <cerrno>
#include <cstring>
#include <new>

extern "C" void openblas_set_num_threads(int) __attribute__((weak));

namespace faissnet {

std::atomic<int64_t> live_objects{0};

namespace {

thread_local std::string last_error;

int32_t keep(int32_t status, const char* what) noexcept {
    try {
        last_error = what;
    } catch (...) {
        last_error.clear();
    }
    return status;
}

}  // namespace

void clear_last_error() noexcept { last_error.clear(); }

int32_t status_of_current_exception() noexcept {
    try {
        throw;
    } catch (const Failure& e) {
        return keep(e.status, e.what());
    } catch (const faiss::FaissException& e) {
        bool refuses = std::strstr(e.what(), "not implemented") || std::strstr(e.what(), "not supported");
        return keep(refuses ? FAISSNET_UNSUPPORTED : FAISSNET_FAISS, e.what());
    } catch (const std::bad_alloc&) {
        return keep(FAISSNET_OUT_OF_MEMORY, "out of memory");
    } catch (const std::length_error& e) {
        return keep(FAISSNET_OUT_OF_MEMORY, e.what());
    } catch (const std::exception& e) {
        return keep(FAISSNET_UNEXPECTED, e.what());
    } catch (...) {
        return keep(FAISSNET_UNEXPECTED, "a C++ exception that is no std::exception");
    }
}

Threads::Threads(int32_t threads) : before_(omp_get_max_threads()), set_(threads > 0) {
    static const bool once = [] {
        if (openblas_set_num_threads) openblas_set_num_threads(1);
        return true;
    }();
    (void)once;
    if (set_) omp_set_num_threads(threads);
}

void translate(const std::vector<idx_t>& map, idx_t* ids, size_t n) {
    for (size_t i = 0; i < n; i++) {
        if (ids[i] < 0) continue;
        if (static_cast<size_t>(ids[i]) >= map.size())
            throw Failure(FAISSNET_CORRUPT, "the index found a position that its id map does not have");
        ids[i] = map[ids[i]];
    }
}

std::string system_error(const char* doing, const char* path) {
    return std::string(doing) + " " + path + ": " + std::strerror(errno);
}

File create_file(const char* path) {
    // Faiss' own writer only prints when closing fails, which is where a full disk shows: so the file is ours.
    File file(std::fopen(path, "wb"));
    if (!file) throw Failure(FAISSNET_IO, system_error("cannot create", path));
    return file;
}

void finish_file(File file, const char* path) {
    if (std::fclose(file.release()) != 0) throw Failure(FAISSNET_IO, system_error("cannot finish", path));
}

size_t CallbackWriter::operator()(const void* data, size_t size, size_t nitems) {
    constexpr size_t chunk = 1 << 20;
    size_t bytes = size * nitems;
    if (bytes == 0) return nitems;
    if (buffer_.size() + bytes > chunk) flush();
    if (bytes < chunk) {
        auto* from = static_cast<const char*>(data);
        buffer_.insert(buffer_.end(), from, from + bytes);
    } else if (write_(state_, data, static_cast<int64_t>(bytes)) != static_cast<int64_t>(bytes)) {
        return 0;
    }
    return nitems;
}

void CallbackWriter::flush() {
    int64_t bytes = static_cast<int64_t>(buffer_.size());
    if (bytes != 0 && write_(state_, buffer_.data(), bytes) != bytes) throw Failure(FAISSNET_IO, "the stream took less than it was given");
    buffer_.clear();
}

void calm_mapped_lists(faiss::InvertedLists* lists) {
    if (auto* mapped = dynamic_cast<faiss::OnDiskInvertedLists*>(lists)) mapped->prefetch_nthread = 0;
}

void append_lists(faiss::InvertedLists& to, const faiss::InvertedLists& from, idx_t add_to_ids) {
    std::vector<idx_t> moved;
    for (size_t list = 0; list < to.nlist; list++) {
        size_t n = from.list_size(list);
        if (n == 0) continue;
        faiss::InvertedLists::ScopedIds ids(&from, list);
        faiss::InvertedLists::ScopedCodes codes(&from, list);
        const idx_t* use = ids.get();
        if (add_to_ids != 0) {
            moved.assign(use, use + n);
            for (idx_t& id : moved) id += add_to_ids;
            use = moved.data();
        }
        to.add_entries(list, n, use, codes.get());
    }
}

size_t remove_from_lists(
        faiss::DirectMap& map, faiss::InvertedLists* lists, size_t ntotal, const faiss::IDSelector& selector) {
    // Faiss removes by a table of ids only one entry of each id, and refuses most selectors there. So the lists are scanned, and the
    // table is made anew.
    bool had = !map.no();
    map.set_type(faiss::DirectMap::NoMap, lists, ntotal);
    size_t removed = map.remove_ids(selector, lists);
    if (had) map.set_type(faiss::DirectMap::Hashtable, lists, ntotal - removed);
    return removed;
}

}  // namespace faissnet

using namespace faissnet;

int32_t faissnet_abi(void) { return FAISSNET_ABI; }

const char* faissnet_version(void) {
    static const std::string version = std::to_string(FAISS_VERSION_MAJOR) + "." +
            std::to_string(FAISS_VERSION_MINOR) + "." + std::to_string(FAISS_VERSION_PATCH);
    return version.c_str();
}

const char* faissnet_variant(void) { return FAISSNET_VARIANT; }

const char* faissnet_build_info(void) { return "g++ " __VERSION__ ", " FAISSNET_VARIANT; }

const char* faissnet_last_error(void) { return last_error.c_str(); }

int64_t faissnet_live_objects(void) { return live_objects; }
