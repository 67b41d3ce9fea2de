using System.Buffers.Binary;
using System.Runtime.InteropServices;
using StockAspire.Otlp.Metrics;

namespace StockAspire.Otlp.Wire;

/// <summary>Reads the data points of opentelemetry.proto.metrics.v1.</summary>
internal sealed class DataPointDecoder(AttributeDecoder attributes)
{
    private const int NumberAttributes = 7;
    private const int HistogramAttributes = 9;
    private const int ExponentialAttributes = 1;
    private const ulong NoRecordedValue = 1;
    private const int BucketsMax = 512;
    private const int ExemplarsMax = 64;

    /// <param name="dataField">The field of Metric that holds the point's kind.</param>
    /// <param name="message">The data point.</param>
    /// <returns>Null for a point without a value or with buckets that do not fit its bounds.</returns>
    public ReceivedPoint? Read(int dataField, ReadOnlySpan<byte> message) => dataField switch
    {
        9 => Histogram(message),
        10 => Exponential(message),
        _ => Number(message),
    };

    private ReceivedPoint? Number(ReadOnlySpan<byte> message)
    {
        long start = 0, time = 0;
        double? value = null;
        var flags = 0UL;
        var exemplars = new List<Exemplar>();
        for (var fields = new ProtoReader(message); fields.Next();)
        {
            switch (fields.Field)
            {
                case 2:
                    start = fields.Time();
                    break;
                case 3:
                    time = fields.Time();
                    break;
                case 4:
                    value = fields.Double();
                    break;
                case 6:
                    value = (long)fields.Fixed64();
                    break;
                case 5 when exemplars.Count < ExemplarsMax:
                    exemplars.Add(Exemplar(fields.Bytes()));
                    break;
                case 8:
                    flags = fields.Varint();
                    break;
            }
        }

        if (value is not { } number || !double.IsFinite(number) || time == 0 || (flags & NoRecordedValue) != 0)
        {
            return null;
        }

        return new ReceivedPoint(Attributes(message, NumberAttributes), new MetricPoint(start, time, number, null), exemplars);
    }

    private ReceivedPoint? Histogram(ReadOnlySpan<byte> message)
    {
        long start = 0, time = 0;
        ulong count = 0, flags = 0;
        double sum = 0, max = double.PositiveInfinity;
        var buckets = new List<ulong>();
        var bounds = new List<double>();
        var exemplars = new List<Exemplar>();
        for (var fields = new ProtoReader(message); fields.Next();)
        {
            switch (fields.Field)
            {
                case 2:
                    start = fields.Time();
                    break;
                case 3:
                    time = fields.Time();
                    break;
                case 4:
                    count = fields.Fixed64();
                    break;
                case 5:
                    sum = fields.Double();
                    break;
                case 6 when buckets.Count <= BucketsMax:
                    foreach (var element in MemoryMarshal.Cast<byte, ulong>(Few(fields.PackedFixed64())))
                    {
                        buckets.Add(BitConverter.IsLittleEndian ? element : BinaryPrimitives.ReverseEndianness(element));
                    }

                    break;
                case 7 when bounds.Count <= BucketsMax:
                    foreach (var element in MemoryMarshal.Cast<byte, ulong>(Few(fields.PackedFixed64())))
                    {
                        bounds.Add(BitConverter.UInt64BitsToDouble(BitConverter.IsLittleEndian ? element : BinaryPrimitives.ReverseEndianness(element)));
                    }

                    break;
                case 8 when exemplars.Count < ExemplarsMax:
                    exemplars.Add(Exemplar(fields.Bytes()));
                    break;
                case 10:
                    flags = fields.Varint();
                    break;
                case 12:
                    max = Largest(fields.Double());
                    break;
            }
        }

        var hasBuckets = buckets.Count > 0 || bounds.Count > 0;
        if (time == 0 || (flags & NoRecordedValue) != 0 || buckets.Count > BucketsMax || hasBuckets && buckets.Count != bounds.Count + 1 || !Ascends(bounds))
        {
            return null;
        }

        var distribution = new Distribution([.. bounds], hasBuckets ? [.. buckets] : [count], count, sum, max);
        return new ReceivedPoint(Attributes(message, HistogramAttributes), new MetricPoint(start, time, count, distribution), exemplars);
    }

