// Looks through what Faiss read from a file for places that do not exist, which skimming cannot see.
#include "internal.h"

namespace faissnet {

constexpr int MaxLinks = 1 << 14;

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
