using System.Globalization;
using System.Text;

namespace Stickers.Client;

/// <summary>Builds the query of an address; what is null is left out.</summary>
internal sealed class Parameters
{
    private readonly StringBuilder _text = new();

    public Parameters Add(string name, object? value)
    {
        var text = value switch
        {
            null => null,
            bool truth => truth ? "true" : "false",
            IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
            _ => value.ToString(),
        };
        if (text is not null)
            _text.Append(_text.Length == 0 ? '?' : '&').Append(name).Append('=').Append(Uri.EscapeDataString(text));
        return this;
    }

    public Parameters Add(string name, IEnumerable<string> values)
    {
        foreach (var value in values)
            Add(name, (object)value);
        return this;
    }

    public override string ToString() => _text.ToString();
}
