using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.InteropServices;
using StockAspire.Cli.Output;

namespace StockAspire.Cli.Verbs;

/// <summary><c>version</c>: of this program and what it runs on.</summary>
internal sealed class VersionVerb : Verb
{
    private static readonly Records<string> Records = new(
        new("version", null, version => version),
        new("runtime", null, _ => RuntimeInformation.FrameworkDescription),
        new("platform", null, _ => RuntimeInformation.RuntimeIdentifier));

    [SetsRequiredMembers]
    public VersionVerb(CliHost host)
        : base(host, "version", "Prints the version of this program and of what it runs on.") =>
        Examples = ["stockaspire version", "stockaspire version --output json"];

    protected override Task<int> RunAsync(VerbRun run, CancellationToken cancellationToken)
    {
        var version = typeof(VersionVerb).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
        Records.WriteOne(run.Host, run.Format, version);
        return Task.FromResult(ExitCode.Success);
    }
}
