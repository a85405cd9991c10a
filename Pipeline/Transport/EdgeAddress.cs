namespace Stickers.Pipeline.Transport;

/// <summary>
/// Where a receiver listens. As text: <c>tcp://host:port</c>, or with a way for senders on the same machine
/// <c>tcp://host:port;ipc://@name;machine</c>.
/// </summary>
/// <param name="Tcp">Address for everyone.</param>
/// <param name="Local">Abstract Unix socket for the same machine; null where there is none.</param>
/// <param name="Machine">The machine, and the network namespace on it, in which <paramref name="Local"/> can be reached.</param>
internal sealed record EdgeAddress(string Tcp, string? Local, string? Machine)
{
    /// <summary>This process' machine and network namespace: abstract Unix sockets are seen exactly there.</summary>
    public static string ThisMachine { get; } = $"{File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim()}/{new FileInfo("/proc/self/ns/net").LinkTarget}";

    /// <summary>The best way from this process.</summary>
    public string Nearest => Local is not null && Machine == ThisMachine ? Local : Tcp;

    /// <summary>Reads the text form.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static EdgeAddress Parse(string text)
    {
        var parts = text.Split(';');
        if (parts.Length is not (1 or 3) || !parts[0].StartsWith("tcp://", StringComparison.Ordinal) || (parts.Length == 3 && !parts[1].StartsWith("ipc://@", StringComparison.Ordinal)))
            throw new FormatException($"'{text}' is no address of an edge; expected 'tcp://host:port' or 'tcp://host:port;ipc://@name;machine'.");
        return parts.Length == 1 ? new EdgeAddress(parts[0], null, null) : new EdgeAddress(parts[0], parts[1], parts[2]);
    }

    /// <inheritdoc/>
    public override string ToString() => Local is null ? Tcp : $"{Tcp};{Local};{Machine}";
}
