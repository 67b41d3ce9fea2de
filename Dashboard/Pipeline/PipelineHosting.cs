namespace StockAspire.Dashboard.Pipeline;

internal static class PipelineHosting
{
    public static void AddPipeline(this IServiceCollection services)
    {
        services.AddSingleton<PipelineFeed>();
        services.AddHostedService<PipelineWatcher>();
    }
}
