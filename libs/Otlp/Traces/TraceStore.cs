namespace StockAspire.Otlp.Traces;

/// <summary>
/// The newest traces, bounded by count, by bytes and by spans of a trace; the one that began to arrive first goes first.
/// Thread-safe; readers get lists of their own.
/// </summary>
public sealed class TraceStore : SignalStore
{
    private readonly Dictionary<TraceId, Trace> _traces = [];
    private readonly Queue<TraceId> _arrivals = new();
    private long _bytes;

    internal TraceStore(TelemetryLimits limits, SignalCounters counters)
        : base(limits, counters)
    {
    }

    public int Count
    {
        get
        {
            lock (Sync)
            {
                return _traces.Count;
            }
        }
    }

    /// <summary>By start, newest first.</summary>
    public IReadOnlyList<TraceSummary> Find(TraceFilter filter)
    {
        ArgumentNullException.ThrowIfNull(filter);
        List<(TraceSummary Summary, Span[] Spans)> traces;
        lock (Sync)
        {
            // Spans are looked at outside the lock, and only where a filter needs them.
            var needsSpans = !string.IsNullOrEmpty(filter.Text);
            traces = [.. _traces.Values.Select(trace => (trace.Summarize(), needsSpans ? trace.Spans.ToArray() : []))];
        }

        return [.. traces.Where(trace => filter.Holds(trace.Summary, trace.Spans))
            .Select(trace => trace.Summary)
            .OrderByDescending(summary => summary.StartUnixNs)];
    }

    /// <summary>Null if the trace has not arrived, or is forgotten.</summary>
    public TraceSummary? Get(TraceId id, out IReadOnlyList<Span> spans)
    {
        lock (Sync)
        {
            if (!_traces.TryGetValue(id, out var trace))
            {
                spans = [];
                return null;
            }

            spans = [.. trace.Spans];
            return trace.Summarize();
        }
    }

    /// <summary>Spans, of any trace, that have a link to a span of this one: where its work went on.</summary>
    public IReadOnlyList<Span> LinksTo(TraceId id)
    {
        lock (Sync)
        {
            return [.. _traces.Values.SelectMany(trace => trace.Spans).Where(span => span.Links.Any(link => link.TraceId == id))];
        }
    }

    /// <summary>Forgets the traces that a resource has a span in; all for null.</summary>
    public void Clear(string? resource = null)
    {
        lock (Sync)
        {
            TraceId[] kept = [.. _arrivals.Where(id => !string.IsNullOrEmpty(resource) && !_traces[id].Spans.Any(span => span.Resource.IsNamed(resource)))];
            foreach (var id in _arrivals.Except(kept))
            {
                _traces.Remove(id, out var trace);
                _bytes -= trace!.Bytes;
            }

            _arrivals.Clear();
            foreach (var id in kept)
            {
                _arrivals.Enqueue(id);
            }
        }

        Changes.Set();
    }

    internal void Add(IReadOnlyList<Span> spans)
    {
        long stored = 0, dropped = 0, evicted = 0;
        lock (Sync)
        {
            foreach (var span in spans)
            {
                if (!_traces.TryGetValue(span.TraceId, out var trace))
                {
                    _traces[span.TraceId] = trace = new Trace(span.TraceId);
                    _arrivals.Enqueue(span.TraceId);
                }

                if (trace.Spans.Count >= Limits.MaxSpansPerTrace)
                {
                    trace.Drop();
                    dropped++;
                }
                else if (trace.Add(span))
                {
                    _bytes += span.Size;
                    stored++;
                }

                while (_traces.Count > Limits.MaxTraceCount || _bytes > Limits.MaxTraceBytes)
                {
                    _traces.Remove(_arrivals.Dequeue(), out var oldest);
                    _bytes -= oldest!.Bytes;
                    evicted += oldest.Spans.Count;
                }
            }
        }

        Report(stored, dropped, evicted);
    }
}
