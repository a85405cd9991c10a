using System.ComponentModel;
using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;

namespace Stickers.Pipeline.Loading;

/// <summary>
/// A job's own options: the public properties with a setter that its class declares, of a type that can be written as one word. The output
/// depends on them, so the ledger notes them.
/// </summary>
public static partial class JobSettings
{
    /// <summary>The options of a job's class, by the names they have on a command line, e.g. <c>--shard-size</c>.</summary>
    public static IReadOnlyDictionary<string, PropertyInfo> Of(Type job)
    {
        ArgumentNullException.ThrowIfNull(job);
        return job.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.SetMethod is { IsPublic: true } && property.DeclaringType!.Assembly != typeof(Job).Assembly && IsWord(property.PropertyType))
            .OrderBy(property => property.Name, StringComparer.Ordinal)
            .ToDictionary(property => $"--{WordStart().Replace(property.Name, "-").ToLowerInvariant()}", StringComparer.Ordinal);
    }

    /// <summary>The values of a job's options, by the properties' names.</summary>
    public static IReadOnlyDictionary<string, string> ValuesOf(Job job)
    {
        ArgumentNullException.ThrowIfNull(job);
        return Of(job.GetType()).Values.ToDictionary(property => property.Name, property => Convert.ToString(property.GetValue(job), CultureInfo.InvariantCulture) ?? "");
    }

    /// <summary>Sets options from the words of a command line: <c>--name value</c>, <c>--name=value</c>, and for a yes-or-no option <c>--name</c>.</summary>
    /// <exception cref="JobLoadException">There is no such option, or the value is none for it.</exception>
    public static void Apply(Job job, IReadOnlyList<string> words)
    {
        ArgumentNullException.ThrowIfNull(job);
        ArgumentNullException.ThrowIfNull(words);
        var options = Of(job.GetType());
        for (var i = 0; i < words.Count; i++)
        {
            var (name, given, value) = Cut(words[i]);
            if (!options.TryGetValue(name, out var property))
                throw new JobLoadException($"Job '{job.Name}' has no option '{name}'; {(options.Count == 0 ? "it has none" : $"it has {string.Join(", ", options.Keys)}")}.");
            if (!given && property.PropertyType == typeof(bool)) value = "true";
            else if (!given) value = i + 1 < words.Count ? words[++i] : throw new JobLoadException($"Option {name} of job '{job.Name}' needs a value.");
            Set(job, name, property, value);
        }
    }

    private static (string Name, bool Given, string Value) Cut(string word)
    {
        var equals = word.IndexOf('=', StringComparison.Ordinal);
        return equals < 0 ? (word, false, "") : (word[..equals], true, word[(equals + 1)..]);
    }

    private static void Set(Job job, string name, PropertyInfo property, string text)
    {
        var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        object? value;
        try
        {
            value = TypeDescriptor.GetConverter(type).ConvertFromInvariantString(text);
        }
        catch (Exception fault) when (fault is ArgumentException or FormatException or NotSupportedException)
        {
            var expected = type.IsEnum ? $"one of {string.Join(", ", Enum.GetNames(type))}" : type.Name;
            throw new JobLoadException($"Option {name} of job '{job.Name}': '{text}' is not what was expected, {expected}.", fault);
        }

        try
        {
            property.SetValue(job, value);
        }
        catch (TargetInvocationException refused) when (refused.InnerException is ArgumentException cause)
        {
            throw new JobLoadException($"Option {name} of job '{job.Name}': {cause.Message}", cause);
        }
    }

    private static bool IsWord(Type type)
    {
        var plain = Nullable.GetUnderlyingType(type) ?? type;
        return plain.IsEnum || plain == typeof(TimeSpan) || plain == typeof(decimal) || (plain.IsPrimitive && plain != typeof(char) && plain != typeof(nint) && plain != typeof(nuint)) || plain == typeof(string);
    }

    [GeneratedRegex("(?<=[a-z0-9])(?=[A-Z])")]
    private static partial Regex WordStart();
}
