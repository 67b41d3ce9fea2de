using System.Diagnostics.Metrics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace StockAspire.TickStore;

public static class TickStoreExtensions
{
    /// <summary>
    /// Adds <see cref="ITickStore"/> as a singleton from <c>ConnectionStrings:tickstore</c>, which decides between the
    /// adapters, and section <c>Store</c>, validated at start. The service calls <see cref="ITickStore.InitializeAsync"/>,
    /// again while it is unavailable.
    /// </summary>
    /// <param name="builder">The service.</param>
    /// <param name="readOnly">Whether the service only reads, see <see cref="TickStores.Open"/>.</param>
    /// <param name="others">Adapters beside that of SQLite, which is always there.</param>
    public static IHostApplicationBuilder AddTickStore(this IHostApplicationBuilder builder, bool readOnly = false, params IReadOnlyList<ITickStoreProvider> others)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddSingleton<IValidateOptions<TickStoreOptions>>(new TickStoreOptionsValidator(TickStores.Providers(others)));
        builder.Services.AddOptions<TickStoreOptions>()
            .Bind(builder.Configuration.GetSection(TickStoreOptions.SectionName))
            .Configure(options => options.ConnectionString =
                builder.Configuration.GetConnectionString(TickStoreOptions.ConnectionName) ?? string.Empty)
            .ValidateOnStart();
        builder.Services.AddSingleton(services =>
        {
            var options = services.GetRequiredService<IOptions<TickStoreOptions>>().Value;
            return TickStores.Open(
                options.ConnectionString,
                options,
                readOnly,
                services.GetService<ILoggerFactory>(),
                services.GetService<IMeterFactory>(),
                others);
        });
        return builder;
    }
}
