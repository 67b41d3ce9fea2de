namespace StockAspire.Deploy.Tests.Running;

/// <summary>Where the deployment is.</summary>
internal static class Repository
{
    public static string Deploy { get; } = Path.Combine(Checkout.Root, "deploy");

    public static string Machines { get; } = Path.Combine(Deploy, "machines");

    /// <summary>Every script of the deployment but what is sourced by others.</summary>
    public static IEnumerable<string> Scripts { get; } =
        [.. Directory.EnumerateFiles(Deploy, "*.sh", SearchOption.AllDirectories).Where(file => Path.GetFileName(file) != "checks.sh").Order(StringComparer.Ordinal)];
}
