using Stickers.Pipeline.Running;

namespace Stickers.Pipeline.Processes;

/// <summary>Which worker of which segment every rank is: the first ranks are the first segment's.</summary>
internal sealed class Roles(IReadOnlyList<Segment> segments)
{
    private readonly (Segment Segment, int Worker)[] _roles = [.. segments.SelectMany(segment => Enumerable.Range(0, segment.Workers).Select(worker => (segment, worker)))];

    public (Segment Segment, int Worker) this[int rank] => _roles[rank];

    public IReadOnlyList<Segment> Segments { get; } = segments;

    /// <summary>Ranks of a segment, in the order of its workers.</summary>
    public IEnumerable<int> RanksOf(Segment segment) => Enumerable.Range(0, _roles.Length).Where(rank => _roles[rank].Segment == segment);

    /// <exception cref="ArgumentException">The workers asked for are not as many as there are ranks.</exception>
    public static Roles Of(RunOptions options, int ranks)
    {
        var segments = Segment.Cut(options.Preprocess, options.Main, options.Postprocess);
        var workers = segments.Sum(segment => segment.Workers);
        return workers == ranks
            ? new Roles(segments)
            : throw new ArgumentException($"{options.Preprocess} workers for preprocess + {options.Main} for main + {options.Postprocess} for postprocess = {workers}, but there are {ranks} processes: the two must be equal.");
    }
}
