namespace Stickers.Pipeline;

/// <summary>How a job is run. None of it changes a byte of the output.</summary>
public sealed record RunOptions
{
    /// <summary>Where the output goes in the store, without a slash at the end.</summary>
    public required string Folder { get; init; }

    /// <summary>Workers for preprocess, 0 to run it in the workers of main.</summary>
    public int Preprocess { get; init; } = 1;

    /// <summary>Workers for main, 0 to run it in the workers of preprocess or, where that has none, of postprocess.</summary>
    public int Main { get; init; } = 1;

    /// <summary>Workers for postprocess, 0 to run it in the workers of the stage before.</summary>
    public int Postprocess { get; init; } = 1;

    /// <summary>Most bytes of items that wait between two stages in one process; 64 KiB or more.</summary>
    public long QueueBytes { get; init; } = 64L << 20;

    /// <summary>Threads for the workers of one process together; 0 for the number of cores.</summary>
    public int Threads { get; init; }

    /// <summary>Where the workers compute.</summary>
    public string Device { get; init; } = "cpu";

    /// <summary>Make the output anew, whatever stands there.</summary>
    public bool Replace { get; init; }

    /// <summary>
    /// Folders of earlier runs, of which those shards are taken over that were made of the same content in the same way. With <see cref="Folder"/> among them the output is brought up to date,
    /// and what stands may have been made from other inputs.
    /// </summary>
    public IReadOnlyList<string> Reuse { get; init; } = [];

    /// <summary>Do the shards again that have items in quarantine.</summary>
    public bool RetryFailed { get; init; }

    /// <summary>With <see cref="RetryFailed"/>: only those with items of this class.</summary>
    public string? RetryClass { get; init; }

    /// <summary>How long no item may move before a warning names the stage at fault.</summary>
    public TimeSpan StallAfter { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Checks all values.</summary>
    /// <exception cref="ArgumentException">One or more values cannot work; the message lists all.</exception>
    public void Check()
    {
        var faults = new List<string>();
        if (string.IsNullOrEmpty(Folder)) faults.Add("the folder is empty");
        if (Preprocess < 0 || Main < 0 || Postprocess < 0 || Preprocess + Main + Postprocess == 0) faults.Add($"{Preprocess} + {Main} + {Postprocess} workers: none may be negative, and there must be some");
        if (QueueBytes < 1 << 16) faults.Add($"queues of {QueueBytes} bytes: expected {1 << 16} or more");
        if (Threads < 0) faults.Add($"{Threads} threads");
        if (Replace && Reuse.Contains(Folder)) faults.Add("it cannot be made anew and brought up to date at once");
        if (RetryClass is not null && !RetryFailed) faults.Add($"an error class '{RetryClass}' to try again, but nothing is to be tried again");
        if (StallAfter <= TimeSpan.Zero) faults.Add($"a warning after {StallAfter}");
        if (faults.Count > 0) throw new ArgumentException($"The job cannot run so: {string.Join("; ", faults)}.");
    }
}
