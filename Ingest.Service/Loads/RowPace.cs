using StockAspire.Market;

namespace StockAspire.Ingest.Loads;

/// <summary>When a row of a file is due, and the event time it gets.</summary>
internal abstract class RowPace
{
    /// <summary>The row's event time, and the time before which it may not be sent: both ns since the Unix epoch.</summary>
    public abstract (long EventTimeNs, long DueNs) Next(in Tick tick);

    /// <summary>Called when the file begins again.</summary>
    public virtual void BeginAgain()
    {
    }

    /// <summary>Event times as they are; rows at a rate, or flat out.</summary>
    /// <param name="rate">Rows per second; 0 is flat out.</param>
    /// <param name="startNs">When the first row is due.</param>
    public sealed class AtRate(long rate, long startNs) : RowPace
    {
        private long _rows;

        public override (long EventTimeNs, long DueNs) Next(in Tick tick) =>
            (tick.EventTimeNs, rate == 0 ? long.MinValue : startNs + (long)((Int128)_rows++ * UnixTime.NsPerSecond / rate));
    }

    /// <summary>In the pace of the file's event times, shifted so that its first row happens at a base time, times a speed.</summary>
    /// <param name="firstNs">Event time of the file's first tick.</param>
    /// <param name="baseNs">Event time that it gets.</param>
    /// <param name="speedE9">Units of 1e-9.</param>
    public sealed class Shifted(long firstNs, long baseNs, long speedE9) : RowPace
    {
        private long _passNs = baseNs;
        private long _lastNs = baseNs;

        public override (long EventTimeNs, long DueNs) Next(in Tick tick)
        {
            var shifted = _passNs + (long)((Int128)(tick.EventTimeNs - firstNs) * UnixTime.NsPerSecond / speedE9);
            _lastNs = Math.Max(_lastNs, shifted);
            return (shifted, shifted);
        }

        /// <summary>The next pass begins a second after the latest row.</summary>
        public override void BeginAgain() => _passNs = _lastNs + UnixTime.NsPerSecond;
    }
}
