using System.Net;
using k8s;
using k8s.Autorest;

namespace Stickers.Cli.Launch;

/// <summary>The cluster that kubectl would talk to.</summary>
internal static class Cluster
{
    /// <summary>Creates the job's secret and its JobSet.</summary>
    /// <returns>What was made, and where to look.</returns>
    /// <exception cref="InvalidOperationException">There is no cluster, or it refuses.</exception>
    public static Task<string> ApplyAsync(JobSetManifest manifest, CancellationToken cancellation)
    {
        try
        {
            return ApplyAsync(manifest, KubernetesClientConfiguration.BuildDefaultConfig(), cancellation);
        }
        catch (Exception exception) when (exception is k8s.Exceptions.KubeConfigException or IOException)
        {
            throw new InvalidOperationException($"No cluster is configured: {exception.Message} Set KUBECONFIG as for kubectl, or print the manifest by leaving --apply out.");
        }
    }

    internal static async Task<string> ApplyAsync(JobSetManifest manifest, KubernetesClientConfiguration configuration, CancellationToken cancellation)
    {
        var name = manifest.JobSet.Metadata.Name;
        var space = manifest.JobSet.Metadata.NamespaceProperty ?? configuration.Namespace ?? "default";
        using var client = new Kubernetes(configuration);
        try
        {
            // The JobSet first: when its name is taken by a job that runs, that job's secret must stay.
            await client.CustomObjects.CreateNamespacedCustomObjectAsync(manifest.JobSet, JobSet.Group, JobSet.Version, space, JobSet.Plural, cancellationToken: cancellation);
            await ReplaceSecretAsync(client, manifest, space, cancellation);
        }
        catch (HttpOperationException exception)
        {
            throw new InvalidOperationException($"The cluster at {configuration.Host} refuses JobSet {space}/{name}: {Reason(exception)}");
        }
        catch (HttpRequestException exception)
        {
            throw new InvalidOperationException($"The cluster at {configuration.Host} does not answer: {exception.Message}");
        }

        return $"JobSet {space}/{name} is created. Its words: kubectl --namespace {space} logs --follow job/{name}-{JobSetManifest.Lead}-0";
    }

    private static async Task ReplaceSecretAsync(Kubernetes client, JobSetManifest manifest, string space, CancellationToken cancellation)
    {
        try
        {
            await client.CoreV1.CreateNamespacedSecretAsync(manifest.Secret, space, cancellationToken: cancellation);
        }
        catch (HttpOperationException exception) when (exception.Response.StatusCode == HttpStatusCode.Conflict)
        {
            // Left by a job of the same name that is gone.
            await client.CoreV1.ReplaceNamespacedSecretAsync(manifest.Secret, manifest.Secret.Metadata.Name, space, cancellationToken: cancellation);
        }
    }

    private static string Reason(HttpOperationException exception) => exception.Response.StatusCode switch
    {
        HttpStatusCode.NotFound => "it has no JobSet controller (https://jobset.sigs.k8s.io), or no such namespace.",
        HttpStatusCode.Conflict => "there is one of this name; delete it or give another --job-name.",
        _ => $"{(int)exception.Response.StatusCode} {exception.Response.Content}",
    };
}
