using System.Text;

namespace Stickers.ApiBench;

/// <summary>Stickers for what is typed: many different messages, each unfinished at another letter.</summary>
internal static class SuggestBenchmark
{
    private const double Wanted = 5000;

    public static async Task<int> RunAsync(string root, string stickers)
    {
        using var server = await Server.StickersAsync(stickers, root);
        string[] words = ["good night", "happy birthday", "thank you", "word12", "cat", "see you", "hello", "word4321", "heart", "smile"];
        int Write(int i, Span<byte> path)
        {
            var word = words[i % words.Length];
            return Encoding.UTF8.GetBytes($"v1/suggest?locale=en&text={Uri.EscapeDataString($"message {i % 977} {word[..(1 + (i / words.Length % word.Length))]}")}", path);
        }

        await Wrk.RunAsync(server.Address, "typing.lua", [], 8, 4);
        var cpu = server.Cpu;
        var peak = await Wrk.RunAsync(server.Address, "typing.lua", [], 8, 8);
        Console.WriteLine(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"as fast as it goes: {peak.Said}; {(server.Cpu - cpu) * 1000 / peak.Answers:0.000} ms of the server's CPU each"));
        Console.WriteLine($"at {Wanted} a second: {await OpenLoop.RunAsync(server.Address, Write, Wanted, 32, TimeSpan.FromSeconds(8))}");
        return 0;
    }
}
