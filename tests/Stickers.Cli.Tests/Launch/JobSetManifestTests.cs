using System.Text.Json.Nodes;
using k8s;
using Stickers.Cli.Launch;
using Stickers.Cli.Launch.Nodes;
using Stickers.Pipeline;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Stickers.Cli.Tests.Launch;

public sealed class JobSetManifestTests
{
    private static readonly ClusterPlace Place = new("registry.example/stickers:1") { Namespace = "market", Secret = "store", Volume = ("shared", "/mnt/shared") };

    private static JobSetManifest Manifest => JobSetManifest.Of(Plans.ThreeStages, Place, Plans.Token);

    [Fact]
    public void JobSet_OfThreeStages_FitsThePublicSchema()
    {
        var schema = PublicSchema();
        Assert.Empty(schema.FaultsOf(Json(Manifest.JobSet)));
        Assert.Empty(schema.FaultsOf(Json(JobSetManifest.Of(Plans.Shell("true"), new ClusterPlace("image"), Plans.Token).JobSet)));
    }

    [Theory]
    [InlineData("spec/network/enableDnsHostnames", "true", "no field")]
    [InlineData("spec/failurePolicy/restartStrategy", "\"Sometimes\"", "none of")]
    [InlineData("spec/failurePolicy/maxRestarts", "\"3\"", "expected integer")]
    [InlineData("spec/replicatedJobs/0/template/spec/template/spec/containers/0/image", "7", "expected string")]
    [InlineData("spec/replicatedJobs/0/template/spec/template/spec/containers/0/name", null, "name is missing")]
    [InlineData("spec/replicatedJobs/0/template/spec/template/spec/containers/0/resources/limits/memory", "\"lots\"", "does not match")]
    [InlineData("spec/replicatedJobs/1/name", "\"lead\"", "two items")]
    [InlineData("spec/volumeClaimPolicies", """[{"templates":[{"metadata":{"namespace":"other"}}]}]""", "does not hold: self.templates.all")]
    public void JobSet_Spoilt_NoLongerFitsTheSchema(string path, string? value, string expected)
    {
        var spoilt = Json(Manifest.JobSet)!;
        var steps = path.Split('/');
        var parent = steps[..^1].Aggregate(spoilt, (node, step) => (int.TryParse(step, out var index) ? node[index] : node[step])!);
        if (value is null) parent.AsObject().Remove(steps[^1]);
        else parent[steps[^1]] = JsonNode.Parse(value);
        Assert.Contains(PublicSchema().FaultsOf(spoilt), fault => fault.Contains(expected, StringComparison.Ordinal));
    }

    [Fact]
    public void JobSet_ThatOrdersItsStartTwice_BreaksTheSchemasRule()
    {
        var spoilt = Json(Manifest.JobSet)!;
        spoilt["spec"]!["startupPolicy"] = new JsonObject { ["startupPolicyOrder"] = "InOrder" };
        Assert.Empty(PublicSchema().FaultsOf(spoilt));
        spoilt["spec"]!["replicatedJobs"]![1]!["dependsOn"] = new JsonArray(new JsonObject { ["name"] = "lead", ["status"] = "Ready" });
        Assert.Contains("startupPolicyOrder == 'InOrder'", Assert.Single(PublicSchema().FaultsOf(spoilt)), StringComparison.Ordinal);
    }

    [Fact]
    public void JobSet_OfThreeStages_HasAGroupForEachWithItsOwnMachines()
    {
        var groups = Manifest.JobSet.Spec.ReplicatedJobs;
        Assert.Equal(["lead", "preprocess", "main", "postprocess"], groups.Select(group => group.Name));
        Assert.Equal([1, 2, 2, 1], groups.Select(group => group.Template.Spec.Parallelism!.Value));
        Assert.All(groups, group => Assert.Equal(group.Template.Spec.Parallelism, group.Template.Spec.Completions));
        Assert.Equal(["1", "16", "8", "1"], groups.Select(group => Limit(group, "cpu")));
        Assert.Equal(["1Gi", "32Gi", "64Gi", "4Gi"], groups.Select(group => Limit(group, "memory")));
        Assert.Equal([null, null, "1", null], groups.Select(group => Limit(group, "nvidia.com/gpu")));
        Assert.All(groups, group => Assert.Equal("registry.example/stickers:1", group.Template.Spec.Template.Spec.Containers[0].Image));
    }

