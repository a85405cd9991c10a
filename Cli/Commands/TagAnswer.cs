using System.Text.Encodings.Web;
using System.Text.Json;
using Spectre.Console;
using Stickers.Catalogue;
using Stickers.Cli.Terminal;
using Stickers.Tagger;

namespace Stickers.Cli.Commands;

/// <summary>Writes what <c>stickers tag</c> found, image by image: nothing is kept.</summary>
internal abstract class TagAnswer(StickerModel model, bool everything) : IDisposable
{
    protected StickerModel Model { get; } = model;

    protected bool Everything { get; } = everything;

    public static TagAnswer AsJson(StickerModel model, bool everything) => new JsonAnswer(model, everything);

    public static TagAnswer AsText(Screen screen, StickerModel model, bool everything) => new TextAnswer(screen, model, everything);

    /// <summary>Writes one image; no prediction means that it could not be read.</summary>
    public abstract void Add(ImageInput input, Prediction? prediction, TagExplanation? explanation);

    /// <summary>Ends the answer.</summary>
    public virtual void Complete()
    {
    }

    public abstract void Dispose();

    private sealed class TextAnswer(Screen screen, StickerModel model, bool everything) : TagAnswer(model, everything)
    {
        public override void Add(ImageInput input, Prediction? prediction, TagExplanation? explanation)
        {
            screen.Out.WriteLine(input.Name, new Style(decoration: Decoration.Bold));
            if (prediction is null)
            {
                screen.Out.WriteLine($"  cannot be read: {input.Error}");
                return;
            }

            var suggested = Model.Suggest(prediction.Scores);
            if (suggested.Count == 0) screen.Out.WriteLine("  no tag is likely enough to suggest");
            foreach (var suggestion in suggested)
            {
                var accepted = suggestion.Decision == SuggestionDecision.Accept;
                screen.Out.WriteLine($"  {suggestion.Score:0.00}  {(accepted ? "accept" : "review")}  {suggestion.Tag}", new Style(accepted ? Color.Green : Color.Default));
            }

            if (explanation is not null) Explain(explanation);
            if (!Everything) return;
            foreach (var (tag, score) in Model.Vocabulary.Zip(prediction.Scores).OrderByDescending(pair => pair.Second))
                screen.Out.WriteLine($"  {score:0.0000}          {tag}");
        }

        public override void Dispose()
        {
        }

        private void Explain(TagExplanation explanation)
        {
            foreach (var line in explanation.Drawn()) screen.Out.WriteLine($"    {line}");
            foreach (var example in explanation.Examples ?? [])
                screen.Out.WriteLine($"  {example.Likeness:0.00}  like {example.Key}: {string.Join(", ", example.Tags)}");
        }
    }

    private sealed class JsonAnswer : TagAnswer
    {
        private readonly Stream _output = Console.OpenStandardOutput();
        private readonly Utf8JsonWriter _json;

        public JsonAnswer(StickerModel model, bool everything)
            : base(model, everything)
        {
            _json = new Utf8JsonWriter(_output, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
            _json.WriteStartObject();
            _json.WriteString("model", model.Version);
            _json.WriteString("modelHash", model.ContentHash);
            if (everything) WriteTags("vocabulary", model.Vocabulary);
            _json.WriteStartArray("images");
        }

        public override void Add(ImageInput input, Prediction? prediction, TagExplanation? explanation)
        {
            Break();
            _json.WriteStartObject();
            // As text: JavaScript's numbers end at 53 bits.
            if (input.Id is { } id) _json.WriteString("id", id.ToString());
            _json.WriteString(input.Id is null ? "file" : "key", input.Name);
            if (prediction is null) _json.WriteString("error", input.Error);
            else WritePrediction(prediction);
            if (explanation is not null) Write(explanation);
            _json.WriteEndObject();
        }

        public override void Complete()
        {
            Break();
            _json.WriteEndArray();
            _json.WriteEndObject();
            Break();
        }

        public override void Dispose()
        {
            _json.Dispose();
            _output.Dispose();
        }

        private void WritePrediction(Prediction prediction)
        {
            _json.WriteStartArray("suggestions");
            foreach (var suggestion in Model.Suggest(prediction.Scores))
            {
                _json.WriteStartObject();
                _json.WriteString("tag", suggestion.Tag);
                _json.WriteNumber("score", suggestion.Score);
                _json.WriteString("decision", suggestion.Decision == SuggestionDecision.Accept ? "accept" : "review");
                _json.WriteEndObject();
            }

            _json.WriteEndArray();
            if (!Everything) return;
            WriteNumbers("scores", prediction.Scores);
            WriteNumbers("visual", prediction.Visual);
            WriteNumbers("semantic", prediction.Semantic);
        }

        private void Write(TagExplanation explanation)
        {
            _json.WriteStartArray("heat");
            foreach (var (tag, values) in explanation.Heat)
            {
                _json.WriteStartObject();
                _json.WriteString("tag", tag);
                _json.WriteNumber("side", TagExplanation.Side);
                WriteNumbers("values", values);
                _json.WriteEndObject();
            }

            _json.WriteEndArray();
            if (explanation.Examples is null) return;
            _json.WriteStartArray("examples");
            foreach (var example in explanation.Examples)
            {
                _json.WriteStartObject();
                _json.WriteString("id", example.Id.ToString());
                _json.WriteString("key", example.Key);
                _json.WriteString("creator", example.Creator);
                WriteTags("tags", example.Tags);
                _json.WriteNumber("likeness", example.Likeness);
                _json.WriteEndObject();
            }

            _json.WriteEndArray();
        }

        private void WriteTags(string name, IReadOnlyList<string> tags)
        {
            _json.WriteStartArray(name);
            foreach (var tag in tags) _json.WriteStringValue(tag);
            _json.WriteEndArray();
        }

        private void WriteNumbers(string name, float[] values)
        {
            _json.WriteStartArray(name);
            foreach (var value in values) _json.WriteNumberValue(value);
            _json.WriteEndArray();
        }

        /// <summary>One image a line: long answers stay readable by line tools.</summary>
        private void Break()
        {
            _json.Flush();
            _output.WriteByte((byte)'\n');
        }
    }
}
