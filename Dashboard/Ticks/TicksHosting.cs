namespace StockAspire.Dashboard.Ticks;

internal static class TicksHosting
{
    public static void AddTickPages(this IServiceCollection services) => services.AddSingleton<QueryClient>();
}
