// Sums of whole numbers over rows of 8-bit codes: what scanning SQ8 lists and choosing lists have in common.
#pragma once
#include "wide.h"

#include <vector>

namespace faissnet {

// A list is too short for the processor to see in time that it is read from end to end.
inline void read_ahead(const uint8_t* from, size_t bytes) {
    for (const uint8_t* line = from; line < from + bytes; line += 64) __builtin_prefetch(line);
}

// A row of d floats, rounded to whole numbers so that its products with codes of 8 bits are sums of whole numbers.
class Factors {
    size_t d_ = 0;
    std::vector<int16_t> words_;
    std::vector<int8_t> high_, low_;  // a word is 128 * high + low; padded with zeros to whole registers
    float unit_ = 0;
    int32_t total_ = 0;

public:
    // Codes that are measured together: give as many at a time as there are, and memory is read ahead of them.
    static constexpr size_t Block = 16;

    void set(const float* factors, size_t d);

    // What one is worth: factor i is about unit * word(i).
    float unit() const { return unit_; }
    int32_t total() const { return total_; }
    int16_t word(size_t i) const { return words_[i]; }

    // sums[r] = the sum over i of word(i) * codes[r * stride + i], for `some` <= Block rows; the other sums are undefined. `ahead` rows follow.
    void products(const uint8_t* codes, size_t some, size_t ahead, size_t stride, int32_t* sums) const;
};

}  // namespace faissnet
