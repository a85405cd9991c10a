using System.Text.Json;

namespace Stickers.Catalogue.Tables;

/// <summary>Tells Hugging Face <c>datasets</c> that the struct {bytes, path} is an image, by the metadata it keeps in Parquet files.</summary>
internal static class HuggingFaceFeatures
{
    private static readonly (string Name, object Feature)[] Columns =
    [
        ("id", Value("int64")),
        ("key", Value("string")),
        ("pack", Value("string")),
        ("creator", Value("string")),
        ("title", Value("string")),
        ("locale", Value("string")),
        ("tags", new { feature = Value("string"), _type = "Sequence" }),
        ("image", new { _type = "Image" }),
        ("format", Value("string")),
        ("width", Value("int32")),
        ("height", Value("int32")),
        ("frames", Value("int32")),
        ("concept", Value("string")),
        ("duplicate_group", Value("string")),
        ("split_creator", Value("string")),
        ("split_concept", Value("string")),
    ];

    internal static IReadOnlyDictionary<string, string> Metadata { get; } = new Dictionary<string, string>
    {
        ["huggingface"] = JsonSerializer.Serialize(new { info = new { features = Columns.ToDictionary(column => column.Name, column => column.Feature) } }),
    };

    private static object Value(string type) => new { dtype = type, _type = "Value" };
}
