#include "skim.h"

#include <sys/stat.h>

namespace faissnet {

namespace {

constexpr int MaxDepth = 8;
constexpr uint64_t MaxLists = 1 << 24;

Shape index(Skim& s, int depth);
Shape binary_index(Skim& s, int depth);

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

}  // namespace faissnet
