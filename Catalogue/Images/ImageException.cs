namespace Stickers.Catalogue.Images;

/// <summary>Why an image was refused. The names are persisted in quarantine and frozen.</summary>
public enum ImageFault
{
    /// <summary>No bytes.</summary>
    Empty = 1,

    /// <summary>More bytes than <see cref="ImageLimits.MaxBytes"/>.</summary>
    TooManyBytes = 2,

    /// <summary>Not recognised as any image format that is accepted.</summary>
    UnknownFormat = 3,

    /// <summary>Larger than <see cref="ImageLimits.MaxSide"/> or <see cref="ImageLimits.MaxPixels"/>.</summary>
    TooManyPixels = 4,

    /// <summary>More frames than <see cref="ImageLimits.MaxFrames"/>.</summary>
    TooManyFrames = 5,

    /// <summary>The file ends too early.</summary>
    Truncated = 6,

    /// <summary>The content contradicts its format.</summary>
    Corrupt = 7,

    /// <summary>Decodes, but every pixel is transparent.</summary>
    Blank = 8,

    /// <summary>A drawing that would take too long to render: too many or too deeply nested elements, references or filters.</summary>
    TooComplex = 9,
}

/// <summary>An image that cannot be accepted; retrying does not help.</summary>
public sealed class ImageException : Exception
{
    /// <summary>Creates the exception.</summary>
    public ImageException(ImageFault fault, string message, Exception? inner = null) : base(message, inner) => Fault = fault;

    /// <summary>The class of the fault.</summary>
    public ImageFault Fault { get; }
}
