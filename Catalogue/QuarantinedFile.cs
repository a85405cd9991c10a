namespace Stickers.Catalogue;

/// <summary>A file that a source offered and the import refused.</summary>
/// <param name="Key">Key the sticker would have had.</param>
/// <param name="Source">Where the file is, for people: path, or archive and entry.</param>
/// <param name="Fault">Class of the fault: a name of <see cref="Images.ImageFault"/> or of <see cref="ImportFault"/>.</param>
/// <param name="Reason">What is wrong, in a sentence.</param>
/// <param name="Bytes">Size of the file as offered; 0 when unknown.</param>
public sealed record QuarantinedFile(string Key, string Source, string Fault, string Reason, long Bytes);

/// <summary>Why an import refuses a file before its image is looked at. The names are persisted in quarantine and frozen.</summary>
public enum ImportFault
{
    /// <summary>The key, or the id made of it, was offered before.</summary>
    Duplicate = 1,

    /// <summary>The catalogue names a file that does not exist.</summary>
    MissingFile = 2,

    /// <summary>A name that is absolute or climbs out of its folder or archive.</summary>
    UnsafeName = 3,

    /// <summary>A line that is not a JSON object, or lacks the file's name.</summary>
    BadRecord = 4,

    /// <summary>The file or the archive cannot be read.</summary>
    Unreadable = 5,
}
