namespace Stickers.Catalogue.Vocabularies;

/// <summary>What a proposal would do.</summary>
public enum ProposalKind
{
    /// <summary>The tag becomes an alias of another.</summary>
    Merge,

    /// <summary>The tag brings along a more general one.</summary>
    Implication,

    /// <summary>The tag gets a name in another language.</summary>
    Name,
}

/// <summary>Something that data suggest and a person decides.</summary>
/// <param name="Kind">What it would do.</param>
/// <param name="Tag">Key of the tag.</param>
/// <param name="Other">The tag to merge into, the tag implied, or the name.</param>
/// <param name="Locale">Language of a name, else null.</param>
/// <param name="Confidence">0 to 1; proposals come best first.</param>
/// <param name="Because">Evidence in a few words.</param>
public sealed record VocabularyProposal(ProposalKind Kind, string Tag, string Other, string? Locale, double Confidence, string Because);

/// <summary>A drafted vocabulary.</summary>
/// <param name="Listed">Tags listed.</param>
/// <param name="Proposals">All proposals, best first within each kind.</param>
/// <param name="AcceptedNames">How many of the names were written as accepted.</param>
/// <param name="Kept">How many decisions of the file before were kept.</param>
/// <param name="ContentHash">Hash of the vocabulary that is now in force.</param>
public sealed record VocabularyDraft(int Listed, IReadOnlyList<VocabularyProposal> Proposals, int AcceptedNames, int Kept, string ContentHash);
