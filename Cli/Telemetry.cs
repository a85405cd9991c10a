using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Stickers.Pipeline.Observing;
using Stickers.SimilaritySearch.Api;

namespace Stickers.Cli;

/// <summary>Sends what the pipeline and the lookup API measure to a collector, when asked to.</summary>
internal static class Telemetry
{
    /// <summary>Exports until disposed, which sends the rest.</summary>
    /// <param name="endpoint">
    /// Where the collector listens, by gRPC or, where OTEL_EXPORTER_OTLP_PROTOCOL is <c>http/protobuf</c>, by HTTP below this address (v1/metrics and v1/traces); null for none.
    /// </param>
    public static IDisposable? Export(Uri? endpoint)
    {
        if (endpoint is null) return null;
        var resource = ResourceBuilder.CreateDefault().AddService("stickers", serviceInstanceId: $"{Environment.MachineName}-{Environment.ProcessId}");
        var metrics = Sdk.CreateMeterProviderBuilder().SetResourceBuilder(resource).AddMeter(PipelineTelemetry.Name, LookupTelemetry.Name).AddOtlpExporter(options => Configure(options, "metrics")).Build();
        var traces = Sdk.CreateTracerProviderBuilder().SetResourceBuilder(resource).AddSource(PipelineTelemetry.Name, LookupTelemetry.Name, "Microsoft.AspNetCore").AddOtlpExporter(options => Configure(options, "traces")).Build();
        return new Exports(metrics, traces);

        void Configure(OtlpExporterOptions options, string signal) =>
            options.Endpoint = options.Protocol == OtlpExportProtocol.HttpProtobuf ? new Uri($"{endpoint.AbsoluteUri.TrimEnd('/')}/v1/{signal}") : endpoint;
    }

    private sealed class Exports(IDisposable metrics, IDisposable traces) : IDisposable
    {
        public void Dispose()
        {
            traces.Dispose();
            metrics.Dispose();
        }
    }
}
