using Stickers.Catalogue;
using Stickers.SimilaritySearch;

namespace Stickers.IndexBuilder;

/// <summary>Hands out the suggestions beside a catalogue that passes by in the same order, so that neither is held in memory.</summary>
internal sealed class SuggestionStream : IAsyncDisposable
{
    private readonly IAsyncEnumerator<Suggestion>? _rows;
    private bool _started;
    private bool _more;

    /// <param name="set">The suggestions, or null when there are none.</param>
    /// <param name="cancellation">Stops the stream.</param>
    public SuggestionStream(SuggestionSet? set, CancellationToken cancellation) => _rows = set?.ReadAsync(cancellation).GetAsyncEnumerator(cancellation);

    /// <summary>The suggestions of the catalogue's next sticker, best first; none for most.</summary>
    public async ValueTask<IReadOnlyList<SuggestedTag>> TakeAsync(StickerId id)
    {
        if (_rows is null)
            return [];
        if (!_started)
        {
            _more = await _rows.MoveNextAsync();
            _started = true;
        }

        List<SuggestedTag>? found = null;
        while (_more && _rows.Current.Id == id)
        {
            var row = _rows.Current;
            (found ??= []).Add(new SuggestedTag(row.Tag, row.Score, row.Decision == SuggestionDecision.Accept ? "accept" : "review"));
            _more = await _rows.MoveNextAsync();
        }

        return found ?? (IReadOnlyList<SuggestedTag>)[];
    }

    /// <summary>Throws when suggestions are left after the last sticker: they then speak of stickers that the catalogue does not have, or stand in another order.</summary>
    /// <exception cref="InvalidDataException">Rows are left.</exception>
    public async Task RequireEndAsync()
    {
        if (_rows is null)
            return;
        if (!_started)
            _more = await _rows.MoveNextAsync();
        if (_more)
            throw new InvalidDataException($"The suggestions are not in the catalogue's order: sticker {_rows.Current.Id} is unknown or comes too late. Make them again (stickers backfill).");
    }

    public ValueTask DisposeAsync() => _rows?.DisposeAsync() ?? ValueTask.CompletedTask;
}
