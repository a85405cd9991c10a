using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.RegularExpressions;

namespace Stickers.Cli.Launch;

/// <summary>The options by which a job command is started elsewhere than in this process.</summary>
internal sealed partial class LaunchOptions
{
    private const int MaxName = 32;

    private readonly Option<LaunchTarget> _on = new Option<LaunchTarget>("--on")
    {
        Description = "What starts the job's processes: local (this one alone), mpirun, kubernetes or slurm.",
        HelpName = "local|mpirun|kubernetes|slurm",
        DefaultValueFactory = _ => LaunchTarget.Local,
    }.AcceptOnlyFromAmong(StringComparer.OrdinalIgnoreCase, "local", "mpirun", "kubernetes", "slurm");

    private readonly Option<string> _name = new("--job-name") { Description = "Name of the job on the cluster.", HelpName = "name" };
    private readonly Option<Duration> _rendezvous = Duration.CreateOption("--rendezvous", "kubernetes: how long the nodes may take to find each other.", TimeSpan.FromMinutes(10));
    private readonly Option<Duration?> _timeLimit;
    private readonly Option<string> _image = new("--image") { Description = "kubernetes: image that holds this program and the job.", HelpName = "image" };
    private readonly Option<string?> _namespace = new("--namespace") { Description = "kubernetes: where the job runs; the cluster's default if left out.", HelpName = "name" };
    private readonly Option<string?> _secret = new("--secret") { Description = "kubernetes: secret whose entries become environment variables (credentials of the store).", HelpName = "name" };
    private readonly Option<string?> _volume = new("--volume") { Description = "kubernetes: claim that all nodes mount, for a root on a shared file system.", HelpName = "claim:/path" };
    private readonly Option<int> _restarts = new("--restarts") { Description = "kubernetes: how often the job is started again after a failure; it goes on where it was.", HelpName = "n", DefaultValueFactory = _ => 3 };
    private readonly Option<bool> _apply = new("--apply") { Description = "kubernetes: start the job instead of printing the manifest." };

    private readonly (string Stage, Option<int> Ranks, Option<NodeRequest> Machines)[] _stages;

