using Microsoft.Extensions.Configuration;

namespace StockAspire.LocalHosting;

/// <summary>Set where the AppHost was started to write a deployment manifest, in either of Aspire's two ways to say so.</summary>
/// <param name="ManifestPath">Absolute.</param>
internal sealed record PublishingOptions(string ManifestPath)
{
    /// <summary>Options of the command line that are keys of the configuration.</summary>
    internal static readonly IReadOnlyDictionary<string, string> Switches = new Dictionary<string, string>
    {
        ["--operation"] = OperationKey,
        ["--publisher"] = PublisherKey,
        ["--step"] = StepKey,
        ["--output-path"] = OutputPathKey,
    };

    private const string OperationKey = "AppHost:Operation";
    private const string PublisherKey = "Publishing:Publisher";
    private const string StepKey = "Pipeline:Step";
    private const string OutputPathKey = "Pipeline:OutputPath";
    private const string Step = "publish-manifest";
    private const string FileName = "aspire-manifest.json";

    /// <summary>Null: the application is to run.</summary>
    /// <exception cref="DistributedApplicationException">Something else than the manifest is to be published.</exception>
    internal static PublishingOptions? Read(IConfiguration configuration)
    {
        var publisher = configuration[PublisherKey];
        if (publisher is not null && !Is(publisher, "manifest"))
            throw new DistributedApplicationException($"--publisher is \"{publisher}\"; there is only manifest.");
        var operation = configuration[OperationKey] ?? (publisher is null ? "run" : "publish");
        if (Is(operation, "run"))
            return null;
        if (!Is(operation, "publish"))
            throw new DistributedApplicationException($"--operation is \"{operation}\"; it must be run or publish.");

        var step = configuration[StepKey] ?? (publisher is null ? "" : Step);
        if (step != Step)
            throw new DistributedApplicationException($"--step is \"{step}\"; there is only {Step}.");
        var path = configuration[OutputPathKey];
        if (string.IsNullOrWhiteSpace(path))
            throw new DistributedApplicationException("--output-path is missing; it must name the manifest's file, or a folder for it.");
        return new PublishingOptions(Path.GetFullPath(path.EndsWith(".json", StringComparison.Ordinal) ? path : Path.Combine(path, FileName)));
    }

    private static bool Is(string value, string word) => value.Equals(word, StringComparison.OrdinalIgnoreCase);
}
