using System.CommandLine;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Stickers.Cli;

/// <summary>Durations as people write them: <c>90s</c>, <c>10m</c>, <c>1h30m</c>.</summary>
internal static partial class Durations
{
    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;
        var match = Pattern().Match(text);
        if (!match.Success) return false;
        duration = TimeSpan.FromHours(Number(match, "h")) + TimeSpan.FromMinutes(Number(match, "m")) + TimeSpan.FromSeconds(Number(match, "s"));
        return duration > TimeSpan.Zero;
    }

    /// <summary>An option whose value is a duration of at most a year.</summary>
    public static Option<TimeSpan> CreateOption(string name, string description, TimeSpan fallback) => new(name)
    {
        Description = description,
        HelpName = "duration",
        DefaultValueFactory = _ => fallback,
        CustomParser = result =>
        {
            var text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
            if (TryParse(text, out var duration)) return duration;
            result.AddError($"{name} {text}: not a duration; write it as 90s, 10m or 1h30m.");
            return default;
        },
    };

    private static double Number(Match match, string group) =>
        match.Groups[group].Success ? double.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture) : 0;

    [GeneratedRegex(@"^(?=\d)(?:(?<h>\d{1,4}(?:\.\d+)?)h)?(?:(?<m>\d{1,5}(?:\.\d+)?)m)?(?:(?<s>\d{1,7}(?:\.\d+)?)s)?$")]
    private static partial Regex Pattern();
}
