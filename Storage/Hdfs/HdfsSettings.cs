namespace Stickers.Storage.Hdfs;

/// <summary>Who asks. Not a record: its text would show the token.</summary>
internal sealed class HdfsSettings
{
    internal const string TokenVariable = "STICKERS_HDFS_TOKEN";
    internal const string TokenFileVariable = "STICKERS_HDFS_TOKEN_FILE";

    /// <summary>For clusters with simple authentication: sent as <c>user.name</c>, unless there is a token.</summary>
    internal string? User { get; init; }

    /// <summary>For secured clusters: a delegation token, as <c>hdfs fetchdt --webservice</c> or <c>GETDELEGATIONTOKEN</c> gives it.</summary>
    internal string? Token { get; init; }

    /// <summary><c>HADOOP_USER_NAME</c> (else the user of this process), <c>STICKERS_HDFS_TOKEN</c> or a file named by <c>STICKERS_HDFS_TOKEN_FILE</c>.</summary>
    internal static HdfsSettings FromEnvironment()
    {
        var file = Variable(TokenFileVariable);
        return new HdfsSettings
        {
            User = Variable("HADOOP_USER_NAME") ?? Environment.UserName,
            Token = Variable(TokenVariable) ?? (file is null ? null : File.ReadAllText(file).Trim()),
        };
    }

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
