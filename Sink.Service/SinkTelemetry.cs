using System.Diagnostics;
using StockAspire.TickStream;

namespace StockAspire.Sink;

/// <summary>The Sink's spans: one for each written batch that somebody upstream traces.</summary>
internal static class SinkTelemetry
{
    public const string Name = "StockAspire.Sink";

    private static readonly ActivitySource Source = new(Name);

    /// <summary>
    /// Starts <c>process ticks</c> as a child of the batch's first trace, linked to the others. Null where no record
    /// carries a trace (nothing is to be continued) or nobody listens.
    /// </summary>
    public static Activity? StartBatch(TickBatch batch)
    {
        if (batch.Traces.Count == 0 || !Source.HasListeners())
        {
            return null;
        }

        return Source.StartActivity(
            "process " + Topics.Ticks,
            ActivityKind.Consumer,
            batch.Traces[0],
            [
                new("messaging.system", "kafka"),
                new("messaging.operation.name", "process"),
                new("messaging.operation.type", "process"),
                new("messaging.destination.name", Topics.Ticks),
                new("messaging.destination.partition.id", batch.Partition.Partition.Value.ToString(System.Globalization.CultureInfo.InvariantCulture)),
                new("messaging.consumer.group.name", ConsumerGroups.Sink),
                new("messaging.kafka.offset", batch.FirstOffset),
                new("messaging.batch.message_count", batch.Records),
                new("stockaspire.rows", batch.Rows.Length),
            ],
            batch.Traces.Skip(1).Select(context => new ActivityLink(context)));
    }
}
