namespace Stickers.IndexBuilder.Duplicates;

/// <summary>
/// Makes groups of pairs. All members of a group are near to its first one: pictures that only hang together by a chain of others, each a little
/// different, do not meet. Who has the most look-alikes goes first; then whoever of the rest has.
/// </summary>
internal static class Grouping
{
    /// <param name="look">The pairs.</param>
    /// <param name="threshold">Pairs below are left out.</param>
    /// <returns>Groups of two or more, largest first, then by the first one's id. Recoloured ones come after those that look the same.</returns>
    public static IReadOnlyList<DuplicateGroup> Of(LookAlikes look, float threshold)
    {
        var links = new Dictionary<int, List<(int Other, float Score, bool Recoloured)>>();
        foreach (var (a, b, score, recoloured) in look.Pairs)
        {
            if (score < threshold)
                continue;
            Link(a, b, score, recoloured);
            Link(b, a, score, recoloured);
        }

        // Taking a group away only shortens others' lists, so an entry that is out of date is put back where it belongs.
        var queue = new PriorityQueue<int, (int Fewer, int Place)>(links.Select(link => (link.Key, (-link.Value.Count, link.Key))));
        var taken = new HashSet<int>();
        var groups = new List<DuplicateGroup>();
        while (queue.TryDequeue(out var place, out var priority))
        {
            if (taken.Contains(place))
                continue;
            var open = links[place].Where(link => !taken.Contains(link.Other)).ToList();
            if (open.Count == 0)
                continue;
            if (open.Count != -priority.Fewer)
            {
                links[place] = open;
                queue.Enqueue(place, (-open.Count, place));
                continue;
            }

            open.Sort((a, b) => a.Recoloured != b.Recoloured ? a.Recoloured.CompareTo(b.Recoloured) : a.Score != b.Score ? b.Score.CompareTo(a.Score) : a.Other.CompareTo(b.Other));
            taken.Add(place);
            taken.UnionWith(open.Select(link => link.Other));
            groups.Add(new DuplicateGroup(look.IdOf(place), [.. open.Select(link => (look.IdOf(link.Other), link.Score, link.Recoloured))]));
        }

        return [.. groups.OrderByDescending(group => group.Others.Count).ThenBy(group => group.First.Value)];

        void Link(int from, int to, float score, bool recoloured)
        {
            if (!links.TryGetValue(from, out var list))
                links.Add(from, list = []);
            list.Add((to, score, recoloured));
        }
    }
}
