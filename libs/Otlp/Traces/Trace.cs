namespace StockAspire.Otlp.Traces;

/// <summary>The spans of one trace as they come in, with what the list shows kept up to date. Guarded by its store's lock.</summary>
internal sealed class Trace(TraceId id)
{
    private readonly HashSet<SpanId> _ids = [];
    private readonly List<ResourceSpanCount> _resources = [];
    private Span? _first;
    private TraceSummary? _summary;
    private long _startUnixNs = long.MaxValue;
    private long _endUnixNs;
    private int _errors;

    public List<Span> Spans { get; } = [];

    public long Bytes { get; private set; }

    public int Dropped { get; private set; }

    /// <summary>False if the span is there already: a sender that got no answer sends again.</summary>
    public bool Add(Span span)
    {
        if (!_ids.Add(span.SpanId))
        {
            return false;
        }

        _summary = null;
        Spans.Add(span);
        Bytes += span.Size;
        _startUnixNs = Math.Min(_startUnixNs, span.StartUnixNs);
        _endUnixNs = Math.Max(_endUnixNs, span.EndUnixNs);
        _errors += span.IsError ? 1 : 0;
        _first = _first is null || Precedes(span, _first) ? span : _first;
        Count(span);
        return true;
    }

    public void Drop()
    {
        _summary = null;
        Dropped++;
    }

    public TraceSummary Summarize() => _summary ??= new TraceSummary(
        id, _first!, _first!.ParentId.IsEmpty, _startUnixNs, _endUnixNs - _startUnixNs, Spans.Count, _errors, Dropped, [.. _resources]);

    private static bool Precedes(Span left, Span right) =>
        (left.ParentId.IsEmpty ? 0 : 1, left.StartUnixNs).CompareTo((right.ParentId.IsEmpty ? 0 : 1, right.StartUnixNs)) < 0;

    private void Count(Span span)
    {
        var index = _resources.FindIndex(count => count.Resource == span.Resource);
        if (index < 0)
        {
            _resources.Add(new ResourceSpanCount(span.Resource, 1, span.IsError ? 1 : 0));
            return;
        }

        var known = _resources[index];
        _resources[index] = known with { Spans = known.Spans + 1, Errors = known.Errors + (span.IsError ? 1 : 0) };
    }
}
