using System.Numerics;
using Stickers.Tagger.Network;

namespace Stickers.Tagger.Training;

/// <summary>
/// Random views of a sticker as a market shows it: tilted, scaled, cropped, recoloured, on any background. A sticker is mirrored
/// only where that keeps its meaning.
/// </summary>
internal sealed class StickerAugmenter(float strength)
{
    /// <summary>Tags whose pictures mean something else in the mirror: writing, directions, handedness.</summary>
    private static readonly HashSet<string> MirrorChangesMeaning = new(StringComparer.Ordinal)
    {
        "left", "right", "arrow", "direction", "letter", "letters", "alphabet", "text", "word", "words", "number", "numbers", "digit", "math",
        "symbol", "symbols", "sign", "signs", "keycap", "flag", "clock", "time", "o clock", "map", "logo", "font", "writing", "japanese", "button",
        "question", "percent", "currency", "dollar", "euro", "yen", "pound", "abc", "typography", "note", "music", "next", "previous", "back", "forward", "play",
    };

    private static readonly Vector3 Luma = new(0.299f, 0.587f, 0.114f);

    /// <summary>Whether a sticker with these tags may be mirrored.</summary>
    public static bool MayMirror(IEnumerable<string> tags) => !tags.Any(MirrorChangesMeaning.Contains);

    /// <summary>Draws a view.</summary>
    /// <param name="random">Source of randomness, seeded by the caller.</param>
    /// <param name="mayMirror">Whether mirroring keeps the meaning.</param>
    public View Next(Random random, bool mayMirror)
    {
        float Spread(float range) => ((random.NextSingle() * 2f) - 1f) * range * strength;

        var size = MathF.Exp(Spread(0.22f) + (0.08f * strength));
        var aspect = MathF.Exp(Spread(0.10f));
        var mirror = mayMirror && random.Next(2) == 0 ? -1f : 1f;
        var transform =
            Matrix3x2.CreateScale(mirror * size * aspect, size / aspect) *
            Matrix3x2.CreateRotation(Spread(0.26f)) *
            Matrix3x2.CreateTranslation(Spread(0.10f), Spread(0.10f));

        var view = View.Plain with { Transform = transform, Color = ColorChange(random) };
        if (random.NextSingle() < 0.5f)
        {
            var start = new Vector3(random.NextSingle(), random.NextSingle(), random.NextSingle());
            var angle = random.NextSingle() * MathF.Tau;
            var gradient = random.NextSingle() < 0.4f;
            view = view with
            {
                Background0 = start,
                Background1 = gradient ? new Vector3(random.NextSingle(), random.NextSingle(), random.NextSingle()) : start,
                Gradient = gradient ? new Vector2(MathF.Cos(angle), MathF.Sin(angle)) : Vector2.Zero,
                Opaque = random.NextSingle() < 0.6f,
            };
        }
        if (random.NextSingle() < 0.25f * strength)
        {
            view = view with
            {
                CutoutHalfSide = 0.05f + (0.1f * random.NextSingle()),
                CutoutCentre = new Vector2(random.NextSingle() - 0.5f, random.NextSingle() - 0.5f),
            };
        }
        return view;
    }

    /// <summary>Brightness, contrast, saturation, seldom hue, seldom grey, as one affine map around mid-grey.</summary>
    private Matrix4x4 ColorChange(Random random)
    {
        float Spread(float range) => ((random.NextSingle() * 2f) - 1f) * range * strength;

        var brightness = Spread(0.15f);
        var contrast = 1f + Spread(0.3f);
        var saturation = random.NextSingle() < 0.06f ? 0f : 1f + Spread(0.4f);
        var hue = random.NextSingle() < 0.3f ? Spread(0.6f) : 0f;
        float cos = MathF.Cos(hue) * saturation, sin = MathF.Sin(hue) * saturation * 0.577f;
        var map = default(Matrix4x4);
        for (var from = 0; from < 3; from++)
        {
            for (var to = 0; to < 3; to++)
            {
                var identity = from == to ? 1f : 0f;
                var rotation = from == to ? 0f : (from - to + 3) % 3 == 1 ? -1f : 1f;
                map[from, to] = contrast * (Luma[from] + (cos * (identity - Luma[from])) + (sin * rotation));
            }
        }
        var offset = (0.5f * (1f - contrast)) + brightness;
        map[3, 0] = map[3, 1] = map[3, 2] = offset;
        map[3, 3] = 1f;
        return map;
    }
}
