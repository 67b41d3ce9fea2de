using Google.Protobuf.Reflection;
using Google.Rpc;
using Microsoft.Extensions.Options;
using StockAspire.Ingest.Loads;
using StockAspire.Ingest.Normalising;
using StockAspire.Ingest.Publishing;
using StockAspire.Ingest.Sources;
using StockAspire.Ingest.Streams;
using StockAspire.TickStream;

namespace StockAspire.Ingest;

internal static class IngestExtensions
{
    /// <summary>Everything of this service: the way into Kafka, gRPC streams, loads of files and the JSON normaliser.</summary>
    public static WebApplicationBuilder AddTickIngest(this WebApplicationBuilder builder)
    {
        builder.AddTickStream();
        var services = builder.Services;
        services.AddOptions<IngestOptions>()
            .Bind(builder.Configuration.GetSection(IngestOptions.SectionName))
            .PostConfigure(options => options.Feeds = options.Feeds.Where(feed => feed.Value.Path.Length > 0).ToDictionary())
            .ValidateOnStart();
        services.AddSingleton<IValidateOptions<IngestOptions>, IngestOptionsValidator>();
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton<IngestMetrics>();
        services.AddSingleton<TickProducer>();
        services.AddSingleton<SealIndex>();
        services.AddSingleton<SourceCatalog>();
        services.AddSingleton<SessionRegistry>();
        services.AddSingleton<StreamOpening>();
        services.AddSingleton<StreamLimiter>();
        services.AddSingleton<CsvRoot>();
        services.AddSingleton<LoadRunner>();
        services.AddHostedService<IngestDrain>();
        services.AddSingleton<KafkaStartup>();
        services.AddHostedService(provider => provider.GetRequiredService<KafkaStartup>());
        services.AddSingleton<LoadManager>();
        services.AddHostedService(provider => provider.GetRequiredService<LoadManager>());
        services.AddHostedService<Normaliser>();
        services.AddHealthChecks().AddCheck<KafkaStartup>("kafka");
        services.AddGrpc().AddJsonTranscoding(json =>
        {
            // No JavaScript number holds ns, prices or sizes exactly.
            json.JsonSettings.WriteInt64sAsStrings = true;
            json.TypeRegistry = TypeRegistry.FromMessages(ErrorInfo.Descriptor, BadRequest.Descriptor, RetryInfo.Descriptor);
        });
        services.AddOptions<Grpc.AspNetCore.Server.GrpcServiceOptions>()
            .Configure<IOptions<IngestOptions>>((grpc, ingest) => grpc.MaxReceiveMessageSize = ingest.Value.MaxMessageBytes);
        services.AddGrpcReflection();
        services.AddGrpcHealthChecks();
        return builder;
    }

    public static WebApplication MapTickIngest(this WebApplication app)
    {
        app.MapGrpcService<IngestGrpcService>();
        app.MapGrpcReflectionService();
        app.MapGrpcHealthChecksService();
        return app;
    }
}
