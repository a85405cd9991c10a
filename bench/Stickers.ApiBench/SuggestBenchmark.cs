namespace Stickers.ApiBench;

/// <summary>Stickers for what is typed: many different messages, each unfinished at another letter.</summary>
internal static class SuggestBenchmark
{
    private const double Wanted = 5000;

    public static async Task<int> RunAsync(string root, string stickers)
    {
        using var server = await Server.StickersAsync(stickers, root);
        string[] words = ["good night", "happy birthday", "thank you", "word12", "cat", "see you", "hello", "word4321", "heart", "smile"];
        string Path(int i)
        {
            var word = words[i % words.Length];
            return $"/v1/suggest?locale=en&text={Uri.EscapeDataString($"message {i % 977} {word[..(1 + (i / words.Length % word.Length))]}")}";
        }

        await OpenLoop.RunAsync(server.Address, Path, double.PositiveInfinity, 32, TimeSpan.FromSeconds(4));
        var cpu = server.Cpu;
        var peak = await OpenLoop.RunAsync(server.Address, Path, double.PositiveInfinity, 32, TimeSpan.FromSeconds(8));
        Console.WriteLine($"as fast as it goes: {peak}; server CPU {(server.Cpu - cpu) / peak.Seconds:0.00} cores");
        Console.WriteLine($"at {Wanted} a second: {await OpenLoop.RunAsync(server.Address, Path, Wanted, 32, TimeSpan.FromSeconds(8))}");
        return 0;
    }
}
