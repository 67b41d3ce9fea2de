namespace StockAspire.Otlp.Traces;

/// <summary>Orders a trace's spans for display: each below its parent, siblings by start.</summary>
public static class Waterfall
{
    /// <summary>
    /// Every span gives one row. Spans that are each other's parents, which no sound sender makes, begin with the one that
    /// started first, as an orphan.
    /// </summary>
    public static IReadOnlyList<WaterfallRow> Order(IReadOnlyList<Span> spans)
    {
        ArgumentNullException.ThrowIfNull(spans);
        Span[] sorted = [.. spans.OrderBy(span => span.StartUnixNs).ThenByDescending(span => span.EndUnixNs)];
        var ids = sorted.Select(span => span.SpanId).ToHashSet();
        var children = sorted.Where(span => ids.Contains(span.ParentId)).ToLookup(span => span.ParentId);
        var rows = new List<WaterfallRow>(sorted.Length);
        var placed = new HashSet<SpanId>();
        foreach (var root in sorted.Where(span => !ids.Contains(span.ParentId)))
        {
            Place(root, children, placed, rows);
        }

        // What no root leads to is a cycle.
        foreach (var span in sorted.Where(span => !placed.Contains(span.SpanId)))
        {
            Place(span, children, placed, rows);
        }

        return rows;
    }

    /// <summary>Depth first, by a stack of its own: a hostile trace may be thousands of spans deep.</summary>
    private static void Place(Span root, ILookup<SpanId, Span> children, HashSet<SpanId> placed, List<WaterfallRow> rows)
    {
        if (!placed.Add(root.SpanId))
        {
            return;
        }

        var first = rows.Count;
        var stack = new Stack<(Span Span, int Depth)>([(root, 0)]);
        while (stack.TryPop(out var next))
        {
            rows.Add(new WaterfallRow(next.Span, next.Depth, 0, next.Depth == 0 && !next.Span.ParentId.IsEmpty));
            foreach (var child in children[next.Span.SpanId].Reverse().Where(child => placed.Add(child.SpanId)))
            {
                stack.Push((child, next.Depth + 1));
            }
        }

        // From the last row back: a row's descendants end where one of its own depth or less begins.
        var ends = new Stack<int>();
        for (var i = rows.Count - 1; i >= first; i--)
        {
            while (ends.TryPeek(out var end) && rows[end].Depth > rows[i].Depth)
            {
                ends.Pop();
            }

            rows[i] = rows[i] with { Descendants = (ends.TryPeek(out var next) ? next : rows.Count) - i - 1 };
            ends.Push(i);
        }
    }
}
