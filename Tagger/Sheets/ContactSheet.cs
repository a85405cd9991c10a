using System.Net;
using System.Text;
using Stickers.Tagger.Evaluating.Report;

namespace Stickers.Tagger.Sheets;

/// <summary>A picture and what is said of it.</summary>
/// <param name="Png">The picture.</param>
/// <param name="Title">Shown when pointed at, e.g. its key.</param>
/// <param name="Word">What it is about, in bold.</param>
/// <param name="Lines">What else is said.</param>
/// <param name="Beside">Smaller pictures to compare with.</param>
internal sealed record SheetPicture(byte[] Png, string Title, string Word, IReadOnlyList<string> Lines, IReadOnlyList<(byte[] Png, string Title)> Beside);

/// <summary>Pictures that belong together.</summary>
internal sealed record SheetSection(string Title, string Explanation, IReadOnlyList<SheetPicture> Pictures);

/// <summary>A table of a sheet; the first row is its head.</summary>
internal sealed record SheetTable(string Title, IReadOnlyList<IReadOnlyList<string>> Rows);

/// <summary>Pictures for a person to judge, in one file of HTML that loads nothing.</summary>
internal static class ContactSheet
{
    public static string Write(string title, IReadOnlyList<string> lead, IReadOnlyList<SheetTable> tables, IReadOnlyList<SheetSection> sections)
    {
        var page = new StringBuilder();
        page.Append("<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">");
        page.Append($"<title>{Text(title)}</title><style>{ReportStyle.Css}{Own}</style><main><h1>{Text(title)}</h1>");
        foreach (var line in lead) page.Append($"<p>{Text(line)}</p>");
        foreach (var table in tables)
        {
            page.Append($"<h2>{Text(table.Title)}</h2><table>");
            foreach (var (index, row) in table.Rows.Index())
                page.Append("<tr>").AppendJoin("", row.Select(cell => index == 0 ? $"<th>{Text(cell)}" : $"<td>{Text(cell)}"));
            page.Append("</table>");
        }

        foreach (var section in sections.Where(section => section.Pictures.Count > 0))
        {
            page.Append($"<h2>{Text(section.Title)}</h2><p>{Text(section.Explanation)}</p><div class=\"sheet\">");
            foreach (var picture in section.Pictures)
            {
                page.Append($"<figure>{Image(picture.Png, picture.Title, "")}");
                if (picture.Beside.Count > 0) page.Append("<div class=\"beside\">").AppendJoin("", picture.Beside.Select(other => Image(other.Png, other.Title, " class=\"small\""))).Append("</div>");
                page.Append($"<figcaption><b>{Text(picture.Word)}</b>").AppendJoin("", picture.Lines.Select(line => $"<br>{Text(line)}")).Append("</figcaption></figure>");
            }

            page.Append("</div>");
        }

        return page.Append("</main></html>\n").ToString();
    }

    private const string Own = "\n.beside { display: flex; gap: 4px; margin: 4px 0; } img.small { width: 36px; height: 36px; }";

    private static string Image(byte[] png, string title, string attributes) => $"<img{attributes} alt=\"\" title=\"{Text(title)}\" src=\"data:image/png;base64,{Convert.ToBase64String(png)}\">";

    private static string Text(string text) => WebUtility.HtmlEncode(text);
}
