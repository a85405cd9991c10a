using YamlDotNet.Core;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace Stickers.Catalogue.Vocabularies;

/// <summary>vocabulary.yaml as written; tag-rules.yaml is one without tags.</summary>
internal sealed class VocabularyYaml
{
    private const string Resource = "tag-rules.yaml";

    /// <summary><c>shipped</c>, or nothing: then this file stands alone.</summary>
    public string? Extends { get; set; }

    public List<string?>? Junk { get; set; }

    public Dictionary<string, List<string?>?>? JunkBeside { get; set; }

    public Dictionary<string, string?>? Aliases { get; set; }

    public Dictionary<string, TagYaml?>? Tags { get; set; }

    public ProposalsYaml? Proposals { get; set; }

    internal sealed class TagYaml
    {
        public Dictionary<string, string?>? Names { get; set; }

        public Dictionary<string, List<string?>?>? Aliases { get; set; }

        public List<string?>? Implies { get; set; }

        public CountriesYaml? Countries { get; set; }
    }

    internal sealed class CountriesYaml
    {
        public List<string?>? Only { get; set; }

        public List<string?>? Not { get; set; }
    }

    /// <summary>What data suggest and a person decides.</summary>
    internal sealed class ProposalsYaml
    {
        public List<ProposalYaml?>? Names { get; set; }

        public List<ProposalYaml?>? Merges { get; set; }

        public List<ProposalYaml?>? Implications { get; set; }
    }

    internal sealed class ProposalYaml
    {
        /// <summary>yes, no (not decided) or never.</summary>
        public string? Accept { get; set; }

        public string? Tag { get; set; }

        public string? Locale { get; set; }

        public string? Name { get; set; }

        public string? Into { get; set; }

        public string? Implies { get; set; }

        /// <summary>Evidence, for the person.</summary>
        public string? Because { get; set; }
    }

    /// <summary>Text of the shipped rules, comments included.</summary>
    internal static string ReadShipped()
    {
        using var stream = typeof(VocabularyYaml).Assembly.GetManifestResourceStream(Resource)
            ?? throw new InvalidOperationException($"The program was built without its resource '{Resource}'.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    /// <param name="yaml">The file's text.</param>
    /// <param name="origin">How messages call the file.</param>
    /// <exception cref="InvalidDataException">Not such YAML; the message has line and column.</exception>
    internal static VocabularyYaml Deserialize(string yaml, string origin)
    {
        try
        {
            var deserializer = new DeserializerBuilder().WithNamingConvention(UnderscoredNamingConvention.Instance).WithDuplicateKeyChecking().Build();
            return deserializer.Deserialize<VocabularyYaml?>(yaml) ?? new VocabularyYaml();
        }
        catch (YamlException fault)
        {
            var reason = fault.InnerException is null ? fault.Message : $"{fault.Message} {fault.InnerException.Message}";
            throw new InvalidDataException($"{origin}, line {fault.Start.Line}, column {fault.Start.Column}: {reason} Expected `extends`, the list `junk`, and the mappings `junk_beside`, `aliases`, `tags`, `proposals`.", fault);
        }
    }
}
