using Stickers.Cli.Terminal;
using Stickers.SimilaritySearch;

namespace Stickers.Cli.Demo;

/// <summary>All that demo.html shows.</summary>
internal sealed record PageContent
{
    /// <summary>One sentence below the title.</summary>
    public required string Subtitle { get; init; }

    /// <summary>A handful of figures that are shown large.</summary>
    public required IReadOnlyList<Figure> Highlights { get; init; }

    /// <summary>What the sheet was chosen from, as a sentence.</summary>
    public required string SheetRemark { get; init; }

    /// <summary>Untagged stickers with their suggestions.</summary>
    public required IReadOnlyList<PageSticker> Sheet { get; init; }

    /// <summary>Stickers with their neighbours in both spaces.</summary>
    public required IReadOnlyList<PageNeighbours> Neighbours { get; init; }

    /// <summary>Every figure.</summary>
    public required IReadOnlyList<FigureSection> Sections { get; init; }

    /// <summary>What a reader must know to judge fairly; one paragraph each.</summary>
    public required IReadOnlyList<string> Notes { get; init; }
}

/// <summary>A sticker as the page shows it.</summary>
/// <param name="Name">Its title, else its key.</param>
/// <param name="Creator">Who made it; may be empty.</param>
/// <param name="Png">Its thumbnail.</param>
/// <param name="Tags">The creator's tags.</param>
/// <param name="Suggestions">The model's.</param>
/// <param name="Score">Cosine similarity to the query, when it is a neighbour.</param>
internal sealed record PageSticker(string Name, string Creator, byte[] Png, IReadOnlyList<string> Tags, IReadOnlyList<SuggestedTag> Suggestions, float? Score = null);

/// <summary>A sticker with its nearest in both spaces, nearest first.</summary>
internal sealed record PageNeighbours(PageSticker Query, IReadOnlyList<PageSticker> Visual, IReadOnlyList<PageSticker> Semantic);