    [Fact]
    public void JobSet_OfThreeStages_LeadsByTheNamesThatItsPodsWillHave()
    {
        var lead = Manifest.JobSet.Spec.ReplicatedJobs[0].Template.Spec.Template.Spec.Containers[0].Command;
        var named = lead.Select((word, i) => word == "--stage" ? lead[i + 1] : null).OfType<string>().Select(text =>
        {
            Assert.True(NodeGroup.TryParse(text, out var group));
            return group;
        }).ToArray();
        // JobSet's rule for host names: <jobset>-<group>-<job index>-<pod index>.
        Assert.Equal(
            ["stickers-run-preprocess-0-0", "stickers-run-preprocess-0-1", "stickers-run-main-0-0", "stickers-run-main-0-1", "stickers-run-postprocess-0-0"],
            named.SelectMany(group => group.Names));
        Assert.Equal([4, 1, 1], named.Select(group => group.RanksPerNode));
        Assert.Equal(Plans.ThreeStages.Arguments, lead.SkipWhile(word => word != "--").Skip(1));
        Assert.Contains("stickers-run-lead-0-0.stickers-run:7077", Manifest.JobSet.Spec.ReplicatedJobs[1].Template.Spec.Template.Spec.Containers[0].Command);
        Assert.Equal("stickers-run", Manifest.JobSet.Spec.Network.Subdomain);
    }

    [Fact]
    public void JobSet_OfThreeStages_TellsEveryPodItsAddress() => Assert.All(
        Manifest.JobSet.Spec.ReplicatedJobs,
        group => Assert.Equal("status.podIP", group.Template.Spec.Template.Spec.Containers[0].Env.Single(variable => variable.Name == JobRunner.AddressVariable).ValueFrom.FieldRef.FieldPath));

    [Fact]
    public void Yaml_OfTheManifest_KeepsEveryWordAString()
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(Manifest.ToYaml()));
        Assert.Equal(["Secret", "JobSet"], stream.Documents.Select(document => document.RootNode["kind"].ToString()));
        var words = (YamlSequenceNode)stream.Documents[1].RootNode["spec"]["replicatedJobs"][0]["template"]["spec"]["template"]["spec"]["containers"][0]["command"];
        Assert.Equal(Manifest.JobSet.Spec.ReplicatedJobs[0].Template.Spec.Template.Spec.Containers[0].Command, words.Select(word => word.ToString()));
        // Unquoted, "8" would be a number, and the API server would refuse it.
        Assert.All(words.Cast<YamlScalarNode>().Where(word => long.TryParse(word.Value, out _)), word => Assert.NotEqual(ScalarStyle.Plain, word.Style));
    }

    [Fact]
    public void Secret_OfTwoManifests_Differs()
    {
        var one = JobSetManifest.Of(Plans.ThreeStages, Place).Secret.StringData["token"];
        var other = JobSetManifest.Of(Plans.ThreeStages, Place).Secret.StringData["token"];
        Assert.Equal(64, one.Length);
        Assert.NotEqual(one, other);
    }

    private static string? Limit(ReplicatedJob group, string resource) =>
        group.Template.Spec.Template.Spec.Containers[0].Resources.Limits.TryGetValue(resource, out var quantity) ? quantity.CanonicalizeString() : null;

    private static JsonNode? Json(object value) => JsonNode.Parse(KubernetesJson.Serialize(value));

    private static OpenApiSchema PublicSchema()
    {
        var folder = Environment.GetEnvironmentVariable("STICKERS_TEST_SCHEMAS");
        Assert.SkipWhen(string.IsNullOrEmpty(folder), "STICKERS_TEST_SCHEMAS names no folder with jobset-crd.yaml (kubernetes-sigs/jobset, config/components/crd).");
        return OpenApiSchema.OfResource(Path.Combine(folder!, "jobset-crd.yaml"), JobSet.Version);
    }
}
