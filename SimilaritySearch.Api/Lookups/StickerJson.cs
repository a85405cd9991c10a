using System.Text.Json;
using Stickers.Catalogue;
using Stickers.SimilaritySearch.Api.Answers;
using Stickers.SimilaritySearch.Api.Hosting;
using Stickers.SimilaritySearch.Api.Serving;
using Stickers.SimilaritySearch.Display;

namespace Stickers.SimilaritySearch.Api.Lookups;

/// <summary>
/// Writes stickers as <see cref="StickerAnswer"/> does: copied from the ready records where they are shown as they are stored, from their rows where the snapshot is too
/// old to have such records. Whoever makes one disposes it.
/// </summary>
internal readonly ref struct StickerJson(ServedPair pair, Audience audience)
{
    private readonly bool _asStored = pair.ShowsAsStored(audience);
    private readonly ReadyRecords.Reading _records = pair.Visual.Snapshot.Records is { } records ? records.Read() : default;

    /// <summary>Has those read ahead that will be written.</summary>
    public void Prepare(IReadOnlyList<ArrangedHit> hits)
    {
        if (!_asStored)
            return;
        Span<StickerId> ids = stackalloc StickerId[Math.Min(hits.Count, SimilarQuery.MaxCount)];
        for (var i = 0; i < ids.Length; i++)
            ids[i] = hits[i].Id;
        _records.Prepare(ids);
    }

    /// <summary>Writes a sticker as the audience may see it; false, and nothing, when no index has it.</summary>
    public bool Write(Utf8JsonWriter json, JsonEncodedText property, StickerId id)
    {
        if (!_asStored)
        {
            if (pair.Find(id) is not { } sticker)
                return false;
            json.WritePropertyName(property);
            JsonSerializer.Serialize(json, pair.Show(sticker, audience), ApiJson.Options);
            return true;
        }

        var record = _records.Find(id);
        if (record.IsEmpty)
            return WriteRow(json, property, pair.Visual, id) || WriteRow(json, property, pair.Semantic, id);
        json.WritePropertyName(property);
        json.WriteRawValue(record, skipInputValidation: true);
        return true;
    }

    public void Dispose() => _records.Dispose();

    private static bool WriteRow(Utf8JsonWriter json, JsonEncodedText property, ServedSpace space, StickerId id) =>
        space.Snapshot.Stickers.Read(id, (json, property), static (to, row) =>
        {
            to.json.WritePropertyName(to.property);
            RecordJson.Write(to.json, row);
        });
}
