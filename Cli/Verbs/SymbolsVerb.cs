using System.Diagnostics.CodeAnalysis;
using StockAspire.Cli.Output;
using StockAspire.Cli.Servers;
using StockAspire.Market;
using StockAspire.Protos.V1;

namespace StockAspire.Cli.Verbs;

/// <summary><c>symbols</c>: what is stored, and since when.</summary>
internal sealed class SymbolsVerb : Verb
{
    private static readonly Records<SymbolInfo> Records = new(
        new("symbol", "SYMBOL", info => info.Symbol),
        new("first_bucket", "FROM (BUCKET)", info => UnixTime.Format(info.FirstBucketNs)),
        new("end_bucket", "TO (BUCKET)", info => UnixTime.Format(info.EndBucketNs)));

    [SetsRequiredMembers]
    public SymbolsVerb(CliHost host)
        : base(host, "symbols", "Lists the stored symbols and the time that their ticks span, in whole buckets.") =>
        Examples = ["stockaspire symbols", "stockaspire symbols --output csv"];

    protected override async Task<int> RunAsync(VerbRun run, CancellationToken cancellationToken)
    {
        var symbols = await run.Query().AllSymbolsAsync(() => run.Answer(cancellationToken));
        Records.Write(run.Host, run.Format, symbols);
        if (symbols.Count == 0)
        {
            run.Note("Nothing is stored yet. `stockaspire ingest FILE` loads a file.");
        }

        return ExitCode.Success;
    }
}
