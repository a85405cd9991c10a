#include "lists.h"

#include "flat_scan.h"

#include <faiss/utils/distances.h>
#include <omp.h>

#include <algorithm>
#include <cmath>
#include <exception>
#include <limits>
#include <typeinfo>

namespace faissnet {

using idx_t = faiss::Index::idx_t;

NearestLists::NearestLists(const faiss::IndexFlat& centres)
        : centres_(centres), l2_(centres.metric_type == faiss::METRIC_L2), n_(centres.ntotal), d_(centres.d), codes_(n_ * d_), scale_(n_), square_(l2_ ? n_ : 0) {
    for (size_t i = 0; i < n_; i++) {
        const float* row = centres.get_xb() + i * d_;
        float largest = 0;
        for (size_t j = 0; j < d_; j++) largest = std::max(largest, std::abs(row[j]));
        float scale = largest / 127, back = largest > 0 ? 127 / largest : 0;
        if (!std::isfinite(back)) scale = back = 0;
        double error = 0, norm = 0;
        for (size_t j = 0; j < d_; j++) {
            long code = std::lrint(row[j] * back);
            codes_[i * d_ + j] = static_cast<uint8_t>(128 + code);
            double difference = row[j] - static_cast<double>(scale) * static_cast<double>(code);
            error += difference * difference;
            norm += static_cast<double>(row[j]) * row[j];
        }
        scale_[i] = scale;
        if (l2_) square_[i] = static_cast<float>(norm);
        most_error_ = std::max(most_error_, static_cast<float>(std::sqrt(error)));
        most_norm_ = std::max(most_norm_, static_cast<float>(std::sqrt(norm) + std::sqrt(error)));
    }
}

bool NearestLists::find(const float* query, size_t count, float* distances, idx_t* lists) const {
    Factors factors;
    factors.set(query, d_);
    double norm = 0, lost = 0;
    for (size_t j = 0; j < d_; j++) {
        double difference = query[j] - static_cast<double>(factors.unit()) * factors.word(j);
        norm += static_cast<double>(query[j]) * query[j];
        lost += difference * difference;
    }
    norm = std::sqrt(norm);
    // How far a score below can be from the true one: what rounding of either side does to a product, and what sums of floats do.
    double wrong = norm * most_error_ + std::sqrt(lost) * most_norm_ + 1e-6 * static_cast<double>(d_) * norm * most_norm_;
    if (l2_) wrong = 2 * wrong + 1e-6 * most_norm_ * most_norm_;
    if (!std::isfinite(wrong)) return false;

    // Of groups as many as four times the lists wanted, or all there are: so many best of groups are no worse than the last of the wanted.
    constexpr size_t Block = Factors::Block;
    size_t group = Block;
    while (group > 1 && n_ / group < 4 * count) group /= 2;
    size_t groups = (n_ + group - 1) / group;
    std::vector<float> scores((n_ + Block - 1) / Block * Block, -std::numeric_limits<float>::infinity()), best(groups);
    float unit = factors.unit();
    int32_t bias = 128 * factors.total();
    for (size_t i = 0; i < n_; i += Block) {
        int32_t sums[Block] = {};
        size_t some = std::min(Block, n_ - i);
        factors.products(codes_.data() + i * d_, some, 0, d_, sums);
        for (size_t r = 0; r < some; r++) {
            float product = unit * scale_[i + r] * static_cast<float>(sums[r] - bias);
            scores[i + r] = l2_ ? 2 * product - square_[i + r] : product;
        }
    }
    for (size_t g = 0; g < groups; g++) {
        float most = scores[g * group];
        for (size_t i = 1; i < group; i++) most = std::max(most, scores[g * group + i]);
        best[g] = most;
    }
    auto bound = [&](std::vector<float> of) {
        if (of.size() <= count) return -std::numeric_limits<float>::infinity();
        std::nth_element(of.begin(), of.begin() + (count - 1), of.end(), std::greater<float>());
        return static_cast<float>(of[count - 1] - 2 * wrong);
    };
    float least = bound(best);
    std::vector<float> near_scores;
    std::vector<idx_t> near;
    for (size_t g = 0; g < groups; g++) {
        if (best[g] < least) continue;
        for (size_t i = g * group; i < std::min(n_, (g + 1) * group); i++) {
            if (scores[i] < least) continue;
            near_scores.push_back(scores[i]);
            near.push_back(i);
        }
    }
    if (group > 1) least = bound(near_scores);

    std::vector<std::pair<float, idx_t>> found;
    found.reserve(near.size());
    for (size_t i = 0; i < near.size(); i++) {
        if (near_scores[i] < least) continue;
        const float* centre = centres_.get_xb() + near[i] * d_;
        found.emplace_back(l2_ ? faiss::fvec_L2sqr(query, centre, d_) : -faiss::fvec_inner_product(query, centre, d_), near[i]);
    }
    std::sort(found.begin(), found.end());
    for (size_t i = 0; i < count; i++) {
        distances[i] = l2_ ? found[i].first : -found[i].first;
        lists[i] = found[i].second;
    }
    return true;
}

// The processor sees only after some lines that a list is read from end to end.
static void read_heads(const faiss::InvertedLists& of, const std::vector<idx_t>& lists) {
    constexpr size_t Codes = 8;
    for (idx_t list : lists) read_ahead(of.get_codes(list), std::min(of.list_size(list), Codes) * of.code_size);
}

void search_lists(
        const faiss::IndexIVF& ivf, const NearestLists& nearest, idx_t n, const float* x, idx_t k, float* distances, idx_t* labels, float* vectors,
        const faiss::IVFSearchParameters& parameters) {
    size_t probes = parameters.nprobe, d = ivf.d;
    // Of its heirs one keeps equal vectors once and adds them to what was found.
    auto* flat = !parameters.sel && !parameters.max_codes && typeid(ivf) == typeid(faiss::IndexIVFFlat) ? static_cast<const faiss::IndexIVFFlat*>(&ivf) : nullptr;
    auto search = [&](idx_t from, idx_t to) {
        std::vector<float> centre_distances((to - from) * probes);
        std::vector<idx_t> lists(centre_distances.size());
        for (idx_t q = from; q < to; q++) {
            float* his_distances = centre_distances.data() + (q - from) * probes;
            idx_t* his_lists = lists.data() + (q - from) * probes;
            if (!nearest.find(x + q * d, probes, his_distances, his_lists)) ivf.quantizer->search(1, x + q * d, probes, his_distances, his_lists);
        }
        read_heads(*ivf.invlists, lists);
        if (flat) {
            for (idx_t q = from; q < to; q++) scan_flat(*flat, x + q * d, lists.data() + (q - from) * probes, probes, k, distances + q * k, labels + q * k);
        } else {
            faiss::IndexIVFStats uncounted;
            ivf.search_preassigned(
                    to - from, x + from * d, k, lists.data(), centre_distances.data(), distances + from * k, labels + from * k, vectors != nullptr, &parameters, &uncounted);
            if (!vectors) return;
        }
        for (idx_t i = from * k; i < to * k; i++) {
            if (labels[i] < 0) {
                if (vectors) std::fill_n(vectors + i * d, d, std::numeric_limits<float>::quiet_NaN());
                continue;
            }
            uint64_t list = faiss::lo_listno(labels[i]), place = faiss::lo_offset(labels[i]);
            labels[i] = ivf.invlists->get_single_id(list, place);
            if (vectors) ivf.reconstruct_from_offset(list, place, vectors + i * d);
        }
    };

    idx_t parts = std::min<idx_t>(omp_get_max_threads(), n);
    std::vector<std::exception_ptr> failures(parts);
#pragma omp parallel for if (parts > 1)
    for (idx_t part = 0; part < parts; part++) {
        try {
            search(n * part / parts, n * (part + 1) / parts);
        } catch (...) {
            failures[part] = std::current_exception();
        }
    }
    for (auto& failure : failures)
        if (failure) std::rethrow_exception(failure);
}

}  // namespace faissnet
