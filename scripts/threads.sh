# Sourced. Keeps native thread pools from multiplying: LibTorch, Faiss and OpenBLAS each bring one.
# OpenBLAS would start a pool per caller inside Faiss' own threads, which are enough.
export OPENBLAS_NUM_THREADS=${OPENBLAS_NUM_THREADS:-1}
# One OpenMP thread per core that this process may use; more only take turns.
export OMP_NUM_THREADS=${OMP_NUM_THREADS:-$(nproc)}
