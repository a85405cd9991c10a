using System.Globalization;

namespace Stickers.Cli.Launch;

/// <summary>The processes of one stage and the machines they run on.</summary>
/// <param name="Name">E.g. <c>main</c>.</param>
/// <param name="Ranks">Processes, 1 or more, the same number on each node.</param>
/// <param name="Machines">What they run on.</param>
internal sealed record StageLayout(string Name, int Ranks, NodeRequest Machines)
{
    public int Nodes => Machines.Nodes;

    public int RanksPerNode => Ranks / Nodes;

    /// <summary>Cores of one node; where none were asked for, one for each rank.</summary>
    public int Cpus => Machines.Cpus ?? RanksPerNode;

    /// <summary>MiB of one node; where none were asked for, 4 GiB for each rank.</summary>
    public long MemoryMiB => Machines.MemoryMiB ?? 4096L * RanksPerNode;

    /// <summary>What cannot be, or null.</summary>
    public string? Fault => Ranks % Nodes == 0 ? null : $"{Ranks} ranks of {Name} cannot be spread evenly over {Nodes} nodes.";
}

/// <summary>The machines that one stage asks for; on Kubernetes a node is a pod.</summary>
/// <param name="Nodes">How many, 1 or more.</param>
/// <param name="Cpus">Cores of each; null for the default.</param>
/// <param name="MemoryMiB">Memory of each in MiB; null for the default.</param>
/// <param name="Gpus">GPUs of each.</param>
internal sealed record NodeRequest(int Nodes, int? Cpus, long? MemoryMiB, int Gpus)
{
    public const string Form = "nodes=2,cpus=8,memory=16Gi,gpus=1";

    public static NodeRequest Default { get; } = new(1, null, null, 0);

    /// <summary>Reads the form <see cref="Form"/>, of which any part may be left out.</summary>
    /// <returns>What is wrong with the text, or null.</returns>
    public static string? Parse(string text, out NodeRequest request)
    {
        request = Default;
        var named = new HashSet<string>(StringComparer.Ordinal);
        foreach (var part in text.Split(','))
        {
            var (key, value) = part.Split('=', 2) is [var k, var v] ? (k, v) : (part, "");
            if (!named.Add(key)) return $"'{key}' stands there twice";
            switch (key)
            {
                case "nodes" when Number(value, 1, 10_000) is { } nodes:
                    request = request with { Nodes = nodes };
                    break;
                case "cpus" when Number(value, 1, 10_000) is { } cpus:
                    request = request with { Cpus = cpus };
                    break;
                case "gpus" when Number(value, 0, 64) is { } gpus:
                    request = request with { Gpus = gpus };
                    break;
                case "memory" when Memory(value) is { } memory:
                    request = request with { MemoryMiB = memory };
                    break;
                default:
                    return $"'{part}' is not understood; the form is {Form}, with memory in Mi, Gi or Ti";
            }
        }

        return null;
    }

    private static int? Number(string text, int least, int most) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most ? number : null;

    private static long? Memory(string text)
    {
        if (text.Length < 3 || Number(text[..^2], 1, 1_000_000) is not { } number) return null;
        return text[^2..] switch
        {
            "Mi" => number,
            "Gi" => number * 1024L,
            "Ti" => number * 1024L * 1024L,
            _ => null,
        };
    }
}
