using System.Text.Json.Nodes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Scripting;
using Microsoft.CodeAnalysis.Scripting;

namespace Stickers.Notebooks;

/// <summary>
/// Executes the cells of one notebook in order, as one C# script: what a cell declares, later ones know. The value of a cell's last expression is shown. Outputs replace those of
/// the last run; after a cell that fails the others have none.
/// </summary>
internal static class NotebookRun
{
    private static readonly string[] Imports =
    [
        "System", "System.Collections.Generic", "System.IO", "System.Linq", "System.Numerics.Tensors", "System.Threading.Tasks", "Stickers.Notebooks",
        "Stickers.Catalogue", "Stickers.Catalogue.Images", "Stickers.Storage", "Stickers.Tagger", "Stickers.Tagger.Evaluating", "Stickers.Tagger.Training", "Faiss",
    ];

    /// <returns>The number of the cell that failed and why, or null.</returns>
    public static async Task<(int Cell, string Message)?> ExecuteAsync(Notebook notebook, Action<string> say, CancellationToken cancellation)
    {
        var options = ScriptOptions.Default
            .WithReferences(((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Where(IsWanted).Select(path => MetadataReference.CreateFromFile(path)))
            .WithImports(Imports)
            .WithEmitDebugInformation(false);
        ScriptState<object>? state = null;
        (int, string)? failed = null;
        var console = Console.Out;
        for (var i = 0; i < notebook.CodeCells.Count; i++)
        {
            var cell = notebook.CodeCells[i];
            if (failed is not null)
            {
                Notebook.SetOutputs(cell, i + 1, []);
                continue;
            }

            say($"cell {i + 1} of {notebook.CodeCells.Count}");
            using var text = new StringWriter();
            Console.SetOut(text);
            JsonObject? end = null;
            try
            {
                var source = Notebook.SourceOf(cell);
                state = state is null
                    ? await CSharpScript.RunAsync<object>(source, options, cancellationToken: cancellation)
                    : await state.ContinueWithAsync<object>(source, options, cancellation);
                if (state.ReturnValue is { } value)
                {
                    end = Show.Bundle("execute_result", "text/plain", "", Show.Text(value));
                    end["execution_count"] = i + 1;
                }
            }
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                // A cell is anyone's code: whatever it throws belongs into the notebook.
                failed = (i + 1, fault.Message);
                end = new JsonObject { ["output_type"] = "error", ["ename"] = fault.GetType().Name, ["evalue"] = fault.Message, ["traceback"] = Notebook.Lines(fault.Message) };
            }
            finally
            {
                Console.SetOut(console);
            }

            List<JsonObject> outputs = [];
            if (text.GetStringBuilder().Length > 0) outputs.Add(new JsonObject { ["output_type"] = "stream", ["name"] = "stdout", ["text"] = Notebook.Lines(text.ToString()) });
            outputs.AddRange(Show.Take());
            if (end is not null) outputs.Add(end);
            Notebook.SetOutputs(cell, i + 1, outputs);
        }

        return failed;
    }

    /// <summary>The framework's and our own: references that a notebook can use.</summary>
    private static bool IsWanted(string path) => Path.GetFileName(path) is var name
        && (name.StartsWith("System", StringComparison.Ordinal) || name.StartsWith("Stickers", StringComparison.Ordinal) || name is "netstandard.dll" or "mscorlib.dll" or "Faiss.NET.dll" or "Microsoft.CSharp.dll");
}
