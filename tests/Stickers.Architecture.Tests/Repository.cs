using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Stickers.Architecture.Tests;

/// <summary>The checkout that these tests were compiled in.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    /// <summary>Paths relative to the root of all files under version control, and of new ones that are not ignored.</summary>
    public static IReadOnlyList<string> Files { get; } = ListFiles();

    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    private static string FindRoot([CallerFilePath] string path = "")
    {
        // Deterministic builds may map the compiler's paths away; the output folder is below the root as well.
        var starts = new[] { AppContext.BaseDirectory, Path.GetDirectoryName(path) ?? "" };
        foreach (var start in starts)
        {
            for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
                if (File.Exists(Path.Combine(folder.FullName, "Stickers.sln"))) return folder.FullName;
        }

        throw new DirectoryNotFoundException($"Stickers.sln lies in no parent folder of {string.Join(" or ", starts)}.");
    }

    private static string[] ListFiles()
    {
        using var git = Process.Start(new ProcessStartInfo("git", ["-C", Root, "ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        {
            RedirectStandardOutput = true,
        })!;
        var names = git.StandardOutput.ReadToEnd().Split('\0', StringSplitOptions.RemoveEmptyEntries);
        git.WaitForExit();
        Assert.True(git.ExitCode == 0 && names.Length > 0, $"git ls-files lists nothing in {Root} (exit code {git.ExitCode}).");
        return [.. names.Where(name => File.Exists(Path.Combine(Root, name))).Order(StringComparer.Ordinal)];
    }
}