    /// <param name="workers">The command's own options that say how many workers each stage has, in the order of stages; each has the name of its stage.</param>
    public LaunchOptions(params Option<int>[] workers)
    {
        _timeLimit = new Option<Duration?>("--time-limit")
        {
            Description = "kubernetes, slurm: how long the job may run.",
            HelpName = "duration",
            CustomParser = result =>
            {
                if (Duration.TryParse(result.Tokens[0].Value, out var duration)) return duration;
                result.AddError($"--time-limit {result.Tokens[0].Value}: not a duration; write it as 10m or 1h30m.");
                return null;
            },
        };
        _stages = [.. workers.Select(option => Stage(option.Name[2..], option))];
        _name.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && !IsName(result.Tokens[0].Value)) result.AddError($"--job-name {result.Tokens[0].Value}: small letters, digits and hyphens, at most {MaxName}, beginning with a letter.");
        });
        _volume.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && !VolumePattern().IsMatch(result.Tokens[0].Value)) result.AddError($"--volume {result.Tokens[0].Value}: write it as claim:/path.");
        });
        _restarts.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && result.GetValueOrDefault<int>() is < 0 or > 100) result.AddError("--restarts: from 0 to 100.");
        });
    }

    /// <summary>All of them, to be added to the command.</summary>
    public IEnumerable<Option> All => [_on, .. _stages.Select(stage => stage.Machines), _name, _rendezvous, _timeLimit, _image, _namespace, _secret, _volume, _restarts, _apply];

    /// <summary>Whether the job is to run on other machines: what it needs lies there, and perhaps not here.</summary>
    public bool IsForOtherMachines(ParseResult parse) => parse.GetValue(_on) is LaunchTarget.Kubernetes or LaunchTarget.Slurm;

    /// <summary>Whether the job is to run in this process.</summary>
    public bool IsLocal(ParseResult parse) => parse.GetValue(_on) == LaunchTarget.Local;

    /// <summary>Runs the job elsewhere, if the command line says so.</summary>
    /// <returns>False if the job is to run in this process.</returns>
    /// <exception cref="UsageException">The options do not go together.</exception>
    /// <exception cref="LaunchFailedException">What was launched failed.</exception>
    public async Task<bool> LaunchAsync(ParseResult parse, Session session)
    {
        var target = parse.GetValue(_on);
        CheckTarget(parse, target);
        if (target == LaunchTarget.Local) return false;
        var plan = PlanOf(parse);
        switch (target)
        {
            case LaunchTarget.Mpirun:
                if (plan.Stages.Any(stage => stage.Nodes > 1)) throw new UsageException("--on mpirun starts all processes on this machine; for several nodes use --on slurm or --on kubernetes.");
                await new Mpirun(plan, bare: session.Screen.Json).RunHereAsync(StickersProgram.Invocation, session.Cancellation);
                break;
            case LaunchTarget.Slurm:
                await Console.Out.WriteAsync(BatchScript.Of(plan, StickersProgram.Invocation));
                break;
            case LaunchTarget.Kubernetes:
                var place = PlaceOf(parse, session.Root);
                if (!parse.GetValue(_apply)) await Console.Out.WriteAsync(JobSetManifest.Of(plan, place).ToYaml());
                else session.Screen.Say(await Cluster.ApplyAsync(JobSetManifest.Of(plan, place), session.Cancellation));
                break;
        }

        return true;
    }

    /// <summary>What is to be started, by the command line.</summary>
    /// <exception cref="UsageException">The ranks cannot be spread evenly over the nodes, or there are none.</exception>
    internal LaunchPlan PlanOf(ParseResult parse)
    {
        var stages = _stages
            .Select(stage => new StageLayout(stage.Stage, parse.GetValue(stage.Ranks), parse.GetValue(stage.Machines) ?? NodeRequest.Default))
            .Where(stage => stage.Ranks > 0)
            .ToArray();
        if (stages.Length == 0) throw new UsageException("No stage has any ranks.");
        if (stages.Select(stage => stage.Fault).OfType<string>().FirstOrDefault() is { } fault) throw new UsageException(fault);
        return new LaunchPlan(parse.GetValue(_name) ?? $"stickers-{parse.CommandResult.Command.Name}", ArgumentsOf(parse), stages)
        {
            Rendezvous = parse.GetValue(_rendezvous).Time,
            TimeLimit = parse.GetValue(_timeLimit)?.Time,
        };
    }

    /// <summary>
    /// The command line without these options: what each rank is started with. How many workers there are stands in it even where nobody said so: what is
    /// usual on this machine may not be so on the rank's.
    /// </summary>
    private string[] ArgumentsOf(ParseResult parse)
    {
        var own = All.ToDictionary(option => option.Name, option => option.ValueType == typeof(bool) ? 0 : 1);
        var kept = new List<string>();
        var skip = 0;
        var behindCommand = 0;
        foreach (var token in parse.Tokens)
        {
            if (token.Type == TokenType.Option && own.TryGetValue(token.Value, out var values)) skip = values;
            else if (skip > 0) skip--;
            else kept.Add(token.Value);
            if (token.Type == TokenType.Command) behindCommand = kept.Count;
        }

        var unsaid = _stages.Where(stage => parse.GetResult(stage.Ranks) is not { Implicit: false }).SelectMany(stage => (string[])[stage.Ranks.Name, $"{parse.GetValue(stage.Ranks)}"]);
        return [.. kept[..behindCommand], .. unsaid, .. kept[behindCommand..]];
    }

    private ClusterPlace PlaceOf(ParseResult parse, string root)
    {
        if (parse.GetValue(_image) is not { Length: > 0 } image) throw new UsageException("--on kubernetes needs --image: an image that holds this program and the job (see docs/operations.md).");
        var volume = parse.GetValue(_volume)?.Split(':', 2);
        var isShared = root.Contains("://", StringComparison.Ordinal) || (volume is not null && IsBelow(root, volume[1]));
        if (!isShared) throw new UsageException($"--root {root} is a folder of one machine, but the job runs on several: give a store such as s3://bucket/prefix, or --volume claim:/path and a root below /path.");
        return new ClusterPlace(image)
        {
            Namespace = parse.GetValue(_namespace),
            Secret = parse.GetValue(_secret),
            Volume = volume is null ? null : (volume[0], volume[1]),
            Restarts = parse.GetValue(_restarts),
        };
    }

    private void CheckTarget(ParseResult parse, LaunchTarget target)
    {
        foreach (var (option, targets) in new (Option, LaunchTarget[])[]
        {
            (_image, [LaunchTarget.Kubernetes]),
            (_namespace, [LaunchTarget.Kubernetes]),
            (_secret, [LaunchTarget.Kubernetes]),
            (_volume, [LaunchTarget.Kubernetes]),
            (_restarts, [LaunchTarget.Kubernetes]),
            (_rendezvous, [LaunchTarget.Kubernetes]),
            (_apply, [LaunchTarget.Kubernetes]),
            (_timeLimit, [LaunchTarget.Kubernetes, LaunchTarget.Slurm]),
        })
        {
            if (parse.GetResult(option) is { Implicit: false } && !targets.Contains(target))
                throw new UsageException($"{option.Name} goes with --on {string.Join(" or ", targets.Select(name => name.ToString().ToLowerInvariant()))}.");
        }
    }

    private static (string, Option<int>, Option<NodeRequest>) Stage(string name, Option<int> ranks) => (name, ranks, new Option<NodeRequest>($"--{name}-nodes")
    {
        Description = $"Machines for {name}: how many, and cores, memory and GPUs of each.",
        HelpName = NodeRequest.Form,
        CustomParser = result =>
        {
            if (NodeRequest.Parse(result.Tokens[0].Value, out var request) is { } fault) result.AddError($"--{name}-nodes: {fault}.");
            return request;
        },
    });

    private static bool IsBelow(string path, string folder) => path == folder || path.StartsWith(folder.TrimEnd('/') + "/", StringComparison.Ordinal);

    private static bool IsName(string name) => name.Length <= MaxName && NamePattern().IsMatch(name);

    [GeneratedRegex("^[a-z]([a-z0-9-]*[a-z0-9])?$")]
    private static partial Regex NamePattern();

    [GeneratedRegex("^[a-z0-9][a-z0-9.-]*:/.*$")]
    private static partial Regex VolumePattern();
}
