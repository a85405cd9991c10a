namespace Stickers.Pipeline.Running;

/// <summary>Stages that follow each other and run together in each of some workers.</summary>
/// <param name="Index">Place among the segments, from 0.</param>
/// <param name="First">Its first stage: source, main or postprocess.</param>
/// <param name="Last">Its last: preprocess, main or sink.</param>
/// <param name="Workers">How many workers run it.</param>
internal sealed record Segment(int Index, StageKind First, StageKind Last, int Workers)
{
    public IEnumerable<StageKind> Stages => Enum.GetValues<StageKind>().Where(stage => stage >= First && stage <= Last);

    /// <summary>Cuts the job where a stage has workers of its own; a stage with none runs in its neighbour's, in the one before it if there is one.</summary>
    /// <exception cref="ArgumentException">A number is negative, or all are 0.</exception>
    public static IReadOnlyList<Segment> Cut(int preprocess, int main, int postprocess)
    {
        (StageKind Stage, int Workers)[] asked = [(StageKind.Preprocess, preprocess), (StageKind.Main, main), (StageKind.Postprocess, postprocess)];
        if (asked.Any(stage => stage.Workers < 0) || asked.All(stage => stage.Workers == 0))
            throw new ArgumentException($"{preprocess} workers for preprocess, {main} for main, {postprocess} for postprocess: none may be negative, and one stage at least needs some.");
        var cuts = asked.Where(stage => stage.Workers > 0).ToArray();
        return
        [
            .. cuts.Select((cut, i) => new Segment(
                i,
                i == 0 ? StageKind.Source : cut.Stage,
                i == cuts.Length - 1 ? StageKind.Sink : cuts[i + 1].Stage - 1,
                cut.Workers)),
        ];
    }
}