    private ReceivedPoint? Exponential(ReadOnlySpan<byte> message)
    {
        long start = 0, time = 0;
        ulong count = 0, zeros = 0, flags = 0;
        double sum = 0, max = double.PositiveInfinity;
        var scale = 0;
        ReadOnlySpan<byte> positive = default, negative = default;
        var exemplars = new List<Exemplar>();
        for (var fields = new ProtoReader(message); fields.Next();)
        {
            switch (fields.Field)
            {
                case 2:
                    start = fields.Time();
                    break;
                case 3:
                    time = fields.Time();
                    break;
                case 4:
                    count = fields.Fixed64();
                    break;
                case 5:
                    sum = fields.Double();
                    break;
                case 6:
                    scale = fields.ZigZag();
                    break;
                case 7:
                    zeros = fields.Fixed64();
                    break;
                case 8:
                    positive = fields.Bytes();
                    break;
                case 9:
                    negative = fields.Bytes();
                    break;
                case 10:
                    flags = fields.Varint();
                    break;
                case 13:
                    max = Largest(fields.Double());
                    break;
                case 11 when exemplars.Count < ExemplarsMax:
                    exemplars.Add(Exemplar(fields.Bytes()));
                    break;
            }
        }

        if (time == 0 || (flags & NoRecordedValue) != 0 || scale is < ExponentialBuckets.ScaleMin or > ExponentialBuckets.ScaleMax)
        {
            return null;
        }

        var buckets = new ExponentialBuckets(scale, zeros);
        AddBuckets(positive, buckets.AddPositive);
        AddBuckets(negative, buckets.AddNegative);
        return new ReceivedPoint(
            Attributes(message, ExponentialAttributes),
            new MetricPoint(start, time, count, buckets.ToDistribution(count, sum, max)),
            exemplars);
    }

    private static void AddBuckets(ReadOnlySpan<byte> message, Action<long, ulong> add)
    {
        var offset = 0;
        var counts = new List<ulong>();
        for (var fields = new ProtoReader(message); fields.Next();)
        {
            switch (fields.Field)
            {
                case 1:
                    offset = fields.ZigZag();
                    break;
                case 2:
                    fields.AppendVarints(counts, BucketsMax);
                    break;
            }
        }

        for (var i = 0; i < counts.Count; i++)
        {
            add((long)offset + i, counts[i]);
        }
    }

    private Exemplar Exemplar(ReadOnlySpan<byte> message)
    {
        long time = 0;
        double value = 0;
        TraceId traceId = default;
        SpanId spanId = default;
        for (var fields = new ProtoReader(message); fields.Next();)
        {
            switch (fields.Field)
            {
                case 2:
                    time = fields.Time();
                    break;
                case 3:
                    value = fields.Double();
                    break;
                case 4:
                    spanId = SpanId.Read(fields.Bytes());
                    break;
                case 5:
                    traceId = TraceId.Read(fields.Bytes());
                    break;
                case 6:
                    value = (long)fields.Fixed64();
                    break;
            }
        }

        return new Exemplar(time, value, traceId, spanId, Attributes(message, NumberAttributes));
    }

    private TelemetryAttribute[] Attributes(ReadOnlySpan<byte> message, int field)
    {
        var dropped = 0;
        return attributes.Read(message, field, ref dropped);
    }

    /// <summary>One element past the limit is enough to refuse the point.</summary>
    private static ReadOnlySpan<byte> Few(ReadOnlySpan<byte> elements) => elements[..Math.Min(elements.Length, (BucketsMax + 1) * sizeof(ulong))];

    private static double Largest(double max) => double.IsFinite(max) ? max : double.PositiveInfinity;

    private static bool Ascends(List<double> bounds)
    {
        for (var i = 0; i < bounds.Count; i++)
        {
            if (!double.IsFinite(bounds[i]) || i > 0 && bounds[i] <= bounds[i - 1])
            {
                return false;
            }
        }

        return true;
    }
}
