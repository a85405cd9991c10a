using Stickers.Storage;

namespace Stickers.Pipeline;

/// <summary>What the code of a stage may know of where it runs. Outputs must not depend on it.</summary>
public class StageContext
{
    internal StageContext()
    {
    }

    private protected StageContext(StageContext other)
    {
        Stage = other.Stage;
        Group = other.Group;
        Threads = other.Threads;
        Device = other.Device;
        Store = other.Store;
        Folder = other.Folder;
        Cancellation = other.Cancellation;
    }

    /// <summary>The stage.</summary>
    public StageKind Stage { get; internal init; }

    /// <summary>0 to <see cref="Size"/> - 1: which of the stage's workers this is.</summary>
    public int Rank => Group.Rank;

    /// <summary>How many workers the stage has, in whatever processes.</summary>
    public int Size => Group.Size;

    /// <summary>The stage's workers, for what they do together.</summary>
    public StageGroup Group { get; internal init; } = StageGroup.Alone;

    /// <summary>How many threads this worker should use, 1 or more.</summary>
    public int Threads { get; internal init; } = 1;

    /// <summary>Where this worker should compute: <c>cpu</c> or <c>cuda:0</c> and so on.</summary>
    public string Device { get; internal init; } = "cpu";

    /// <summary>The store that the job works on.</summary>
    public ObjectStore Store { get; internal init; } = null!;

    /// <summary>Cancelled when the job is stopped or has failed elsewhere.</summary>
    public CancellationToken Cancellation { get; internal init; }

    /// <summary>Where outputs go, without a slash at the end.</summary>
    internal string Folder { get; init; } = "";
}
