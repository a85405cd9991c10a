using System.Globalization;
using Stickers.TaggerBench;

// Against PyTorch as Debian has it; the peers lie in peers/ and say what they need.
return args switch
{
    ["data", var root, var catalogue, var model, var folder] => await PeerData.WriteAsync(root, catalogue, model, folder),
    ["rate", var side] => RateBenchmark.Run(int.Parse(side, CultureInfo.InvariantCulture)),
    ["backfill", var program, var root, var catalogue, var model, var folder] => BackfillBenchmark.Run(program, root, catalogue, model, folder),
    ["eight-bit", var root, var catalogue, var model, var version] => await EightBitModel.WriteAsync(root, catalogue, model, version),
    ["views", var root, var catalogue, var model, var folder, var n] => await ViewVectors.WriteAsync(root, catalogue, model, folder, int.Parse(n, CultureInfo.InvariantCulture)),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("""
        usage: Stickers.TaggerBench <benchmark>
          data     <root> <catalogue> <model> <folder> writes pictures, split and tags as the Python peers read them
          rate     <side> steps of training against eager PyTorch, float32 and bfloat16
          backfill <stickers.dll> <root> <catalogue> <model> <folder> a whole backfill against Pillow, DataLoader and PyTorch
          eight-bit <root> <catalogue> <model> <new model> the same weights with ranges of activations, for models of format 6 and older
          views    <root> <catalogue> <model> <folder> <n> embeds n changed views of the stickers, for the search benchmarks of Stickers.Bench
        """);
    return 2;
}
