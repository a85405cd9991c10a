// What reads through an index file as Faiss 1.7.3 writes it (faiss/impl/index_write.cpp), skipping the bulk. What passes can be read by
// Faiss within memory proportional to the file, and holds only kinds of index that Faiss.NET offers.
#pragma once
#include "internal.h"

#include <cmath>

namespace faissnet {

constexpr int64_t MaxDimension = 65536;

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

// Refuses a kind that Faiss writes and Faiss.NET does not offer, or one that nobody knows.
[[noreturn]] void refuse(uint32_t kind, const char* what);

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

// What an index of float or of binary vectors begins with.
Shape head(Skim& s);
Shape binary_head(Skim& s);

// Quantizers; both return the code size.
uint64_t product_quantizer(Skim& s, int64_t d, uint64_t most_bits = 16);
uint64_t scalar_quantizer(Skim& s, int64_t d, bool trained);

// Inverted lists and their table of ids, a graph, and a vector transform, which returns the dimension that comes out.
void direct_map(Skim& s, uint64_t ntotal);
void lists(Skim& s, uint64_t nlist, uint64_t code_size, uint64_t ntotal);
void graph(Skim& s, uint64_t ntotal);
int64_t transform(Skim& s, int64_t d);

}  // namespace faissnet
