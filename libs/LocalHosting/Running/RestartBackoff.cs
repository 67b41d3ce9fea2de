namespace StockAspire.LocalHosting;

/// <summary>
/// How long a crashed resource stays down: 250 ms the first time, twice as long each time after, at most 30 s; from
/// the beginning again once it has run for 30 s. After <see cref="RestartsMax"/> restarts in a row that led nowhere,
/// some two minutes, it stays down; one that was healthy before it crashed is started again for ever. Not thread-safe.
/// </summary>
internal sealed class RestartBackoff
{
    internal const int RestartsMax = 10;
    internal static readonly TimeSpan First = TimeSpan.FromMilliseconds(250);
    internal static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);
    internal static readonly TimeSpan ForgivenAfter = TimeSpan.FromSeconds(30);

    private int _futile;

    /// <summary>Restarts in a row, each too soon after the one before.</summary>
    internal int Attempt { get; private set; }

    /// <summary>Null: no more.</summary>
    /// <param name="ran">From start to end.</param>
    /// <param name="cameUp">A check has found it healthy.</param>
    internal TimeSpan? Next(TimeSpan ran, bool cameUp)
    {
        if (ran >= ForgivenAfter)
            Attempt = 0;
        if (cameUp || ran >= ForgivenAfter)
            _futile = 0;
        if (_futile == RestartsMax)
            return null;
        _futile++;
        Attempt++;

        // 250 ms x 2^7 is past the longest: more doublings would only overflow.
        var delay = First * (1 << Math.Min(Attempt - 1, 7));
        return delay < Longest ? delay : Longest;
    }

    /// <summary>Somebody has started it by hand, and may have mended it.</summary>
    internal void Reset() => (Attempt, _futile) = (0, 0);
}
