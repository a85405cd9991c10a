using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace Stickers.Notebooks;

/// <summary>What cells put out besides the console's text: tables, plots, pictures.</summary>
public static class Show
{
    private static readonly List<JsonObject> Outputs = [];

    /// <summary>A table; the first row is its head.</summary>
    public static void Table(params IEnumerable<IReadOnlyList<object?>> rows)
    {
        var all = rows.Select(row => row.Select(cell => Text(cell)).ToArray()).ToList();
        var html = new StringBuilder("<table>");
        foreach (var (index, row) in all.Index())
            html.Append("<tr>").AppendJoin("", row.Select(cell => index == 0 ? $"<th>{WebUtility.HtmlEncode(cell)}</th>" : $"<td>{WebUtility.HtmlEncode(cell)}</td>")).Append("</tr>\n");
        Add("text/html", html.Append("</table>").ToString(), string.Join('\n', all.Select(row => string.Join("  ", row))));
    }

    /// <summary>A plot as SVG, readable wherever notebooks are.</summary>
    public static void Plot(Plot plot)
    {
        ArgumentNullException.ThrowIfNull(plot);
        Add("image/svg+xml", plot.ToString(), plot.Title);
    }

    /// <summary>Rows of pictures, each with a line of text before it.</summary>
    /// <param name="rows">Text and PNG images.</param>
    /// <param name="side">Pixels that a picture is shown at.</param>
    public static void Pictures(IEnumerable<(string Text, IReadOnlyList<byte[]> Pngs)> rows, int side = 44)
    {
        var all = rows.ToList();
        var html = new StringBuilder("<table>");
        foreach (var (text, pngs) in all)
            html.Append($"<tr><td>{WebUtility.HtmlEncode(text)}</td><td>").AppendJoin(" ", pngs.Select(png => $"<img width=\"{side}\" src=\"data:image/png;base64,{Convert.ToBase64String(png)}\">")).Append("</td></tr>\n");
        Add("text/html", html.Append("</table>").ToString(), string.Join('\n', all.Select(row => $"{row.Text}: {row.Pngs.Count} pictures")));
    }

    /// <summary>Text of a value, as cells of tables have it.</summary>
    internal static string Text(object? value) => value switch
    {
        null => "",
        double number => number.ToString("0.###"),
        float number => number.ToString("0.###"),
        IFormattable number and (int or long) => number.ToString("N0", null),
        _ => value.ToString() ?? "",
    };

    /// <summary>Takes what was put out since the last call.</summary>
    internal static IReadOnlyList<JsonObject> Take()
    {
        JsonObject[] taken = [.. Outputs];
        Outputs.Clear();
        return taken;
    }

    internal static JsonObject Bundle(string type, string mime, string content, string plain)
    {
        var data = new JsonObject { ["text/plain"] = Notebook.Lines(plain) };
        if (mime != "text/plain") data[mime] = Notebook.Lines(content);
        return new JsonObject { ["output_type"] = type, ["metadata"] = new JsonObject(), ["data"] = data };
    }

    private static void Add(string mime, string content, string plain) => Outputs.Add(Bundle("display_data", mime, content, plain));
}
