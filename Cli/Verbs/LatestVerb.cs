using System.CommandLine;
using System.Diagnostics.CodeAnalysis;
using StockAspire.Cli.Output;
using StockAspire.Cli.Servers;
using StockAspire.Protos.V1;

namespace StockAspire.Cli.Verbs;

/// <summary><c>latest</c>: the newest stored tick of each symbol.</summary>
internal sealed class LatestVerb : Verb
{
    private readonly Argument<string[]> _symbols = SymbolList.Argument("Symbols, divided by commas or blanks");

    [SetsRequiredMembers]
    public LatestVerb(CliHost host)
        : base(host, "latest", "Prints the newest stored tick of each symbol, and how old it is.")
    {
        Arguments.Add(_symbols);
        Examples = ["stockaspire latest SPY IBM", "stockaspire latest SPY --output json | jq -r .price"];
    }

    protected override async Task<int> RunAsync(VerbRun run, CancellationToken cancellationToken)
    {
        var request = new GetLatestTicksRequest();
        request.Symbols.AddRange(SymbolList.Parse(run.Get(_symbols)));
        var answer = await run.Query().GetLatestTicksAsync(request, run.Answer(cancellationToken));
        Print(run, answer.Ticks, answer.Missing);
        return ExitCode.Success;
    }

    internal static void Print(VerbRun run, IEnumerable<AgedTick> ticks, IReadOnlyCollection<string> missing)
    {
        var output = TickOutput.Create(run.Format, run.Out(), withAge: true);
        foreach (var aged in ticks)
        {
            output.Write(aged.Tick.ToTick(), aged.AgeNs);
        }

        output.Flush();
        if (missing.Count > 0)
        {
            run.Note($"No tick of: {string.Join(", ", missing)}. `stockaspire symbols` lists what is stored.");
        }
    }
}
