namespace Stickers.Catalogue.Images;

/// <summary>What the estimate of a drawing's work needs to know of one element.</summary>
internal sealed class SvgElement(string name)
{
    public string Name { get; } = name;

    public string? Id { get; set; }

    /// <summary>Names of its style classes.</summary>
    public string[] Classes { get; set; } = [];

    /// <summary>Work of the element itself, units of 0.1 ms.</summary>
    public double Own { get; set; }

    /// <summary>Points that could each carry a marker.</summary>
    public int Vertices { get; set; }

    /// <summary>Ids it refers to by href or url().</summary>
    public List<string> References { get; } = [];

    public List<SvgElement> Children { get; } = [];

    /// <summary>Everything it draws, itself included, once known.</summary>
    public SvgTotal? Total { get; set; }

    /// <summary>Set while <see cref="Total"/> is being added up, to notice circles.</summary>
    public bool IsOpen { get; set; }

    public bool IsShape => Name is "path" or "rect" or "circle" or "ellipse" or "line" or "polyline" or "polygon" or "text" or "tspan" or "textPath" or "image";

    public bool IsGradient => Name is "linearGradient" or "radialGradient";

    public bool IsFilterStep => Name.Length > 2 && Name.StartsWith("fe", StringComparison.Ordinal) && char.IsAsciiLetterUpper(Name[2]);

    /// <summary>Drawn only where something refers to it.</summary>
    public bool IsDefinition => IsGradient || Name is "defs" or "symbol" or "pattern" or "mask" or "clipPath" or "marker" or "filter";
}

/// <summary>What an element draws with all that it holds and refers to.</summary>
/// <param name="Work">Units of 0.1 ms.</param>
/// <param name="Shapes">Shapes, each of which draws with inherited paint.</param>
/// <param name="Vertices">Points, each of which draws an inherited marker.</param>
/// <param name="Depth">Longest chain of elements and references below it: each costs the renderer stack.</param>
internal readonly record struct SvgTotal(double Work, double Shapes, double Vertices, int Depth);
