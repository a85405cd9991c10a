using System.Security.Cryptography;
using k8s;
using k8s.Models;
using Stickers.Cli.Launch.Nodes;
using Stickers.Pipeline;

namespace Stickers.Cli.Launch;

/// <summary>
/// The job for Kubernetes: a secret by which its nodes know each other, and a JobSet with a group of pods for each stage and one pod that leads. Each
/// pod of a stage joins the leader; when all have, the leader's mpirun starts the ranks in them (see <see cref="NodeLead"/>).
/// </summary>
internal sealed record JobSetManifest(V1Secret Secret, JobSet JobSet)
{
    /// <summary>Name of the leader's group.</summary>
    public const string Lead = "lead";

    private const string TokenKey = "token";
    private const string SharedMemory = "shared-memory";
    private const string Store = "store";
    private const int Port = 7077;

    /// <summary>Makes both; the token in the secret is new each time.</summary>
    public static JobSetManifest Of(LaunchPlan plan, ClusterPlace place) => Of(plan, place, RandomNumberGenerator.GetHexString(64, lowercase: true));

    /// <summary>Makes both with a token that is given.</summary>
    internal static JobSetManifest Of(LaunchPlan plan, ClusterPlace place, string token)
    {
        var secret = new V1Secret
        {
            ApiVersion = V1Secret.KubeApiVersion,
            Kind = V1Secret.KubeKind,
            Metadata = Named($"{plan.Name}-nodes", place),
            StringData = new Dictionary<string, string> { [TokenKey] = token },
        };
        var jobSet = new JobSet
        {
            Metadata = Named(plan.Name, place),
            Spec = new JobSetSpec
            {
                Network = new JobSetNetwork(EnableDNSHostnames: true, Subdomain: plan.Name, PublishNotReadyAddresses: true),
                // The leader ends with the code of the whole job.
                SuccessPolicy = new JobSetSuccessPolicy("All", [Lead]),
                // MPI loses all ranks with one. Only a wrong command line is not mended by starting again.
                FailurePolicy = new JobSetFailurePolicy(place.Restarts, "BlockingRecreate", [new JobSetFailureRule("wrongcommandline", "FailJobSet", ["PodFailurePolicy"])]),
                ReplicatedJobs = [LeadGroup(plan, place), .. plan.Stages.Select(stage => StageGroup(plan, place, stage))],
            },
        };
        return new JobSetManifest(secret, jobSet);
    }

    public string ToYaml() => KubernetesYaml.SerializeAll([Secret, JobSet]);

    private static ReplicatedJob LeadGroup(LaunchPlan plan, ClusterPlace place)
    {
        var command = new List<string> { "stickers", "node", "lead", "--port", $"{Port}", "--within", Text(plan.Rendezvous) };
        foreach (var stage in plan.Stages) command.AddRange(["--stage", new NodeGroup(stage.Name, $"{plan.Name}-{stage.Name}-0-", stage.Nodes, stage.RanksPerNode).ToString()]);
        command.Add("--");
        command.AddRange(plan.Arguments);
        return Group(plan, place, Lead, nodes: 1, command, cpus: 1, memoryMiB: 1024, gpus: 0, ranksPerNode: 1);
    }

    private static ReplicatedJob StageGroup(LaunchPlan plan, ClusterPlace place, StageLayout stage) => Group(
        plan,
        place,
        stage.Name,
        stage.Nodes,
        ["stickers", "node", "join", $"{plan.Name}-{Lead}-0-0.{plan.Name}:{Port}", "--within", Text(plan.Rendezvous)],
        stage.Cpus,
        stage.MemoryMiB,
        stage.Machines.Gpus,
        stage.RanksPerNode);

