using System.Globalization;
using Stickers.Notebooks;

CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
if (args.Length == 0 || args[0] is "--help" or "-h")
{
    Console.WriteLine(
        """
        Executes the C# cells of notebooks and writes text, tables and pictures back into them.
        usage: run [--output FOLDER] NOTEBOOK.ipynb...
        The notebooks read STICKERS_ROOT, STICKERS_CATALOGUE, STICKERS_MODEL and STICKERS_STEPS. Exit code 1: a cell failed; its error is in the notebook.
        """);
    return args.Length == 0 ? 2 : 0;
}

string? output = null;
var notebooks = new List<string>();
for (var i = 0; i < args.Length; i++)
{
    if (args[i] == "--output" && i + 1 < args.Length) output = args[++i];
    else notebooks.Add(args[i]);
}

using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, e) =>
{
    e.Cancel = true;
    stop.Cancel();
};
var code = 0;
foreach (var path in notebooks)
{
    try
    {
        var notebook = Notebook.Read(path);
        var failed = await NotebookRun.ExecuteAsync(notebook, text => Console.Error.WriteLine($"{Path.GetFileName(path)}: {text}"), stop.Token);
        var target = output is null ? path : Path.Combine(Directory.CreateDirectory(output).FullName, Path.GetFileName(path));
        notebook.Write(target);
        Console.WriteLine($"{target}: {notebook.CodeCells.Count} cells{(failed is null ? "" : $", cell {failed.Value.Cell} failed: {failed.Value.Message}")}");
        if (failed is not null) code = 1;
    }
    catch (OperationCanceledException)
    {
        Console.Error.WriteLine($"{path}: stopped. Nothing was written; run it again.");
        return 130;
    }
    catch (Exception fault) when (fault is IOException or InvalidDataException or UnauthorizedAccessException)
    {
        Console.Error.WriteLine($"{path}: {fault.Message}");
        code = 1;
    }
}

return code;
