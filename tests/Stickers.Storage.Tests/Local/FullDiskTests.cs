using System.Diagnostics;

namespace Stickers.Storage.Tests.Local;

/// <summary>On a real file system of 4 MB, mounted for one process only.</summary>
public sealed class FullDiskTests
{
    private const string RootVariable = "STICKERS_TEST_SMALL_DISK";
    private const int Megabyte = 1 << 20;

    [Fact]
    public async Task DiskFull_WhileWritingOrCommitting_SaysSoAndLeavesNothingHalfWritten()
    {
        using var temporary = new TemporaryStore();
        string[] confined = Environment.IsPrivilegedProcess ? ["unshare", "--mount"] : ["unshare", "--user", "--map-root-user", "--mount"];
        Assert.SkipUnless(MayMount(confined, temporary.Store.Root), "This machine lets no one mount a file system of their own (unshare --mount).");

        using var process = ChildTest.Start(
            typeof(FullDiskTests),
            nameof(FillTheDisk),
            new Dictionary<string, string> { [RootVariable] = temporary.Store.Root },
            [.. confined, "sh", "-c", $"mount -t tmpfs -o size=4m none '{temporary.Store.Root}' && exec \"$@\"", "sh"]);

        await ChildTest.DemandPassAsync(process);
    }

    /// <summary>Not a test of its own: the body of the process that has the small disk.</summary>
    [Fact(Explicit = true)]
    public async Task FillTheDisk()
    {
        var token = TestContext.Current.CancellationToken;
        var store = new LocalStore(Environment.GetEnvironmentVariable(RootVariable)!);
        await store.WriteAsync("kept.bin", new byte[2 * Megabyte], token);

        // A large write fails at once; a small one waits in the buffer until the commit.
        foreach (var chunk in (int[])[Megabyte, 100, 65_536])
        {
            StoreException fault;
            await using (var writer = await store.CreateAsync("large.bin", token))
            {
                fault = await Assert.ThrowsAsync<StoreException>(async () =>
                {
                    for (var written = 0; written < 3 * Megabyte; written += chunk) await writer.Stream.WriteAsync(new byte[chunk], token);
                    await writer.CommitAsync(token);
                });
            }

            Assert.Equal((store.Root, "large.bin", false), (fault.Store, fault.Key, fault.IsTransient));
            Assert.Contains("the disk is full", fault.Message, StringComparison.Ordinal);
            Assert.Equal(["kept.bin"], await store.ListAsync("", token).Select(found => found.Key).ToListAsync(token));
            Assert.Equal([store.PathOf("kept.bin")], Directory.GetFileSystemEntries(store.Root, "*", new EnumerationOptions { AttributesToSkip = 0, RecurseSubdirectories = true }));
        }

        // An object is replaced beside the old one: without room for both, the old one stays.
        await Assert.ThrowsAsync<StoreException>(() => store.WriteAsync("kept.bin", new byte[3 * Megabyte], token));
        Assert.Equal(2 * Megabyte, (await store.StatAsync("kept.bin", token))!.Bytes);

        // The room is given back.
        await store.WriteAsync("next.bin", new byte[Megabyte], token);
    }

    private static bool MayMount(string[] confined, string folder)
    {
        string[] command = [.. confined, "mount", "-t", "tmpfs", "none", folder];
        using var process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
