using k8s;
using k8s.Models;

namespace Stickers.Cli.Launch;

/// <summary>A JobSet of <c>jobset.x-k8s.io/v1alpha2</c>, as far as it is used here; KubernetesClient has no types for it.</summary>
internal sealed class JobSet : IKubernetesObject<V1ObjectMeta>
{
    public const string Group = "jobset.x-k8s.io";
    public const string Version = "v1alpha2";
    public const string Plural = "jobsets";

    public string ApiVersion { get; set; } = $"{Group}/{Version}";

    public string Kind { get; set; } = "JobSet";

    public required V1ObjectMeta Metadata { get; set; }

    public required JobSetSpec Spec { get; set; }
}

internal sealed record JobSetSpec
{
    public required JobSetNetwork Network { get; init; }

    public required JobSetSuccessPolicy SuccessPolicy { get; init; }

    public required JobSetFailurePolicy FailurePolicy { get; init; }

    public required IReadOnlyList<ReplicatedJob> ReplicatedJobs { get; init; }
}

/// <summary>Names for pods: <c>jobset-group-0-index.subdomain</c>.</summary>
internal sealed record JobSetNetwork(bool EnableDNSHostnames, string Subdomain, bool PublishNotReadyAddresses);

internal sealed record JobSetSuccessPolicy(string Operator, IReadOnlyList<string> TargetReplicatedJobs);

internal sealed record JobSetFailurePolicy(int MaxRestarts, string RestartStrategy, IReadOnlyList<JobSetFailureRule> Rules);

internal sealed record JobSetFailureRule(string Name, string Action, IReadOnlyList<string> OnJobFailureReasons);

/// <summary>A group of equal pods.</summary>
internal sealed record ReplicatedJob(string Name, int Replicas, V1JobTemplateSpec Template);
