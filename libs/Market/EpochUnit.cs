namespace StockAspire.Market;

/// <summary>What a number counts that stands for a time since the Unix epoch. The value is its decimal digits of ns.</summary>
public enum EpochUnit
{
    Nanoseconds = 0,
    Microseconds = 3,
    Milliseconds = 6,
    Seconds = 9,

    /// <summary>Told from the number's size, see <see cref="UnixTime.TryParseEpoch"/>: right for times from 1973 to 2262.</summary>
    ByMagnitude = -1,
}
