using System.CommandLine;
using Stickers.Cli.Launch;
using Stickers.Cli.Terminal;
using Stickers.Pipeline;
using Stickers.Storage;

namespace Stickers.Cli.Commands;

/// <summary>The options with which any job of three functions is run, and the running itself: in this process, as one rank of many, or elsewhere.</summary>
internal sealed class JobOptions
{
    private readonly Option<int> _preprocess;
    private readonly Option<int> _main;
    private readonly Option<int> _postprocess;
    private readonly Option<int> _threads = new("--threads") { Description = "Threads of one process for its workers together; 0 for all cores.", HelpName = "n" };
    private readonly Option<string> _device = new("--device") { Description = "Where workers compute.", HelpName = "device", DefaultValueFactory = _ => "cpu" };
    private readonly Option<int> _queue = new("--queue-mb") { Description = "Most megabytes of items that wait before a stage in one process.", HelpName = "n", DefaultValueFactory = _ => 64 };
    private readonly Option<string?> _retry = new("--retry-failed") { Description = "Do the shards again that have items in quarantine, or only those with items of one error class.", HelpName = "class", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<bool> _replace = SharedOptions.CreateReplace("Make the output anew, whatever stands there.");
    private readonly Option<bool> _update = new("--update") { Description = "Bring what stands up to date: do again only what changed in the catalogue since." };
    private readonly Option<Uri?> _telemetry = SharedOptions.CreateCollector();
    private readonly bool _withDevice;

    /// <param name="preprocess">Workers for preprocess where the command line gives none.</param>
    /// <param name="main">As <paramref name="preprocess"/>.</param>
    /// <param name="postprocess">As <paramref name="preprocess"/>.</param>
    /// <param name="withDevice">Whether the job can compute elsewhere than on the processor.</param>
    public JobOptions(int preprocess, int main, int postprocess, bool withDevice)
    {
        _preprocess = Workers("--preprocess", "Workers for preprocess; with 0 it runs in the next stage's.", preprocess);
        _main = Workers("--main", "Workers for main; with 0 it runs in the workers of preprocess.", main);
        _postprocess = Workers("--postprocess", "Workers for postprocess; with 0 it runs in the workers of main.", postprocess);
        _withDevice = withDevice;
        _queue.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 1 << 20) result.AddError("--queue-mb: expected 1 to 1048576.");
        });
        Launch = new LaunchOptions(_preprocess, _main, _postprocess);
    }

    /// <summary>For jobs that run stickers through the network. By default each worker does all of it for shards of its own.</summary>
    public static JobOptions ForPredictions() => new(HereFor("").Preprocess, HereFor("").Main, HereFor("").Postprocess, withDevice: false);

    /// <summary>How such a job is run in one process: one worker more than there are cores, because one of them waits for the disk.</summary>
    public static RunOptions HereFor(string folder) => new() { Folder = folder, Preprocess = 0, Main = Environment.ProcessorCount + 1, Postprocess = 0 };

    /// <summary>Those that say where the job runs.</summary>
    public LaunchOptions Launch { get; }

    /// <summary>All of them, to be added to the command.</summary>
    public IEnumerable<Option> All => [_preprocess, _main, _postprocess, _threads, .. _withDevice ? (Option[])[_device] : [], _queue, _retry, _replace, _update, _telemetry, .. Launch.All];

    /// <summary>What the command line says.</summary>
    /// <exception cref="UsageException">The values do not go together.</exception>
    public RunOptions Read(ParseResult parse, string folder)
    {
        var options = new RunOptions
        {
            Folder = folder,
            Preprocess = parse.GetValue(_preprocess),
            Main = parse.GetValue(_main),
            Postprocess = parse.GetValue(_postprocess),
            Threads = parse.GetValue(_threads),
            Device = _withDevice ? parse.GetRequiredValue(_device) : "cpu",
            QueueBytes = (long)parse.GetValue(_queue) << 20,
            Replace = parse.GetValue(_replace),
            Reuse = parse.GetValue(_update) ? [folder] : [],
            RetryFailed = parse.GetResult(_retry) is { Implicit: false },
            RetryClass = parse.GetValue(_retry),
        };
        try
        {
            options.Check();
            return options;
        }
        catch (ArgumentException wrong)
        {
            throw new UsageException(wrong.Message);
        }
    }

    /// <summary>Runs a job in this process, alone or as one of the ranks that were launched, while showing how far it is.</summary>
    /// <returns>How it went; null on ranks other than the first.</returns>
    public async Task<JobReport?> RunAsync(Job job, ObjectStore store, RunOptions options, ParseResult parse, Session session)
    {
        using var exporting = Telemetry.Export(parse.GetValue(_telemetry));
        using var display = new StageDisplay(session.Screen.Error, live: !Console.IsErrorRedirected && !JobRunner.IsRank);
        return JobRunner.IsRank
            ? JobRunner.RunAsRank(job, store, options, fault => RankFailure.Tell(fault, session, parse), display, session.Cancellation)
            : await JobRunner.RunAsync(job, store, options, display, session.Cancellation);
    }

    private static Option<int> Workers(string name, string description, int standard)
    {
        var option = new Option<int>(name) { Description = description, HelpName = "n", DefaultValueFactory = _ => standard };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 0 or > 100_000) result.AddError($"{name}: expected 0 to 100000.");
        });
        return option;
    }
}
