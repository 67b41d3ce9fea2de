using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;

namespace StockAspire.Sink;

/// <summary>Each message names the key, the limits and the value, which data annotations leave out.</summary>
internal sealed partial class SinkOptionsValidator : IValidateOptions<SinkOptions>
{
    public ValidateOptionsResult Validate(string? name, SinkOptions options)
    {
        var faults = new List<string>();
        if (!InstanceName().IsMatch(options.Instance))
        {
            faults.Add($"Sink:Instance must be 1 to 100 of A-Z a-z 0-9 . _ -, got \"{options.Instance}\".");
        }

        Check(faults, "BatchRows", options.BatchRows, 0, 20_000, " (0 is what the store prefers)");
        Check(faults, "BatchBytes", options.BatchBytes, 1024, 16 << 20);
        Check(faults, "MaxInFlightBatches", options.MaxInFlightBatches, 1, 1024);
        Check(faults, "FlushInterval", options.FlushInterval, TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(10));

        // The host grants a stop 8 s in all.
        Check(faults, "RevokeDrain", options.RevokeDrain, TimeSpan.Zero, TimeSpan.FromSeconds(7));
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private static void Check<T>(List<string> faults, string key, T value, T min, T max, string remark = "")
        where T : IComparable<T>
    {
        if (value.CompareTo(min) < 0 || value.CompareTo(max) > 0)
        {
            faults.Add(FormattableString.Invariant($"Sink:{key} must be between {min} and {max}{remark}, got {value}."));
        }
    }

    [GeneratedRegex(@"^[A-Za-z0-9._-]{1,100}\z")]
    private static partial Regex InstanceName();
}
