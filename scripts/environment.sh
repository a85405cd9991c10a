# Sourced with the arguments of `stickers`. Keeps native thread pools from multiplying: LibTorch, Faiss and OpenBLAS each bring one.
# OpenBLAS would start a pool per caller inside Faiss' own threads, which are enough.
export OPENBLAS_NUM_THREADS=${OPENBLAS_NUM_THREADS:-1}
# One OpenMP thread per core that this process may use; more only take turns.
export OMP_NUM_THREADS=${OMP_NUM_THREADS:-$(nproc)}
# Methods with loops are compiled once and well (Cli/Stickers.Cli.csproj), which starts a job sooner. A server lives long enough to be compiled by what it does: 5 % more lookups a second.
case "${1:-}" in serve) export DOTNET_TC_QuickJitForLoops="${DOTNET_TC_QuickJitForLoops:-1}" DOTNET_TieredPGO="${DOTNET_TieredPGO:-1}" ;; esac
