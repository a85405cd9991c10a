using Stickers.Storage;

namespace Stickers.Pipeline.Tests;

/// <summary>A store in a folder of its own, removed at the end.</summary>
internal sealed class TemporaryStore : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("stickers-pipeline-").FullName;

    public TemporaryStore() => Store = new LocalStore(_folder);

    public LocalStore Store { get; }

    /// <summary>Every object below a prefix with its bytes as text.</summary>
    public SortedDictionary<string, string> Read(string prefix)
    {
        var found = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var path in Directory.EnumerateFiles(_folder, "*", SearchOption.AllDirectories))
        {
            var key = Path.GetRelativePath(_folder, path).Replace('\\', '/');
            if (key.StartsWith(prefix, StringComparison.Ordinal)) found.Add(key, Convert.ToBase64String(File.ReadAllBytes(path)));
        }

        return found;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
