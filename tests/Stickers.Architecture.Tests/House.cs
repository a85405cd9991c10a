using System.Xml.Linq;

namespace Stickers.Architecture.Tests;

/// <summary>The picture of the house, as the tests know it.</summary>
internal static class House
{
    /// <summary>Floor of each room; a room may use only rooms on lower floors.</summary>
    public static IReadOnlyDictionary<string, int> Floors { get; } = new Dictionary<string, int>
    {
        ["Cli"] = 6,
        ["SimilaritySearch.Api"] = 5,
        ["IndexBuilder"] = 5,
        ["Tagger"] = 4,
        ["SimilaritySearch"] = 4,
        ["Pipeline"] = 3,
        ["Catalogue"] = 2,
        ["Storage"] = 1,
        ["Faiss.NET"] = 1,
        ["Mpi.NET"] = 1,
        ["Client"] = 1,
    };

    /// <summary>Packages that are fenced in, by the start of their name, and the rooms that may hold them.</summary>
    public static IReadOnlyList<(string Package, string[] Rooms)> Fences { get; } =
    [
        ("TorchSharp", ["Tagger"]),
        ("libtorch", ["Tagger"]),
        ("Microsoft.CodeAnalysis", []),
        ("Microsoft.ML", ["Tagger"]),
        ("ScottPlot", ["Tagger"]),
        ("SkiaSharp", ["Catalogue", "Tagger"]),
        ("NetVips", ["Catalogue"]),
        ("Parquet", ["Catalogue"]),
        ("YamlDotNet", ["Catalogue"]),
        ("NetMQ", []),
        ("MemoryPack", ["Pipeline"]),
        ("OpenTelemetry", ["Cli"]),
        ("AWSSDK", ["Storage"]),
        ("Microsoft.Data.Sqlite", ["SimilaritySearch"]),
        ("Microsoft.AspNetCore", ["SimilaritySearch.Api", "Cli"]),
        ("KubernetesClient", ["Cli"]),
        ("StackExchange.Redis", ["Cli"]),
        ("System.CommandLine", ["Cli"]),
        ("Spectre.Console", ["Cli"]),
    ];

    /// <summary>Native libraries and the one room that may name them in an extern.</summary>
    public static IReadOnlyList<(string Library, string Room)> NativeFences { get; } = [("faiss", "Faiss.NET"), ("mpi", "Mpi.NET"), ("libzmq", "Pipeline")];

    public static IReadOnlyList<Room> Rooms { get; } =
        [.. Repository.Files.Where(file => file.EndsWith(".csproj", StringComparison.Ordinal) && !file.StartsWith("tests/", StringComparison.Ordinal)).Select(Room.Read)];
}

/// <summary>What one project file says.</summary>
internal sealed record Room(string Name, string Project, IReadOnlyList<string> References, IReadOnlyList<string> Packages, IReadOnlyList<string> Frameworks)
{
    public static Room Read(string project)
    {
        var xml = XDocument.Parse(Repository.Read(project));
        return new Room(
            FolderOf(project),
            project,
            [.. Includes(xml, "ProjectReference").Select(path => Path.GetFileName(Path.GetDirectoryName(path.Replace('\\', '/')))!)],
            Includes(xml, "PackageReference"),
            Includes(xml, "FrameworkReference"));
    }

    private static string FolderOf(string project) => Path.GetDirectoryName(project)!.Replace('\\', '/');

    private static string[] Includes(XDocument xml, string element) =>
        [.. xml.Descendants(element).Select(item => (string?)item.Attribute("Include")).OfType<string>()];
}
