using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using StockAspire.TickStream;

namespace StockAspire.Sink;

internal static class SinkExtensions
{
    /// <summary>
    /// Adds everything that moves ticks from Kafka into the <c>ITickStore</c>, which the caller adds, with options from
    /// section <c>Sink</c> and Kafka's, validated at start.
    /// </summary>
    public static IHostApplicationBuilder AddTickSink(this IHostApplicationBuilder builder)
    {
        builder.AddTickStream();
        builder.Services.AddOptions<SinkOptions>().Bind(builder.Configuration.GetSection(SinkOptions.SectionName)).ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<SinkOptions>, SinkOptionsValidator>();
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<SinkStatus>();
        builder.Services.AddSingleton<SinkMetrics>();
        builder.Services.AddSingleton<IDeadLetterQueue, DeadLetterQueue>();
        builder.Services.AddSingleton<BatchWriter>();
        builder.Services.AddSingleton<PartitionConsumer>();
        builder.Services.AddSingleton<InstanceConflict>();
        builder.Services.AddHostedService<SinkWorker>();
        builder.Services.AddHealthChecks().AddCheck<SinkHealthCheck>("sink");
        return builder;
    }
}
