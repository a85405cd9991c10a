namespace Stickers.Storage;

/// <summary>An object as a file on local disk. Do not write to it; dispose it when it is open no more.</summary>
public sealed class LocalFile : IDisposable
{
    private readonly IDisposable? _pin;

    internal LocalFile(string path, IDisposable? pin = null) => (Path, _pin) = (path, pin);

    /// <summary>Absolute path.</summary>
    public string Path { get; }

    /// <summary>Lets go of the file: a cached copy may then make room for others.</summary>
    public void Dispose() => _pin?.Dispose();
}
