namespace Stickers.Catalogue.Tables;

/// <summary>
/// Tells Hugging Face <c>datasets</c> that the struct {bytes, path} is an image, by the key that it keeps its features under in the
/// metadata of Parquet files. It infers the other columns.
/// </summary>
internal static class HuggingFaceFeatures
{
    internal static IReadOnlyDictionary<string, string> Metadata { get; } = new Dictionary<string, string>
    {
        ["huggingface"] = """{"info": {"features": {"image": {"_type": "Image"}}}}""",
    };
}
