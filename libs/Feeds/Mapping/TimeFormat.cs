namespace StockAspire.Feeds.Mapping;

/// <summary>How a column writes event times.</summary>
public enum TimeFormat
{
    /// <summary>A text with dashes as <see cref="Text"/>, a number since the Unix epoch by its magnitude.</summary>
    Auto,

    /// <summary>RFC 3339, or <c>yyyy-MM-dd[ HH:mm[:ss[.fffffffff]]]</c> in the mapping's time zone.</summary>
    Text,

    /// <summary>Seconds since the Unix epoch, fractions allowed.</summary>
    EpochSeconds,

    /// <summary>Milliseconds since the Unix epoch, fractions allowed.</summary>
    EpochMilliseconds,

    /// <summary>Microseconds since the Unix epoch, fractions allowed.</summary>
    EpochMicroseconds,

    /// <summary>Nanoseconds since the Unix epoch.</summary>
    EpochNanoseconds,
}
