namespace StockAspire.LocalHosting;

/// <summary>
/// How long a crashed resource stays down: 250 ms the first time, twice as long each time after, at most 30 s; from
/// the beginning again once it has run for 30 s. After <see cref="RestartsMax"/> restarts in a row, some two minutes,
/// none of which ran that long, it stays down. Not thread-safe.
/// </summary>
internal sealed class RestartBackoff
{
    internal const int RestartsMax = 10;
    internal static readonly TimeSpan First = TimeSpan.FromMilliseconds(250);
    internal static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);
    internal static readonly TimeSpan ForgivenAfter = TimeSpan.FromSeconds(30);

    /// <summary>Restarts in a row, each too soon after the one before.</summary>
    internal int Attempt { get; private set; }

    /// <summary>Null: no more.</summary>
    internal TimeSpan? Next(TimeSpan ran)
    {
        if (ran >= ForgivenAfter)
            Attempt = 0;
        if (Attempt == RestartsMax)
            return null;
        Attempt++;

        // 250 ms x 2^7 is past the longest: more doublings would only overflow.
        var delay = First * (1 << Math.Min(Attempt - 1, 7));
        return delay < Longest ? delay : Longest;
    }

    /// <summary>Somebody has started it by hand, and may have mended it.</summary>
    internal void Reset() => Attempt = 0;
}
