using System.Globalization;
using Stickers.ApiBench;
using Stickers.Storage;

// One subcommand per question; the server is a process of its own (stickers serve), so that its CPU is its own.
return args switch
{
    ["world", var root, var modelRoot, var model, var count] => await MakeAsync(root, modelRoot, model, int.Parse(count, CultureInfo.InvariantCulture)),
    ["search", var root, var stickers] => await SearchBenchmark.RunAsync(root, stickers),
    ["filters", var root] => await FilterBenchmark.RunAsync(root),
    ["suggest", var root, var stickers] => await SuggestBenchmark.RunAsync(root, stickers),
    ["swap", var root, var stickers] => await SwapBenchmark.RunAsync(root, stickers),
    ["overload", var root, var stickers] => await OverloadBenchmark.RunAsync(root, stickers, lists: null),
    ["overload", var root, var stickers, var lists] => await OverloadBenchmark.RunAsync(root, stickers, int.Parse(lists, CultureInfo.InvariantCulture)),
    _ => Usage(),
};

static async Task<int> MakeAsync(string root, string modelRoot, string model, int count)
{
    await SyntheticWorld.WriteAsync(new LocalStore(root), modelRoot, model, count);
    return 0;
}

static int Usage()
{
    Console.Error.WriteLine("""
        usage: Stickers.ApiBench <benchmark>
          world ROOT MODEL-ROOT MODEL COUNT   makes a store with a real model and COUNT invented stickers
          search ROOT STICKERS     similar by id: in process, over HTTP, p99 at half the peak; and Python's flask + faiss over the same index
          filters ROOT             recall of filtered searches against comparing all
          suggest ROOT STICKERS    stickers for what is typed
          swap ROOT STICKERS       50 swaps of the index under full load
          overload ROOT STICKERS [LISTS]   ten times more than can be answered, for 60 seconds; LISTS makes searches heavier
        STICKERS is the program to serve with (…/stickers.dll).
        """);
    return 2;
}
