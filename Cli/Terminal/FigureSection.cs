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
        table.AddColumn("Figure").AddColumn(new TableColumn("Value").RightAligned()).AddColumn("Remark");
        foreach (var figure in Figures) table.AddRow(Markup.Escape(figure.Name), Markup.Escape(figure.Value), Markup.Escape(figure.Remark));
        return table;
    }
}
