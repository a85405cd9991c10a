"""Python's Faiss as a peer: search FILE QUERIES NPROBE EFSEARCH THREADS ROUNDS; prints queries per second of each batch size, one per line."""
import sys
import time

import faiss
import numpy as np

D, K = 128, 10
file, queries, nprobe, ef, threads, rounds = sys.argv[1], sys.argv[2], *map(int, sys.argv[3:7])
faiss.omp_set_num_threads(threads)
index = faiss.read_index(file)
if nprobe:
    index.nprobe = nprobe
if ef:
    index.hnsw.efSearch = ef
x = np.fromfile(queries, "f4").reshape(-1, D)
for size in (1, 100):
    best = 0.0
    n = int(sys.argv[7]) if size == 1 else len(x)
    for _ in range(rounds):
        before = time.perf_counter()
        for i in range(0, n, size):
            index.search(x[i : i + size], K)
        best = max(best, n / (time.perf_counter() - before))
    print(f"batch{size} {best:.1f}")
