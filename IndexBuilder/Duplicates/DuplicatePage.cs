using System.Globalization;
using System.Net;
using System.Text;

namespace Stickers.IndexBuilder.Duplicates;

/// <summary>A contact sheet: groups with their pictures, in one file that loads nothing from elsewhere.</summary>
internal static class DuplicatePage
{
    public const int GroupsOfPage = 50;

    private const string Style = """
        body{font:14px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:76rem;padding:0 1rem;color:#222;background:#fff}
        section{border-top:1px solid #ddd;padding:.5rem 0 1rem}h2{font-size:1rem;margin:.3rem 0}
        .stickers{display:flex;flex-wrap:wrap;gap:.6rem}figure{margin:0;width:8.5rem}figcaption{font-size:.75rem;overflow-wrap:anywhere}
        img{width:8.5rem;height:8.5rem;object-fit:contain;background:#f4f4f4;border-radius:.4rem}
        .other{color:#a33;font-weight:600}nav{margin:1rem 0}
        @media (prefers-color-scheme:dark){body{color:#ddd;background:#181818}img{background:#2a2a2a}section{border-color:#444}.other{color:#f88}}
        """;

    /// <param name="title">What stands above.</param>
    /// <param name="page">Number of the page, from 0.</param>
    /// <param name="pages">Number of pages.</param>
    /// <param name="firstGroup">Number of the first group, from 0.</param>
    /// <param name="groups">The groups.</param>
    /// <param name="shown">Members shown of each.</param>
    /// <param name="thumbnail">PNG of a sticker, or null.</param>
    public static string Write(string title, int page, int pages, int firstGroup, IReadOnlyList<DuplicateLine> groups, int shown, Func<string, byte[]?> thumbnail)
    {
        var html = new StringBuilder();
        html.Append(CultureInfo.InvariantCulture, $"<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>{Text(title)}</title>\n<style>{Style}</style></head><body>\n<h1>{Text(title)}</h1>\n");
        var navigation = pages < 2 ? "" : $"<nav>{string.Join(" ", Enumerable.Range(0, pages).Where(other => Math.Abs(other - page) < 5 || other == 0 || other == pages - 1).Select(other => other == page ? $"<b>{other + 1}</b>" : $"<a href=\"{NameOf(other)}\">{other + 1}</a>"))}</nav>\n";
        html.Append(navigation);
        for (var g = 0; g < groups.Count; g++)
        {
            var group = groups[g];
            html.Append(CultureInfo.InvariantCulture, $"<section><h2>{firstGroup + g + 1}. {group.Size} stickers, {Counted(group.Creators, "creator")}, {Counted(group.Packs, "pack")}</h2><div class=\"stickers\">\n");
            foreach (var member in group.Members.Take(shown))
            {
                var picture = thumbnail(member.Id) is { } png ? $"<img alt=\"{Text(member.Title ?? member.Key)}\" src=\"data:image/png;base64,{Convert.ToBase64String(png)}\">" : "";
                var other = member.Creator != group.Members[0].Creator;
                html.Append(CultureInfo.InvariantCulture, $"<figure>{picture}<figcaption>{member.Score:0.000}{(member.Recoloured ? " <b>recoloured</b>" : "")} {Text(member.Key)}<br><span{(other ? " class=\"other\"" : "")}>{Text(member.Creator)}</span></figcaption></figure>\n");
            }

            if (group.Size > shown)
                html.Append(CultureInfo.InvariantCulture, $"<p>and {group.Size - shown} more</p>");
            html.Append("</div></section>\n");
        }

        return html.Append(navigation).Append("</body></html>\n").ToString();
    }

    public static string NameOf(int page) => string.Create(CultureInfo.InvariantCulture, $"page-{page:00000}.html");

    private static string Text(string text) => WebUtility.HtmlEncode(text);

    private static string Counted(int count, string what) => count == 1 ? $"1 {what}" : string.Create(CultureInfo.InvariantCulture, $"{count} {what}s");
}
