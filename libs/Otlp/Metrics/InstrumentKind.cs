namespace StockAspire.Otlp.Metrics;

public enum InstrumentKind
{
    /// <summary>A value that is read now and then.</summary>
    Gauge,

    /// <summary>A monotonic sum: what counts is its rate.</summary>
    Counter,

    /// <summary>A sum that goes up and down: what counts is its value.</summary>
    UpDownCounter,

    Histogram,
}
