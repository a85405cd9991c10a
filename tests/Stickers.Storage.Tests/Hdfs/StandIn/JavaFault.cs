namespace Stickers.Storage.Tests.Hdfs.StandIn;

/// <summary>Becomes a RemoteException of WebHDFS.</summary>
internal sealed class JavaFault(int status, string javaClass, string message) : Exception(message)
{
    public int Status { get; } = status;

    public string JavaClass { get; } = javaClass;

    public string Name => JavaClass[(JavaClass.LastIndexOf('.') + 1)..];
}
