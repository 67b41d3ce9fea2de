using System.Collections;

namespace StockAspire.LocalHosting.TestHost;

/// <summary>Says what it was given, for the test to read.</summary>
internal static class FakeDashboard
{
    private static readonly string[] Prefixes = ["DASHBOARD__", "Dashboard__", "DOTNET_DASHBOARD_", "DOTNET_RESOURCE_SERVICE_", "ASPNETCORE_URLS", "OTEL_EXPORTER_"];

    public static void SayEnvironment()
    {
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            if (variable.Key is string name && Prefixes.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal)))
                Console.WriteLine($"{name}={variable.Value}");
        }
    }
}
