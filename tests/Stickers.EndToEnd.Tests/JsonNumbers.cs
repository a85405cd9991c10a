using System.Text.Json;

namespace Stickers.EndToEnd.Tests;

internal static class JsonNumbers
{
    public static long Number(this JsonElement json, string name) => json.GetProperty(name).GetInt64();
}
