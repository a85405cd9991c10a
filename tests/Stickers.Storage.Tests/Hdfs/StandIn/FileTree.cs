using System.Text;

namespace Stickers.Storage.Tests.Hdfs.StandIn;

/// <summary>What a name node knows: folders and files by path, with the rules of HDFS. One lock, as there.</summary>
internal sealed class FileTree
{
    private readonly Lock _lock = new();
    private readonly Node _root = new(1, null, 0);
    private long _lastId = 1;
    private long _lastTime = 1_700_000_000_000;

    /// <summary>A folder has children, a file has content.</summary>
    private sealed class Node(long id, byte[]? content, long time)
    {
        public long Id { get; } = id;

        public byte[]? Content { get; } = content;

        public long Time { get; } = time;

        public SortedDictionary<string, Node> Children { get; } = new(Comparer<string>.Create((a, b) => Encoding.UTF8.GetBytes(a).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(b))));
    }

    public object Status(string path)
    {
        lock (_lock) return StatusOf(Find(path) ?? throw Missing(path), "");
    }

    public (List<object> Page, long Remaining) List(string path, string after, int page)
    {
        lock (_lock)
        {
            var node = Find(path) ?? throw Missing(path);
            if (node.Content is not null) return ([StatusOf(node, "")], 0);
            var rest = node.Children.Where(child => after.Length == 0 || node.Children.Comparer.Compare(child.Key, after) > 0).ToList();
            return ([.. rest.Take(page).Select(child => StatusOf(child.Value, child.Key))], Math.Max(0, rest.Count - page));
        }
    }

    public byte[] Read(string path)
    {
        lock (_lock)
        {
            var node = Find(path) ?? throw Missing(path);
            return node.Content ?? throw new JavaFault(404, "java.io.FileNotFoundException", $"Path is not a file: {path}");
        }
    }

    public void Create(string path, byte[] content, bool overwrite)
    {
        lock (_lock)
        {
            var (parent, name) = Parent(path, create: true);
            if (parent.Children.TryGetValue(name, out var there))
            {
                if (there.Content is null) throw new JavaFault(403, "org.apache.hadoop.fs.FileAlreadyExistsException", $"{path} already exists as a directory");
                if (!overwrite) throw new JavaFault(403, "org.apache.hadoop.fs.FileAlreadyExistsException", $"{path} for client 127.0.0.1 already exists");
            }

            // The clock of a name node has milliseconds; two files may well have the same time.
            parent.Children[name] = new Node(++_lastId, content, _lastTime += _lastId % 2);
        }
    }

    /// <summary>With options as rename2, which throws; without as the older rename, which answers.</summary>
    public bool Rename(string path, string destination, string? options)
    {
        lock (_lock)
        {
            var source = Find(path);
            if (source is null) return options is null ? false : throw new JavaFault(404, "java.io.FileNotFoundException", $"rename source {path} is not found.");
            if (options is null && Find(destination) is { Content: null }) destination = $"{destination}/{path[(path.LastIndexOf('/') + 1)..]}";
            var (parent, name) = Parent(destination, create: false);
            if (parent.Children.TryGetValue(name, out var there))
            {
                if (options is null) return false;
                if (options != "OVERWRITE") throw new JavaFault(403, "org.apache.hadoop.fs.FileAlreadyExistsException", $"rename destination {destination} already exists");
                if ((there.Content is null) != (source.Content is null)) throw new JavaFault(403, "java.io.IOException", $"rename source {path} and destination {destination} must both be directories or files");
            }

            var (from, old) = Parent(path, create: false);
            from.Children.Remove(old);
            parent.Children[name] = source;
            return true;
        }
    }

    public bool Delete(string path, bool recursive)
    {
        lock (_lock)
        {
            if (Find(path) is not { } node) return false;
            if (node.Children.Count > 0 && !recursive) throw new JavaFault(403, "org.apache.hadoop.fs.PathIsNotEmptyDirectoryException", $"`{path} is non empty': Directory is not empty");
            var (parent, name) = Parent(path, create: false);
            return parent.Children.Remove(name);
        }
    }

    /// <summary>All paths of files, temporary ones too.</summary>
    public List<string> Files()
    {
        lock (_lock) return [.. Walk("", _root)];

        static IEnumerable<string> Walk(string path, Node node) => node.Content is not null ? [path] : node.Children.SelectMany(child => Walk($"{path}/{child.Key}", child.Value));
    }

    private static object StatusOf(Node node, string suffix) => new
    {
        accessTime = node.Time,
        blockSize = node.Content is null ? 0 : 134_217_728,
        childrenNum = node.Children.Count,
        fileId = node.Id,
        group = "supergroup",
        length = node.Content?.Length ?? 0,
        modificationTime = node.Time,
        owner = "stickers",
        pathSuffix = suffix,
        permission = node.Content is null ? "755" : "644",
        replication = node.Content is null ? 0 : 1,
        storagePolicy = 0,
        type = node.Content is null ? "DIRECTORY" : "FILE",
    };

    private Node? Find(string path)
    {
        var node = _root;
        foreach (var segment in Segments(path))
        {
            if (node.Content is not null) throw new JavaFault(403, "org.apache.hadoop.fs.ParentNotDirectoryException", $"{path} (is not a directory)");
            if (!node.Children.TryGetValue(segment, out var child)) return null;
            node = child;
        }

        return node;
    }

    private (Node Parent, string Name) Parent(string path, bool create)
    {
        var segments = Segments(path);
        var node = _root;
        foreach (var segment in segments[..^1])
        {
            if (!node.Children.TryGetValue(segment, out var child))
            {
                if (!create) throw Missing(path);
                node.Children[segment] = child = new Node(++_lastId, null, _lastTime);
            }

            if (child.Content is not null) throw new JavaFault(403, "org.apache.hadoop.fs.ParentNotDirectoryException", $"{path} (is not a directory)");
            node = child;
        }

        return (node, segments[^1]);
    }

    private static string[] Segments(string path)
    {
        var segments = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return path.StartsWith('/') && !segments.Any(segment => segment is "." or ".." || segment.Contains(':'))
            ? segments
            : throw new JavaFault(400, "java.lang.IllegalArgumentException", $"Invalid path name {path}");
    }

    private static JavaFault Missing(string path) => new(404, "java.io.FileNotFoundException", $"File does not exist: {path}");
}
