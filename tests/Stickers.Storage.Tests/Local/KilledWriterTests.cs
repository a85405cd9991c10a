using System.Diagnostics;

namespace Stickers.Storage.Tests.Local;

/// <summary>A real process is killed in the middle of a real write.</summary>
public sealed class KilledWriterTests
{
    private const string RootVariable = "STICKERS_TEST_KILLED_WRITER_ROOT";

    [Fact]
    public async Task KillMinusNine_DuringAWrite_LeavesNothingVisibleAndTheNextWriterTidies()
    {
        var token = TestContext.Current.CancellationToken;
        using var temporary = new TemporaryStore();
        var store = temporary.Store;
        using (var writer = StartWriter(store.Root))
        {
            while (Remains(store).Sum(path => new FileInfo(path).Length) < 1 << 20)
            {
                Assert.False(writer.HasExited, "The writing process ended by itself.");
                await Task.Delay(20, token);
            }

            Assert.Null(await store.StatAsync("killed/data.bin", token));
            writer.Kill();
            await writer.WaitForExitAsync(token);
        }

        Assert.Null(await store.StatAsync("killed/data.bin", token));
        await foreach (var found in store.ListAsync("", token)) Assert.Fail($"'{found.Key}' is visible.");
        Assert.Single(Remains(store));

        await using (var next = await store.CreateAsync("killed/data.bin", token)) await next.CommitAsync(token);
        Assert.Empty(Remains(store));
        Assert.Equal(0, (await store.StatAsync("killed/data.bin", token))!.Bytes);
    }

    /// <summary>Not a test of its own: the body of the process that is killed.</summary>
    [Fact(Explicit = true)]
    public async Task WriteForEver()
    {
        var token = TestContext.Current.CancellationToken;
        var store = new LocalStore(Environment.GetEnvironmentVariable(RootVariable)!);
        await using var writer = await store.CreateAsync("killed/data.bin", token);
        for (var i = 0; i < 3000; i++)
        {
            await writer.Stream.WriteAsync(new byte[1 << 16], token);
            await Task.Delay(20, token);
        }
    }

    private static Process StartWriter(string root) =>
        ChildTest.Start(typeof(KilledWriterTests), nameof(WriteForEver), new Dictionary<string, string> { [RootVariable] = root });

    private static string[] Remains(LocalStore store) => Directory.Exists(store.PathOf("killed")) ? Directory.GetFiles(store.PathOf("killed"), ".tmp-*") : [];
}
