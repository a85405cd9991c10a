using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Stickers.Cli;

/// <summary>A length of time as people write it: <c>90s</c>, <c>10m</c>, <c>1h30m</c>.</summary>
internal readonly partial record struct Duration(TimeSpan Time)
{
    public static bool TryParse(string text, out Duration duration)
    {
        duration = default;
        var match = Pattern().Match(text);
        if (!match.Success) return false;
        duration = new(TimeSpan.FromHours(Number(match, "h")) + TimeSpan.FromMinutes(Number(match, "m")) + TimeSpan.FromSeconds(Number(match, "s")));
        return duration.Time > TimeSpan.Zero;
    }

    /// <summary>An option whose value is a positive duration.</summary>
    public static Option<Duration> CreateOption(string name, string description, TimeSpan fallback) => new(name)
    {
        Description = description,
        HelpName = "duration",
        DefaultValueFactory = _ => new Duration(fallback),
        CustomParser = result =>
        {
            var text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
            if (TryParse(text, out var duration)) return duration;
            result.AddError($"{name} {text}: not a duration; write it as 90s, 10m or 1h30m.");
            return default;
        },
    };

    /// <summary>The form that <see cref="TryParse"/> reads.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        if (Time.TotalHours >= 1) text.Append(CultureInfo.InvariantCulture, $"{(int)Time.TotalHours}h");
        if (Time.Minutes > 0) text.Append(CultureInfo.InvariantCulture, $"{Time.Minutes}m");
        var seconds = Time.TotalSeconds % 60;
        if (seconds > 0 || text.Length == 0) text.Append(CultureInfo.InvariantCulture, $"{seconds:0.###}s");
        return text.ToString();
    }

    private static double Number(Match match, string group) =>
        match.Groups[group].Success ? double.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture) : 0;

    [GeneratedRegex(@"^(?=\d)(?:(?<h>\d{1,4}(?:\.\d+)?)h)?(?:(?<m>\d{1,5}(?:\.\d+)?)m)?(?:(?<s>\d{1,7}(?:\.\d+)?)s)?$")]
    private static partial Regex Pattern();
}
