using System.Diagnostics;
using System.Globalization;

namespace Stickers.Cli.Tests.Launch;

/// <summary>
/// Network namespaces joined by a bridge: what pods have. Each has an address and a host name of its own, and no name but its own means anything in it. A lead has the
/// address 1, the others those that follow.
/// </summary>
internal sealed class PodNetwork : IDisposable
{
    private readonly string _prefix = $"st{Environment.ProcessId.ToString(CultureInfo.InvariantCulture)}";
    private readonly string[] _pods;

    public PodNetwork(params string[] pods)
    {
        _pods = pods;
        Ip($"netns add {Bridge}");
        In(Bridge, "link add br0 type bridge", "link set br0 up");
        foreach (var (pod, i) in pods.Select((pod, i) => (pod, i)))
        {
            Ip($"netns add {Namespace(pod)}");
            Ip($"-n {Namespace(pod)} link add eth0 type veth peer name v{i} netns {Bridge}");
            In(Bridge, $"link set v{i} master br0", $"link set v{i} up");
            In(Namespace(pod), $"addr add {AddressOf(pod)}/24 dev eth0", "link set eth0 up", "link set lo up");
        }

        // This machine is in it too: where a store is.
        Ip($"link add {_prefix}h type veth peer name host netns {Bridge}");
        In(Bridge, "link set host master br0", "link set host up");
        Ip($"addr add {Host}/24 dev {_prefix}h");
        Ip($"link set {_prefix}h up");
    }

    /// <summary>The address by which pods reach this machine.</summary>
    public static string Host => "10.231.7.254";

    private string Bridge => $"{_prefix}-bridge";

    /// <summary>Skips where namespaces are not permitted.</summary>
    public static void Require()
    {
        using var unshare = Process.Start(new ProcessStartInfo("unshare", ["--net", "--uts", "true"]) { RedirectStandardError = true })!;
        unshare.WaitForExit();
        var hasIp = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Append("/usr/sbin").Any(folder => File.Exists(Path.Combine(folder, "ip")));
        Assert.SkipUnless(unshare.ExitCode == 0 && hasIp, "Processes cannot be given a network of their own here: run as root, with iproute2.");
    }

    public string AddressOf(string pod) => $"10.231.7.{Array.IndexOf(_pods, pod) + 1}";

    /// <summary>What runs a program in a pod.</summary>
    public ProcessStartInfo In(string pod, IEnumerable<string> program) =>
        new("ip", ["netns", "exec", Namespace(pod), "unshare", "--uts", "sh", "-c", "hostname \"$1\"; shift; exec \"$@\"", "sh", pod, .. program]);

    /// <summary>Processes that run in a pod.</summary>
    public IReadOnlyList<int> ProcessesIn(string pod)
    {
        using var ip = Process.Start(new ProcessStartInfo("ip", ["netns", "pids", Namespace(pod)]) { RedirectStandardOutput = true })!;
        var pids = ip.StandardOutput.ReadToEnd();
        ip.WaitForExit();
        return [.. pids.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => int.Parse(line, CultureInfo.InvariantCulture))];
    }

    /// <summary>Cuts all pods off from each other and from this machine: nothing arrives any more, and nobody is told.</summary>
    public void Cut() => In(Bridge, "link set br0 down");

    /// <summary>Joins them again.</summary>
    public void Mend() => In(Bridge, "link set br0 up");

    public void Dispose()
    {
        foreach (var pod in _pods) Ip($"netns del {Namespace(pod)}");
        Ip($"netns del {Bridge}");
    }

    private string Namespace(string pod) => $"{_prefix}-{pod}";

    private static void In(string name, params string[] commands)
    {
        foreach (var command in commands) Ip($"-n {name} {command}");
    }

    private static void Ip(string command)
    {
        using var ip = Process.Start(new ProcessStartInfo("ip", command.Split(' ')) { RedirectStandardError = true })!;
        var error = ip.StandardError.ReadToEnd();
        ip.WaitForExit();
        Assert.True(ip.ExitCode == 0, $"ip {command}: {error}");
    }
}
