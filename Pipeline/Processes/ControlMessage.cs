using System.Runtime.CompilerServices;
using Stickers.Pipeline.Formats;
using Stickers.Pipeline.Observing;
using Stickers.Pipeline.Transport;

namespace Stickers.Pipeline.Processes;

/// <summary>What a control message is about.</summary>
internal enum ControlKind
{
    /// <summary>From rank 0 to all: the job begins.</summary>
    Plan = 0,

    /// <summary>To rank 0: this worker of the first segment is free.</summary>
    Free = 1,

    /// <summary>From rank 0: the shard to work on, or none when all are taken.</summary>
    Take = 2,

    /// <summary>To rank 0: this worker has done a shard.</summary>
    Done = 3,

    /// <summary>To rank 0: what this worker has done so far.</summary>
    Sample = 4,

    /// <summary>To rank 0: this worker has nothing more to do.</summary>
    Finished = 5,
}

/// <summary>One message between rank 0, which plans, and a rank that works; JSON in a frame of its own.</summary>
internal sealed record ControlMessage(ControlKind Kind)
{
    /// <summary>What every ledger entry bears.</summary>
    public string? Inputs { get; init; }

    /// <summary>Shards to be done in this run.</summary>
    public int Pending { get; init; }

    /// <summary>Index of the shard.</summary>
    public int Index { get; init; }

    public ShardBegin? Shard { get; init; }

    public WorkerSample? Sample { get; init; }
}

/// <summary>Sends control messages; several threads may.</summary>
internal sealed class ControlLine(EdgeWriter writer) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1);

    public async Task SayAsync(int receiver, ControlMessage message, CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation);
        try
        {
            await writer.SendAsync(receiver, FrameJson.Write(message), cancellation);
        }
        finally
        {
            _turn.Release();
        }
    }

    public Task CompleteAsync(CancellationToken cancellation) => writer.CompleteAsync(cancellation);

    public void Dispose() => _turn.Dispose();

    /// <summary>All messages that come in.</summary>
    public static async IAsyncEnumerable<(int Sender, ControlMessage Message)> HearAsync(EdgeReader reader, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var frame in reader.ReadAllAsync(cancellation))
        {
            ControlMessage message;
            try
            {
                message = FrameJson.Read<ControlMessage>(frame.Data.Span);
            }
            finally
            {
                frame.Release();
            }

            yield return (frame.Sender, message);
        }
    }
}
