// Reads through an index file as Faiss 1.7.3 writes it (faiss/impl/index_write.cpp), skipping the bulk. What passes can be read by
// Faiss within memory proportional to the file, and holds only kinds of index that Faiss.NET offers.
#include "internal.h"

#include <sys/stat.h>

#include <cerrno>
#include <cmath>
#include <cstring>

namespace faissnet {

namespace {

[[noreturn]] void corrupt(const std::string& what) { throw Failure(FAISSNET_CORRUPT, "no sound index file: " + what); }

void expect(bool condition, const char* what) {
    if (!condition) corrupt(what);
}

constexpr int MaxDepth = 8;
constexpr int64_t MaxDimension = 65536;
constexpr uint64_t MaxVectors = uint64_t{1} << 40;
constexpr uint64_t MaxLists = 1 << 24;
constexpr int MaxLinks = 1 << 14;

struct Shape {
    int64_t d = 0;
    uint64_t ntotal = 0;
    bool trained = false;
    bool flat = false;  // its vectors are stored whole
    uint32_t kind = 0;
};

constexpr uint32_t tag(const char (&name)[5]) {
    return static_cast<uint8_t>(name[0]) | static_cast<uint8_t>(name[1]) << 8 | static_cast<uint8_t>(name[2]) << 16 |
            static_cast<uint32_t>(static_cast<uint8_t>(name[3])) << 24;
}

std::string printable(uint32_t kind) {
    std::string text;
    for (int i = 0; i < 4; i++) {
        char c = static_cast<char>(kind >> (8 * i));
        text += c >= 32 && c < 127 ? c : '?';
    }
    return text;
}

// Kinds that Faiss 1.7 reads and Faiss.NET does not offer.
bool known_to_faiss(uint32_t kind) {
    static const char names[] =
            "IxHE IxHe IxPQ IxPo IxRQ IxRq IxLS IxPR IxPL ImRQ ILfs IRfs IPRf IPLf IVLf IVRf NPLf NPRf IvFl IvFL IwFd IxLa IvSQ IwSQ IwLS IwRQ "
            "IwPL IwPR IwSh IvPQ IvQR IwQR Imiq Ix2L IHN2 INSf INSp INSs INNf IPfs IwPf IRMf IRMh IBFf IBHh IBHm ilod il00 PCAm PcAm Viqm VCnt Viqt";
    return std::strstr(names, printable(kind).c_str()) != nullptr;
}

[[noreturn]] void refuse(uint32_t kind, const char* what) {
    if (known_to_faiss(kind)) unsupported(std::string(what) + " of the kind '" + printable(kind) + "' is not supported");
    corrupt(std::string(what) + " of an unknown kind '" + printable(kind) + "'");
}

class Skim {
    FILE* file_;
    uint64_t size_, at_ = 0;

public:
    Skim(FILE* file, uint64_t size) : file_(file), size_(size) {}

    uint64_t left() const { return size_ - at_; }

    template <class T>
    T one() {
        T value;
        take(&value, sizeof value);
        return value;
    }

    bool flag() {
        uint8_t value = one<uint8_t>();
        expect(value <= 1, "a flag is neither 0 nor 1");
        return value;
    }

    float number() {
        float value = one<float>();
        expect(std::isfinite(value), "a number is not finite");
        return value;
    }

    void skip(uint64_t n, uint64_t each) {
        expect(n <= left() / each, "it ends too early");
        at_ += n * each;
        if (fseeko(file_, static_cast<off_t>(at_), SEEK_SET) != 0) throw Failure(FAISSNET_IO, "cannot move within the file");
    }

    uint64_t array(uint64_t each) {
        uint64_t n = one<uint64_t>();
        skip(n, each);
        return n;
    }

    void array(uint64_t each, uint64_t n, const char* what) { expect(array(each) == n, what); }

