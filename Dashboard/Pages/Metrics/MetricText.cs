using StockAspire.Dashboard.Telemetry;
using StockAspire.Otlp.Metrics;

namespace StockAspire.Dashboard.Pages.Metrics;

/// <summary>Values of an instrument's lines in its unit; those of counters are rates per second.</summary>
internal static class MetricText
{
    public static string Value(double value, InstrumentInfo instrument) => (instrument.Kind, instrument.Unit) switch
    {
        (InstrumentKind.Counter, "s" or "ms") => $"{TelemetryText.Number(value)} {instrument.Unit}/s",
        (InstrumentKind.Counter, var unit) => $"{TelemetryText.Value(value, unit)}/s",
        (_, var unit) => TelemetryText.Value(value, unit),
    };

    /// <summary>Short: words such as "ticks" stand beside the name.</summary>
    public static string Mark(double value, InstrumentInfo instrument) =>
        instrument.Unit is "s" or "ms" or "By" ? Value(value, instrument)
        : instrument.Kind == InstrumentKind.Counter ? $"{TelemetryText.Number(value)}/s" : TelemetryText.Number(value);

    /// <summary>What is counted or measured: "counter, ticks per second", "histogram, seconds".</summary>
    public static string Kind(InstrumentInfo instrument) => (instrument.Kind, TelemetryText.Unit(instrument.Unit)) switch
    {
        (InstrumentKind.Counter, "") => "counter, per second",
        (InstrumentKind.Counter, var unit) => $"counter, {unit} per second",
        (InstrumentKind.UpDownCounter, var unit) => With("up-down counter", unit),
        (InstrumentKind.Histogram, var unit) => With("histogram", unit),
        (_, var unit) => With("gauge", unit),
    };

    private static string With(string kind, string unit) => unit.Length == 0 ? kind : $"{kind}, {unit}";
}
