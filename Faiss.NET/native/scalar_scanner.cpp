// Scans codes of 8 bits (SQ8) in place of Faiss' own scanner, which spends some ten times as long on a code as memory takes to deliver it:
// build.sh has the linker send calls of ScalarQuantizer::select_InvertedListScanner here (--wrap). Every other quantizer is left to Faiss.
#include "wide.h"

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

// What the two metrics share: how a list of codes is gone through. `Measure` is the metric's own: it sets `code_size` and has
// measure<Count>(codes, distances).
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
        float distance;
        self().template measure<1>(code, &distance);
        return distance;
    }

    size_t scan_codes(size_t n, const uint8_t* codes, const idx_t* ids, float* distances, idx_t* labels, size_t k) const final {
        size_t updates = 0;
        scan(n, codes, [&](size_t j, float distance) {
            if (L2 ? distance >= distances[0] : distance <= distances[0]) return;
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
        scan(n, codes, [&](size_t j, float distance) {
            if (L2 ? distance >= radius : distance <= radius) return;
            if (sel && !sel->is_member(store_pairs ? static_cast<idx_t>(j) : ids[j])) return;
            result.add(distance, store_pairs ? faiss::lo_build(list_no, j) : ids[j]);
        });
    }

private:
    const Measure& self() const { return static_cast<const Measure&>(*this); }

    // Calls `use` with the place and distance of each code, in order; four share what is read of the query.
    template <class Use>
    void scan(size_t n, const uint8_t* codes, Use use) const {
        constexpr size_t Block = 4, Ahead = 16;
        size_t j = 0;
        float found[Block];
        const uint8_t* end = codes + n * code_size;
        for (; j + Block <= n; j += Block) {
            // A list is too short for the processor to see in time that it is read from end to end.
            for (const uint8_t* ahead = codes + (j + Ahead) * code_size, *last = std::min(ahead + Block * code_size, end); ahead < last; ahead += 64) __builtin_prefetch(ahead);
            self().template measure<Block>(codes + j * code_size, found);
            for (size_t b = 0; b < Block; b++) use(j + b, found[b]);
        }
        for (; j < n; j++) use(j, distance_to_code(codes + j * code_size));
    }
};

// The sum of (a - step * c)^2 with a = q - low.
class ScannerL2 final : public Scanner<ScannerL2, true> {
    const float* query_ = nullptr;
    std::vector<float> shifted_, residual_;

public:
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

private:
    void shift(const float* q) {
        for (size_t i = 0; i < d_; i++) shifted_[i] = q[i] - low_[i];
    }
};

// A constant of the query and the sum of (q * step) * c. The factors of c are rounded to whole numbers of at most 16 bits, so that the sum is
// one of whole numbers: what that changes is some hundredth of what the codes' own rounding does.
class ScannerIP final : public Scanner<ScannerIP, false> {
    std::vector<int16_t> factors_;
    float constant_ = 0, base_ = 0, unit_ = 0;

public:
    ScannerIP(const faiss::ScalarQuantizer& sq, const Index* quantizer, bool store_pairs, const faiss::IDSelector* sel, bool by_residual)
            : Scanner(sq, quantizer, store_pairs, sel, by_residual), factors_(d_) {}

    void set_query(const float* query) override {
        constant_ = 0;
        float largest = 0, all = 0;
        for (size_t i = 0; i < d_; i++) {
            constant_ += query[i] * low_[i];
            float size = std::abs(query[i] * step_[i]);
            largest = std::max(largest, size);
            all += size;
        }
        // No sum may reach 2^31, and rounding adds up to a half to each factor.
        unit_ = std::max(largest / 32000, all / (2147483648.0f / 255 - d_));
        float scale = unit_ > 0 ? 1 / unit_ : 0;
        if (!std::isfinite(scale)) scale = unit_ = 0;  // all too small to matter
        for (size_t i = 0; i < d_; i++) factors_[i] = static_cast<int16_t>(std::lrint(query[i] * step_[i] * scale));
        base_ = constant_;
    }

    void set_list(idx_t list, float coarse) override {
        list_no = list;
        if (by_residual_) base_ = constant_ + coarse;
    }

    template <size_t Count>
    void measure(const uint8_t* codes, float* distances) const {
        Words sums[Count];
        for (auto& s : sums) s = no_words();
        size_t i = 0;
        for (; i + 2 * Lanes <= d_; i += 2 * Lanes) {
            Words factors = load_words(factors_.data() + i);
#pragma GCC unroll 4
            for (size_t c = 0; c < Count; c++) sums[c] = plus_products(sums[c], factors, load_words(codes + c * code_size + i));
        }
        for (size_t c = 0; c < Count; c++) {
            int32_t rest = 0;
            for (size_t j = i; j < d_; j++) rest += factors_[j] * codes[c * code_size + j];
            distances[c] = base_ + unit_ * static_cast<float>(sum(sums[c]) + rest);
        }
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
