namespace Stickers.Cli.Demo;

/// <summary>What the demo is made from, and for how long it learns.</summary>
internal sealed record DemoOptions
{
    /// <summary>Name of the demo's catalogue, and version of its model.</summary>
    public const string Name = "demo";

    /// <summary>Where Debian's package openclipart-svg puts its drawings.</summary>
    public const string Openclipart = "/usr/share/openclipart";

    /// <summary>Folder of drawings.</summary>
    public required string Source { get; init; }

    /// <summary>Time for training, interrupted runs added up.</summary>
    public required TimeSpan Budget { get; init; }
}
