using System.Buffers;
using System.Collections.Concurrent;
using System.Reflection;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;

namespace Stickers.SimilaritySearch.Api.Hosting;

/// <summary>
/// An answer whose JSON was written where it was made, so that what stands in the database is copied and not parsed first. Its buffer is used again.
/// </summary>
/// <typeparam name="T">The record that the JSON is one of: what the OpenAPI document describes.</typeparam>
internal sealed class ReadyJson<T> : IResult, IEndpointMetadataProvider
{
    /// <summary>A buffer that has grown beyond this is not kept: answers of 200 stickers have some 60 KB.</summary>
    private const int LargestKept = 256 << 10;

    private const int MostKept = 64;
    private const string MediaType = "application/json; charset=utf-8";

    private static readonly ConcurrentQueue<ReadyJson<T>> Kept = new();

    private readonly ArrayBufferWriter<byte> _buffer = new(16 << 10);

    private ReadyJson() => Writer = new Utf8JsonWriter(_buffer, new JsonWriterOptions { Encoder = ApiJson.Options.Encoder, SkipValidation = true });

    /// <summary>Writes the answer.</summary>
    public Utf8JsonWriter Writer { get; }

    /// <summary>An empty answer.</summary>
    public static ReadyJson<T> Begin() => Kept.TryDequeue(out var kept) ? kept : new ReadyJson<T>();

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        Writer.Flush();
        var response = httpContext.Response;
        response.StatusCode = StatusCodes.Status200OK;
        response.ContentType = MediaType;
        response.ContentLength = _buffer.WrittenCount;
        await response.BodyWriter.WriteAsync(_buffer.WrittenMemory, httpContext.RequestAborted);
        if (_buffer.Capacity > LargestKept || Kept.Count >= MostKept)
            return;
        _buffer.ResetWrittenCount();
        Writer.Reset();
        Kept.Enqueue(this);
    }

    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status200OK, typeof(T), ["application/json"]));
}
