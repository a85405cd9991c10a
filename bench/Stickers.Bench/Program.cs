using Stickers.Bench;

// One subcommand per benchmark; each measures a peer in the same run and prints the ratio.
return args switch
{
    ["edge"] => await EdgeBenchmark.RunAsync(),
    [EdgeBenchmarkEnd.Word, .. var rest] => await EdgeBenchmarkEnd.RunAsync(rest),
    ["exact", .. var sizes] => ExactBenchmark.Run(sizes),
    ["build", var count, var folder, var gibibytes, var milliseconds] => await BuildBenchmark.RunAsync(count, folder, gibibytes, milliseconds),
    ["changes", var operations, var rounds, var folder] => await ChangesBenchmark.RunAsync(operations, rounds, folder),
    ["coded", var count] => CodedBenchmark.Run(count),
    ["mpi"] => await MpiBenchmark.RunAsync(),
    [MpiRank.Word] => MpiRank.Run(),
    ["pipeline"] => await PipelineBenchmark.RunAsync(),
    [PipelineBenchmark.Word, .. var rest] => await PipelineBenchmark.RunOneAsync(rest),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("""
        usage: Stickers.Bench <benchmark>
          exact    [n …] exact search against the speed of memory and Faiss Flat
          build    <n> <folder> <GiB> <ms> an index of made-up vectors, streamed from Parquet
          changes  <operations> <rounds> <folder> updates of an index, against building it whole
          coded    <n> lists, binary codes and vectors against exact search
          edge     items between processes over an edge, against bare TCP sockets
          mpi      allreduce and messages of Mpi.NET against a C program, 2 ranks
          pipeline a job of three functions against a loop written by hand, and two decoding ranks against one
        """);
    return 2;
}
