"""Debian's python3-hnswlib as a peer. build FOLDER N | search FOLDER N THREADS; prints what was measured, one per line."""
import os
import sys
import time

import hnswlib
import numpy as np

D, K = 128, 10
what, folder, n = sys.argv[1], sys.argv[2], sys.argv[3]
path = lambda name: os.path.join(folder, f"{n}-{name}")
index = hnswlib.Index("l2", D)

if what == "build":
    if not os.path.exists(path("hnswlib.bin")):
        vectors = np.fromfile(path("base.f32"), "f4").reshape(-1, D)
        before = time.process_time()
        index.init_index(len(vectors), ef_construction=200, M=16)
        index.add_items(vectors, num_threads=1)
        seconds = time.process_time() - before
        index.save_index(path("hnswlib.bin"))
        with open(path("hnswlib.seconds"), "w") as f:
            f.write(f"{seconds:.1f}")
        print(f"{n} hnswlib M 16, ef_construction 200: {seconds:.1f} CPU s")
else:
    threads = int(sys.argv[4])
    queries = np.fromfile(path("queries.f32"), "f4").reshape(-1, D)
    truth = np.fromfile(path("truth.i64"), "i8").reshape(-1, K)
    index.load_index(path("hnswlib.bin"))

    def recall_at(ef):
        index.set_ef(ef)
        found = index.knn_query(queries, K, num_threads=threads)[0]
        return np.mean([len(set(a) & set(b)) for a, b in zip(found.tolist(), truth.tolist())]) / K

    low, ef = K - 1, 512  # the least ef that reaches the recall, to a unit
    while ef - low > 1:
        middle = (low + ef) // 2
        low, ef = (middle, ef) if recall_at(middle) < 0.99 else (low, middle)
    recall = recall_at(ef)
    print(f"ef {ef}")
    print(f"recall {recall:.4f}")
    for size in (1, 100):
        best = 0.0
        for _ in range(5):
            before = time.perf_counter()
            for i in range(0, len(queries), size):
                index.knn_query(queries[i : i + size], K, num_threads=threads)
            best = max(best, len(queries) / (time.perf_counter() - before))
        print(f"batch{size} {best:.1f}")
