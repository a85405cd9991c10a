using Stickers.Cli.Tests;

namespace Stickers.EndToEnd.Tests;

public sealed class JourneyTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public Task Commands_FromFilesToLookups_KeepEveryCount() =>
        Journey.TakeAsync(new CommandRunner(Path.Combine(_folder.Path, "root")), Path.Combine(_folder.Path, "drawings"));
}
