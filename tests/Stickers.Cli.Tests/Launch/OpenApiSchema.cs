using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using YamlDotNet.RepresentationModel;

namespace Stickers.Cli.Tests.Launch;

/// <summary>
/// The subset of OpenAPI v3 in which Kubernetes writes the schemas of its resources, checked strictly: a field that the schema does not know is a
/// fault, as a mistyped one would otherwise be dropped in silence.
/// </summary>
internal sealed class OpenApiSchema(YamlMappingNode schema)
{
    // The rules in CEL (x-kubernetes-validations) that JobSet's schema has, by their text. Another one is a fault, so that somebody writes it here.
    private static readonly Dictionary<string, Func<JsonNode, bool>> Rules = new()
    {
        ["self == oldSelf"] = _ => true, // of changes; what is new has no old self
        ["self.templates.all(t, !has(t.metadata.namespace) || size(t.metadata.namespace) == 0)"] =
            self => self["templates"]!.AsArray().All(template => string.IsNullOrEmpty((string?)template!["metadata"]?["namespace"])),
        ["!(has(self.startupPolicy) && self.startupPolicy.startupPolicyOrder == 'InOrder' && self.replicatedJobs.exists(x, has(x.dependsOn)))"] =
            self => (string?)self["startupPolicy"]?["startupPolicyOrder"] != "InOrder" || self["replicatedJobs"]!.AsArray().All(job => job!["dependsOn"] is null),
    };

    /// <summary>The schema of a version of the first resource that a CRD file defines.</summary>
    public static OpenApiSchema OfResource(string path, string version)
    {
        var yaml = new YamlStream();
        using (var reader = File.OpenText(path)) yaml.Load(reader);
        var versions = (YamlSequenceNode)yaml.Documents[0].RootNode["spec"]["versions"];
        var found = versions.Single(node => node["name"].ToString() == version);
        return new OpenApiSchema((YamlMappingNode)found["schema"]["openAPIV3Schema"]);
    }

    /// <summary>Everything that does not fit, each with its place.</summary>
    public IReadOnlyList<string> FaultsOf(JsonNode? value)
    {
        var faults = new List<string>();
        Check(schema, value, "", faults);
        return faults;
    }

    private static void Check(YamlMappingNode schema, JsonNode? value, string at, List<string> faults)
    {
        var rules = schema.Children.TryGetValue("x-kubernetes-validations", out var validations) ? (YamlSequenceNode)validations : [];
        foreach (var rule in rules.Select(validation => validation["rule"].ToString()))
        {
            if (!Rules.TryGetValue(rule, out var holds)) faults.Add($"{at}: the schema has a rule that this validator does not know: {rule}");
            else if (value is not null && !holds(value)) faults.Add($"{at}: does not hold: {rule}");
        }

        if (Is(schema, "x-kubernetes-int-or-string"))
        {
            if (value is not JsonValue || value.GetValueKind() is not (System.Text.Json.JsonValueKind.String or System.Text.Json.JsonValueKind.Number)) faults.Add($"{at}: neither integer nor string");
            else CheckString(schema, value.ToString(), at, faults);
            return;
        }

        switch (Text(schema, "type"), value)
        {
            case ("object", JsonObject members):
                CheckObject(schema, members, at, faults);
                break;
            case ("array", JsonArray items):
                CheckArray(schema, items, at, faults);
                break;
            case ("string", JsonValue text) when text.GetValueKind() == System.Text.Json.JsonValueKind.String:
                CheckString(schema, text.GetValue<string>(), at, faults);
                break;
            case ("boolean", JsonValue flag) when flag.GetValueKind() is System.Text.Json.JsonValueKind.True or System.Text.Json.JsonValueKind.False:
                break;
            case ("integer", JsonValue number) when number.GetValueKind() == System.Text.Json.JsonValueKind.Number && long.TryParse(number.ToJsonString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole):
                if (Text(schema, "minimum") is { } minimum && whole < long.Parse(minimum, CultureInfo.InvariantCulture)) faults.Add($"{at}: {whole} is below {minimum}");
                if (Text(schema, "format") == "int32" && whole != (int)whole) faults.Add($"{at}: {whole} is no int32");
                break;
            case ("number", JsonValue number) when number.GetValueKind() == System.Text.Json.JsonValueKind.Number:
                break;
            default:
                faults.Add($"{at}: is {value?.GetValueKind().ToString() ?? "null"}, expected {Text(schema, "type") ?? "a type that this validator does not know"}");
                break;
        }
    }

    private static void CheckObject(YamlMappingNode schema, JsonObject members, string at, List<string> faults)
    {
        if (schema.Children.TryGetValue("required", out var required))
            foreach (var name in (YamlSequenceNode)required)
                if (!members.ContainsKey(name.ToString())) faults.Add($"{at}: {name} is missing");
        var known = schema.Children.TryGetValue("properties", out var properties) ? (YamlMappingNode)properties : [];
        var others = schema.Children.TryGetValue("additionalProperties", out var additional) ? (YamlMappingNode)additional : null;
        // "metadata: type: object" alone stands for what every resource has.
        var isFree = at == "/metadata" && known.Children.Count == 0;
        foreach (var (name, value) in members)
        {
            if (known.Children.TryGetValue(name, out var of)) Check((YamlMappingNode)of, value, $"{at}/{name}", faults);
            else if (others is not null) Check(others, value, $"{at}/{name}", faults);
            else if (!isFree) faults.Add($"{at}: {name} is no field");
        }
    }

    private static void CheckArray(YamlMappingNode schema, JsonArray items, string at, List<string> faults)
    {
        if (Text(schema, "maxItems") is { } most && items.Count > int.Parse(most, CultureInfo.InvariantCulture)) faults.Add($"{at}: {items.Count} items, at most {most}");
        for (var i = 0; i < items.Count; i++) Check((YamlMappingNode)schema["items"], items[i], $"{at}/{i}", faults);
        if (Text(schema, "x-kubernetes-list-type") != "map") return;
        var keys = ((YamlSequenceNode)schema["x-kubernetes-list-map-keys"]).Select(key => key.ToString()).ToArray();
        var doubled = items.GroupBy(item => string.Join('|', keys.Select(key => item?[key]?.ToString()))).FirstOrDefault(group => group.Count() > 1);
        if (doubled is not null) faults.Add($"{at}: two items with {string.Join(", ", keys)} = {doubled.Key}");
    }

    private static void CheckString(YamlMappingNode schema, string text, string at, List<string> faults)
    {
        if (Text(schema, "minLength") is { } least && text.Length < int.Parse(least, CultureInfo.InvariantCulture)) faults.Add($"{at}: shorter than {least}");
        if (Text(schema, "maxLength") is { } most && text.Length > int.Parse(most, CultureInfo.InvariantCulture)) faults.Add($"{at}: longer than {most}");
        if (Text(schema, "pattern") is { } pattern && !Regex.IsMatch(text, pattern)) faults.Add($"{at}: '{text}' does not match {pattern}");
        if (schema.Children.TryGetValue("enum", out var allowed) && ((YamlSequenceNode)allowed).All(value => value.ToString() != text)) faults.Add($"{at}: '{text}' is none of {allowed}");
    }

    private static bool Is(YamlMappingNode schema, string name) => Text(schema, name) == "true";

    private static string? Text(YamlMappingNode schema, string name) => schema.Children.TryGetValue(name, out var node) ? node.ToString() : null;
}
