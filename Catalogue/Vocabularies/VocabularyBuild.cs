using System.Globalization;
using System.Text;
using Stickers.Storage;

namespace Stickers.Catalogue.Vocabularies;

/// <summary>
/// Drafts <c>vocabulary.yaml</c> from a catalogue's labels: lists frequent tags, and proposes merges, implications and names for a person to
/// decide on. The draft itself changes no label.
/// </summary>
public static class VocabularyBuild
{
    /// <summary>Writes the vocabulary at the store's root. A <c>tag-rules.yaml</c> there is taken over into it and removed.</summary>
    /// <exception cref="ArgumentException">The options are wrong; the message lists all faults.</exception>
    /// <exception cref="InvalidOperationException">There is a vocabulary already, and <see cref="VocabularyBuildOptions.Update"/> is off.</exception>
    public static async Task<VocabularyDraft> RunAsync(ObjectStore store, VocabularyBuildOptions options, IProgress<JobProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        var there = await store.StatAsync(TagVocabulary.FileName, cancellation).ConfigureAwait(false) is not null;
        if (there && !options.Update)
            throw new InvalidOperationException($"'{store.LocationOf(TagVocabulary.FileName)}' is there already. Add to it (--update): what it lists and decides stays, comments are lost. Or move it away.");
        var catalogue = await StickerCatalogue.OpenAsync(store, options.Catalogue, cancellation).ConfigureAwait(false);
        var rules = !there && await store.StatAsync(TagVocabulary.RulesFileName, cancellation).ConfigureAwait(false) is not null;
        var file = there ? await ReadAsync(store, TagVocabulary.FileName, cancellation).ConfigureAwait(false)
            : rules ? await ReadAsync(store, TagVocabulary.RulesFileName, cancellation).ConfigureAwait(false)
            : new VocabularyYaml { Extends = "shipped" };

        var statistics = await TagStatistics.ReadAsync(catalogue, catalogue.Vocabulary, options.MinimumMergeSupport, progress, cancellation).ConfigureAwait(false);
        var listed = statistics.Tags.Where(tag => tag.Stickers >= options.MinimumSupport).Select(tag => tag.Tag).Concat(catalogue.Vocabulary.Tags.Select(tag => tag.Key)).ToHashSet();
        List<VocabularyProposal> proposals =
        [
            .. MergeProposals.Of(statistics, options.MinimumSupport),
            .. ImplicationProposals.Of(statistics, options.MinimumSupport),
            .. await NameProposals.OfAsync(options.Names, catalogue.Vocabulary, options.Locale, listed.Contains, cancellation).ConfigureAwait(false),
        ];

        var written = (file.Tags ?? []).Keys.Select(TagText.Unify).ToHashSet();
        file.Tags ??= [];
        foreach (var tag in listed.Except(written).Where(tag => catalogue.Vocabulary.Find(tag) is null).Order(StringComparer.Ordinal)) file.Tags[tag] = null;
        file.Tags = file.Tags.OrderBy(tag => TagText.Unify(tag.Key), StringComparer.Ordinal).ToDictionary(tag => tag.Key, tag => tag.Value);
        var kept = Decide(file, catalogue.Vocabulary, proposals, options.AcceptNames, out var open);

        var remarks = statistics.Tags.ToDictionary(tag => tag.Tag, tag => string.Create(CultureInfo.InvariantCulture, $"{tag.Stickers} stickers of {tag.Creators} creators"));
        var text = VocabularyWriter.Write(file, remarks);
        // Whatever was written must be readable: found out before, not by the next job.
        var made = VocabularyParser.Parse(text, $"the drafted {TagVocabulary.FileName}");
        await WriteAsync(store, text, cancellation).ConfigureAwait(false);
        if (rules) await store.DeleteAsync(TagVocabulary.RulesFileName, cancellation).ConfigureAwait(false);
        var accepted = options.AcceptNames is { } least ? open.Count(proposal => proposal.Kind == ProposalKind.Name && proposal.Confidence >= least) : 0;
        return new VocabularyDraft(made.Tags.Count, open, accepted, kept, made.ContentHash);
    }

