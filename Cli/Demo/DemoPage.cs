using System.Globalization;
using System.Net;
using System.Text;
using Stickers.SimilaritySearch;

namespace Stickers.Cli.Demo;

/// <summary>Writes demo.html: one file that needs no server and loads nothing. All text is encoded, for it comes from creators.</summary>
internal static class DemoPage
{
    private const int TagsOfNeighbour = 3;

    public static string Write(PageContent content)
    {
        var html = new StringBuilder();
        html.Append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
            .Append("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'\">\n")
            .Append("<meta name=\"color-scheme\" content=\"light dark\">\n<title>Stickers: what the demo made</title>\n<style>\n").Append(Style()).Append("</style>\n</head>\n<body>\n");
        AppendHeader(html, content);
        html.Append("<main>\n");
        AppendSheet(html, content);
        AppendNeighbours(html, content);
        AppendFigures(html, content);
        AppendNotes(html, content);
        html.Append("</main>\n</body>\n</html>\n");
        return html.ToString();
    }

    private static void AppendHeader(StringBuilder html, PageContent content)
    {
        html.Append($"<header>\n<h1>Stickers</h1>\n<p class=\"lead\">{Encode(content.Subtitle)}</p>\n<dl class=\"highlights\">\n");
        foreach (var figure in content.Highlights)
            html.Append($"<div><dt>{Encode(figure.Name)}</dt><dd>{Encode(figure.Value)}</dd><dd class=\"remark\">{Encode(figure.Remark)}</dd></div>\n");
        html.Append("</dl>\n</header>\n");
    }

    private static void AppendSheet(StringBuilder html, PageContent content)
    {
        html.Append("<section id=\"suggestions\">\n<h2>Tags for stickers that had none</h2>\n")
            .Append($"<p>{Encode(content.SheetRemark)}</p>\n")
            .Append("<p class=\"legend\"><span class=\"tag accept\">tag<b>0.91</b></span> at or above this tag’s own threshold: taken as it is ")
            .Append("<span class=\"tag review\">tag<b>0.42</b></span> below it: a person should look first</p>\n<div class=\"sheet\">\n");
        foreach (var sticker in content.Sheet)
        {
            html.Append("<figure class=\"card\">").Append(Image(sticker)).Append("<figcaption>");
            foreach (var suggestion in sticker.Suggestions) html.Append(Chip(suggestion));
            html.Append("</figcaption></figure>\n");
        }

        html.Append("</div>\n</section>\n");
    }

    private static void AppendNeighbours(StringBuilder html, PageContent content)
    {
        html.Append("<section id=\"neighbours\">\n<h2>What looks alike, what means the same</h2>\n")
            .Append("<p>The number is the cosine similarity of the two embeddings. Tags in italics are suggestions; the others are the creator’s. The queries are the first, ")
            .Append("in the order of their ids, that come from different creators, carry different common tags and have more than copies of themselves around them.</p>\n");
        foreach (var (query, visual, semantic) in content.Neighbours)
        {
            html.Append("<article class=\"neighbours\">\n<figure class=\"card query\">").Append(Image(query))
                .Append($"<figcaption><strong>{Encode(query.Name)}</strong>{Caption(query, int.MaxValue)}</figcaption></figure>\n<div class=\"rows\">\n");
            AppendRow(html, "Looks alike", visual);
            AppendRow(html, "Means the same", semantic);
            html.Append("</div>\n</article>\n");
        }

        html.Append("</section>\n");
    }

    private static void AppendRow(StringBuilder html, string title, IReadOnlyList<PageSticker> stickers)
    {
        html.Append($"<div class=\"row\"><h3>{title}</h3><div class=\"strip\">\n");
        foreach (var sticker in stickers)
        {
            html.Append("<figure class=\"card small\">").Append(Image(sticker))
                .Append(CultureInfo.InvariantCulture, $"<figcaption><b>{sticker.Score:0.00}</b>{Caption(sticker, TagsOfNeighbour)}</figcaption></figure>\n");
        }

        html.Append("</div></div>\n");
    }

    private static void AppendFigures(StringBuilder html, PageContent content)
    {
        html.Append("<section id=\"figures\">\n<h2>Figures</h2>\n<div class=\"tables\">\n");
        foreach (var section in content.Sections)
        {
            html.Append($"<table>\n<caption>{Encode(section.Title)}</caption>\n");
            foreach (var figure in section.Figures)
                html.Append($"<tr><th scope=\"row\">{Encode(figure.Name)}</th><td>{Encode(figure.Value)}</td><td class=\"remark\">{Encode(figure.Remark)}</td></tr>\n");
            html.Append("</table>\n");
        }

        html.Append("</div>\n</section>\n");
    }

    private static void AppendNotes(StringBuilder html, PageContent content)
    {
        html.Append("<section id=\"notes\">\n<h2>To judge this fairly</h2>\n<ul>\n");
        foreach (var note in content.Notes) html.Append($"<li>{Encode(note)}</li>\n");
        html.Append("</ul>\n</section>\n");
    }

    private static string Image(PageSticker sticker)
    {
        var title = sticker.Creator.Length > 0 ? $"{sticker.Name}, by {sticker.Creator}" : sticker.Name;
        return $"<img src=\"data:image/png;base64,{Convert.ToBase64String(sticker.Png)}\" alt=\"{Encode(sticker.Name)}\" title=\"{Encode(title)}\" loading=\"lazy\">";
    }

    private static string Chip(SuggestedTag suggestion) =>
        string.Create(CultureInfo.InvariantCulture, $"<span class=\"tag {(suggestion.Decision == "accept" ? "accept" : "review")}\">{Encode(suggestion.Tag)}<b>{suggestion.Score:0.00}</b></span>");

    private static string Caption(PageSticker sticker, int most)
    {
        var tags = sticker.Tags.Select(Encode).Concat(sticker.Suggestions.Select(suggestion => $"<i>{Encode(suggestion.Tag)}</i>"));
        return $"<span class=\"tags\">{string.Join(", ", tags.Take(most))}</span>";
    }

    private static string Encode(string text) => WebUtility.HtmlEncode(text);

    private static string Style()
    {
        using var reader = new StreamReader(typeof(DemoPage).Assembly.GetManifestResourceStream("demo.css")!);
        return reader.ReadToEnd();
    }
}
