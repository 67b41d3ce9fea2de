using StockAspire.Engines;

namespace StockAspire.KafkaBroker.Tests.Clients;

/// <summary>Apache Kafka's own client and tools.</summary>
internal static class JavaTools
{
    public static string LibrariesFolder { get; } = Path.Combine(EngineScripts.Folder, "kafka", "libs");

    public static string Libraries { get; } = Path.Combine(LibrariesFolder, "*");

    /// <summary>Where our own Java programs are compiled to.</summary>
    public static string Classes { get; } = Path.Combine(AppContext.BaseDirectory, "Clients", "java", "classes");

    /// <summary>Runs a tool to its end, which must be a success unless said otherwise, and returns its output; after a failure with its errors.</summary>
    public static async Task<string> RunAsync(string tool, string arguments, string input = "", bool succeeds = true)
    {
        var script = Path.Combine(EngineScripts.Folder, EngineScripts.Kafka);
        var run = await ClientCommand.TryRunAsync("bash", [script, "tool", tool, .. arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries)], input: input);
        Assert.NotNull(run);
        var (exitCode, output, errors) = run.Value;
        Assert.True(exitCode == 0 == succeeds, $"{tool} {arguments}: exit code {exitCode}\n{output}{errors}");
        return succeeds ? output : output + errors;
    }
}
