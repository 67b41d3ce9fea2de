using System.CommandLine;
using System.Diagnostics.CodeAnalysis;
using StockAspire.Cli.Output;
using StockAspire.Cli.Servers;
using StockAspire.Market;
using StockAspire.Protos.V1;

namespace StockAspire.Cli.Verbs;

/// <summary><c>verify</c>: compares what was acknowledged with what is stored.</summary>
internal sealed class VerifyVerb : Verb
{
    private static readonly Records<VerifyResult> Results = new(
        new("source", "SOURCE", result => result.Summary.Source),
        new("ok", "RESULT", result => result.Summary.Ok, result => result.Summary.Ok ? "ok" : "NOT OK"),
        new("sealed", "SEALED", result => result.Summary.Sealed, result => PeopleText.Count(result.Summary.Sealed)) { ToTheRight = true },
        new("stored", "STORED", result => result.Summary.Stored, result => PeopleText.Count(result.Summary.Stored)) { ToTheRight = true },
        new("missing", "MISSING", result => result.Summary.Missing, result => PeopleText.Count(result.Summary.Missing)) { ToTheRight = true },
        new("unexpected", "UNEXPECTED", result => result.Summary.Unexpected, result => PeopleText.Count(result.Summary.Unexpected)) { ToTheRight = true },
        new("altered", "ALTERED", result => result.Summary.Altered, result => PeopleText.Count(result.Summary.Altered)) { ToTheRight = true },
        new("rejected", "REJECTED", result => result.Summary.Rejected, result => PeopleText.Count(result.Summary.Rejected)) { ToTheRight = true },
        new("unsealed", "UNSEALED", result => result.Summary.Unsealed, result => PeopleText.Count(result.Summary.Unsealed)) { ToTheRight = true },
        new("symbols", "SYMBOLS", result => result.Summary.Symbols) { ToTheRight = true },
        new("findings", null, result => result.Findings.Count));

    private readonly Argument<string?> _source = new("SOURCE") { Description = "As `stockaspire sources` lists it", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<bool> _all = new("--all") { Description = "Every source" };
    private readonly Option<string[]> _symbols = new("--symbols") { Description = "Only these symbols, divided by commas", HelpName = "SYM,.." };
    private readonly Option<string?> _report = new("--report") { Description = "Write all findings to this file, as JSON", HelpName = "FILE" };

    [SetsRequiredMembers]
    public VerifyVerb(CliHost host)
        : base(host, "verify", "Compares what was acknowledged (the seals) with what is stored: counts, sequences and hashes.")
    {
        Arguments.Add(_source);
        Options.Add(_all);
        Options.Add(_symbols);
        Options.Add(_report);
        Notes = ["Exit code 4: something is missing, stored twice or altered. The findings name the sequences."];
        Examples = ["stockaspire verify --all", "stockaspire verify my-feed --symbols SPY --report findings.json"];
    }

    protected override async Task<int> RunAsync(VerbRun run, CancellationToken cancellationToken)
    {
        var source = run.GetOptional(_source);
        if ((source is null) == !run.Get(_all))
        {
            throw CliException.Usage("verify: expected either SOURCE or --all. `stockaspire sources` lists the sources.");
        }

        string[] symbols = run.Get(_symbols) is { Length: > 0 } given ? SymbolList.Parse(given) : [];
        var sources = source is not null
            ? [source]
            : (await run.Query().AllSourcesAsync(() => run.Answer(cancellationToken))).ConvertAll(info => info.Source);
        var startedAtNs = run.Host.Time.NowNs();
        var progress = new ProgressLine(run.Host, run.Quiet);
        var ops = run.Ops();
        var results = new List<VerifyResult>(sources.Count);
        for (var i = 0; i < sources.Count; i++)
        {
            var place = sources.Count == 1 ? string.Empty : $"{i + 1} of {sources.Count}: ";
            results.Add(await VerifyAsync(run, ops, sources[i], symbols, place, progress, cancellationToken));
        }

        progress.Clear();
        Print(run, results);
        if (run.Get(_report) is { } report)
        {
            VerifyReport.Write(Path.GetFullPath(report, run.Host.CurrentDirectory), run.LastAddress, startedAtNs, results);
        }

        return results.TrueForAll(result => result.Summary.Ok) ? ExitCode.Success : ExitCode.NotVerified;
    }

    private static async Task<VerifyResult> VerifyAsync(
        VerbRun run, OpsService.OpsServiceClient ops, string source, string[] symbols, string place, ProgressLine progress, CancellationToken cancellationToken)
    {
        var request = new VerifySourceRequest { Source = source };
        request.Symbols.AddRange(symbols);
        var findings = new List<VerifyFinding>();
        VerifySummary? summary = null;
        using var call = ops.VerifySource(request, run.Stream(cancellationToken));
        while (await call.ResponseStream.MoveNext(cancellationToken))
        {
            var answer = call.ResponseStream.Current;
            switch (answer.MessageCase)
            {
                case VerifySourceResponse.MessageOneofCase.Progress:
                    var done = answer.Progress;
                    progress.Report(() => $"{place}{source}: {done.SymbolsDone} of {done.SymbolsTotal} symbols, {PeopleText.Count(done.RowsRead)} rows");
                    break;
                case VerifySourceResponse.MessageOneofCase.Finding:
                    findings.Add(answer.Finding);
                    break;
                case VerifySourceResponse.MessageOneofCase.Summary:
                    summary = answer.Summary;
                    break;
            }
        }

        progress.Clear();
        return new VerifyResult(findings, summary ?? throw CliException.Failure($"{Failure.Show(run.LastAddress)} ended the verification of {source} without a summary. Try again."));
    }

    private static void Print(VerbRun run, List<VerifyResult> results)
    {
        var output = run.Out();
        if (run.Format == OutputFormat.Json)
        {
            VerifyReport.WriteLines(output, results);
            return;
        }

        if (run.Format == OutputFormat.Table)
        {
            foreach (var result in results)
            {
                foreach (var line in result.Findings.SelectMany(finding => VerifyReport.Describe(result.Summary.Source, finding)))
                {
                    output.AppendLine(line);
                }
            }

            output.Flush();
        }

        Results.Write(run.Host, run.Format, results);
        if (results.Count == 0)
        {
            run.Note("Nothing was ingested yet: there is nothing to verify.");
        }
    }
}

/// <summary>What one source's verification found. Findings are few where all is well: one for each symbol at fault.</summary>
internal sealed record VerifyResult(List<VerifyFinding> Findings, VerifySummary Summary);
