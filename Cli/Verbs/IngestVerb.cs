using System.Buffers;
using System.CommandLine;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using StockAspire.Cli.Ingest;
using StockAspire.Cli.Servers;
using StockAspire.Feeds;
using StockAspire.Feeds.Mapping;
using StockAspire.Market;
using StockAspire.Protos.V1;

namespace StockAspire.Cli.Verbs;

/// <summary><c>ingest</c>: files into the pipeline.</summary>
internal sealed class IngestVerb : Verb
{
    private static readonly SearchValues<char> FieldCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_");

    private readonly Argument<string[]> _files = new("FILE") { Description = "CSV or zip of CSV; - is standard input", Arity = ArgumentArity.OneOrMore };
    private readonly Option<string?> _source = new("--source") { Description = "Durable name of this source of ticks [default: csv: and the hash of the file's bytes and mapping]", HelpName = "NAME" };
    private readonly Option<string[]> _mapping = new("--mapping") { Description = "What is where: price=Close takes a column, symbol==SPY a constant", HelpName = "k=col,..", AllowMultipleArgumentsPerToken = false };
    private readonly Option<string?> _timezone = new("--timezone") { Description = "IANA zone of times without an offset [default: the format's own]", HelpName = "ZONE" };
    private readonly Option<string> _mode = new("--mode") { Description = "load streams the file from here; replay and sample let the server run one of its own files", HelpName = "load|replay|sample", DefaultValueFactory = _ => "load" };
    private readonly Option<string?> _speed = new("--speed") { Description = "Of a replay: factor to the pace of its event times [default: 1]", HelpName = "X" };
    private readonly Option<long?> _rate = new("--rate") { Description = "Rows a second at most; of a sample, 1 to 1000 [default: flat out; of a sample, 10]", HelpName = "N" };
    private readonly Option<ulong?> _seed = new("--seed") { Description = "Of a sample: the same seed draws the same rows", HelpName = "N" };
    private readonly Option<bool> _loop = new("--loop") { Description = "Of a replay: begin again at the end" };
    private readonly Option<bool> _detach = new("--detach") { Description = "Of a replay or sample: leave it to the server and end" };
    private readonly Option<bool> _dryRun = new("--dry-run") { Description = "Only read the file and report; needs no server" };
    private readonly Option<long?> _maxRejects = new("--max-rejects") { Description = "Stop with exit code 1 where a file has more rejected rows [default: no limit]", HelpName = "N" };

    [SetsRequiredMembers]
    public IngestVerb(CliHost host)
        : base(host, "ingest", "Streams files of ticks into the pipeline, and waits until every row is safe.")
    {
        _mode.AcceptOnlyFromAmong("load", "replay", "sample");
        Arguments.Add(_files);
        foreach (var option in new Option[] { _source, _mapping, _timezone, _mode, _speed, _rate, _seed, _loop, _detach, _dryRun, _maxRejects })
        {
            Options.Add(option);
        }

        Notes =
        [
            "The same file again adds nothing; an interrupted one goes on where it was, with the same command.",
            "Rejected rows become dead letters and stop nothing; exit code 5 says that there are some.",
        ];
        Examples =
        [
            "stockaspire ingest samples/trades.csv",
            "stockaspire ingest prices.csv --mapping symbol==SPY,time=Date,price=Close,size=Volume --timezone America/New_York",
            "stockaspire ingest spy_20131007_trade.zip --dry-run",
            "stockaspire ingest trades.csv --mode replay --speed 60",
            "my-feed | stockaspire ingest - --source my-feed --mapping symbol=sym,price=px",
        ];
    }

    protected override async Task<int> RunAsync(VerbRun run, CancellationToken cancellationToken)
    {
        var files = run.Get(_files);
        var mode = run.Get(_mode);
        Check(run, mode!, files);
        try
        {
            // Separate values by commas; a column name with a comma takes a --mapping of its own.
            var pairs = (run.Get(_mapping) ?? []).SelectMany(Divide);
            var mapping = FeedMapping.Parse(pairs, run.Get(_timezone));
            return mode == "load"
                ? await LoadAsync(run, files, new IngestSettings(mapping, run.Get(_source), run.Get(_rate) ?? 0, run.Get(_maxRejects) ?? long.MaxValue), cancellationToken)
                : await ServerLoadAsync(run, files[0], mode!, cancellationToken);
        }
        catch (FeedException error)
        {
            throw CliException.Failure(error.Message);
        }
    }

    /// <summary>Commas divide assignments where an assignment follows: <c>time=Date,price=Close</c>.</summary>
    private static IEnumerable<string> Divide(string text)
    {
        var start = 0;
        for (var comma = text.IndexOf(',', StringComparison.Ordinal); comma >= 0; comma = text.IndexOf(',', comma + 1))
        {
            var next = text.AsSpan(comma + 1);
            var equals = next.IndexOf('=');
            if (equals > 0 && !next[..equals].ContainsAnyExcept(FieldCharacters))
            {
                yield return text[start..comma];
                start = comma + 1;
            }
        }

        yield return text[start..];
    }

