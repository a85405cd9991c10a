#include "internal.h"

#include <faiss/Clustering.h>
#include <faiss/IndexFlat.h>

#include <algorithm>

using namespace faissnet;

int32_t faissnet_kmeans(
        int32_t d, int64_t n, const float* x, int32_t k, const faissnet_kmeans_parameters* p, float* centroids, float* objective) {
    return guard([&] {
        require(d > 0 && n > 0 && k > 0 && x && p && centroids && objective, "d, n or k < 1, or a null pointer");
        require(k <= n, "there are fewer vectors than clusters");
        require(p->iterations > 0 && p->redo > 0 && p->max_points_per_centroid > 0, "a setting is below 1");
        Threads scope(p->threads);
        faiss::ClusteringParameters settings;
        settings.niter = p->iterations;
        settings.nredo = p->redo;
        settings.seed = p->seed;
        settings.spherical = p->spherical != 0;
        settings.max_points_per_centroid = p->max_points_per_centroid;
        settings.min_points_per_centroid = 1;  // else advice goes to standard error
        faiss::Clustering clustering(d, k, settings);
        faiss::IndexFlat assign(d, settings.spherical ? faiss::METRIC_INNER_PRODUCT : faiss::METRIC_L2);
        clustering.train(n, x, assign);
        std::copy(clustering.centroids.begin(), clustering.centroids.end(), centroids);
        *objective = clustering.iteration_stats.empty() ? 0 : clustering.iteration_stats.back().obj;
    });
}
