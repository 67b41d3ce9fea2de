using Grpc.Core;
using Microsoft.Extensions.Options;
using StockAspire.Ingest.Loads;

namespace StockAspire.Ingest;

/// <summary>Each message names the key, the limits and the value, which data annotations leave out.</summary>
internal sealed class IngestOptionsValidator : IValidateOptions<IngestOptions>
{
    public ValidateOptionsResult Validate(string? name, IngestOptions options)
    {
        var faults = new List<string>();
        Check(faults, "MaxInFlightTicksPerStream", options.MaxInFlightTicksPerStream, 1_000, 1_000_000);
        Check(faults, "AckInterval", options.AckInterval, TimeSpan.FromMilliseconds(5), TimeSpan.FromSeconds(5));
        Check(faults, "AckTicks", options.AckTicks, 1, 65_536);
        Check(faults, "MaxStreams", options.MaxStreams, 1, 100_000);
        Check(faults, "MaxMessageBytes", options.MaxMessageBytes, 1 << 10, 4 << 20);
        Check(faults, "MaxFutureSkew", options.MaxFutureSkew, TimeSpan.Zero, TimeSpan.FromHours(24));
        if (string.IsNullOrWhiteSpace(options.CsvRoot))
        {
            faults.Add($"Ingest:CsvRoot must be the folder below which files may be loaded, got \"{options.CsvRoot}\".");
        }

        if (string.IsNullOrWhiteSpace(options.Instance) || options.Instance.Length > 100)
        {
            faults.Add($"Ingest:Instance must be a name of 1 to 100 characters, got \"{options.Instance}\".");
        }

        foreach (var (feed, settings) in options.Feeds)
        {
            Check(faults, feed, settings);
        }

        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private static void Check(List<string> faults, string feed, FeedOptions settings)
    {
        try
        {
            LoadSpec.From(feed, settings);
        }
        catch (RpcException exception)
        {
            // The one check of a load's settings; a request is told the same.
            faults.Add($"Ingest:Feeds:{feed}: {exception.Status.Detail}");
        }
    }

    private static void Check<T>(List<string> faults, string key, T value, T min, T max)
        where T : IComparable<T>
    {
        if (value.CompareTo(min) < 0 || value.CompareTo(max) > 0)
        {
            faults.Add(FormattableString.Invariant($"Ingest:{key} must be between {min} and {max}, got {value}."));
        }
    }
}