    /// <summary>Keeps what was decided, and puts what is new beside it.</summary>
    /// <returns>How many decisions were kept.</returns>
    private static int Decide(VocabularyYaml file, TagVocabulary vocabulary, List<VocabularyProposal> proposals, double? acceptNames, out List<VocabularyProposal> open)
    {
        var before = file.Proposals ?? new VocabularyYaml.ProposalsYaml();
        var (merges, implications, names) = (Decided(before.Merges), Decided(before.Implications), Decided(before.Names));
        var known = new HashSet<string>();
        known.UnionWith(merges.Select(entry => Identity(entry.Tag, entry.Into)));
        known.UnionWith(implications.Select(entry => Identity(entry.Tag, entry.Implies)));
        known.UnionWith(names.Select(entry => Identity(entry.Tag, $"{LocaleName.Canonical(entry.Locale ?? "")}\n{entry.Name}")));
        // A word of a language can be given away once.
        var taken = vocabulary.Tags.SelectMany(tag => tag.Names.Select(name => (name.Key, name.Value)).Concat(tag.Aliases.SelectMany(words => words.Value.Select(word => (words.Key, word))))).ToHashSet();
        open = [.. proposals.Where(proposal => proposal.Kind switch
        {
            ProposalKind.Implication => !vocabulary.ImpliedBy(proposal.Tag).Contains(proposal.Other) && !known.Contains(Identity(proposal.Tag, proposal.Other)),
            ProposalKind.Name => !taken.Contains((proposal.Locale!, proposal.Other)) && !known.Contains(Identity(proposal.Tag, $"{proposal.Locale}\n{proposal.Other}")),
            _ => !known.Contains(Identity(proposal.Tag, proposal.Other)),
        })];
        file.Proposals = new VocabularyYaml.ProposalsYaml
        {
            Merges = [.. merges, .. Of(open, ProposalKind.Merge)],
            Implications = [.. implications, .. Of(open, ProposalKind.Implication)],
            Names = [.. names, .. Of(open, ProposalKind.Name)],
        };
        return merges.Count + implications.Count + names.Count;

        static string Identity(string? tag, string? other) => $"{TagText.Unify(tag ?? "")}\n{other}";

        IEnumerable<VocabularyYaml.ProposalYaml> Of(IEnumerable<VocabularyProposal> all, ProposalKind kind) => all.Where(proposal => proposal.Kind == kind).Select(proposal => new VocabularyYaml.ProposalYaml
        {
            Accept = kind == ProposalKind.Name && proposal.Confidence >= acceptNames ? "yes" : "no",
            Tag = proposal.Tag,
            Into = kind == ProposalKind.Merge ? proposal.Other : null,
            Implies = kind == ProposalKind.Implication ? proposal.Other : null,
            Locale = proposal.Locale,
            Name = kind == ProposalKind.Name ? proposal.Other : null,
            Because = proposal.Because,
        });
    }

    private static List<VocabularyYaml.ProposalYaml> Decided(List<VocabularyYaml.ProposalYaml?>? proposals) =>
        [.. (proposals ?? []).OfType<VocabularyYaml.ProposalYaml>().Where(entry => entry.Accept?.ToUpperInvariant() is "YES" or "TRUE" or "NEVER")];

    private static async Task<VocabularyYaml> ReadAsync(ObjectStore store, string key, CancellationToken cancellation)
    {
        using var reader = new StreamReader(await store.OpenReadAsync(key, cancellation).ConfigureAwait(false));
        return VocabularyYaml.Deserialize(await reader.ReadToEndAsync(cancellation).ConfigureAwait(false), $"'{store.LocationOf(key)}'");
    }

    private static async Task WriteAsync(ObjectStore store, string text, CancellationToken cancellation)
    {
        var writer = await store.CreateAsync(TagVocabulary.FileName, cancellation).ConfigureAwait(false);
        await using (writer.ConfigureAwait(false))
        {
            await writer.Stream.WriteAsync(Encoding.UTF8.GetBytes(text), cancellation).ConfigureAwait(false);
            await writer.CommitAsync(cancellation).ConfigureAwait(false);
        }
    }
}
