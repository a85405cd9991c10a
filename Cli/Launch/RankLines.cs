using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Stickers.Cli.Launch;

/// <summary>
/// Takes apart what mpirun writes with --tag-output: it puts <c>[1,5]&lt;stdout&gt;:</c> before each piece of a rank's words, and a piece may be a part of a line that
/// another rank's piece follows. Here every rank's pieces become whole lines again.
/// </summary>
/// <param name="write">Gets each line, with its rank; null for what mpirun itself says.</param>
internal sealed partial class RankLines(Action<int?, string> write)
{
    private const int Nobody = -1;

    private readonly Dictionary<int, StringBuilder> _open = [];
    private string _rest = "";
    private int _rank = Nobody;

    /// <summary>Takes the next characters, wherever they were cut.</summary>
    public void Add(ReadOnlySpan<char> text)
    {
        var all = string.Concat(_rest, text);
        var at = 0;
        while (at < all.Length)
        {
            if (all[at] == '[')
            {
                if (Tag().Match(all, at) is { Success: true } tag)
                {
                    _rank = int.Parse(tag.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
                    at += tag.Length;
                    continue;
                }

                if (BeginningOfTag().IsMatch(all, at)) break;
            }

            Take(all[at++]);
        }

        _rest = all[at..];
    }

    /// <summary>Writes what did not end with a line end.</summary>
    public void Finish()
    {
        foreach (var character in _rest) Take(character);
        _rest = "";
        foreach (var (rank, line) in _open.Where(open => open.Value.Length > 0)) Write(rank, line);
    }

    private void Take(char character)
    {
        if (!_open.TryGetValue(_rank, out var line)) _open.Add(_rank, line = new StringBuilder());
        if (character != '\n')
        {
            line.Append(character);
            return;
        }

        Write(_rank, line);
        _rank = Nobody;
    }

    private void Write(int rank, StringBuilder line)
    {
        write(rank == Nobody ? null : rank, line.ToString());
        line.Clear();
    }

    [GeneratedRegex(@"\G\[\d{1,6},(\d{1,6})\]<std(?:out|err|diag)>:")]
    private static partial Regex Tag();

    [GeneratedRegex(@"\G\[(?:\d{1,6}(?:,(?:\d{1,6}(?:\](?:<(?:[a-z]{1,7}>?)?)?)?)?)?)?$")]
    private static partial Regex BeginningOfTag();
}