    std::vector<uint64_t> numbers() {
        uint64_t n = one<uint64_t>();
        expect(n <= left() / 8, "it ends too early");
        std::vector<uint64_t> values(n);
        take(values.data(), n * 8);
        return values;
    }

private:
    void take(void* to, uint64_t bytes) {
        expect(bytes <= left(), "it ends too early");
        if (bytes != 0 && std::fread(to, 1, bytes, file_) != bytes) throw Failure(FAISSNET_IO, "cannot read the file");
        at_ += bytes;
    }
};

Shape head(Skim& s) {
    Shape shape;
    shape.d = s.one<int32_t>();
    expect(shape.d >= 1 && shape.d <= MaxDimension, "its dimension is out of range");
    shape.ntotal = s.one<uint64_t>();
    expect(shape.ntotal <= MaxVectors, "its number of vectors is out of range");
    s.one<int64_t>();
    s.one<int64_t>();
    shape.trained = s.flag();
    int32_t metric = s.one<int32_t>();
    expect(metric == 0 || metric == 1, "its metric is neither inner product nor L2");
    return shape;
}

Shape binary_head(Skim& s) {
    Shape shape;
    shape.d = s.one<int32_t>();
    expect(shape.d >= 8 && shape.d <= MaxDimension && shape.d % 8 == 0, "its dimension is out of range");
    expect(s.one<int32_t>() == shape.d / 8, "its code size does not fit its dimension");
    shape.ntotal = s.one<uint64_t>();
    expect(shape.ntotal <= MaxVectors, "its number of vectors is out of range");
    shape.trained = s.flag();
    expect(s.one<int32_t>() == 1, "its metric is unknown");
    return shape;
}

// Returns the code size.
uint64_t product_quantizer(Skim& s, int64_t d, uint64_t most_bits = 16) {
    uint64_t of = s.one<uint64_t>(), m = s.one<uint64_t>(), bits = s.one<uint64_t>();
    expect(of == static_cast<uint64_t>(d), "its product quantizer has another dimension");
    expect(m >= 1 && m <= of && of % m == 0, "its product quantizer does not divide the dimension");
    expect(bits >= 1 && bits <= most_bits, "its product quantizer has too many bits");
    s.array(4, of << bits, "its product quantizer has a wrong number of centroids");
    return (m * bits + 7) / 8;
}

uint64_t scalar_quantizer(Skim& s, int64_t d, bool trained) {
    uint32_t type = s.one<uint32_t>();
    expect(type <= 6, "its scalar quantizer is unknown");
    expect(s.one<uint32_t>() <= 3, "the range of its scalar quantizer is unknown");
    s.number();
    uint64_t u = static_cast<uint64_t>(d);
    expect(s.one<uint64_t>() == u, "its scalar quantizer has another dimension");
    //                        8 bits 4 bits       8 and 4, one range  fp16    bytes 6 bits
    const uint64_t sizes[] = {u, (u + 1) / 2, u, (u + 1) / 2, 2 * u, u, (6 * u + 7) / 8};
    const uint64_t ranges[] = {2 * u, 2 * u, 2, 2, 0, 0, 2 * u};
    expect(s.one<uint64_t>() == sizes[type], "the code size of its scalar quantizer does not fit");
    uint64_t learned = s.array(4);
    expect(learned == ranges[type] || (!trained && learned == 0), "its scalar quantizer has a wrong number of ranges");
    return sizes[type];
}

Shape index(Skim& s, int depth);
Shape binary_index(Skim& s, int depth);

void direct_map(Skim& s, uint64_t ntotal) {
    uint8_t type = s.one<uint8_t>();
    expect(type <= 2, "its table of ids is unknown");
    uint64_t array = s.array(8);
    expect(array == (type == 1 ? ntotal : 0), "its table of ids has a wrong length");
    if (type == 2) expect(s.array(16) <= ntotal, "its table of ids is longer than the index");
}

uint64_t ivf_head(Skim& s, const Shape& shape, bool binary, int depth) {
    uint64_t nlist = s.one<uint64_t>(), nprobe = s.one<uint64_t>();
    expect(nlist >= 1 && nlist <= MaxLists, "its number of lists is out of range");
    expect(nprobe >= 1, "its nprobe is 0");
    Shape quantizer = binary ? binary_index(s, depth + 1) : index(s, depth + 1);
    expect(quantizer.flat && quantizer.d == shape.d, "its coarse quantizer does not fit");
    expect(quantizer.ntotal == nlist || (!shape.trained && quantizer.ntotal == 0), "it has not as many centroids as lists");
    direct_map(s, shape.ntotal);
    return nlist;
}

void lists(Skim& s, uint64_t nlist, uint64_t code_size, uint64_t ntotal) {
    uint32_t kind = s.one<uint32_t>();
    if (kind != tag("ilar")) refuse(kind, "a set of inverted lists");
    expect(s.one<uint64_t>() == nlist && s.one<uint64_t>() == code_size, "its inverted lists do not fit it");
    kind = s.one<uint32_t>();
    uint64_t total = 0;
    auto add = [&](uint64_t n) {
        expect(n <= ntotal - total, "its inverted lists hold more than the index");
        total += n;
    };
    if (kind == tag("full")) {
        std::vector<uint64_t> sizes = s.numbers();
        expect(sizes.size() == nlist, "it has not as many lists as it says");
        for (uint64_t n : sizes) add(n);
    } else if (kind == tag("sprs")) {
        std::vector<uint64_t> pairs = s.numbers();
        expect(pairs.size() % 2 == 0, "its list sizes are no pairs");
        std::vector<bool> seen(nlist);
        for (size_t i = 0; i < pairs.size(); i += 2) {
            expect(pairs[i] < nlist && !seen[pairs[i]], "it sizes a list that does not exist, or twice");
            seen[pairs[i]] = true;
            add(pairs[i + 1]);
        }
    } else {
        corrupt("its list sizes are unknown");
    }
    expect(total == ntotal, "its inverted lists hold fewer than the index");
    s.skip(total, code_size + 8);
}

void graph(Skim& s, uint64_t ntotal) {
    expect(ntotal < uint64_t{1} << 31, "a graph of so many vectors cannot be");
    s.array(8);
    s.array(4);
    s.array(4, ntotal, "its graph has not as many levels as vectors");
    s.array(8, ntotal + 1, "its graph has not as many offsets as vectors");
    s.array(4);
    for (int i = 0; i < 5; i++) s.one<int32_t>();
}

// Returns the dimension that comes out.
int64_t transform(Skim& s, int64_t d) {
    uint32_t kind = s.one<uint32_t>();
    bool linear = kind == tag("rrot") || kind == tag("Pcam") || kind == tag("LTra");
    uint64_t matrix = 0, bias = 0, map = 0;
    bool has_bias = false;
    if (kind == tag("Pcam")) {
        s.number();
        s.number();
        s.flag();
        s.one<int32_t>();
        for (int i = 0; i < 3; i++) s.array(4);
    }
    if (linear) {
        has_bias = s.flag();
        matrix = s.array(4);
        bias = s.array(4);
    } else if (kind == tag("RmDT")) {
        map = s.array(4);
    } else if (kind == tag("VNrm")) {
        s.number();
    } else {
        refuse(kind, "a vector transform");
    }
    int64_t in = s.one<int32_t>(), out = s.one<int32_t>();
    bool trained = s.flag();
    expect(in == d && out >= 1 && out <= MaxDimension, "a vector transform does not fit its input");
    if (linear && (trained || matrix != 0))
        expect(matrix == static_cast<uint64_t>(in * out) && (!has_bias || bias == static_cast<uint64_t>(out)), "the matrix of a transform has another size");
    if (kind == tag("RmDT")) expect(map == static_cast<uint64_t>(out), "a remapping has another size");
    if (kind == tag("VNrm")) expect(in == out, "a normalisation changes the dimension");
    return out;
}

Shape index(Skim& s, int depth) {
    expect(depth < MaxDepth, "it is nested too deep");
    uint32_t kind = s.one<uint32_t>();
    Shape shape;
    auto begin = [&] {
        shape = head(s);
        shape.kind = kind;
    };
    auto same = [&](const Shape& inner) {
        expect(inner.d == shape.d && inner.ntotal == shape.ntotal, "its parts have other dimensions or counts than it says");
    };
    if (kind == tag("IxFI") || kind == tag("IxF2") || kind == tag("IxFl")) {
        begin();
        shape.flat = true;
        s.array(4, shape.ntotal * static_cast<uint64_t>(shape.d), "it has not as many vectors as it says");
    } else if (kind == tag("IxPq")) {
        begin();
        uint64_t code = product_quantizer(s, shape.d);
        s.array(1, shape.ntotal * code, "it has not as many vectors as it says");
        expect(s.one<uint32_t>() == 0, "its search type is not supported");
        s.flag();
        s.one<int32_t>();
    } else if (kind == tag("IxSQ")) {
        begin();
        uint64_t code = scalar_quantizer(s, shape.d, shape.trained);
        s.array(1, shape.ntotal * code, "it has not as many vectors as it says");
    } else if (kind == tag("IwFl")) {
        begin();
        uint64_t nlist = ivf_head(s, shape, false, depth);
        lists(s, nlist, static_cast<uint64_t>(shape.d) * 4, shape.ntotal);
    } else if (kind == tag("IwSq")) {
        begin();
        uint64_t nlist = ivf_head(s, shape, false, depth);
        uint64_t code = scalar_quantizer(s, shape.d, shape.trained);
        expect(s.one<uint64_t>() == code, "its code size does not fit its quantizer");
        s.flag();
        lists(s, nlist, code, shape.ntotal);
    } else if (kind == tag("IwPQ")) {
        begin();
        uint64_t nlist = ivf_head(s, shape, false, depth);
        s.flag();
        uint64_t says = s.one<uint64_t>();
        expect(product_quantizer(s, shape.d, 8) == says, "its code size does not fit its quantizer");
        lists(s, nlist, says, shape.ntotal);
    } else if (kind == tag("IxPT")) {
        begin();
        int32_t n = s.one<int32_t>();
        expect(n >= 0 && n <= 16, "it has too many transforms");
        int64_t d = shape.d;
        for (int32_t i = 0; i < n; i++) d = transform(s, d);
        Shape inner = index(s, depth + 1);
        expect(inner.d == d && inner.ntotal == shape.ntotal, "its parts have other dimensions or counts than it says");
    } else if (kind == tag("IxRF")) {
        begin();
        same(index(s, depth + 1));
        same(index(s, depth + 1));
        float factor = s.number();
        expect(factor >= 1 && factor <= 1000, "its refinement factor is out of range");
    } else if (kind == tag("IxMp") || kind == tag("IxM2")) {
        begin();
        expect(depth == 0, "an id map is not outermost");
        same(index(s, depth + 1));
        s.array(8, shape.ntotal, "its id map and its vectors have different counts");
    } else if (kind == tag("IHNf") || kind == tag("IHNp") || kind == tag("IHNs")) {
        begin();
        shape.flat = kind == tag("IHNf");
        graph(s, shape.ntotal);
        Shape storage = index(s, depth + 1);
        same(storage);
        expect(kind == tag("IHNf") ? storage.flat && storage.kind != tag("IHNf") : storage.kind == (kind == tag("IHNp") ? tag("IxPq") : tag("IxSQ")),
                "its graph and its vectors are not of one kind");
    } else {
        refuse(kind, "an index");
    }
    return shape;
}

Shape binary_index(Skim& s, int depth) {
    expect(depth < MaxDepth, "it is nested too deep");
    uint32_t kind = s.one<uint32_t>();
    Shape shape;
    auto begin = [&] {
        shape = binary_head(s);
        shape.kind = kind;
    };
    if (kind == tag("IBxF")) {
        begin();
        shape.flat = true;
        s.array(1, shape.ntotal * static_cast<uint64_t>(shape.d / 8), "it has not as many vectors as it says");
    } else if (kind == tag("IBwF")) {
        begin();
        uint64_t nlist = ivf_head(s, shape, true, depth);
        lists(s, nlist, static_cast<uint64_t>(shape.d / 8), shape.ntotal);
    } else if (kind == tag("IBHf")) {
        begin();
        shape.flat = true;
        graph(s, shape.ntotal);
        Shape storage = binary_index(s, depth + 1);
        expect(storage.kind == tag("IBxF") && storage.d == shape.d && storage.ntotal == shape.ntotal, "its graph and its vectors do not fit");
    } else if (kind == tag("IBMp") || kind == tag("IBM2")) {
        begin();
        expect(depth == 0, "an id map is not outermost");
        Shape inner = binary_index(s, depth + 1);
        expect(inner.d == shape.d && inner.ntotal == shape.ntotal, "its parts have other dimensions or counts than it says");
        s.array(8, shape.ntotal, "its id map and its vectors have different counts");
    } else {
        refuse(kind, "a binary index");
    }
    return shape;
}

}  // namespace

File open_checked(const char* path, bool binary) {
    File file(std::fopen(path, "rb"));
    if (!file) throw Failure(FAISSNET_IO, system_error("cannot open", path));
    struct stat status;
    if (fstat(fileno(file.get()), &status) != 0) throw Failure(FAISSNET_IO, system_error("cannot look at", path));
    if (!S_ISREG(status.st_mode)) throw Failure(FAISSNET_IO, std::string(path) + " is no regular file");
    Skim skim(file.get(), static_cast<uint64_t>(status.st_size));
    if (binary)
        binary_index(skim, 0);
    else
        index(skim, 0);
    expect(skim.left() == 0, "something follows the index");
    std::rewind(file.get());
    return file;
}

void check_hnsw(faiss::HNSW& h, idx_t ntotal) {
    size_t levels = h.cum_nneighbor_per_level.size();
    expect(levels >= 2 && levels <= 1000 && h.assign_probas.size() < levels, "its graph has no levels");
    expect(h.cum_nneighbor_per_level[0] == 0, "the levels of its graph do not begin at 0");
    for (size_t i = 1; i < levels; i++)
        expect(h.cum_nneighbor_per_level[i] >= h.cum_nneighbor_per_level[i - 1] && h.cum_nneighbor_per_level[i] - h.cum_nneighbor_per_level[i - 1] <= MaxLinks,
                "a level of its graph has a wrong number of links");
    expect(h.efConstruction >= 1 && h.efConstruction <= 1 << 20 && h.efSearch >= 1 && h.efSearch <= 1 << 20, "its graph has unknown settings");
    expect(h.upper_beam == 1, "its upper_beam is not supported");
    if (ntotal == 0) {
        expect(h.entry_point == -1 && h.neighbors.empty() && h.offsets.size() == 1, "its empty graph is not empty");
        return;
    }
    auto level_of = [&](idx_t v) { return h.levels[v]; };
    expect(h.offsets[0] == 0 && h.offsets[ntotal] == h.neighbors.size(), "its graph has not as many neighbours as it says");
    for (idx_t v = 0; v < ntotal; v++) {
        expect(level_of(v) >= 1 && level_of(v) < static_cast<int>(levels), "a vertex of its graph is on no level");
        expect(h.offsets[v + 1] - h.offsets[v] == static_cast<size_t>(h.cum_nneighbor_per_level[level_of(v)]) && h.offsets[v + 1] <= h.neighbors.size(),
                "a vertex of its graph has a wrong number of neighbours");
    }
    expect(h.entry_point >= 0 && h.entry_point < ntotal && h.max_level == level_of(h.entry_point) - 1, "its graph has no entry");
    for (idx_t v = 0; v < ntotal; v++)
        for (int level = 0; level < level_of(v); level++)
            for (int i = h.cum_nneighbor_per_level[level]; i < h.cum_nneighbor_per_level[level + 1]; i++) {
                int to = h.neighbors[h.offsets[v] + i];
                expect(to >= -1 && to < ntotal && (to < 0 || level == 0 || level_of(to) > level), "an edge of its graph leads nowhere");
            }
}

void check_direct_map(const faiss::DirectMap& map, const faiss::InvertedLists& lists) {
    auto check = [&](idx_t place) {
        expect(place < 0 || (faiss::lo_listno(place) < lists.nlist && faiss::lo_offset(place) < lists.list_size(faiss::lo_listno(place))),
                "its table of ids names a place that does not exist");
    };
    for (idx_t place : map.array) check(place);
    for (auto& entry : map.hashtable) check(entry.second);
}

}  // namespace faissnet
