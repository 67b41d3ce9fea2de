using Microsoft.Extensions.Options;

namespace StockAspire.Otlp;

/// <summary>Each message names the key, the limits and the value.</summary>
internal sealed class TelemetryLimitsValidator : IValidateOptions<TelemetryLimits>
{
    public ValidateOptionsResult Validate(string? name, TelemetryLimits options)
    {
        const string Section = TelemetryLimits.SectionName;
        var faults = new List<string>();
        faults.CheckRange(Section, "MaxLogCount", options.MaxLogCount, 1, 1_000_000);
        faults.CheckRange(Section, "MaxLogBytes", options.MaxLogBytes, 1 << 20, 1 << 30);
        faults.CheckRange(Section, "MaxTraceCount", options.MaxTraceCount, 1, 1_000_000);
        faults.CheckRange(Section, "MaxTraceBytes", options.MaxTraceBytes, 1 << 20, 1 << 30);
        faults.CheckRange(Section, "MaxSpansPerTrace", options.MaxSpansPerTrace, 1, 100_000);
        faults.CheckRange(Section, "MaxMetricsCount", options.MaxMetricsCount, 1_000, 5_000_000);
        faults.CheckRange(Section, "MaxSeriesPerInstrument", options.MaxSeriesPerInstrument, 1, 10_000);
        faults.CheckRange(Section, "MaxResourceCount", options.MaxResourceCount, 1, 10_000);
        faults.CheckRange(Section, "MaxAttributeCount", options.MaxAttributeCount, 1, 1_000);
        faults.CheckRange(Section, "MaxAttributeLength", options.MaxAttributeLength, 64, 1 << 20);
        faults.CheckRange(Section, "MaxSpanEventCount", options.MaxSpanEventCount, 1, 10_000);

        // One message of the largest size must fit.
        faults.CheckRange(Section, "MaxIntakeBytes", options.MaxIntakeBytes, OtlpOptions.MessageSizeMax, 1 << 30);
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }
}
