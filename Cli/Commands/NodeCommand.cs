using System.CommandLine;
using System.CommandLine.Parsing;
using Stickers.Cli.Launch;
using Stickers.Cli.Launch.Nodes;

namespace Stickers.Cli.Commands;

/// <summary><c>stickers node</c>: what the pods of a job run; manifests call it, people need not.</summary>
internal static class NodeCommand
{
    private const int DefaultPort = 7077;

    public static Command Create() => new("node", "What the nodes of a job on a cluster run.")
    {
        Subcommands = { CreateLead(), CreateJoin(), CreateStart() },
        Hidden = true,
    };

    private static WorkCommand CreateLead()
    {
        var stages = new Option<NodeGroup[]>("--stage")
        {
            Description = "Nodes of a stage, in the order of ranks.",
            HelpName = "main=name-*2x4",
            Required = true,
            CustomParser = result => [.. result.Tokens.Select(token => ParseGroup(token.Value, result))],
        };
        var port = new Option<int>("--port") { Description = "TCP port to listen on.", HelpName = "port", DefaultValueFactory = _ => DefaultPort };
        var within = CreateWithin();
        var program = new Argument<string[]>("command") { Description = "What each rank runs: words behind 'stickers'.", Arity = ArgumentArity.OneOrMore };
        return new WorkCommand("lead", "Wait for all nodes, then start the ranks on them.")
        {
            Options = { stages, port, within },
            Arguments = { program },
            Examples = [("stickers node lead --stage main=pod-*2x4 -- run job.dll --main 8", "Starts 8 ranks on pod-0 and pod-1.")],
        }.Does(async (parse, session) =>
        {
            var groups = parse.GetRequiredValue(stages);
            var layouts = groups.Select(group => new StageLayout(group.Stage, group.Nodes * group.RanksPerNode, NodeRequest.Default with { Nodes = group.Nodes })).ToArray();
            var plan = new LaunchPlan("job", parse.GetRequiredValue(program), layouts) { Rendezvous = parse.GetValue(within).Time };
            await using var lead = new NodeLead(plan, groups, parse.GetValue(port), NodeToken.FromEnvironment(), session.Screen.Say);
            session.Screen.Say($"listening on port {lead.Port}");
            await lead.RunAsync(new Mpirun(plan, bare: session.Screen.Json), StickersProgram.Invocation, session.Cancellation);
        });
    }

    private static WorkCommand CreateJoin()
    {
        var leader = new Argument<string>("leader") { Description = "The leader's name and port.", HelpName = "host:port" };
        leader.Validators.Add(result =>
        {
            if (Place(result.Tokens[0].Value) is null) result.AddError($"{result.Tokens[0].Value}: write it as host:port.");
        });
        var name = new Option<string>("--as") { Description = "This node's name; its host name if left out.", HelpName = "name", DefaultValueFactory = _ => Environment.MachineName };
        var within = CreateWithin();
        return new WorkCommand("join", "Join a leader, and run what it starts here.")
        {
            Options = { name, within },
            Arguments = { leader },
            Examples = [("stickers node join lead:7077", "Waits for the leader at most 10 minutes, then for work.")],
        }.Does(async (parse, session) =>
        {
            var (host, port) = Place(parse.GetRequiredValue(leader))!.Value;
            await NodeJoin.RunAsync(host, port, parse.GetRequiredValue(name), NodeToken.FromEnvironment(), parse.GetValue(within).Time, session.Screen.Say, session.Cancellation);
        });
    }

    private static WorkCommand CreateStart()
    {
        var socket = new Argument<string>("socket") { Description = "The leader's socket on this machine." };
        var words = new Argument<string[]>("command") { Description = "A node, and what to run there.", Arity = ArgumentArity.OneOrMore };
        return new WorkCommand("start", "What mpirun calls in place of ssh.") { Arguments = { socket, words }, Examples = [("stickers node start /tmp/agents -- pod-0 orted", "Runs orted on pod-0.")] }
            .Does((parse, session) => parse.GetRequiredValue(words) is [var node, .. var command]
                ? NodeStart.RunAsync(parse.GetRequiredValue(socket), node, command, session.Cancellation)
                : throw new UsageException("Name a node."));
    }

    private static Option<Duration> CreateWithin() => Duration.CreateOption("--within", "How long the nodes may take to find each other.", TimeSpan.FromMinutes(10));

    private static NodeGroup ParseGroup(string text, ArgumentResult result)
    {
        if (!NodeGroup.TryParse(text, out var group)) result.AddError($"--stage {text}: write it as main=name-*2x4, two nodes with four ranks each.");
        return group;
    }

    private static (string Host, int Port)? Place(string text)
    {
        var colon = text.LastIndexOf(':');
        return colon > 0 && int.TryParse(text[(colon + 1)..], out var port) && port is > 0 and < 65536 ? (text[..colon], port) : null;
    }
}
