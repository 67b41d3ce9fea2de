using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace StockAspire.TickStream;

public static class TickStreamExtensions
{
    /// <summary>
    /// Adds <see cref="KafkaClients"/> and <see cref="TopicSetup"/> from <c>ConnectionStrings:kafka</c> and section
    /// <c>Kafka</c>, validated at start.
    /// </summary>
    public static IHostApplicationBuilder AddTickStream(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<KafkaOptions>()
            .Bind(builder.Configuration.GetSection(KafkaOptions.SectionName))
            .Configure(options => options.BootstrapServers = builder.Configuration.GetConnectionString(KafkaOptions.ConnectionName) ?? string.Empty)
            .ValidateDataAnnotations()
            .ValidateOnStart();
        builder.Services.AddSingleton<KafkaClients>();
        builder.Services.AddSingleton<TopicSetup>();
        return builder;
    }
}
