namespace Stickers.Catalogue;

/// <summary>How creators' spellings become canonical tags: NFKC, lower case, unified separators, junk, aliases.</summary>
public sealed class TagRules
{
    /// <summary>The rules that ship with the program.</summary>
    public static TagRules Default => throw new NotImplementedException();

    /// <summary>Reads the editable rules file (YAML: <c>junk</c>, <c>aliases</c>).</summary>
    /// <exception cref="InvalidDataException">The file is malformed; the message says where.</exception>
    public static TagRules Load(string path) => throw new NotImplementedException();

    /// <summary>The canonical tag of one spelling, words separated by one space, or null when it is junk.</summary>
    public string? Normalize(string tag) => throw new NotImplementedException();

    /// <summary>Distinct canonical tags of a sticker, in ordinal order.</summary>
    public IReadOnlyList<string> Normalize(IEnumerable<string> tags) => throw new NotImplementedException();
}
