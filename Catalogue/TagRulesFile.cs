using System.Security.Cryptography;
using System.Text;
using YamlDotNet.Core;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace Stickers.Catalogue;

/// <summary>tag-rules.yaml as written.</summary>
internal sealed class TagRulesFile
{
    private const string Resource = "tag-rules.yaml";

    public List<string?>? Junk { get; set; }

    public Dictionary<string, List<string?>?>? JunkBeside { get; set; }

    public Dictionary<string, string?>? Aliases { get; set; }

    /// <summary>Text of the shipped rules, comments included.</summary>
    internal static string ReadDefault()
    {
        using var stream = typeof(TagRulesFile).Assembly.GetManifestResourceStream(Resource)
            ?? throw new InvalidOperationException($"The program was built without its resource '{Resource}'.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    /// <param name="yaml">The file's text.</param>
    /// <param name="origin">How messages call the file.</param>
    /// <exception cref="InvalidDataException">Malformed, or the aliases run in a circle.</exception>
    internal static TagRules Parse(string yaml, string origin)
    {
        var file = Deserialize(yaml, origin);
        var junk = (file.Junk ?? []).Select(text => Unified(text, "junk", origin)).ToList();
        var beside = new Dictionary<string, HashSet<string>>();
        foreach (var (text, company) in file.JunkBeside ?? [])
            beside[Unified(text, "junk_beside", origin)] = [.. (company ?? []).Select(other => Unified(other, $"junk_beside: {text}", origin))];
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(yaml)));
        return new TagRules(junk, beside, Resolve(file.Aliases ?? [], origin)) { ContentHash = hash };
    }

    private static TagRulesFile Deserialize(string yaml, string origin)
    {
        try
        {
            var deserializer = new DeserializerBuilder().WithNamingConvention(UnderscoredNamingConvention.Instance).WithDuplicateKeyChecking().Build();
            return deserializer.Deserialize<TagRulesFile?>(yaml) ?? new TagRulesFile();
        }
        catch (YamlException fault)
        {
            var reason = fault.InnerException is null ? fault.Message : $"{fault.Message} {fault.InnerException.Message}";
            throw new InvalidDataException($"{origin}, line {fault.Start.Line}, column {fault.Start.Column}: {reason} Expected the lists `junk` and mappings `junk_beside`, `aliases`.", fault);
        }
    }

    private static Dictionary<string, string> Resolve(Dictionary<string, string?> written, string origin)
    {
        var direct = new Dictionary<string, string>();
        foreach (var (text, target) in written)
        {
            var (from, to) = (Unified(text, "aliases", origin), Unified(target, $"aliases: {text}", origin));
            if (direct.TryGetValue(from, out var other) && other != to)
                throw new InvalidDataException($"{origin}: aliases give '{from}' two meanings, '{other}' and '{to}'. Keep one.");
            direct[from] = to;
        }

        var resolved = new Dictionary<string, string>();
        foreach (var start in direct.Keys)
        {
            List<string> chain = [start];
            while (direct.TryGetValue(chain[^1], out var next))
            {
                if (chain.Contains(next))
                    throw new InvalidDataException($"{origin}: aliases run in a circle: {string.Join(" -> ", chain.Append(next).Select(text => $"'{text}'"))}. Remove one of them.");
                chain.Add(next);
            }

            resolved[start] = chain[^1];
        }

        return resolved;
    }

    private static string Unified(string? text, string where, string origin)
    {
        var unified = TagText.Unify(text ?? "");
        return unified.Length > 0 ? unified : throw new InvalidDataException($"{origin}: `{where}` has an entry '{text}' without a word. Remove it, or quote it if YAML reads it as something else.");
    }
}
