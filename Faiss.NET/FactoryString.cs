using System.Globalization;
using System.Text.RegularExpressions;

namespace Faiss;

/// <summary>
/// Reads factory strings before Faiss does. Faiss' own parser aborts the process on some, takes numbers that ask for terabytes, and makes
/// kinds of index that can end the process later.
/// </summary>
internal static partial class FactoryString
{
    private const int MostLists = 1 << 24;
    private const int MostLinks = 512;
    private const int MostDimensions = 65536;

    /// <param name="IdMap">0 without an id map, 1 for IDMap, 2 for IDMap2.</param>
    /// <param name="Inner">What is within the id map.</param>
    internal readonly record struct Parsed(int IdMap, string Inner);

    /// <summary>An index of float vectors.</summary>
    /// <exception cref="FaissException">The string is not understood, or names a kind that is not offered.</exception>
    public static Parsed Parse(string factory, int d)
    {
        var parsed = WithoutIdMap(factory);
        var match = Floats().Match(parsed.Inner);
        if (!match.Success)
            throw Refused(factory, "e.g. Flat, IDMap2,HNSW32, IVF1024,SQ8, PCA64,IVF256,PQ16np,RFlat");
        foreach (Capture transform in match.Groups["transform"].Captures)
            d = Transformed(transform.Value, d, factory);
        Within(match, "lists", 1, MostLists, factory);
        Within(match, "coarse", 2, MostLinks, factory);
        Within(match, "links", 2, MostLinks, factory);
        Within(match, "bits", 1, match.Groups["lists"].Success ? 8 : 16, factory);
        if (Number(match, "subs") is { } subs && (subs == 0 || d % subs != 0))
            throw new FaissException(FaissError.InvalidArgument, $"'{factory}': {d} dimensions cannot be divided into {subs} equal parts.");
        return parsed;
    }

    /// <summary>An index of binary vectors.</summary>
    /// <exception cref="FaissException">The string is not understood, or names a kind that is not offered.</exception>
    public static Parsed ParseBinary(string factory)
    {
        var parsed = WithoutIdMap(factory);
        var match = Binaries().Match(parsed.Inner);
        if (!match.Success)
            throw Refused(factory, "e.g. BFlat, BIVF1024, BIVF4096_HNSW32, IDMap2,BHNSW32");
        Within(match, "lists", 1, MostLists, factory);
        Within(match, "coarse", 2, MostLinks, factory);
        Within(match, "links", 2, MostLinks, factory);
        return parsed;
    }

    private static Parsed WithoutIdMap(string factory)
    {
        foreach (var (kind, name) in ((int, string)[])[(2, "IDMap2"), (1, "IDMap")])
        {
            if (factory.StartsWith(name + ",", StringComparison.Ordinal))
                return new Parsed(kind, factory[(name.Length + 1)..]);
            if (factory.EndsWith("," + name, StringComparison.Ordinal))
                return new Parsed(kind, factory[..^(name.Length + 1)]);
        }

        return new Parsed(0, factory);
    }

    private static int Transformed(string transform, int d, string factory)
    {
        var numbers = Digits().Matches(transform.Replace("L2", "", StringComparison.Ordinal)).Select(m => ParseNumber(m.Value, factory)).ToArray();
        var result = transform switch
        {
            _ when transform.StartsWith("PCA", StringComparison.Ordinal) => numbers[0] <= d ? numbers[0] : 0,
            _ when transform.StartsWith("OPQ", StringComparison.Ordinal) => numbers[^1] is var last && numbers[0] > 0 && (numbers.Length == 1 ? d : last) is var to && to <= d && to % numbers[0] == 0 ? to : 0,
            _ when transform.StartsWith("Pad", StringComparison.Ordinal) => Math.Max(d, numbers[0]),
            _ when transform.StartsWith("RR", StringComparison.Ordinal) => numbers.Length == 0 ? d : numbers[0],
            _ => d,
        };
        return result is >= 1 and <= MostDimensions
            ? result
            : throw new FaissException(FaissError.InvalidArgument, $"'{factory}': '{transform}' does not suit {d} dimensions.");
    }

    private static void Within(Match match, string group, int least, int most, string factory)
    {
        if (Number(match, group) is { } number && (number < least || number > most))
            throw new FaissException(FaissError.InvalidArgument, $"'{factory}': {number} is outside {least} to {most}.");
    }

    private static int? Number(Match match, string group) =>
        match.Groups[group] is { Success: true, Length: > 0 } found ? ParseNumber(found.Value, match.Value) : null;

    private static int ParseNumber(string digits, string factory) =>
        int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new FaissException(FaissError.InvalidArgument, $"'{factory}': {digits} is too large.");

    private static FaissException Refused(string factory, string examples) => KnownToFaiss().IsMatch(factory)
        ? new FaissException(FaissError.Unsupported, $"'{factory}' is a kind of index that Faiss.NET does not offer (FastScan, for one, can end the process); it offers {examples}.")
        : new FaissException(FaissError.InvalidArgument, $"'{factory}' is no factory string; {examples}.");

    [GeneratedRegex("""
        ^((?<transform>PCAW?R?\d+|L2[nN]orm|RR\d*|OPQ\d+(_\d+)?|Pad\d+),)*
        ( Flat | SQ(4|6|8|fp16) | PQ(?<subs>\d+)(x(?<bits>\d+))?(np)?
        | HNSW(?<links>\d*)([,_](Flat|SQ(4|6|8|fp16)|PQ(?<subs>\d+)(np)?))?
        | IVF(?<lists>\d+)(_HNSW(?<coarse>\d*))?,(Flat|SQ(4|6|8|fp16)|PQ(?<subs>\d+)(x(?<bits>\d+))?(np)?)
        )
        (,RFlat|,Refine\((Flat|SQ(4|6|8|fp16))\))?\z
        """, RegexOptions.IgnorePatternWhitespace | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Floats();

    [GeneratedRegex("^(BFlat|BIVF(?<lists>\\d+)(_HNSW(?<coarse>\\d+))?|BHNSW(?<links>\\d+))\\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Binaries();

    [GeneratedRegex("x4fs|NSG|RQ\\d|LSQ|RCQ|LSCQ|LSH|ITQ|IMI2x|Residual|MinMax|FlatDedup|ZnLattice|PQ\\d+\\+|HNSW\\d*[,_]\\d|SH|Index\\d|BHash|\\(", RegexOptions.CultureInvariant)]
    private static partial Regex KnownToFaiss();

    [GeneratedRegex("\\d+", RegexOptions.CultureInvariant)]
    private static partial Regex Digits();
}
