// Scans codes of 8 bits (SQ8) in place of Faiss' own scanner, which spends some ten times as long on a code as memory takes to deliver it:
// build.sh has the linker send calls of ScalarQuantizer::select_InvertedListScanner here (--wrap). Every other quantizer is left to Faiss.
#include "codes.h"

#include <faiss/IndexIVF.h>
#include <faiss/impl/AuxIndexStructures.h>
#include <faiss/impl/ScalarQuantizer.h>
#include <faiss/utils/Heap.h>

#include <algorithm>
#include <cmath>
#include <vector>

using namespace faissnet;
using faiss::Index;

namespace {

// What the two metrics share: how a list of codes is gone through. `Measure` is the metric's own: it has a Block, how many codes it measures
// together, and measure(codes, some, ahead, distances), whose last argument has place for a whole block. `ahead` codes follow those.
template <class Measure, bool L2>
class Scanner : public faiss::InvertedListScanner {
protected:
    const Index* quantizer_;
    bool by_residual_;
    size_t d_;
    std::vector<float> low_, step_;  // a code c stands for low + step * c

    Scanner(const faiss::ScalarQuantizer& sq, const Index* quantizer, bool store_pairs, const faiss::IDSelector* sel, bool by_residual)
            : faiss::InvertedListScanner(store_pairs, sel), quantizer_(quantizer), by_residual_(by_residual), d_(sq.d), low_(sq.d), step_(sq.d) {
        code_size = sq.code_size;
        keep_max = !L2;
        for (size_t i = 0; i < d_; i++) {
            step_[i] = sq.trained[d_ + i] / 255;
            low_[i] = sq.trained[i] + step_[i] / 2;
        }
    }

public:
    float distance_to_code(const uint8_t* code) const final {
        float distances[Measure::Block];
        self().measure(code, 1, 0, distances);
        return distances[0];
    }

    size_t scan_codes(size_t n, const uint8_t* codes, const idx_t* ids, float* distances, idx_t* labels, size_t k) const final {
        size_t updates = 0;
        scan(n, codes, [&] { return distances[0]; }, [&](size_t j, float distance) {
            if (sel && !sel->is_member(store_pairs ? static_cast<idx_t>(j) : ids[j])) return;
            idx_t id = store_pairs ? faiss::lo_build(list_no, j) : ids[j];
            if constexpr (L2)
                faiss::maxheap_replace_top(k, distances, labels, distance, id);
            else
                faiss::minheap_replace_top(k, distances, labels, distance, id);
            updates++;
        });
        return updates;
    }

    void scan_codes_range(size_t n, const uint8_t* codes, const idx_t* ids, float radius, faiss::RangeQueryResult& result) const final {
        scan(n, codes, [&] { return radius; }, [&](size_t j, float distance) {
            if (sel && !sel->is_member(store_pairs ? static_cast<idx_t>(j) : ids[j])) return;
            result.add(distance, store_pairs ? faiss::lo_build(list_no, j) : ids[j]);
        });
    }

private:
    const Measure& self() const { return static_cast<const Measure&>(*this); }

    static bool nearer(float distance, float limit) { return L2 ? distance < limit : distance > limit; }

    // Calls `use` with the place and distance of each code that is nearer than the limit is by then, in order.
    template <class Limit, class Use>
    void scan(size_t n, const uint8_t* codes, Limit limit, Use use) const {
        constexpr size_t Block = Measure::Block;
        float found[Block];
        for (size_t j = 0; j < n; j += Block) {
            size_t some = std::min(Block, n - j);
            self().measure(codes + j * code_size, some, n - j - some, found);
            uint32_t near = 0;
            if constexpr (!L2 && Block == 16)
                near = above(found, limit());
            else
                for (size_t b = 0; b < Block; b++) near |= static_cast<uint32_t>(nearer(found[b], limit())) << b;
            for (near &= (1u << some) - 1; near != 0; near &= near - 1) {
                size_t b = __builtin_ctz(near);
                if (nearer(found[b], limit())) use(j + b, found[b]);
            }
        }
    }
};

// The sum of (a - step * c)^2 with a = q - low.
class ScannerL2 final : public Scanner<ScannerL2, true> {
    const float* query_ = nullptr;
    std::vector<float> shifted_, residual_;

public:
    static constexpr size_t Block = 4;

    ScannerL2(const faiss::ScalarQuantizer& sq, const Index* quantizer, bool store_pairs, const faiss::IDSelector* sel, bool by_residual)
            : Scanner(sq, quantizer, store_pairs, sel, by_residual), shifted_(d_), residual_(by_residual ? d_ : 0) {}

