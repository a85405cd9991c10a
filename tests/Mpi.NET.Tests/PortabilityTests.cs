using System.Diagnostics;

namespace MpiNet.Tests;

/// <summary>The same sources with another MPI, and with none.</summary>
public sealed class PortabilityTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mpi-net-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("collectives")]
    [InlineData("messages")]
    [InlineData("splits")]
    [InlineData("wrong-input")]
    [InlineData("threads")]
    public async Task NativeSource_CompiledAgainstMpich_PassesTheSameChecks(string program)
    {
        // Waiting ranks of MPICH never yield: more of them than cores would only wait for each other's time slices.
        const int ranks = 2;
        await CopyWithMpichAsync();
        var job = await Job.RunAsync(MpiInstallation.Mpich, _folder, program, ranks);
        job.AssertChecked(ranks);
        Assert.Contains("MPICH", job.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("throw")]
    [InlineData("throw-in-thread")]
    [InlineData("exit-0")]
    public async Task Failure_UnderMpich_EndsAllAndNamesTheRank(string program)
    {
        await CopyWithMpichAsync();
        var job = await Job.RunAsync(MpiInstallation.Mpich, _folder, program, 2);
        Assert.True(job.Code == Mpi.FailureCode, $"{job}");
        Assert.Contains("[rank 1 of 2 on ", job.Error, StringComparison.Ordinal);
        await job.AssertNoSurvivorsAsync(2);
    }

    [Fact]
    public async Task Run_WithoutTheNativeLibrary_SaysWhatToInstall()
    {
        CopyProgram();
        var job = await Job.RunAloneAsync(_folder, "without");
        Assert.True(job.Code == 0, $"{job}");
        Assert.Contains("available: False, launched: False", job.Output, StringComparison.Ordinal);
        Assert.Contains("apt-get install libopenmpi-dev openmpi-bin", job.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Build_WithoutAnMpiCompiler_SaysSoAndSucceeds()
    {
        var (code, said) = await CompileAsync("mpicc-that-is-not-there");
        Assert.Equal(0, code);
        Assert.Contains("apt-get install libopenmpi-dev openmpi-bin", said, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder));
    }

    [Fact]
    public void Assembly_UntilMpiIsAskedFor_LoadsNothingNative()
    {
        // This process has referred to Mpi's types all along.
        Assert.False(Mpi.IsLaunched);
        Assert.Throws<InvalidOperationException>(() => Communicator.World);
        Assert.Throws<InvalidOperationException>(() => Mpi.Wtime());
        Assert.DoesNotContain("libmpi", File.ReadAllText("/proc/self/maps"), StringComparison.Ordinal);
    }

    private async Task CopyWithMpichAsync()
    {
        MpiInstallation.Mpich.Require();
        CopyProgram();
        var (code, said) = await CompileAsync(MpiInstallation.Mpich.Compiler);
        Assert.True(code == 0, said);
    }

    private void CopyProgram()
    {
        foreach (var file in Directory.EnumerateFiles(AppContext.BaseDirectory))
            if (Path.GetExtension(file) is ".dll" or ".json") File.Copy(file, Path.Combine(_folder, Path.GetFileName(file)));
    }

    private async Task<(int Code, string Said)> CompileAsync(string compiler)
    {
        var start = new ProcessStartInfo("sh", [Path.Combine(Sources(), "build.sh"), _folder]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["MPICC"] = compiler;
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var said = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken) + await error;
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, said);
    }

    private static string Sources()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var sources = Path.Combine(folder.FullName, "Mpi.NET", "native");
            if (File.Exists(Path.Combine(sources, "build.sh"))) return sources;
        }

        throw new DirectoryNotFoundException($"Mpi.NET/native lies in no parent folder of {AppContext.BaseDirectory}.");
    }
}
