namespace Stickers.SimilaritySearch.Filtering;

/// <summary>For each value of an attribute, the positions of the stickers that have it, in ascending order.</summary>
internal sealed class AttributePostings
{
    private readonly Dictionary<string, int> _codes;
    private readonly int[] _starts;
    private readonly int[] _positions;
    private readonly float[] _scores;

    private AttributePostings(Dictionary<string, int> codes, int[] starts, int[] positions, float[] scores) =>
        (_codes, _starts, _positions, _scores) = (codes, starts, positions, scores);

    public IReadOnlyCollection<string> Values => _codes.Keys;

    public ReadOnlySpan<int> Of(string value) => _codes.TryGetValue(value, out var code) ? _positions.AsSpan(_starts[code].._starts[code + 1]) : [];

    /// <summary>How sure it is that the stickers have the value, one for each position; empty where nobody asked for it.</summary>
    public ReadOnlySpan<float> ScoresOf(string value) => _scores.Length > 0 && _codes.TryGetValue(value, out var code) ? _scores.AsSpan(_starts[code].._starts[code + 1]) : [];

    /// <summary>Collects (value, position) pairs, positions in ascending order.</summary>
    /// <param name="scored">Whether scores are kept.</param>
    public sealed class Builder(bool scored = false)
    {
        private readonly Dictionary<string, int> _codes = new(StringComparer.Ordinal);
        private readonly List<(int Code, int Position, float Score)> _pairs = [];

        public void Add(string value, int position, float score = 1)
        {
            if (!_codes.TryGetValue(value, out var code))
                _codes.Add(value, code = _codes.Count);
            _pairs.Add((code, position, score));
        }

        public AttributePostings Build()
        {
            var starts = new int[_codes.Count + 1];
            foreach (var (code, _, _) in _pairs)
                starts[code + 1]++;
            for (var code = 0; code < _codes.Count; code++)
                starts[code + 1] += starts[code];
            var next = starts.ToArray();
            var positions = new int[_pairs.Count];
            var scores = new float[scored ? _pairs.Count : 0];
            foreach (var (code, position, score) in _pairs)
            {
                if (scored)
                    scores[next[code]] = score;
                positions[next[code]++] = position;
            }

            return new AttributePostings(_codes, starts, positions, scores);
        }
    }
}
