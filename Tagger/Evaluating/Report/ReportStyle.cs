namespace Stickers.Tagger.Evaluating.Report;

/// <summary>How report.html looks, in light and in dark.</summary>
internal static class ReportStyle
{
    public const string Css = """
        :root { color-scheme: light dark; --line: color-mix(in srgb, currentColor 18%, transparent); --soft: color-mix(in srgb, currentColor 65%, transparent); }
        body { font: 15px/1.5 system-ui, sans-serif; margin: 0; }
        main { max-width: 1080px; margin: auto; padding: 16px 20px 60px; }
        h2 { margin-top: 40px; }
        table { border-collapse: collapse; display: block; overflow-x: auto; }
        th, td { text-align: right; padding: 3px 10px; border-bottom: 1px solid var(--line); font-variant-numeric: tabular-nums; vertical-align: top; }
        th { color: var(--soft); font-weight: 600; }
        th:first-child, td:first-child, td:nth-child(2) { text-align: left; }
        .range { color: var(--soft); white-space: nowrap; }
        .small { color: var(--soft); font-size: 12px; overflow-wrap: anywhere; }
        .warn { border-left: 4px solid #c60; padding-left: 10px; }
        .plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(340px, 1fr)); gap: 16px; }
        figure { margin: 0; }
        svg { width: 100%; font-size: 11px; }
        svg text { fill: var(--soft); }
        svg path { fill: none; stroke-width: 2; }
        svg .grid { stroke: var(--line); stroke-width: 1; }
        svg .ideal { stroke: var(--soft); stroke-dasharray: 4 4; stroke-width: 1; }
        svg .s0 { stroke: #2a7de1; } svg .s1 { stroke: #e07b1f; } svg .s2 { stroke: #888; }
        svg circle.s0 { fill: #2a7de1; } svg .bar { fill: #2a7de1; }
        .sheet { display: grid; grid-template-columns: repeat(auto-fill, minmax(150px, 1fr)); gap: 14px; }
        .sheet figcaption { font-size: 12px; overflow-wrap: anywhere; }
        .row { display: flex; gap: 8px; align-items: center; margin: 6px 0; overflow-x: auto; }
        img { width: 72px; height: 72px; object-fit: contain; background: #e6e6e6; border-radius: 6px; }
        """;
}
