# Sourced with the arguments of `stickers`. Keeps native thread pools from multiplying: LibTorch, Faiss and OpenBLAS each bring one.
# OpenBLAS would start a pool per caller inside Faiss' own threads, which are enough.
export OPENBLAS_NUM_THREADS=${OPENBLAS_NUM_THREADS:-1}
# One OpenMP thread per core that this process may use; more only take turns.
export OMP_NUM_THREADS=${OMP_NUM_THREADS:-$(nproc)}
# Methods with loops are compiled once and well, and others again when they are called often (Cli/Stickers.Cli.csproj), which starts a job sooner. A server lives long enough to be compiled as .NET
# would, and by what it does: 5 % more lookups a second. (1E is 30.)
case "${1:-}" in serve) export DOTNET_TC_QuickJitForLoops="${DOTNET_TC_QuickJitForLoops:-1}" DOTNET_TieredPGO="${DOTNET_TieredPGO:-1}" DOTNET_TC_CallCountThreshold="${DOTNET_TC_CallCountThreshold:-1E}" ;; esac
