using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;
using MudBlazor.Services;
using StockAspire.Dashboard.ConsoleLogs;
using StockAspire.Dashboard.Frontend;
using StockAspire.Dashboard.Layout;
using StockAspire.Dashboard.Pipeline;
using StockAspire.Dashboard.Resources;
using StockAspire.Dashboard.Telemetry;
using StockAspire.Dashboard.Ticks;
using StockAspire.Otlp;

namespace StockAspire.Dashboard;

internal static class DashboardHosting
{
    /// <summary>Nothing here has to be drained: open pages and streams are cut off, and browsers come back by themselves.</summary>
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(2);

    public static void AddDashboard(this WebApplicationBuilder builder)
    {
        // Started from its bin folder it is not "published", whatever the environment's name.
        builder.WebHost.UseStaticWebAssets();

        var services = builder.Services;
        services.AddOptions<DashboardOptions>().Configure<IConfiguration>(DashboardOptions.Bind).ValidateOnStart();
        services.AddSingleton<IValidateOptions<DashboardOptions>, DashboardOptionsValidator>();
        services.AddSingleton(TimeProvider.System);
        services.Configure<HostOptions>(options => options.ShutdownTimeout = ShutdownTimeout);
        builder.AddListeners();

        services.AddHealthChecks();
        services.AddSingleton<BrowserToken>();
        services.AddAuthentication(BrowserTokenHandler.SchemeName)
            .AddScheme<AuthenticationSchemeOptions, BrowserTokenHandler>(BrowserTokenHandler.SchemeName, null);
        services.AddAuthorizationBuilder().SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build());

        // What it protects is the state of open pages, which ends with this process.
        services.AddDataProtection().UseEphemeralDataProtectionProvider();
        services.AddRazorComponents().AddInteractiveServerComponents();
        services.AddMudServices();

        services.AddResources();
        services.AddPipeline();
        services.AddTickPages();
        builder.AddOtlpReceiver();
        services.AddSingleton<ResourceHues>();
    }

    public static void MapDashboard(this WebApplication app)
    {
        app.UseSecurityHeaders();
        app.UseRouting();
        app.UseListeners();
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseAntiforgery();

        app.MapHealthChecks("/health").AllowAnonymous();
        app.MapStaticAssets().AllowAnonymous();
        app.MapLogin();
        app.MapConsoleDownload();
        app.MapOtlpGrpc().OnListener(Listener.OtlpGrpc);
        app.MapOtlpHttp().OnListener(Listener.OtlpHttp);
        app.MapRazorComponents<App>().AddInteractiveServerRenderMode(options => options.ContentSecurityFrameAncestorsPolicy = null);
        app.Lifetime.ApplicationStarted.Register(() => LogStart(app));
    }

    private static void LogStart(WebApplication app)
    {
        var options = app.Services.GetRequiredService<IOptions<DashboardOptions>>().Value;
        DashboardLog.Listening(app.Logger, string.Join(' ', app.Urls));
        if (options.Frontend.AllowRemote)
            DashboardLog.Remote(app.Logger);
        if (options.Otlp.AllowRemote)
            DashboardLog.OtlpRemote(app.Logger);
        if (options.Frontend.IsUnsecured)
            DashboardLog.Unsecured(app.Logger);
    }

    private static void AddListeners(this WebApplicationBuilder builder)
    {
        // Kestrel would warn that it overrides what it reads under this key by itself.
        if (builder.Configuration[DashboardOptions.UrlsKey] is { Length: > 0 } urls)
            builder.Configuration[DashboardOptions.FrontendUrlsKey] = urls;
        builder.WebHost.UseSetting(WebHostDefaults.ServerUrlsKey, string.Empty);

        var services = builder.Services;
        services.AddOptions<KestrelServerOptions>().Configure<IConfiguration>((kestrel, configuration) =>
        {
            // The server is made before the start, which is where wrong options are told: it must not throw here.
            var options = new DashboardOptions();
            DashboardOptions.Bind(options, configuration);
            if (new DashboardOptionsValidator().Validate(null, options).Succeeded)
                kestrel.Listen(options);
        });
    }
}
