using System.Text.RegularExpressions;

namespace Stickers.Architecture.Tests;

public sealed partial class SourceTests
{
    private static readonly string[] TextFiles =
        [.. Repository.Files.Where(file => Path.GetExtension(file) is not (".png" or ".gif" or ".webp" or ".jpg" or ".jpeg" or ".parquet" or ".bin" or ".zip" or ".faiss" or ".db" or ".safetensors"))];

    [Fact]
    public void Namespaces_NeverEqualATypeName()
    {
        var sources = Repository.Files.Where(file => file.EndsWith(".cs", StringComparison.Ordinal)).Select(Repository.Read).ToArray();
        var segments = sources.SelectMany(text => NamespaceName().Matches(text)).SelectMany(match => match.Groups[1].Value.Split('.')).ToHashSet(StringComparer.Ordinal);
        var types = sources.SelectMany(text => TypeName().Matches(text)).Select(match => match.Groups[1].Value).ToHashSet(StringComparer.Ordinal);
        Assert.NotEmpty(segments);
        Assert.NotEmpty(types);
        Assert.Empty(segments.Intersect(types));
    }

    [Fact]
    public void Folders_HaveNoJunkDrawer()
    {
        string[] drawers = ["Common", "Utils", "Utilities", "Helpers", "Managers", "Misc"];
        Assert.DoesNotContain(Repository.Files, file => file.Split('/').SkipLast(1).Intersect(drawers, StringComparer.OrdinalIgnoreCase).Any());
    }

    [Fact]
    public void Files_NameNoOnesOwnPath()
    {
        // Written in pieces, so that this file does not trip over itself.
        string[] places = ["/" + "work/", "/" + "home/", "/" + "root/", "/" + "Users/", @":\" + @"Users\", "../" + "shared"];
        Assert.DoesNotContain(Holding(places), found => !found.StartsWith(".ci/run: ../", StringComparison.Ordinal));
    }

    [Fact]
    public void Files_NameNoPackageRegistry()
    {
        string[] registries = ["nuget" + ".org", "nuget" + ".config", "pypi" + ".org", "npmjs" + ".org", "proxy.golang" + ".org", "pkgs.dev" + ".azure"];
        Assert.Empty(Holding(registries));
    }

    [Fact]
    public void Sources_LeaveNothingUndone()
    {
        string[] marks = ["Not" + "ImplementedException", "TO" + "DO:", "FIX" + "ME"];
        Assert.Empty(Holding(marks));
    }

    private static IEnumerable<string> Holding(string[] words) =>
        from file in TextFiles
        let text = Repository.Read(file)
        from word in words
        where text.Contains(word, StringComparison.OrdinalIgnoreCase)
        select $"{file}: {word}";

    [GeneratedRegex(@"^\s*namespace\s+([\w.]+)", RegexOptions.Multiline)]
    private static partial Regex NamespaceName();

    [GeneratedRegex(@"^\s*(?:(?:public|internal|private|protected|file|static|sealed|abstract|partial|readonly|ref|unsafe)\s+)*(?:class|struct|enum|interface|record(?:\s+struct|\s+class)?)\s+(\w+)", RegexOptions.Multiline)]
    private static partial Regex TypeName();
}
