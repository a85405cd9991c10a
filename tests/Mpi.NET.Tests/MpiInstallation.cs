using System.Diagnostics;

namespace MpiNet.Tests;

/// <summary>An MPI on this machine: its compiler and its launcher.</summary>
internal sealed record MpiInstallation(string Compiler, string Launcher, string Packages)
{
    /// <summary>The one that the build takes.</summary>
    public static MpiInstallation Default { get; } = new("mpicc", "mpirun", "libopenmpi-dev openmpi-bin");

    /// <summary>Another one, to which nothing here was fitted.</summary>
    public static MpiInstallation Mpich { get; } = new("mpicc.mpich", "mpirun.mpich", "libmpich-dev mpich");

    private bool IsComplete => OnPath(Compiler) && OnPath(Launcher);

    private bool IsOpenMpi { get; } = OnPath(Launcher) && VersionOf(Launcher).Contains("Open MPI", StringComparison.Ordinal);

    /// <summary>Skips the test where this MPI is not installed; in continuous integration that is a failure.</summary>
    public void Require()
    {
        if (IsComplete) return;
        var reason = $"{Compiler} and {Launcher} are not there: apt-get install {Packages}";
        Assert.False(Environment.GetEnvironmentVariable("CI") == "true", reason);
        Assert.Skip(reason);
    }

    /// <summary>What goes between the launcher and the program, and around it, for ranks on this machine, more than it has cores.</summary>
    public ProcessStartInfo Launch(int ranks)
    {
        var start = new ProcessStartInfo(Launcher) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        if (IsOpenMpi)
        {
            start.ArgumentList.Add("--oversubscribe");
            if (Environment.IsPrivilegedProcess)
            {
                start.Environment["OMPI_ALLOW_RUN_AS_ROOT"] = "1";
                start.Environment["OMPI_ALLOW_RUN_AS_ROOT_CONFIRM"] = "1";
            }
        }

        start.ArgumentList.Add("-n");
        start.ArgumentList.Add($"{ranks}");
        start.Environment["TERM"] = "dumb";
        return start;
    }

    private static bool OnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, program)));

    private static string VersionOf(string launcher)
    {
        using var process = Process.Start(new ProcessStartInfo(launcher, ["--version"]) { RedirectStandardOutput = true })!;
        var said = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return said;
    }
}