    void set_query(const float* query) override {
        query_ = query;
        if (!by_residual_) shift(query);
    }

    void set_list(idx_t list, float) override {
        list_no = list;
        if (!by_residual_) return;
        quantizer_->compute_residual(query_, residual_.data(), list);
        shift(residual_.data());
    }

    void measure(const uint8_t* codes, size_t some, size_t ahead, float* distances) const {
        read_ahead(codes + some * code_size, std::min(ahead, 4 * Block) * code_size);
        if (some == Block) return measure<Block>(codes, distances);
        std::fill_n(distances, Block, 0.0f);
        for (size_t c = 0; c < some; c++) measure<1>(codes + c * code_size, distances + c);
    }

private:
    template <size_t Count>
    void measure(const uint8_t* codes, float* distances) const {
        Wide sums[Count];
        for (auto& s : sums) s = zero();
        size_t i = 0;
        for (; i + Lanes <= d_; i += Lanes) {
            Wide a = load(shifted_.data() + i), step = load(step_.data() + i);
#pragma GCC unroll 4
            for (size_t c = 0; c < Count; c++) {
                Wide difference = minus_product(a, step, load(codes + c * code_size + i));
                sums[c] = plus_product(sums[c], difference, difference);
            }
        }
        for (size_t c = 0; c < Count; c++) {
            float rest = 0;
            for (size_t j = i; j < d_; j++) {
                float difference = shifted_[j] - step_[j] * codes[c * code_size + j];
                rest += difference * difference;
            }
            distances[c] = sum(sums[c]) + rest;
        }
    }

    void shift(const float* q) {
        for (size_t i = 0; i < d_; i++) shifted_[i] = q[i] - low_[i];
    }
};

// A constant of the query and the sum of (q * step) * c. The factors of c are rounded to whole numbers of at most 15 bits, so that the sum is
// one of whole numbers: what that changes is some hundredth of what the codes' own rounding does.
class ScannerIP final : public Scanner<ScannerIP, false> {
    std::vector<float> scaled_;
    Factors factors_;
    float constant_ = 0, base_ = 0;

public:
    static constexpr size_t Block = Factors::Block;

    ScannerIP(const faiss::ScalarQuantizer& sq, const Index* quantizer, bool store_pairs, const faiss::IDSelector* sel, bool by_residual)
            : Scanner(sq, quantizer, store_pairs, sel, by_residual), scaled_(d_) {}

    void set_query(const float* query) override {
        constant_ = 0;
        for (size_t i = 0; i < d_; i++) {
            constant_ += query[i] * low_[i];
            scaled_[i] = query[i] * step_[i];
        }
        factors_.set(scaled_.data(), d_);
        base_ = constant_;
    }

    void set_list(idx_t list, float coarse) override {
        list_no = list;
        if (by_residual_) base_ = constant_ + coarse;
    }

    void measure(const uint8_t* codes, size_t some, size_t ahead, float* distances) const {
        int32_t sums[Block] = {};
        factors_.products(codes, some, ahead, code_size, sums);
        for (size_t c = 0; c < Block; c++) distances[c] = base_ + factors_.unit() * static_cast<float>(sums[c]);
    }
};

}  // namespace

#define FAISS_SELECT _ZNK5faiss15ScalarQuantizer26select_InvertedListScannerENS_10MetricTypeEPKNS_5IndexEbPKNS_10IDSelectorEb
#define JOIN(a, b) a##b
#define NAME(a, b) JOIN(a, b)

extern "C" {

faiss::InvertedListScanner* NAME(__real_, FAISS_SELECT)(
        const faiss::ScalarQuantizer* sq, faiss::MetricType metric, const Index* quantizer, bool store_pairs, const faiss::IDSelector* sel, bool by_residual);

// faiss::ScalarQuantizer::select_InvertedListScanner(MetricType, const Index*, bool, const IDSelector*, bool) const
faiss::InvertedListScanner* NAME(__wrap_, FAISS_SELECT)(
        const faiss::ScalarQuantizer* sq, faiss::MetricType metric, const Index* quantizer, bool store_pairs, const faiss::IDSelector* sel, bool by_residual) {
    bool l2 = metric == faiss::METRIC_L2;
    if (sq->qtype != faiss::ScalarQuantizer::QT_8bit || sq->trained.size() != 2 * sq->d || !(l2 || metric == faiss::METRIC_INNER_PRODUCT))
        return NAME(__real_, FAISS_SELECT)(sq, metric, quantizer, store_pairs, sel, by_residual);
    if (l2) return new ScannerL2(*sq, quantizer, store_pairs, sel, by_residual);
    return new ScannerIP(*sq, quantizer, store_pairs, sel, by_residual);
}

}
