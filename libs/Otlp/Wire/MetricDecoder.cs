using StockAspire.Otlp.Metrics;

namespace StockAspire.Otlp.Wire;

/// <summary>Reads opentelemetry.proto.metrics.v1.Metric. Summaries are not kept: their quantiles cannot be put together.</summary>
internal sealed class MetricDecoder(AttributeDecoder attributes, DataPointDecoder points)
{
    private const ulong Delta = 1;
    private const ulong Cumulative = 2;

    /// <summary>Null where nothing of the metric is kept. Points that are not valid are counted in <paramref name="rejected"/>.</summary>
    public ReceivedMetric? Read(TelemetryResource resource, string scope, ReadOnlySpan<byte> message, ref int rejected)
    {
        string name = string.Empty, description = string.Empty, unit = string.Empty;
        var dataField = 0;
        ReadOnlySpan<byte> data = default;
        for (var fields = new ProtoReader(message); fields.Next();)
        {
            switch (fields.Field)
            {
                case 1:
                    name = attributes.Name(fields.Bytes());
                    break;
                case 2:
                    description = attributes.Name(fields.Bytes());
                    break;
                case 3:
                    unit = attributes.Name(fields.Bytes());
                    break;
                case 5 or 7 or 9 or 10 or 11:
                    dataField = fields.Field;
                    data = fields.Bytes();
                    break;
            }
        }

        var (temporality, isMonotonic) = Aggregation(data);
        var isSum = dataField is 7 or 9 or 10;
        if (dataField is 0 or 11 || name.Length == 0 || isSum && temporality is not (Delta or Cumulative))
        {
            rejected += MessageWalk.CountPoints(message);
            return null;
        }

        var kind = dataField switch
        {
            5 => InstrumentKind.Gauge,
            7 => isMonotonic ? InstrumentKind.Counter : InstrumentKind.UpDownCounter,
            _ => InstrumentKind.Histogram,
        };
        var received = new List<ReceivedPoint>();
        for (var fields = new ProtoReader(data); fields.Next();)
        {
            if (fields.Field != 1)
            {
                continue;
            }

            if (points.Read(dataField, fields.Bytes()) is { } point)
            {
                received.Add(point);
            }
            else
            {
                rejected++;
            }
        }

        var info = new InstrumentInfo(new InstrumentKey(resource, scope, name), description, unit, kind);
        return new ReceivedMetric(info, isSum && temporality == Delta, received);
    }

    private static (ulong Temporality, bool IsMonotonic) Aggregation(ReadOnlySpan<byte> data)
    {
        ulong temporality = 0;
        var isMonotonic = false;
        for (var fields = new ProtoReader(data); fields.Next();)
        {
            switch (fields.Field)
            {
                case 2:
                    temporality = fields.Varint();
                    break;
                case 3:
                    isMonotonic = fields.Bool();
                    break;
            }
        }

        return (temporality, isMonotonic);
    }
}
