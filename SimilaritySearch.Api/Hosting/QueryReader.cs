using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Stickers.SimilaritySearch.Api.Hosting;

/// <summary>Reads the parameters of an address; <see cref="Check"/> then tells all that is wrong with them at once.</summary>
internal sealed class QueryReader(IQueryCollection query)
{
    private SortedDictionary<string, string[]>? _faults;

    public int Whole(string name, int smallest, int largest, int standard)
    {
        if (One(name) is not { } text)
            return standard;
        if (!int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value))
            return Fault(name, $"'{Short(text)}' is not a whole number.", standard);
        return value >= smallest && value <= largest ? value : Fault(name, $"It must be from {smallest} to {largest}.", standard);
    }

    public float? Real(string name, float smallest, float largest)
    {
        if (One(name) is not { } text)
            return null;
        if (!float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value))
            return Fault<float?>(name, $"'{Short(text)}' is not a number.", null);
        return value >= smallest && value <= largest
            ? value
            : Fault<float?>(name, string.Create(CultureInfo.InvariantCulture, $"It must be from {smallest} to {largest}."), null);
    }

    public bool? Truth(string name) => One(name) switch
    {
        null => null,
        "true" => true,
        "false" => false,
        var text => Fault<bool?>(name, $"'{Short(text)}' is neither true nor false.", null),
    };

    public string? Choice(string name, params ReadOnlySpan<string> choices)
    {
        if (One(name) is not { } text)
            return null;
        foreach (var choice in choices)
        {
            if (text == choice)
                return choice;
        }

        return Fault<string?>(name, $"'{Short(text)}' is none of: {string.Join(", ", choices!)}.", null);
    }

    /// <summary>A text of at most so many characters; null when it is not given.</summary>
    public string? Text(string name, int longest, bool required = false)
    {
        var text = One(name);
        if (string.IsNullOrEmpty(text))
            return required ? Fault<string?>(name, text is null ? "It is missing." : "It is empty.", null) : null;
        return text.Length <= longest ? text : Fault<string?>(name, $"It may have at most {longest} characters.", null);
    }

    /// <summary>All values of a parameter that may be given many times.</summary>
    public IReadOnlyList<string> Texts(string name, int most, int longest)
    {
        if (!query.TryGetValue(name, out var values))
            return [];
        if (values.Count > most)
            return Fault<IReadOnlyList<string>>(name, $"It may be given at most {most} times.", []);
        foreach (var value in values)
        {
            if (string.IsNullOrEmpty(value) || value.Length > longest)
                return Fault<IReadOnlyList<string>>(name, $"Each must have from 1 to {longest} characters.", []);
        }

        return [.. values.OfType<string>()];
    }

    /// <summary>Notes a fault and goes on with another value.</summary>
    public T Fault<T>(string name, string message, T instead)
    {
        (_faults ??= new(StringComparer.Ordinal)).TryAdd(name, [message]);
        return instead;
    }

    /// <summary>Ends the reading.</summary>
    /// <exception cref="RequestException">Something was wrong.</exception>
    public void Check()
    {
        if (_faults is not null)
            throw new RequestException(StatusCodes.Status400BadRequest, string.Join(" ", _faults.Select(fault => $"{fault.Key}: {fault.Value[0]}")), _faults);
    }

    private static string Short(string text) => text.Length <= 40 ? text : string.Concat(text.AsSpan(0, 40), "…");

    private string? One(string name)
    {
        return !query.TryGetValue(name, out var values) ? null : values.Count > 1 ? Fault<string?>(name, "It may be given only once.", null) : values.ToString();
    }
}
