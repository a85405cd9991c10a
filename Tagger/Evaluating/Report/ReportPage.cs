using System.Globalization;
using System.Net;
using System.Text;
using Stickers.Catalogue;

namespace Stickers.Tagger.Evaluating.Report;

/// <summary>report.html: the evaluation for people, in one file that loads nothing.</summary>
internal static class ReportPage
{
    /// <summary>Writes the page.</summary>
    public static string Write(EvaluationReport report, Examples examples, IReadOnlyList<Sticker> stickers)
    {
        var page = new StringBuilder();
        page.Append("<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">");
        page.Append($"<title>{Text(report.Model)} on {Text(report.Catalogue)}</title><style>{ReportStyle.Css}</style><main>");
        AppendHead(page, report);
        AppendTagging(page, report);
        AppendRetrieval(page, report);
        AppendPictures(page, examples, stickers);
        AppendTags(page, report);
        page.Append("</main></html>\n");
        return page.ToString();
    }

    private static void AppendHead(StringBuilder page, EvaluationReport report)
    {
        var counts = report.Counts;
        page.Append($"<h1>Model {Text(report.Model)} on {Text(report.Catalogue)}</h1>");
        page.Append($"<p>Measured on {counts.Measured:N0} stickers of the {Word(report.Part)} side, split by {Word(report.SplitBy)}. ");
        if (report is { SplitBy: SplitBy.Creator, SameSplitAsTraining: true })
            page.Append("None of their creators was learned from. ");
        page.Append($"{counts.Sampled:N0} of the catalogue's {counts.Catalogue:N0} stickers were looked at, {counts.Quarantined:N0} do not decode, {counts.Training:N0} are on the training side. ");
        page.Append($"{counts.MeasuredWithoutTag:N0} measured stickers carry no tag of the vocabulary and count as negatives for every tag.</p>");
        if (!report.SameSplitAsTraining)
            page.Append("<p class=\"warn\">The model was trained on another catalogue or split: the measured stickers may not be unseen.</p>");
        page.Append($"<p class=\"small\">Model hash {Text(report.ModelHash)}<br>Catalogue hash {Text(report.CatalogueHash)}</p>");
    }

    private static void AppendTagging(StringBuilder page, EvaluationReport report)
    {
        page.Append("<h2>Tags</h2><table><tr><th>system<th>mAP<th>tags<th>mAP, any positive<th>tags<th>micro AP");
        foreach (var system in report.Tagging)
            page.Append($"<tr><td>{Text(system.System)}<td>{Share(system.Map)}<td>{system.Tags}<td>{Share(system.MapAnyPositive)}<td>{system.TagsAnyPositive}<td>{Share(system.MicroAveragePrecision)}");
        page.Append($"</table><p>mAP is the mean of the average precision over the vocabulary tags with at least {report.MinPositives} measured stickers; equal scores count as one threshold. ");
        page.Append($"At the chosen thresholds {Range(report.AcceptedPrecision)} of the accepted suggestions are labels that the creator gave too, and {Range(report.AcceptedRecall)} of the labels are accepted; {Range(report.Coverage)} of the stickers get an accepted tag. {report.Tags.Count(tag => tag.Threshold <= 1):N0} of {report.Tags.Count:N0} tags proved on validation stickers that they can be accepted, the others are only reviewed. ");
        page.Append("Creators leave tags out, so precision is a lower bound.</p><div class=\"plots\">");

        IEnumerable<(double, double)> Points(IReadOnlyList<double> curve) => curve.Select((precision, step) => ((double)step / (curve.Count - 1), precision));
        var macro = new SvgPlot("recall", "precision (mean over tags)");
        var micro = new SvgPlot("recall", "precision (all pairs)");
        foreach (var system in report.Tagging)
        {
            macro.Line(system.System, Points(system.MacroCurve));
            micro.Line(system.System, Points(system.MicroCurve));
        }
        page.Append($"<figure>{macro}</figure><figure>{micro}</figure>");

        var tags = report.Tags.Where(tag => tag.Positives >= report.MinPositives && tag.AveragePrecision is not null).OrderByDescending(tag => tag.AveragePrecision).ToList();
        var bars = new SvgPlot("tags, best first", "average precision", Math.Max(1, tags.Count), 1, x => x.ToString("0", CultureInfo.InvariantCulture));
        bars.Bars(tags.Select((tag, i) => ((double)i, i + 1.0, tag.AveragePrecision!.Value, $"{tag.Tag}: {Share(tag.AveragePrecision)} ({tag.Positives} measured, {tag.Support} learned from)")));
        page.Append($"<figure>{bars}</figure>");

        var bins = report.Reliability.Bins;
        var reliability = new SvgPlot("score", "share that carries the tag").Diagonal()
            .Line($"observed (expected calibration error {Error(report.Reliability.ExpectedCalibrationError)}, mean of tags {Error(report.TagCalibrationError)})",
                bins.Where(bin => bin.Count > 0).Select(bin => (bin.MeanScore!.Value, (double)bin.Labelled / bin.Count)), dots: true);
        page.Append($"<figure>{reliability}</figure>");

        var most = Math.Max(1, Math.Ceiling(bins.Max(bin => Math.Log10(bin.Count + 1))));
        var histogram = new SvgPlot("score", "pairs (log scale)", 1, most, yLabel: PowerOfTen)
            .Bars(bins.Select(bin => (bin.From, bin.To, Math.Log10(bin.Count + 1), $"{bin.From:0.0} to {bin.To:0.0}: {bin.Count:N0} pairs, {bin.Labelled:N0} labelled")));
        page.Append($"<figure>{histogram}</figure></div>");
    }

    private static void AppendRetrieval(StringBuilder page, EvaluationReport report)
    {
        page.Append("<h2>Neighbours</h2><table><tr><th>relevant is<th>space<th>queries<th>P@1<th>P@5<th>P@10<th>best possible P@10<th>P@10 / possible<th>R@1<th>R@5<th>R@10");
        foreach (var row in report.Neighbours)
        {
            page.Append($"<tr><td>{Text(row.Task)}<td>{Text(row.Space)}");
            if (row.At.Count == 0)
            {
                page.Append("<td colspan=\"9\">nothing to measure: no measured sticker has a relevant one");
                continue;
            }
            page.Append($"<td>{row.At[0].Queries}");
            foreach (var at in row.At)
                page.Append($"<td>{Share(at.Precision)}");
            page.Append($"<td>{Share(row.At[^1].AchievablePrecision)}<td>{Share(row.At[^1].NormalizedPrecision)}");
            foreach (var at in row.At)
                page.Append($"<td>{Share(at.Recall)}");
        }
        page.Append("</table><h3>A view finds its original</h3><p>Tilted, scaled, shifted, recoloured, on another ground, through JPEG; searched among all stickers looked at.</p>");
        page.Append("<table><tr><th>space<th>first<th>in the first ten<th>first, or a known near duplicate<th>in the first ten, or a known near duplicate");
        foreach (var row in report.Views)
            page.Append($"<tr><td>{Text(row.Space)}<td>{Range(row.First)}<td>{Range(row.FirstTen)}<td>{Range(row.FirstOrDuplicate)}<td>{Range(row.FirstTenOrDuplicate)}");
        page.Append("</table><h3>A tag finds stickers</h3><table><tr><th>ranked by<th>tags<th>P@5<th>P@5 / possible");
        foreach (var row in report.Text)
            page.Append($"<tr><td>{Text(row.System)}<td>{row.AtFive?.Queries ?? 0}<td>{Share(row.AtFive?.Precision)}<td>{Share(row.AtFive?.NormalizedPrecision)}");
        page.Append("</table>");
    }

    private static void AppendPictures(StringBuilder page, Examples examples, IReadOnlyList<Sticker> stickers)
    {
        void Sheet(string title, string explanation, IReadOnlyList<TagExample> sheet)
        {
            page.Append($"<h3>{title}</h3><p>{explanation}</p><div class=\"sheet\">");
            foreach (var example in sheet)
            {
                page.Append($"<figure>{Picture(examples, stickers, example.Row)}<figcaption><b>{Text(example.Tag)}</b> {Share(example.Score)}");
                page.Append($"<br>{Text(example.Labels.Count == 0 ? "no label" : string.Join(", ", example.Labels))}</figcaption></figure>");
            }
            page.Append("</div>");
        }
        page.Append("<h2>Pictures</h2>");
        Sheet("Right", "The creator's labels with the highest scores, one a tag. Below each: all its labels.", examples.Right);
        Sheet("Wrong", "The highest scores of tags that the creator did not give: errors, or labels that are missing.", examples.Wrong);
        Sheet("Missed", "The creator's labels with the lowest scores.", examples.Missed);
        foreach (var space in examples.Neighbours.GroupBy(sample => sample.Space))
        {
            page.Append($"<h3>Nearest in the {Text(space.Key)} space</h3>");
            foreach (var (_, query, found) in space)
                page.Append($"<div class=\"row\">{Picture(examples, stickers, query)}<span>→</span>{string.Concat(found.Select(row => Picture(examples, stickers, row)))}</div>");
        }
    }

    private static void AppendTags(StringBuilder page, EvaluationReport report)
    {
        page.Append("<h2>Every tag</h2><table><tr><th>tag<th>learned from<th>measured<th>AP<th>AP of pixels<th>threshold<th>accepted<th>precision (95 % interval)<th>recall (95 % interval)<th>calibration error");
        foreach (var tag in report.Tags.OrderByDescending(tag => tag.Positives).ThenBy(tag => tag.Tag, StringComparer.Ordinal))
        {
            page.Append($"<tr><td>{Text(tag.Tag)}<td>{tag.Support}<td>{tag.Positives}<td>{Share(tag.AveragePrecision)}<td>{Share(tag.PixelAveragePrecision)}");
            page.Append($"<td>{(tag.Threshold > 1 ? "never" : Share(tag.Threshold))}<td>{tag.Precision.Trials}<td>{Range(tag.Precision)}<td>{Range(tag.Recall)}<td>{Error(tag.CalibrationError)}");
        }
        page.Append("</table>");
    }

    private static string Picture(Examples examples, IReadOnlyList<Sticker> stickers, int row)
        => $"<img alt=\"\" title=\"{Text(stickers[row].Key)}\" src=\"data:image/png;base64,{Convert.ToBase64String(examples.Pictures[row])}\">";

    /// <summary>10 to the given power, short: 1, 32, 6k, 1M.</summary>
    private static string PowerOfTen(double power) => Math.Pow(10, power) switch
    {
        < 1e3 and var few => few.ToString("0", CultureInfo.InvariantCulture),
        < 1e6 and var some => (some / 1e3).ToString("0", CultureInfo.InvariantCulture) + "k",
        var many => (many / 1e6).ToString("0", CultureInfo.InvariantCulture) + "M",
    };

    private static string Share(double? value) => value is { } share ? share.ToString("0.000", CultureInfo.InvariantCulture) : "–";

    private static string Error(double error) => error.ToString("0.0000", CultureInfo.InvariantCulture);

    private static string Range(Proportion share) => share.Value is null ? "–" : $"{Share(share.Value)} <span class=\"range\">({Share(share.Low)}–{Share(share.High)})</span>";

    private static string Word<T>(T value) where T : struct, Enum => value.ToString().ToLowerInvariant();

    private static string Text(string text) => WebUtility.HtmlEncode(text);
}
