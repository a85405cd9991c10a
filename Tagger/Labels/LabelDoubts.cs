using Stickers.Tagger.Evaluating;

namespace Stickers.Tagger.Labels;

/// <summary>A pair of sticker and tag in doubt.</summary>
internal readonly record struct Doubt(int Row, int Tag, double Score, double Looks, double Usual);

/// <summary>
/// Doubts labels by two witnesses that do not see them: the nearest other pictures (how many carry the tag, beside how many usually do for this tag) and the sticker's other
/// labels (whether the tag is ever found beside them).
/// </summary>
internal static class LabelDoubts
{
    /// <summary>Neighbours asked.</summary>
    public const int Neighbours = 15;

    private const double Sharpness = 15;

    // Keep rare tags from being certain of anything: a share below these is noise.
    private const double LooksNoise = 0.01;
    private const double CompanyNoise = 0.02;
    private const double CompanyWeight = 0.5;
    private const double LeastMissing = 0.1;

    /// <summary>Share of the neighbours that carry each tag, nearer ones counting more.</summary>
    public static Dictionary<int, double> Looks(IReadOnlyList<Neighbour> neighbours, LabelTable labels)
    {
        var looks = new Dictionary<int, double>();
        double all = 0;
        foreach (var (row, score) in neighbours)
        {
            var weight = Math.Exp(Sharpness * (score - 1));
            all += weight;
            foreach (var tag in labels[row]) looks[tag] = looks.GetValueOrDefault(tag) + weight;
        }

        return looks.ToDictionary(pair => pair.Key, pair => pair.Value / all);
    }

    /// <param name="labels">Who carries what.</param>
    /// <param name="neighbours">The nearest other stickers of each, near duplicates left out.</param>
    /// <param name="pictures">Equal for stickers that show one thing: the same thing with the same labels counts once in what is found together.</param>
    /// <param name="tags">Number of tags.</param>
    /// <returns>All labels and how much each is to be doubted; and the missing ones. Best founded first.</returns>
    public static (IReadOnlyList<Doubt> Wrong, IReadOnlyList<Doubt> Missing) Find(LabelTable labels, Neighbour[][] neighbours, IReadOnlyList<string> pictures, int tags)
    {
        var looks = neighbours.Select(found => Looks(found, labels)).ToArray();
        var usual = new double[tags];
        var carriers = new int[tags];
        var company = new Company(labels, pictures, tags);
        var usualCompany = new (double Sum, int Count)[tags];
        for (var row = 0; row < labels.Count; row++)
        {
            foreach (var tag in labels[row])
            {
                usual[tag] += looks[row].GetValueOrDefault(tag);
                carriers[tag]++;
                if (company.Of(labels[row], tag) is { } found) usualCompany[tag] = (usualCompany[tag].Sum + found, usualCompany[tag].Count + 1);
            }
        }

        for (var tag = 0; tag < tags; tag++) usual[tag] /= Math.Max(1, carriers[tag]);

        List<Doubt> wrong = [], missing = [];
        for (var row = 0; row < labels.Count; row++)
        {
            foreach (var tag in labels[row])
            {
                var look = looks[row].GetValueOrDefault(tag);
                var score = Math.Log((usual[tag] + LooksNoise) / (look + LooksNoise));
                if (company.Of(labels[row], tag) is { } found)
                    score += CompanyWeight * Math.Log(((usualCompany[tag].Sum / usualCompany[tag].Count) + CompanyNoise) / (found + CompanyNoise));
                wrong.Add(new Doubt(row, tag, score, look, usual[tag]));
            }

            foreach (var (tag, look) in looks[row])
            {
                if (look >= LeastMissing && !labels[row].Contains(tag))
                    missing.Add(new Doubt(row, tag, look * Math.Min(1, look / (usual[tag] + 0.05)), look, usual[tag]));
            }
        }

        return (Sorted(wrong), Sorted(missing));
    }

    private static List<Doubt> Sorted(List<Doubt> doubts) => [.. doubts.OrderByDescending(doubt => doubt.Score).ThenBy(doubt => doubt.Row).ThenBy(doubt => doubt.Tag)];

    /// <summary>Which tags are found together.</summary>
    private sealed class Company
    {
        private readonly int[] _pictures;
        private readonly Dictionary<(int, int), int> _together = [];

        public Company(LabelTable labels, IReadOnlyList<string> pictures, int tags)
        {
            _pictures = new int[tags];
            var seen = new HashSet<(string, string)>();
            for (var row = 0; row < labels.Count; row++)
            {
                if (!seen.Add((pictures[row], string.Join(' ', labels[row])))) continue;
                foreach (var tag in labels[row])
                {
                    _pictures[tag]++;
                    foreach (var other in labels[row])
                    {
                        if (tag != other) _together[(tag, other)] = _together.GetValueOrDefault((tag, other)) + 1;
                    }
                }
            }
        }

        /// <summary>How often the tag is found beside that one of the other labels beside which it is most often found, this sticker left out; null when it is alone.</summary>
        public double? Of(IReadOnlySet<int> labels, int tag)
        {
            double? best = null;
            foreach (var other in labels)
            {
                if (other == tag) continue;
                var share = (_together.GetValueOrDefault((tag, other)) - 1.0) / (_pictures[other] + 1.0);
                best = Math.Max(best ?? 0, share);
            }

            return best;
        }
    }
}
