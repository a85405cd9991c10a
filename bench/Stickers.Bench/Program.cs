using Stickers.Bench;

// One subcommand per benchmark; each measures a peer in the same run and prints the ratio.
return args switch
{
    ["edge"] => await EdgeBenchmark.RunAsync(),
    [EdgeBenchmarkEnd.Word, .. var rest] => await EdgeBenchmarkEnd.RunAsync(rest),
    ["mpi"] => await MpiBenchmark.RunAsync(),
    [MpiRank.Word] => MpiRank.Run(),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("""
        usage: Stickers.Bench <benchmark>
          edge     items between processes over an edge, against bare TCP sockets
          mpi      allreduce and messages of Mpi.NET against a C program, 2 ranks
        """);
    return 2;
}
