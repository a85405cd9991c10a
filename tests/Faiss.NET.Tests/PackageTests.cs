using System.Diagnostics;

namespace Faiss.Tests;

/// <summary>The package, in a project that knows nothing else, runs what the README shows.</summary>
public sealed class PackageTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("faiss-net-package-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Pack_NewProject_RunsTheExampleOfTheReadme()
    {
        var source = Source();
        var packages = Path.Combine(_folder, "packages");
        await DotnetAsync(source, "pack", "Faiss.NET.csproj", "--no-build", "--configuration", "Release", "--output", packages, "--nologo");
        var package = Path.GetFileNameWithoutExtension(Assert.Single(Directory.GetFiles(packages, "*.nupkg")));
        Assert.StartsWith("Faiss.NET.", package, StringComparison.Ordinal);

        var project = Directory.CreateDirectory(Path.Combine(_folder, "user")).FullName;
        await File.WriteAllTextAsync(Path.Combine(project, "user.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
                <UseAppHost>false</UseAppHost>
                <NuGetAudit>false</NuGetAudit>
                <RestoreSources>{packages}</RestoreSources>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="Faiss.NET" Version="{package["Faiss.NET.".Length..]}" />
              </ItemGroup>
            </Project>
            """, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(project, "Program.cs"), Example(await File.ReadAllTextAsync(Path.Combine(source, "README.md"), TestContext.Current.CancellationToken)), TestContext.Current.CancellationToken);
        var said = await DotnetAsync(project, "run");
        Assert.Equal($"5000000000 of 1000, Faiss {FaissLibrary.Version}, {FaissLibrary.Variant}", said.Trim());
    }

    /// <summary>The first block of C#.</summary>
    private static string Example(string readme)
    {
        var block = readme.Split("```csharp\n")[1].Split("```")[0];
        Assert.InRange(block.Split('\n', StringSplitOptions.RemoveEmptyEntries).Count(line => !line.StartsWith("using Faiss", StringComparison.Ordinal)), 5, 10);
        return block;
    }

    private static string Source()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "Faiss.NET", "Faiss.NET.csproj")))
                return Path.Combine(folder, "Faiss.NET");
        }

        throw new DirectoryNotFoundException("The source of Faiss.NET is not above the tests.");
    }

    private async Task<string> DotnetAsync(string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["NUGET_PACKAGES"] = Path.Combine(_folder, "cache");
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        start.Environment["DOTNET_NOLOGO"] = "1";
        if (arguments[0] == "pack")
            start.Environment.Remove("NUGET_PACKAGES"); // it was restored with the usual folder
        using var process = Process.Start(start)!;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromMinutes(5));
        try
        {
            var errors = process.StandardError.ReadToEndAsync(limit.Token);
            var output = await process.StandardOutput.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            Assert.True(process.ExitCode == 0, $"dotnet {string.Join(' ', arguments)} ended with {process.ExitCode}: {output}{await errors}");
            return output;
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }
}