    private static ReplicatedJob Group(LaunchPlan plan, ClusterPlace place, string name, int nodes, IReadOnlyList<string> command, int cpus, long memoryMiB, int gpus, int ranksPerNode)
    {
        // Limits as requests, so that .NET in the pod counts the cores that it has.
        var resources = new Dictionary<string, ResourceQuantity> { ["cpu"] = new($"{cpus}"), ["memory"] = new($"{memoryMiB}Mi") };
        if (gpus > 0) resources["nvidia.com/gpu"] = new($"{gpus}");
        var container = new V1Container
        {
            Name = "stickers",
            Image = place.Image,
            Command = [.. command],
            Env =
            [
                new V1EnvVar { Name = NodeToken.Variable, ValueFrom = new V1EnvVarSource { SecretKeyRef = new V1SecretKeySelector { Name = $"{plan.Name}-nodes", Key = TokenKey } } },
                // Ranks listen for each other. A pod's host name is known to itself alone, and its full one only where the cluster's DNS knows it already.
                new V1EnvVar { Name = JobRunner.AddressVariable, ValueFrom = new V1EnvVarSource { FieldRef = new V1ObjectFieldSelector { FieldPath = "status.podIP" } } },
                // Native thread pools count the cores of the machine, not those of the pod.
                new V1EnvVar { Name = "OMP_NUM_THREADS", Value = $"{Math.Max(1, cpus / ranksPerNode)}" },
                // Pods may not read each other's memory, nor may containers of most clusters; without this Open MPI tries.
                new V1EnvVar { Name = "OMPI_MCA_btl_vader_single_copy_mechanism", Value = "none" },
            ],
            EnvFrom = place.Secret is null ? null : [new V1EnvFromSource { SecretRef = new V1SecretEnvSource { Name = place.Secret } }],
            Resources = new V1ResourceRequirements { Requests = resources, Limits = resources },
            SecurityContext = new V1SecurityContext { AllowPrivilegeEscalation = false, Capabilities = new V1Capabilities { Drop = ["ALL"] } },
            VolumeMounts = [new V1VolumeMount { Name = SharedMemory, MountPath = "/dev/shm" }],
        };
        // Ranks in one pod talk through shared memory; a pod has 64 MiB of it unless it asks.
        var pod = new V1PodSpec
        {
            Containers = [container],
            RestartPolicy = "Never",
            AutomountServiceAccountToken = false,
            EnableServiceLinks = false,
            Volumes = [new V1Volume { Name = SharedMemory, EmptyDir = new V1EmptyDirVolumeSource { Medium = "Memory", SizeLimit = new ResourceQuantity($"{Math.Max(64, memoryMiB / 8)}Mi") } }],
        };
        if (place.Volume is { } volume)
        {
            pod.Volumes.Add(new V1Volume { Name = Store, PersistentVolumeClaim = new V1PersistentVolumeClaimVolumeSource { ClaimName = volume.Claim } });
            container.VolumeMounts.Add(new V1VolumeMount { Name = Store, MountPath = volume.Path });
        }

        return new ReplicatedJob(name, 1, new V1JobTemplateSpec
        {
            Spec = new V1JobSpec
            {
                CompletionMode = "Indexed",
                Completions = nodes,
                Parallelism = nodes,
                // The JobSet as a whole starts again, not one pod.
                BackoffLimit = 0,
                ActiveDeadlineSeconds = plan.TimeLimit is { } limit ? (long)limit.TotalSeconds : null,
                PodFailurePolicy = new V1PodFailurePolicy
                {
                    Rules = [new V1PodFailurePolicyRule { Action = "FailJob", OnExitCodes = new V1PodFailurePolicyOnExitCodesRequirement { ContainerName = container.Name, OperatorProperty = "In", Values = [ExitCode.WrongUse] } }],
                },
                Template = new V1PodTemplateSpec { Spec = pod },
            },
        });
    }

    private static V1ObjectMeta Named(string name, ClusterPlace place) => new() { Name = name, NamespaceProperty = place.Namespace };

    private static string Text(TimeSpan time) => new Duration(time).ToString();
}