    private void Check(VerbRun run, string mode, string[] files)
    {
        void Only(bool allowed, Option option, string where)
        {
            if (!allowed && run.Has(option))
            {
                throw CliException.Usage($"{option.Name} goes with {where}, not with --mode {mode}.");
            }
        }

        var isLoad = mode == "load";
        Only(mode == "replay", _speed, "--mode replay");
        Only(mode == "replay", _loop, "--mode replay");
        Only(mode == "sample", _seed, "--mode sample");
        Only(mode != "replay", _rate, "--mode load or sample");
        Only(!isLoad, _detach, "--mode replay or sample");
        foreach (var option in new Option[] { _source, _dryRun, _maxRejects })
        {
            Only(isLoad, option, "--mode load");
        }

        if (run.Get(_rate) is <= 0)
        {
            throw CliException.Usage($"--rate: expected 1 or more rows a second, got {run.Get(_rate)}.");
        }

        if (run.Get(_maxRejects) is < 0)
        {
            throw CliException.Usage($"--max-rejects: expected 0 or more, got {run.Get(_maxRejects)}.");
        }

        if (files.Length > 1 && (run.Has(_source) || !isLoad))
        {
            throw CliException.Usage(isLoad
                ? $"--source names one source, and each file numbers its rows from 1: expected one FILE, got {files.Length}."
                : $"--mode {mode}: expected one FILE, got {files.Length}.");
        }

        if (!isLoad && files[0] == FeedFile.StandardInput)
        {
            throw CliException.Usage($"--mode {mode} is run by the server from a file below its Ingest:CsvRoot; it cannot read standard input.");
        }

        if (run.Get(_source) is { } source && (SourceName.IsReserved(source) || source.StartsWith(SourceName.CsvPrefix, StringComparison.Ordinal)))
        {
            throw CliException.Usage($"--source: expected a name of your own, got \"{source}\", whose prefix the pipeline gives out itself.");
        }
    }

    private async Task<int> LoadAsync(VerbRun run, string[] files, IngestSettings settings, CancellationToken cancellationToken)
    {
        var isDryRun = run.Get(_dryRun);
        var server = isDryRun ? null : run.Connect(Service.Ingest);
        var rejected = 0L;
        foreach (var path in files)
        {
            // On another thread: the header of standard input may be long in coming, and Ctrl+C should not wait for it.
            using var file = await Task.Run(() => new FileIngest(run, path, settings), cancellationToken).WaitAsync(cancellationToken);
            var result = server is null ? file.DryRun(cancellationToken) : await file.SendAsync(server, cancellationToken);
            if (cancellationToken.IsCancellationRequested)
            {
                await run.Host.Error.WriteLineAsync(
                    $"Interrupted: {result.Known + result.Accepted + result.Rejected} rows of {result.File} are safe. Go on with:\n  {run.CommandLine}");
                return ExitCode.Interrupted;
            }

            result.Write(run.Host, run.Format, isDryRun);
            rejected += result.Rejected;
        }

        return rejected > 0 ? ExitCode.Rejects : ExitCode.Success;
    }

    private Task<int> ServerLoadAsync(VerbRun run, string file, string mode, CancellationToken cancellationToken)
    {
        const int MillisecondsPerSecond = 1_000;
        var rate = run.Get(_rate);
        if (rate > MillisecondsPerSecond)
        {
            throw CliException.Usage($"--rate: expected 1 to {MillisecondsPerSecond} rows a second of a sample, got {rate}.");
        }

        var request = new StartLoadRequest
        {
            Mode = mode == "replay" ? LoadMode.Replay : LoadMode.Sample,
            Speed = run.Get(_speed) ?? string.Empty,
            Loop = run.Get(_loop),
            Seed = run.Get(_seed) ?? 0,
            IntervalMs = rate is { } perSecond ? MillisecondsPerSecond / perSecond : 0,
            Timezone = run.Get(_timezone) ?? string.Empty,
        };
        foreach (var assignment in (run.Get(_mapping) ?? []).SelectMany(Divide))
        {
            var equals = assignment.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
            {
                throw CliException.Usage(string.Create(CultureInfo.InvariantCulture, $"--mapping: expected FIELD=COLUMN or FIELD==VALUE, got \"{assignment}\"."));
            }

            request.Mapping[assignment[..equals]] = assignment[(equals + 1)..];
        }

        return new ServerLoad(run, run.Connect(Service.Ingest)).RunAsync(request, file, run.Get(_detach), cancellationToken);
    }
}
