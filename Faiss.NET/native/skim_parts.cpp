// The parts that index files are made of.
#include "skim.h"

#include <cstring>

namespace faissnet {

namespace {

constexpr uint64_t MaxVectors = uint64_t{1} << 40;

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

}  // namespace

[[noreturn]] void refuse(uint32_t kind, const char* what) {
    if (known_to_faiss(kind)) unsupported(std::string(what) + " of the kind '" + printable(kind) + "' is not supported");
    corrupt(std::string(what) + " of an unknown kind '" + printable(kind) + "'");
}

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

uint64_t product_quantizer(Skim& s, int64_t d, uint64_t most_bits) {
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

void direct_map(Skim& s, uint64_t ntotal) {
    uint8_t type = s.one<uint8_t>();
    expect(type <= 2, "its table of ids is unknown");
    uint64_t array = s.array(8);
    expect(array == (type == 1 ? ntotal : 0), "its table of ids has a wrong length");
    if (type == 2) expect(s.array(16) <= ntotal, "its table of ids is longer than the index");
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

}  // namespace faissnet
