namespace Stickers.SimilaritySearch.Filtering;

/// <summary>For each value of an attribute, the positions of the stickers that have it, in ascending order.</summary>
internal sealed class AttributePostings
{
    private readonly Dictionary<string, int> _codes;
    private readonly int[] _starts;
    private readonly int[] _positions;

    private AttributePostings(Dictionary<string, int> codes, int[] starts, int[] positions) => (_codes, _starts, _positions) = (codes, starts, positions);

    public IReadOnlyCollection<string> Values => _codes.Keys;

    public ReadOnlySpan<int> Of(string value) => _codes.TryGetValue(value, out var code) ? _positions.AsSpan(_starts[code].._starts[code + 1]) : [];

    /// <summary>Collects (value, position) pairs, positions in ascending order.</summary>
    public sealed class Builder
    {
        private readonly Dictionary<string, int> _codes = new(StringComparer.Ordinal);
        private readonly List<(int Code, int Position)> _pairs = [];

        public void Add(string value, int position)
        {
            if (!_codes.TryGetValue(value, out var code))
                _codes.Add(value, code = _codes.Count);
            _pairs.Add((code, position));
        }

        public AttributePostings Build()
        {
            var starts = new int[_codes.Count + 1];
            foreach (var (code, _) in _pairs)
                starts[code + 1]++;
            for (var code = 0; code < _codes.Count; code++)
                starts[code + 1] += starts[code];
            var next = starts.ToArray();
            var positions = new int[_pairs.Count];
            foreach (var (code, position) in _pairs)
                positions[next[code]++] = position;
            return new AttributePostings(_codes, starts, positions);
        }
    }
}
