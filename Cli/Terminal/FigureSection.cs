using Spectre.Console;

namespace Stickers.Cli.Terminal;

/// <summary>A named value, with what helps to read it.</summary>
internal sealed record Figure(string Name, string Value, string Remark = "");

/// <summary>Figures that belong together.</summary>
internal sealed record FigureSection(string Title, IReadOnlyList<Figure> Figures)
{
    /// <summary>The section as a table for the terminal.</summary>
    public Table ToTable()
    {
        var table = new Table { Border = TableBorder.Rounded, ShowHeaders = false, Title = new TableTitle(Markup.Escape(Title), new Style(decoration: Decoration.Bold)) };
        table.AddColumn("Figure").AddColumn(new TableColumn("Value").RightAligned());
        var remarked = Figures.Any(figure => figure.Remark.Length > 0);
        if (remarked) table.AddColumn("Remark");
        foreach (var figure in Figures)
        {
            string[] cells = [figure.Name, figure.Value, figure.Remark];
            table.AddRow([.. cells.Take(remarked ? 3 : 2).Select(Markup.Escape)]);
        }

        return table;
    }
}
