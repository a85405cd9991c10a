namespace Stickers.Storage;

/// <summary>What a store knows of one committed object.</summary>
/// <param name="Key">Key relative to the store's root, '/'-separated.</param>
/// <param name="Bytes">Size in bytes.</param>
/// <param name="Version">Changes whenever the object is replaced; its form is the store's own business.</param>
public sealed record StoredObject(string Key, long Bytes, string Version);
