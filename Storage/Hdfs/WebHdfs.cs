using System.Globalization;
using System.Net;
using System.Text.Json;

namespace Stickers.Storage.Hdfs;

/// <summary>
/// The operations of WebHDFS that a store needs, each one attempt (Hadoop, "WebHDFS REST API"). A name node that is away or on standby is passed
/// over for the next one. Reading and writing have two steps: the name node redirects, a data node takes or sends the bytes.
/// </summary>
/// <param name="address">The cluster.</param>
/// <param name="settings">Who asks.</param>
internal sealed class WebHdfs(HdfsAddress address, HdfsSettings settings)
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);

    // One for all stores, as connections are pooled in it. Redirects are followed by hand: the first step of a write has no body. No cookies:
    // Hadoop's would make the requests of one user those of another.
    private static readonly HttpClient Http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, ConnectTimeout = ConnectTimeout, PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30) })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    private int _active;

    /// <summary>What a name node knows of a file or folder.</summary>
    internal sealed record FileStatus(string PathSuffix, string Type, long Length, long ModificationTime, long FileId)
    {
        internal bool IsFile => Type == "FILE";

        /// <summary>The number of a file is never given again; time and length are for gateways that do not tell it.</summary>
        internal string Version => string.Create(CultureInfo.InvariantCulture, $"{FileId:x}-{ModificationTime:x}-{Length:x}");
    }

    /// <summary>Null when nothing has this path.</summary>
    internal async Task<FileStatus?> StatAsync(string path, CancellationToken cancellation)
    {
        try
        {
            return (await AskAsync<StatusAnswer>(HttpMethod.Get, path, "GETFILESTATUS", "", cancellation)).FileStatus ?? throw Strange("GETFILESTATUS");
        }
        catch (RemoteException fault) when (fault.IsMissing || fault.Name == "ParentNotDirectoryException")
        {
            return null;
        }
    }

    /// <summary>A page of a folder behind a name, in the order of the names' bytes, and whether more follow. Nothing for what does not exist.</summary>
    internal async Task<(IReadOnlyList<FileStatus> Entries, bool More)> ListAsync(string path, string? after, CancellationToken cancellation)
    {
        try
        {
            var answer = await AskAsync<ListingAnswer>(HttpMethod.Get, path, "LISTSTATUS_BATCH", after is null ? "" : $"&startAfter={Uri.EscapeDataString(after)}", cancellation);
            var page = answer.DirectoryListing?.PartialListing?.FileStatuses?.FileStatus ?? throw Strange("LISTSTATUS_BATCH");
            // A file lists itself, without a name.
            var entries = page.Where(entry => entry.PathSuffix.Length > 0).ToList();
            return (entries, answer.DirectoryListing.RemainingEntries > 0 && entries.Count > 0);
        }
        catch (RemoteException fault) when (fault.IsMissing || fault.Name == "ParentNotDirectoryException")
        {
            return ([], false);
        }
    }

    /// <summary>Opens a range; the content of the answer is the bytes.</summary>
    internal async Task<HttpResponseMessage> OpenAsync(string path, long offset, long length, CancellationToken cancellation)
    {
        var answer = await SendAsync(HttpMethod.Get, path, "OPEN", string.Create(CultureInfo.InvariantCulture, $"&offset={offset}&length={length}"), cancellation);
        if (answer.StatusCode != HttpStatusCode.TemporaryRedirect) return answer;
        using (answer) return await DemandAsync(new HttpRequestMessage(HttpMethod.Get, DataNodeOf(answer)), cancellation);
    }

    /// <summary>Writes a whole file; folders above it are made.</summary>
    /// <exception cref="RemoteException">Not to be overwritten, and there is one (<see cref="RemoteException.IsTaken"/>).</exception>
    internal async Task CreateAsync(string path, bool overwrite, Func<HttpContent> content, CancellationToken cancellation)
    {
        using var answer = await SendAsync(HttpMethod.Put, path, "CREATE", overwrite ? "&overwrite=true" : "&overwrite=false", cancellation);
        if (answer.StatusCode != HttpStatusCode.TemporaryRedirect)
            throw new RemoteException(answer.StatusCode, "", "and no data node for CREATE, where WebHDFS redirects");
        using var request = new HttpRequestMessage(HttpMethod.Put, DataNodeOf(answer)) { Content = content() };
        (await DemandAsync(request, cancellation)).Dispose();
    }

    /// <summary>Gives a file another path in one step. (The parameter <c>renameoptions</c> is in Hadoop since 2.0, though its page does not list it.)</summary>
    /// <exception cref="RemoteException">There is a file, and it is not to be overwritten (<see cref="RemoteException.IsTaken"/>); or there is nothing to rename.</exception>
    internal async Task RenameAsync(string path, string destination, bool overwrite, CancellationToken cancellation)
    {
        using var answer = await SendAsync(HttpMethod.Put, path, "RENAME", $"&destination={Uri.EscapeDataString(destination)}&renameoptions={(overwrite ? "OVERWRITE" : "NONE")}", cancellation);
        // With options, success has no body; who answers false knows only the plain rename.
        if (await IsFalseAsync(answer, cancellation)) throw new RemoteException(answer.StatusCode, "", "and false to RENAME with renameoptions, which this server does not know");
    }

    /// <summary>Deletes a file; nothing when there is none. A folder with something in it stays, unless it goes with all of that.</summary>
    internal async Task DeleteAsync(string path, CancellationToken cancellation, bool recursive = false)
    {
        try
        {
            (await SendAsync(HttpMethod.Delete, path, "DELETE", recursive ? "&recursive=true" : "&recursive=false", cancellation)).Dispose();
        }
        catch (RemoteException fault) when (fault.IsMissing || fault.Name is "PathIsNotEmptyDirectoryException" or "ParentNotDirectoryException")
        {
            // Nothing of ours has this path.
        }
    }

    private static async Task<bool> IsFalseAsync(HttpResponseMessage answer, CancellationToken cancellation) =>
        (await answer.Content.ReadAsStringAsync(cancellation)).Replace(" ", "", StringComparison.Ordinal).Contains("\"boolean\":false", StringComparison.Ordinal);

    private async Task<T> AskAsync<T>(HttpMethod method, string path, string operation, string parameters, CancellationToken cancellation)
    {
        using var answer = await SendAsync(method, path, operation, parameters, cancellation);
        await using var body = await answer.Content.ReadAsStreamAsync(cancellation);
        try
        {
            return await JsonSerializer.DeserializeAsync<T>(body, StoreJson.Options, cancellation) ?? throw new JsonException("null");
        }
        catch (JsonException)
        {
            throw Strange(operation);
        }
    }

    private static RemoteException Strange(string operation) => new(HttpStatusCode.OK, "", $"and to {operation} what is not WebHDFS");

    /// <summary>Asks the name node that answered last, then the others.</summary>
    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string operation, string parameters, CancellationToken cancellation)
    {
        var who = settings.Token is { } token ? $"&delegation={Uri.EscapeDataString(token)}" : settings.User is { } user ? $"&user.name={Uri.EscapeDataString(user)}" : "";
        var target = $"/webhdfs/v1{string.Join('/', path.Split('/').Select(Uri.EscapeDataString))}?op={operation}{parameters}{who}";
        var first = Volatile.Read(ref _active);
        for (var i = 0; ; i++)
        {
            var node = (first + i) % address.NameNodes.Count;
            try
            {
                var answer = await DemandAsync(new HttpRequestMessage(method, new Uri(address.NameNodes[node], target)), cancellation);
                Volatile.Write(ref _active, node);
                return answer;
            }
            catch (Exception fault) when (i + 1 < address.NameNodes.Count && fault is HttpRequestException or RemoteException { IsStandby: true })
            {
                // The next one may do the work now.
            }
        }
    }

    /// <summary>Sends a request whose answer must be a success or a redirect.</summary>
    private static async Task<HttpResponseMessage> DemandAsync(HttpRequestMessage request, CancellationToken cancellation)
    {
        using (request)
        {
            HttpResponseMessage answer;
            try
            {
                answer = await Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
            }
            catch (OperationCanceledException slow) when (!cancellation.IsCancellationRequested)
            {
                throw new HttpRequestException($"no connection within {ConnectTimeout.TotalSeconds} seconds", slow);
            }

            if (answer.IsSuccessStatusCode || answer.StatusCode == HttpStatusCode.TemporaryRedirect) return answer;
            using (answer) throw await RemoteException.ReadAsync(answer, cancellation);
        }
    }

    /// <summary>Where the name node sends the second step: anywhere that it trusts, but not from TLS to without.</summary>
    private Uri DataNodeOf(HttpResponseMessage redirect)
    {
        var node = redirect.Headers.Location;
        if (node is { IsAbsoluteUri: true } && (node.Scheme == Uri.UriSchemeHttps || node.Scheme == address.NameNodes[0].Scheme)) return node;
        throw new RemoteException(redirect.StatusCode, "", $"and redirects to {(node is null ? "nowhere" : "an address of another scheme")}");
    }

    private sealed record StatusAnswer(FileStatus? FileStatus);

    private sealed record ListingAnswer(Listing? DirectoryListing);

    private sealed record Listing(Page? PartialListing, long RemainingEntries);

    private sealed record Page(Statuses? FileStatuses);

    private sealed record Statuses(IReadOnlyList<FileStatus>? FileStatus);
}
