using System.Globalization;
using Faiss;
using Stickers.Bench;

// One subcommand per benchmark; each measures a peer in the same run and prints the ratio.
return args switch
{
    ["edge"] => await EdgeBenchmark.RunAsync(),
    [EdgeBenchmarkEnd.Word, .. var rest] => await EdgeBenchmarkEnd.RunAsync(rest),
    ["exact", .. var sizes] => await ExactBenchmark.RunAsync(sizes),
    ["build", var count, var folder, var gibibytes, var milliseconds] => await BuildBenchmark.RunAsync(count, folder, gibibytes, milliseconds),
    ["build-search", var folder] => BuildBenchmark.Search(folder),
    ["changes", var operations, var rounds, var folder] => await ChangesBenchmark.RunAsync(operations, rounds, folder),
    ["coded", var count] => CodedBenchmark.Run(count),
    ["codes", var root, var model, var catalogue] => await CodesBenchmark.RunAsync(root, model, catalogue),
    [FaissBuild.Word, var folder, var n, .. var only] => FaissBuild.Run(folder, Number(n), only),
    [FaissBenchmark.SearchWord, var file, var queries, var nprobe, var ef, var threads, var rounds, var singles, .. var refine] => FaissBenchmark.Search(
        file, queries, new SearchParameters { NProbe = Number(nprobe), EfSearch = Number(ef), Threads = Number(threads), RefineFactor = refine is [var times] ? Number(times) : FaissBenchmark.Refine }, Number(rounds), Number(singles)),
    ["faiss", var folder, var n, var threads] => await FaissBenchmark.AgainstPythonAsync(folder, Number(n), Number(threads)),
    ["faiss-variants", var folder, var n, var threads] => await FaissBenchmark.VariantsAsync(folder, Number(n), Number(threads)),
    ["faiss-embeddings", var folder, var root, var model, var catalogue] => await FaissData.TakeEmbeddingsAsync(folder, root, model, catalogue),
    ["faiss-hnswlib", var folder, var n, var threads] => await FaissBenchmark.AgainstHnswlibAsync(folder, Number(n), Number(threads)),
    ["mpi"] => await MpiBenchmark.RunAsync(),
    [MpiRank.Word] => MpiRank.Run(),
    ["pipeline"] => await PipelineBenchmark.RunAsync(),
    ["ranks"] => await PipelineBenchmark.RunRanksAsync(),
    ["storage"] => await StorageBenchmark.RunAsync(),
    [PipelineBenchmark.Word, .. var rest] => await PipelineBenchmark.RunOneAsync(rest),
    _ => Usage(),
};

static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

static int Usage()
{
    Console.Error.WriteLine("""
        usage: Stickers.Bench <benchmark>
          exact    [n …] exact search against the speed of memory and Faiss Flat
          build    <n> <folder> <GiB> <ms> an index of made-up vectors, streamed from Parquet
          build-search <folder> times of queries on the index that build left
          changes  <operations> <rounds> <folder> updates of an index, against building it whole
          coded    <n> lists, binary codes and vectors against exact search
          codes    <root> <model> <catalogue> learned binary codes against fitted ones, on real embeddings
          edge     items between processes over an edge, against bare TCP sockets
          faiss-build   <folder> <n> [index …] builds once what the next three load
          faiss         <folder> <n> <threads> Faiss.NET against python3-faiss over the same Faiss
          faiss-variants <folder> <n> <threads> Faiss.NET over each build of Faiss that there is
          faiss-embeddings <folder> <root> <model> <catalogue> takes real embeddings in place of what faiss-build makes up
          faiss-hnswlib <folder> <n> <threads> Faiss.NET with the fast Faiss against python3-hnswlib
          mpi      allreduce and messages of Mpi.NET against a C program, 2 ranks
          pipeline a job of three functions against a loop written by hand
          storage  objects on disk and on S3 against plain files and the SDK's client
          ranks    two decoding ranks against one
        """);
    return 2;
}
