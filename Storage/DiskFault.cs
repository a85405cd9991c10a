namespace Stickers.Storage;

/// <summary>What a local disk's faults mean to people.</summary>
internal static class DiskFault
{
    // errno of Linux, which .NET hands on as HResult; the last two are what it makes of some of them itself.
    private const int NoSpace = 28;
    private const int Quota = 122;
    private const int FileTooLarge = 27;
    private const int DiskFull = unchecked((int)0x80070070);
    private const int DiskFullToo = unchecked((int)0x80070027);

    /// <summary>A sentence.</summary>
    internal static string Words(Exception fault) => fault.HResult switch
    {
        NoSpace or DiskFull or DiskFullToo => "the disk is full. Free space on it, and run again.",
        Quota => "the disk quota is used up. Free space, and run again.",
        FileTooLarge => "the file is larger than the system's limit for one file (ulimit -f).",
        _ => fault.Message.EndsWith('.') ? fault.Message : fault.Message + ".",
    };
}
