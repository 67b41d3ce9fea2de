using System.Globalization;
using StockAspire.Feeds;
using StockAspire.Feeds.Mapping;
using StockAspire.Market;
using StockAspire.Protos.V1;

namespace StockAspire.Ingest.Loads;

/// <summary>What is to be read and how, checked.</summary>
internal sealed record LoadSpec
{
    private const long RateMax = 100_000_000;
    private const int SpeedMax = 1_000_000;

    private static readonly TimeSpan IntervalMin = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan IntervalMax = TimeSpan.FromDays(1);
    private static readonly TimeSpan IntervalDefault = TimeSpan.FromMilliseconds(100);

    /// <summary>Relative to <c>Ingest:CsvRoot</c>.</summary>
    public required string Path { get; init; }

    public required LoadMode Mode { get; init; }

    public required FeedMapping Mapping { get; init; }

    /// <summary>Rows per second at most; 0 is flat out.</summary>
    public long Rate { get; init; }

    /// <summary>Factor of a replay in units of 1e-9; 0 where the mode has none.</summary>
    public long SpeedE9 { get; init; }

    /// <summary>ns between rows of a sample; 0 where the mode has none.</summary>
    public long IntervalNs { get; init; }

    public bool Loop { get; init; }

    public ulong Seed { get; init; }

    /// <summary>Name of the configured feed; empty for a requested load.</summary>
    public string Feed { get; init; } = string.Empty;

    /// <summary>Whether identities come from the file alone, not from the run.</summary>
    public bool IsFileIdentity => Mode == LoadMode.Load && !Loop;

    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT: names the field.</exception>
    public static LoadSpec From(StartLoadRequest request) => Create(
        request.Path, request.Mode, request.Mapping, request.Timezone, request.Rate, request.Speed, TimeSpan.FromMilliseconds(request.IntervalMs), request.Loop, request.Seed);

    /// <inheritdoc cref="From(StartLoadRequest)"/>
    public static LoadSpec From(string name, FeedOptions feed)
    {
        var mode = feed.Mode.ToUpperInvariant() switch
        {
            "LOAD" => LoadMode.Load,
            "REPLAY" => LoadMode.Replay,
            "SAMPLE" => LoadMode.Sample,
            _ => throw IngestErrors.Invalid("Mode", $"expected load, replay or sample, got \"{feed.Mode}\""),
        };
        return Create(feed.Path, mode, feed.Mapping, feed.Timezone, feed.Rate, feed.Speed, feed.Interval, feed.Loop, feed.Seed) with { Feed = name };
    }

    /// <summary>As a record says that was written before.</summary>
    public static LoadSpec From(SourceRecord record) => new()
    {
        Path = record.Path,
        Mode = record.Mode,
        Mapping = FeedMapping.ParseCanonical(record.Mapping),
        Rate = record.Rate,
        SpeedE9 = record.SpeedE9,
        IntervalNs = record.IntervalNs,
        Loop = record.Loop,
        Seed = record.Seed,
        Feed = record.Feed,
    };

    private static LoadSpec Create(
        string path,
        LoadMode mode,
        IEnumerable<KeyValuePair<string, string>> mapping,
        string timezone,
        long rate,
        string speed,
        TimeSpan interval,
        bool loop,
        ulong seed)
    {
        mode = mode == LoadMode.Unspecified ? LoadMode.Load : mode;
        if (!Enum.IsDefined(mode))
        {
            throw IngestErrors.Invalid("mode", string.Create(CultureInfo.InvariantCulture, $"expected load, replay or sample, got {(int)mode}"));
        }

        if (rate is < 0 or > RateMax)
        {
            throw IngestErrors.Invalid("rate", string.Create(CultureInfo.InvariantCulture, $"expected 0 to {RateMax} rows per second, got {rate}"));
        }

        interval = interval == TimeSpan.Zero ? IntervalDefault : interval;
        if (mode == LoadMode.Sample && (interval < IntervalMin || interval > IntervalMax))
        {
            throw IngestErrors.Invalid("interval_ms", $"expected 1 ms to 1 day, got {interval}");
        }

        return new LoadSpec
        {
            Path = path,
            Mode = mode,
            Mapping = MappingOf(mapping, timezone),
            Rate = mode == LoadMode.Load ? rate : 0,
            SpeedE9 = mode == LoadMode.Replay ? SpeedOf(speed) : 0,
            IntervalNs = mode == LoadMode.Sample ? UnixTime.FromTimeSpan(interval) : 0,
            Loop = loop && mode != LoadMode.Sample,
            Seed = mode == LoadMode.Sample ? seed : 0,
        };
    }

    private static FeedMapping MappingOf(IEnumerable<KeyValuePair<string, string>> mapping, string timezone)
    {
        try
        {
            return FeedMapping.FromPairs(mapping, timezone);
        }
        catch (FeedException exception)
        {
            throw IngestErrors.Invalid("mapping", exception.Message);
        }
    }

    private static long SpeedOf(string speed)
    {
        // Exact in units of 1e-9, as a price is.
        var error = Price.TryParse(speed.Length == 0 ? "1" : speed, out var factor);
        return error == FixedPointError.None && factor.E9 > 0 && factor.E9 <= SpeedMax * 1_000_000_000L
            ? factor.E9
            : throw IngestErrors.Invalid("speed", $"expected a decimal number above 0 and up to {SpeedMax}, got \"{speed}\"");
    }
}
