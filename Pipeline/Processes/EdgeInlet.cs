using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Stickers.Pipeline.Formats;
using Stickers.Pipeline.Running;
using Stickers.Pipeline.Transport;

namespace Stickers.Pipeline.Processes;

/// <summary>
/// Makes shards of the frames that come from all workers of the segment before. Each sends one shard after the other, so the shard at hand
/// always moves on; those of other senders wait within their senders' credits.
/// </summary>
/// <param name="reader">The edge.</param>
/// <param name="format">How items are read.</param>
/// <param name="stage">The stage whose outputs these are.</param>
/// <param name="reshapes">The job's <see cref="Job.Reshapes"/>.</param>
internal sealed class EdgeInlet<T>(EdgeReader reader, IItemFormat<T> format, StageKind stage, Func<StageKind, bool> reshapes) : ShardInlet<T>
{
    private long _waiting;

    /// <summary>Bytes that have arrived and were not yet worked on.</summary>
    public long Waiting => Volatile.Read(ref _waiting);

    public override async IAsyncEnumerable<Arrival<T>> ReadAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        var arrivals = Channel.CreateUnbounded<Incoming>();
        var pumping = Task.Run(() => PumpAsync(arrivals.Writer, cancellation), CancellationToken.None);
        await foreach (var incoming in arrivals.Reader.ReadAllAsync(cancellation))
            yield return new Arrival<T>(incoming.Run, work => work.WatchQueue(ItemsOf(incoming, cancellation), stage));
        await pumping;
    }

    /// <summary>Never throws: what goes wrong reaches the worker through the shards.</summary>
    private async Task PumpAsync(ChannelWriter<Incoming> arrivals, CancellationToken cancellation)
    {
        var open = new Dictionary<int, Incoming>();
        Exception? fault = null;
        try
        {
            await foreach (var frame in reader.ReadAllAsync(cancellation))
            {
                Interlocked.Add(ref _waiting, frame.Data.Length);
                var header = FrameHeader.Read(frame.Data.Span);
                if (!open.TryGetValue(frame.Sender, out var incoming))
                {
                    if (header.Kind != FrameKind.Begin) throw Broken(frame.Sender, header, "no shard has begun");
                    incoming = new Incoming(Begin(header, frame.Data.Span));
                    open.Add(frame.Sender, incoming);
                    arrivals.TryWrite(incoming);
                }
                else if (header.Kind == FrameKind.Begin)
                {
                    throw Broken(frame.Sender, header, $"shard {incoming.Run.Index} has not ended");
                }

                if (header.Shard != incoming.Run.Index || header.Sequence != incoming.Next++)
                    throw Broken(frame.Sender, header, $"frame {incoming.Next - 1} of shard {incoming.Run.Index} was due");
                incoming.Frames.Writer.TryWrite((header, frame));
                if (header.Kind == FrameKind.End)
                {
                    incoming.Frames.Writer.Complete();
                    open.Remove(frame.Sender);
                }
            }

            if (open.Count > 0) throw new InvalidDataException($"The edge behind {ShardRun.Name(stage)} ended within shard {open.Values.First().Run.Index}.");
        }
        catch (Exception caught)
        {
            fault = caught;
        }

        foreach (var incoming in open.Values) incoming.Frames.Writer.TryComplete(fault);
        arrivals.TryComplete(fault);
    }

    private async IAsyncEnumerable<T> ItemsOf(Incoming incoming, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var (header, frame) in incoming.Frames.Reader.ReadAllAsync(cancellation))
        {
            try
            {
                switch (header.Kind)
                {
                    case FrameKind.Items:
                        foreach (var item in FrameItems.Split(header, frame.Data)) yield return format.Read(item.Span);
                        break;
                    case FrameKind.Quarantine:
                        foreach (var row in FrameItems.Split(header, frame.Data)) incoming.Run.Quarantine(QuarantineFormat.Instance.Read(row.Span));
                        break;
                    case FrameKind.End:
                        incoming.Run.Arrive(FrameJson.Read<ShardEnd>(frame.Data.Span[FrameHeader.Size..]), stage);
                        break;
                }
            }
            finally
            {
                Interlocked.Add(ref _waiting, -frame.Data.Length);
                frame.Release();
            }
        }
    }

    private ShardRun Begin(FrameHeader header, ReadOnlySpan<byte> frame)
    {
        var begin = FrameJson.Read<ShardBegin>(frame[FrameHeader.Size..]);
        return new ShardRun(header.Shard, begin.Turn, new Shard(begin.Name, begin.Input, begin.First, begin.Count), reshapes) { Route = begin.Route, TraceParent = begin.TraceParent };
    }

    private InvalidDataException Broken(int sender, FrameHeader header, string due) =>
        new($"From worker {sender} of the segment behind which {ShardRun.Name(stage)} ends came frame {header.Sequence} ({header.Kind}) of shard {header.Shard}, but {due}: a frame was lost or doubled.");

    private sealed class Incoming(ShardRun run)
    {
        public ShardRun Run { get; } = run;

        public int Next { get; set; }

        public Channel<(FrameHeader Header, ReceivedFrame Frame)> Frames { get; } =
            Channel.CreateUnbounded<(FrameHeader, ReceivedFrame)>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });
    }
}
