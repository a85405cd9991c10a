using System.CommandLine;
using Stickers.Catalogue;

namespace Stickers.Cli.Commands;

/// <summary>Options that several commands have, always with the same name and meaning.</summary>
internal static class SharedOptions
{
    public static Option<string> CreateCatalogue() => new("--catalogue") { Description = "Name of the catalogue.", HelpName = "name", Required = true };

    public static Option<string?> CreateModel() => new("--model") { Description = "Model version; may be left out when there is only one.", HelpName = "version" };

    public static Option<SplitBy> CreateSplit(string description) => new Option<SplitBy>("--split") { Description = description, DefaultValueFactory = _ => SplitBy.Creator }
        .AcceptOnlyFromAmong(StringComparer.OrdinalIgnoreCase, "creator", "concept");

    public static Option<Uri?> CreateCollector() => new("--otlp")
    {
        Description = "Send metrics and traces to this OpenTelemetry collector: gRPC, or HTTP where OTEL_EXPORTER_OTLP_PROTOCOL is http/protobuf.",
        HelpName = "endpoint",
        CustomParser = result =>
        {
            var text = result.Tokens.Single().Value;
            if (Uri.TryCreate(text, UriKind.Absolute, out var endpoint) && endpoint.Scheme is ("http" or "https")) return endpoint;
            result.AddError($"--otlp {text}: expected an address such as http://localhost:4317.");
            return null;
        },
    };

    public static Option<bool> CreateReplace(string description) => new("--replace") { Description = description };
}
