namespace StockAspire.Otlp.Wire;

/// <summary>Reads whole export requests. Thread-safe.</summary>
internal sealed class MessageDecoder
{
    /// <summary>Resource attributes stay for as long as the process is known, so they are kept short.</summary>
    private const int ResourceAttributeLengthMax = 1024;

    private readonly ResourceTable _resources;
    private readonly AttributeDecoder _attributes;
    private readonly AttributeDecoder _resourceAttributes;
    private readonly SpanDecoder _spans;
    private readonly LogDecoder _logs;
    private readonly MetricDecoder _metrics;

    public MessageDecoder(TelemetryLimits limits, ResourceTable resources)
    {
        _resources = resources;
        _attributes = new AttributeDecoder(limits.MaxAttributeCount, limits.MaxAttributeLength);
        _resourceAttributes = new AttributeDecoder(limits.MaxAttributeCount, Math.Min(limits.MaxAttributeLength, ResourceAttributeLengthMax));
        _spans = new SpanDecoder(_attributes, limits.MaxSpanEventCount);
        _logs = new LogDecoder(_attributes);
        _metrics = new MetricDecoder(_attributes, new DataPointDecoder(_attributes));
    }

    /// <exception cref="MalformedMessageException">Some of it cannot be read: nothing of it is to be stored.</exception>
    public DecodedMessage Decode(Signal signal, ReadOnlySpan<byte> message)
    {
        var decoding = new Decoding(this, new DecodedMessage(signal, message.Length));
        MessageWalk.Visit(message, decoding);
        return decoding.Decoded;
    }

    private TelemetryResource ResourceOf(ReadOnlySpan<byte> message)
    {
        var dropped = 0;
        return _resources.Intern(_resourceAttributes.Read(message, 1, ref dropped));
    }

    private string ScopeName(ReadOnlySpan<byte> message)
    {
        for (var fields = new ProtoReader(message); fields.Next();)
        {
            if (fields.Field == 1)
            {
                return _attributes.Name(fields.Bytes());
            }
        }

        return string.Empty;
    }

    private sealed class Decoding(MessageDecoder decoder, DecodedMessage decoded) : IItemVisitor
    {
        private TelemetryResource _resource = null!;
        private string _scope = string.Empty;

        public DecodedMessage Decoded => decoded;

        public void Resource(ReadOnlySpan<byte> message) => _resource = decoder.ResourceOf(message);

        public void Scope(ReadOnlySpan<byte> message) => _scope = decoder.ScopeName(message);

        public void Item(ReadOnlySpan<byte> message)
        {
            switch (decoded.Signal)
            {
                case Signal.Traces when decoder._spans.Read(_resource, _scope, message) is { } span:
                    decoded.Spans.Add(span);
                    break;
                case Signal.Traces:
                    decoded.Rejected++;
                    break;
                case Signal.Logs:
                    decoded.Logs.Add(decoder._logs.Read(_resource, _scope, message));
                    break;
                default:
                    var rejected = 0;
                    if (decoder._metrics.Read(_resource, _scope, message, ref rejected) is { } metric)
                    {
                        decoded.Metrics.Add(metric);
                    }

                    decoded.Rejected += rejected;
                    break;
            }
        }
    }
}
