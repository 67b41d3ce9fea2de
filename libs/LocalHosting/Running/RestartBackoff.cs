namespace StockAspire.LocalHosting;

/// <summary>
/// How long a crashed resource stays down: 250 ms the first time, twice as long each time after, at most 30 s; from
/// the beginning again once it has run for 30 s. Not thread-safe.
/// </summary>
internal sealed class RestartBackoff
{
    internal static readonly TimeSpan First = TimeSpan.FromMilliseconds(250);
    internal static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);
    internal static readonly TimeSpan ForgivenAfter = TimeSpan.FromSeconds(30);

    /// <summary>Restarts in a row, each too soon after the one before.</summary>
    internal int Attempt { get; private set; }

    internal TimeSpan Next(TimeSpan ran)
    {
        if (ran >= ForgivenAfter)
            Attempt = 0;
        Attempt++;

        // 250 ms x 2^7 is past the longest: more doublings would only overflow.
        var delay = First * (1 << Math.Min(Attempt - 1, 7));
        return delay < Longest ? delay : Longest;
    }
}
