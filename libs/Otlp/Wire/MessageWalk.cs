namespace StockAspire.Otlp.Wire;

/// <summary>
/// The frame that all three export requests share: resources (1) of scopes (2) of items (2), with the resource and the
/// scope themselves in field 1. See protos/opentelemetry/proto/collector.
/// </summary>
internal static class MessageWalk
{
    /// <exception cref="MalformedMessageException">The frame is malformed; what came before it has been shown.</exception>
    public static void Visit(ReadOnlySpan<byte> message, IItemVisitor visitor)
    {
        for (var request = new ProtoReader(message); request.Next();)
        {
            if (request.Field == 1)
            {
                VisitResource(request.Bytes(), visitor);
            }
        }
    }

    /// <summary>Spans, log records or data points, without looking into them.</summary>
    /// <exception cref="MalformedMessageException">The frame is malformed.</exception>
    public static int CountItems(Signal signal, ReadOnlySpan<byte> message)
    {
        var counter = new ItemCounter(signal);
        Visit(message, counter);
        return counter.Count;
    }

    /// <summary>Data points of a metric: field 1 of whichever kind of data it has.</summary>
    public static int CountPoints(ReadOnlySpan<byte> metric)
    {
        var count = 0;
        for (var fields = new ProtoReader(metric); fields.Next();)
        {
            if (fields.Field is 5 or 7 or 9 or 10 or 11)
            {
                for (var data = new ProtoReader(fields.Bytes()); data.Next();)
                {
                    count += data.Field == 1 ? 1 : 0;
                }
            }
        }

        return count;
    }

    private static void VisitResource(ReadOnlySpan<byte> message, IItemVisitor visitor)
    {
        visitor.Resource(Head(message));
        for (var scopes = new ProtoReader(message); scopes.Next();)
        {
            if (scopes.Field != 2)
            {
                continue;
            }

            var scope = scopes.Bytes();
            visitor.Scope(Head(scope));
            for (var items = new ProtoReader(scope); items.Next();)
            {
                if (items.Field == 2)
                {
                    visitor.Item(items.Bytes());
                }
            }
        }
    }

    /// <summary>Field 1, wherever it stands; empty where it is missing.</summary>
    private static ReadOnlySpan<byte> Head(ReadOnlySpan<byte> message)
    {
        for (var fields = new ProtoReader(message); fields.Next();)
        {
            if (fields.Field == 1)
            {
                return fields.Bytes();
            }
        }

        return [];
    }

    private sealed class ItemCounter(Signal signal) : IItemVisitor
    {
        public int Count { get; private set; }

        public void Resource(ReadOnlySpan<byte> message)
        {
        }

        public void Scope(ReadOnlySpan<byte> message)
        {
        }

        public void Item(ReadOnlySpan<byte> message) => Count += signal == Signal.Metrics ? CountPoints(message) : 1;
    }
}
