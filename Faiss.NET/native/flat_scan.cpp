#include "flat_scan.h"

#include "distances.h"

#include <algorithm>
#include <limits>
#include <vector>

namespace faissnet {

using idx_t = faiss::Index::idx_t;

namespace {

struct Found {
    float score;  // higher is nearer
    idx_t label;
};

// The k best of what was offered, in no order until the end.
class Best {
    size_t k_;
    std::vector<Found> found_;

    static bool better(const Found& a, const Found& b) { return a.score > b.score || (a.score == b.score && a.label < b.label); }

public:
    float least = -std::numeric_limits<float>::infinity();  // what is no better need not be offered

    explicit Best(size_t k) : k_(k) { found_.reserve(std::max<size_t>(2 * k, 64)); }

    void offer(float score, idx_t label) {
        found_.push_back({score, label});
        if (found_.size() < found_.capacity()) return;
        std::nth_element(found_.begin(), found_.begin() + (k_ - 1), found_.end(), better);
        found_.resize(k_);
        least = found_.back().score;
    }

    const std::vector<Found>& sorted() {
        std::sort(found_.begin(), found_.end(), better);
        return found_;
    }
};

template <class Score>
void scan(const faiss::IndexIVFFlat& ivf, const idx_t* lists, size_t count, Best& best, Score score) {
    for (size_t l = 0; l < count; l++) {
        if (lists[l] < 0) continue;
        faiss::InvertedLists::ScopedCodes codes(ivf.invlists, lists[l]);
        auto* rows = reinterpret_cast<const float*>(codes.get());
        size_t n = ivf.invlists->list_size(lists[l]), d = ivf.d;
        for (size_t i = 0; i < n; i++) {
            float found = score(rows + i * d, d);
            if (found > best.least) best.offer(found, faiss::lo_build(lists[l], i));
        }
    }
}

}  // namespace

void scan_flat(const faiss::IndexIVFFlat& ivf, const float* query, const idx_t* lists, size_t count, size_t k, float* distances, idx_t* labels) {
    bool l2 = ivf.metric_type == faiss::METRIC_L2;
    Best best(k);
    if (l2) scan(ivf, lists, count, best, [&](const float* row, size_t d) { return -squared_distance(query, row, d); });
    else scan(ivf, lists, count, best, [&](const float* row, size_t d) { return inner_product(query, row, d); });
    auto& found = best.sorted();
    for (size_t i = 0; i < k; i++) {
        bool is = i < found.size();
        distances[i] = !is ? (l2 ? 1 : -1) * std::numeric_limits<float>::max() : l2 ? -found[i].score : found[i].score;
        labels[i] = is ? found[i].label : -1;
    }
}

}  // namespace faissnet
