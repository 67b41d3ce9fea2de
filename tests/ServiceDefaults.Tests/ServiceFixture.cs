using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace StockAspire.ServiceDefaults.Tests;

/// <summary>A service of nothing but the defaults, on ports that the system chooses.</summary>
internal static class ServiceFixture
{
    public static WebApplicationBuilder CreateBuilder(params (string Key, string? Value)[] settings)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "Fixture" });
        builder.WebHost.UseKestrelCore();
        builder.Configuration.AddInMemoryCollection(settings.ToDictionary(setting => setting.Key, setting => setting.Value));
        builder.Services.AddRoutingCore();
        builder.AddServiceDefaults();
        builder.Logging.ClearProviders();
        return builder;
    }

    public static string Address(this WebApplication app, int index = 0) => app.Urls.ElementAt(index);
}
