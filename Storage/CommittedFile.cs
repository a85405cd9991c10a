namespace Stickers.Storage;

/// <summary>A committed file as manifests record it.</summary>
/// <param name="Path">Path relative to the manifest's folder: the file's name, as manifests lie beside what they list.</param>
/// <param name="Bytes">Size in bytes.</param>
/// <param name="Sha256">Lower-case hexadecimal SHA-256 of the content.</param>
public sealed record CommittedFile(string Path, long Bytes, string Sha256);
