namespace StockAspire.Dashboard.Resources;

internal static class ResourcesHosting
{
    public static void AddResources(this IServiceCollection services)
    {
        services.AddSingleton<ResourceClient>();
        services.AddSingleton<ResourceFeed>();
        services.AddHostedService<ResourceWatcher>();
    }
}
