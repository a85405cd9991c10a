using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Stickers.Notebooks;

/// <summary>A notebook in Jupyter's file format, version 4 (nbformat.readthedocs.io): read whole, outputs replaced, written whole.</summary>
internal sealed class Notebook
{
    private static readonly JsonSerializerOptions Format = new() { WriteIndented = true, IndentSize = 1, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly JsonObject _root;

    private Notebook(JsonObject root) => _root = root;

    /// <summary>The cells that hold code, in order.</summary>
    public IReadOnlyList<JsonObject> CodeCells => [.. _root["cells"]!.AsArray().Select(cell => cell!.AsObject()).Where(cell => (string?)cell["cell_type"] == "code")];

    /// <exception cref="InvalidDataException">Not such a file.</exception>
    public static Notebook Read(string path)
    {
        try
        {
            var root = JsonNode.Parse(File.ReadAllText(path)) as JsonObject;
            if ((int?)root?["nbformat"] != 4 || root["cells"] is not JsonArray) throw new InvalidDataException("It is no Jupyter notebook of format 4.");
            return new Notebook(root);
        }
        catch (JsonException fault)
        {
            throw new InvalidDataException($"It is not valid JSON: {fault.Message}", fault);
        }
    }

    /// <summary>Text of a cell.</summary>
    public static string SourceOf(JsonObject cell) => cell["source"] is JsonArray lines ? string.Concat(lines.Select(line => (string?)line)) : (string?)cell["source"] ?? "";

    /// <summary>Replaces what a cell put out.</summary>
    public static void SetOutputs(JsonObject cell, int count, IEnumerable<JsonObject> outputs)
    {
        cell["execution_count"] = count;
        cell["outputs"] = new JsonArray([.. outputs]);
    }

    /// <summary>Text as the format likes it: one string a line, so that differences between versions can be read.</summary>
    public static JsonArray Lines(string text)
    {
        var lines = new JsonArray();
        for (var start = 0; start < text.Length;)
        {
            var end = text.IndexOf('\n', start);
            var next = end < 0 ? text.Length : end + 1;
            lines.Add(text[start..next]);
            start = next;
        }

        return lines;
    }

    /// <summary>Writes the file; it is there whole or not at all.</summary>
    public void Write(string path)
    {
        var temporary = path + ".tmp";
        File.WriteAllText(temporary, _root.ToJsonString(Format) + "\n");
        File.Move(temporary, path, overwrite: true);
    }
}
