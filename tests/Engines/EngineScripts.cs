using StockAspire.Tests;

namespace StockAspire.Engines;

/// <summary>
/// What starts real engines on loopback: scripts and a Java beside the project, no part of it. Their folder is named by
/// STOCKASPIRE_ENGINES, or is <c>engines</c> in the folder that STOCKASPIRE_SHARED names, or in <c>shared</c> beside the checkout.
/// </summary>
public static class EngineScripts
{
    public const string Kafka = "kafka.sh";
    public const string Cassandra = "cassandra.sh";

    public static string Folder { get; } = Environment.GetEnvironmentVariable("STOCKASPIRE_ENGINES") ?? Path.Combine(Checkout.Shared, "engines");

    /// <summary>On the path, or in JAVA_HOME.</summary>
    public static bool HasJava { get; } =
        (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator)
            .Append(Path.Combine(Environment.GetEnvironmentVariable("JAVA_HOME") ?? string.Empty, "bin"))
            .Any(folder => File.Exists(Path.Combine(folder, "java")));

    /// <summary>Why this engine cannot be started here; null where it can.</summary>
    public static string? FindAbsence(string script) =>
        !File.Exists(Path.Combine(Folder, script)) ? $"needs {Path.Combine(Folder, script)}"
        : !HasJava ? "needs Java 17 on the path, or JAVA_HOME"
        : null;
}
