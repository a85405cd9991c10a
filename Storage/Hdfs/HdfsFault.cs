using System.Net;

namespace Stickers.Storage.Hdfs;

/// <summary>What the faults of nodes and connections mean.</summary>
internal static class HdfsFault
{
    /// <summary>What the caller should see.</summary>
    internal static Exception Explain(string root, string key, Exception fault) => fault switch
    {
        StoreException or FileNotFoundException or OperationCanceledException => fault,
        RemoteException answer => Explain(root, key, answer),
        HttpRequestException or IOException => new StoreException(root, key, $"the cluster cannot be reached or broke off ({Innermost(fault).Message.TrimEnd('.')}).", isTransient: true, fault),
        _ => fault,
    };

    private static StoreException Explain(string root, string key, RemoteException answer)
    {
        var said = answer.Name.Length > 0 ? $"the cluster answered {answer.Name}: {answer.Text.TrimEnd('.')}." : $"the server answered {(int)answer.Status} {answer.Text}.";
        var hint = answer switch
        {
            { IsTransient: true } => "",
            { Name: "AccessControlException" } => " Check the folder's rights and HADOOP_USER_NAME.",
            { Name: "SecretManager$InvalidToken" or "InvalidToken" } => $" Get a new delegation token into {HdfsSettings.TokenVariable}.",
            { Status: HttpStatusCode.Unauthorized } => $" The cluster wants authentication: put a delegation token into {HdfsSettings.TokenVariable}.",
            { Name: "ParentNotDirectoryException" } => " A key cannot be the folder of another.",
            { Name: "NSQuotaExceededException" or "DSQuotaExceededException" or "QuotaByStorageTypeExceededException" } => " Raise the quota or delete something.",
            { Name: "" } => " Is this the HTTP port of a name node (9870), with WebHDFS switched on?",
            _ => "",
        };
        return new StoreException(root, key, said + hint, answer.IsTransient, answer);
    }

    private static Exception Innermost(Exception fault) => fault.InnerException is { } inner ? Innermost(inner) : fault;
}
