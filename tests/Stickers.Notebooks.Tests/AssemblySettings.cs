using Xunit.Sdk;
using Xunit.v3;

// LibTorch's thread count and its count of live tensors are global to the process, and so is the console that a cell writes to.
[assembly: Parallelization(Mode = ParallelMode.None)]
