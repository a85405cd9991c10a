#include "internal.h"

using namespace faissnet;

namespace {

using Selector = std::shared_ptr<const faiss::IDSelector>;

// Faiss' own do not own what they point to.
struct Bitmap final : faiss::IDSelector {
    std::vector<uint8_t> bits;
    explicit Bitmap(std::vector<uint8_t> bits) : bits(std::move(bits)) {}
    bool is_member(idx_t id) const override {
        uint64_t place = static_cast<uint64_t>(id);
        return place / 8 < bits.size() && (bits[place / 8] >> (place % 8) & 1);
    }
};

struct Not final : faiss::IDSelector {
    Selector of;
    explicit Not(Selector of) : of(std::move(of)) {}
    bool is_member(idx_t id) const override { return !of->is_member(id); }
};

struct And final : faiss::IDSelector {
    Selector a, b;
    And(Selector a, Selector b) : a(std::move(a)), b(std::move(b)) {}
    bool is_member(idx_t id) const override { return a->is_member(id) && b->is_member(id); }
};

template <class Make>
int32_t make(faissnet_selector** out, Make&& selector) {
    return guard([&] {
        require(out, "a null pointer");
        *out = nullptr;
        auto handle = std::make_unique<faissnet_selector>();
        handle->selector = selector();
        *out = handle.release();
    });
}

}  // namespace

int32_t faissnet_selector_range(int64_t first, int64_t end, faissnet_selector** out) {
    return make(out, [&] {
        require(first <= end, "the range ends before it begins");
        return std::make_shared<faiss::IDSelectorRange>(first, end);
    });
}

int32_t faissnet_selector_batch(int64_t n, const int64_t* ids, faissnet_selector** out) {
    return make(out, [&] {
        require(n >= 0 && (n == 0 || ids), "n < 0, or a null pointer");
        return std::make_shared<faiss::IDSelectorBatch>(n, reinterpret_cast<const idx_t*>(ids));
    });
}

int32_t faissnet_selector_bitmap(int64_t bytes, const uint8_t* bits, faissnet_selector** out) {
    return make(out, [&] {
        require(bytes >= 0 && (bytes == 0 || bits), "bytes < 0, or a null pointer");
        return std::make_shared<Bitmap>(std::vector<uint8_t>(bits, bits + bytes));
    });
}

int32_t faissnet_selector_not(const faissnet_selector* of, faissnet_selector** out) {
    return make(out, [&] {
        require(of, "the selector is null");
        return std::make_shared<Not>(of->selector);
    });
}

int32_t faissnet_selector_and(const faissnet_selector* a, const faissnet_selector* b, faissnet_selector** out) {
    return make(out, [&] {
        require(a && b, "a selector is null");
        return std::make_shared<And>(a->selector, b->selector);
    });
}

void faissnet_selector_free(faissnet_selector* selector) { delete selector; }
