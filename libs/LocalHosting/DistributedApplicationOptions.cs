namespace StockAspire.LocalHosting;

public sealed class DistributedApplicationOptions
{
    /// <summary>The command line: <c>--Key=Value</c> over the configuration, or <c>--help</c>.</summary>
    public string[] Args { get; set; } = [];

    /// <summary>The AppHost project's folder; null: as the build has recorded it in the entry assembly.</summary>
    public string? ProjectDirectory { get; set; }
}
