using Google.Protobuf.Reflection;
using Google.Rpc;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using StockAspire.Query.DeadLetters;
using StockAspire.Query.Errors;
using StockAspire.Query.Pipeline;
using StockAspire.Query.Provenance;
using StockAspire.Query.Sources;
using StockAspire.Query.Subscriptions;
using StockAspire.Query.Ticks;
using StockAspire.Query.Verify;
using StockAspire.TickStore;
using StockAspire.TickStore.Cassandra;
using StockAspire.TickStream;

namespace StockAspire.Query;

internal static class QueryHosting
{
    /// <summary>Everything of this service: reading the store, following Kafka, and the gRPC and JSON calls.</summary>
    public static WebApplicationBuilder AddTickQueries(this WebApplicationBuilder builder)
    {
        builder.AddTickStream();
        builder.AddTickStore(readOnly: true, CassandraTickStores.Provider);
        builder.Services.AddOptions<QueryOptions>().BindConfiguration(QueryOptions.SectionName).ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<QueryOptions>, QueryOptionsValidator>();
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<QueryMetrics>();
        builder.Services.AddSingleton<TickQueries>();
        builder.Services.AddSingleton<LatestTicks>();
        builder.Services.AddSingleton<SymbolList>();
        builder.Services.AddSingleton<SourceTable>();
        builder.Services.AddSingleton<SourceList>();
        builder.Services.AddSingleton<SubscriptionHub>();
        builder.Services.AddSingleton<CatchUp>();
        builder.Services.AddSingleton<TickSubscriptions>();
        builder.Services.AddSingleton<SourceVerifier>();
        builder.Services.AddSingleton<DeadLetterList>();
        builder.Services.AddSingleton<PublishedRecords>();
        builder.Services.AddSingleton<TickProvenance>();
        builder.Services.AddSingleton<TopicOffsets>();
        builder.Services.AddSingleton<TickTail>();
        builder.Services.AddSingleton<PipelineMonitor>();
        builder.Services.AddSingleton<PipelineDiagnosis>();
        builder.Services.AddSingleton<Reachability>();
        builder.Services.AddHostedService<QueryWorker>();
        builder.AddCalls();
        builder.AddHealth();
        return builder;
    }

    public static WebApplication MapTickQueries(this WebApplication app)
    {
        app.MapGrpcService<QueryEndpoint>();
        app.MapGrpcService<OpsEndpoint>();
        app.MapGrpcReflectionService();
        app.MapGrpcHealthChecksService();
        return app;
    }

    private static void AddCalls(this WebApplicationBuilder builder)
    {
        builder.Services
            .AddGrpc(options => options.Interceptors.Add<ErrorInterceptor>())
            .AddJsonTranscoding(options =>
            {
                // As protobuf's JSON mapping has it: a JavaScript number cannot hold ns since 1970.
                options.JsonSettings.WriteInt64sAsStrings = true;
                options.TypeRegistry = TypeRegistry.FromMessages(ErrorInfo.Descriptor, BadRequest.Descriptor, RetryInfo.Descriptor);
            });
        builder.Services.AddGrpcReflection();
    }

    private static void AddHealth(this WebApplicationBuilder builder)
    {
        builder.Services.AddHealthChecks()
            .Add(Registration("store", reachability => reachability.Store))
            .Add(Registration("kafka", reachability => reachability.Kafka));
        builder.Services.AddGrpcHealthChecks();

        static HealthCheckRegistration Registration(string name, Func<Reachability, ReachableSide> side) =>
            new(name, services => new ReachabilityCheck(side(services.GetRequiredService<Reachability>())), failureStatus: null, tags: null);
    }
}
