using Stickers.Catalogue.Images;

namespace Stickers.Catalogue;

/// <summary>One row of a catalogue.</summary>
public sealed record Sticker
{
    /// <summary>Identity, derived from <see cref="Key"/>.</summary>
    public required StickerId Id { get; init; }

    /// <summary>Unique name in its source, e.g. <c>twemoji/1f600</c>.</summary>
    public required string Key { get; init; }

    /// <summary>The set it belongs to.</summary>
    public required string Pack { get; init; }

    /// <summary>Who made it; empty when the source does not say.</summary>
    public required string Creator { get; init; }

    /// <summary>Title in <see cref="Locale"/>, when given.</summary>
    public string? Title { get; init; }

    /// <summary>Language of title and tags (BCP 47).</summary>
    public string Locale { get; init; } = "en";

    /// <summary>Labels exactly as the creator wrote them; <see cref="TagVocabulary"/> gives the canonical ones.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>The encoded image (PNG, JPEG, WebP, GIF); empty when read without images.</summary>
    public ReadOnlyMemory<byte> Image { get; init; }

    /// <summary>File name or path of the image in its source.</summary>
    public required string ImagePath { get; init; }

    /// <summary>Format of the source file (an SVG is stored as the PNG it was rendered to).</summary>
    public required StickerFormat Format { get; init; }

    /// <summary>Width of the stored image in pixels, after EXIF orientation.</summary>
    public required int Width { get; init; }

    /// <summary>Height of the stored image in pixels, after EXIF orientation.</summary>
    public required int Height { get; init; }

    /// <summary>Number of animation frames; 1 for a still image.</summary>
    public int Frames { get; init; } = 1;

    /// <summary>What is depicted, when the source knows (e.g. an emoji's code points): equal across packs.</summary>
    public string? Concept { get; init; }

    /// <summary>Near duplicates share this value, when the source knows.</summary>
    public string? DuplicateGroup { get; init; }

    /// <summary>When it was made (UTC, whole seconds), when the source says so; never a file's own time.</summary>
    public DateTime? Created { get; init; }

    /// <summary>train, val or test by creator, when the source prescribes it.</summary>
    public string? SplitCreator { get; init; }

    /// <summary>train, val or test by concept, when the source prescribes it.</summary>
    public string? SplitConcept { get; init; }
}
