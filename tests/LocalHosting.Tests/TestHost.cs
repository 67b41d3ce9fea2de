namespace StockAspire.LocalHosting.Tests;

/// <summary>The program of tests/hosts that plays services, a dashboard and whole AppHosts.</summary>
internal static class TestHost
{
    public static string Assembly { get; } = typeof(TestHost).Assembly.Location
        .Replace("/tests/LocalHosting.Tests/", "/tests/hosts/LocalHosting.TestHost/", StringComparison.Ordinal)
        .Replace("LocalHosting.Tests.dll", "LocalHosting.TestHost.dll", StringComparison.Ordinal);

    /// <summary>A service with a health check.</summary>
    public static IResourceBuilder<ExecutableResource> AddService(this IDistributedApplicationBuilder builder, string name, params string[] mode) =>
        builder.AddExecutable(name, "dotnet", ".", [Assembly, .. mode.DefaultIfEmpty("serve")])
            .WithHttpEndpoint(name: "http", env: "PORT")
            .WithHttpHealthCheck("/health");
}
