using System.Diagnostics;
using StockAspire.TickStream;

namespace StockAspire.Ingest;

/// <summary>The spans of this service, by OpenTelemetry's messaging conventions.</summary>
internal static class IngestTelemetry
{
    public const string Name = "StockAspire.Ingest";

    private static readonly ActivitySource Source = new(Name);

    /// <summary>
    /// One span for each chunk. It never becomes the current one: it ends elsewhere, when Kafka has the chunk.
    /// </summary>
    public static Activity? StartSend(ActivityContext parent, int ticks)
    {
        if (!Source.HasListeners())
        {
            return null;
        }

        var current = Activity.Current;
        var span = Source.StartActivity("send ticks", ActivityKind.Producer, parent);
        Activity.Current = current;
        span?.SetTag("messaging.system", "kafka");
        span?.SetTag("messaging.operation.name", "send");
        span?.SetTag("messaging.operation.type", "send");
        span?.SetTag("messaging.destination.name", Topics.Ticks);
        span?.SetTag("messaging.batch.message_count", ticks);
        return span;
    }

    /// <summary>A <c>traceparent</c> (https://www.w3.org/TR/trace-context/) that says: nobody records this trace.</summary>
    public static string Unrecorded() => $"00-{ActivityTraceId.CreateRandom()}-{ActivitySpanId.CreateRandom()}-00";

    /// <summary>One span for a whole load, the parent of its chunks.</summary>
    public static Activity? StartLoad(string source, string path)
    {
        var span = Source.StartActivity("load", ActivityKind.Internal);
        span?.SetTag("stockaspire.source", source);
        span?.SetTag("file.path", path);
        return span;
    }
}
