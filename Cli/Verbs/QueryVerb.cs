using System.CommandLine;
using System.Diagnostics.CodeAnalysis;
using Grpc.Core;
using StockAspire.Cli.Output;
using StockAspire.Cli.Servers;
using StockAspire.Market;
using StockAspire.Market.Blocks;
using StockAspire.Protos.V1;
using TickBlock = StockAspire.Protos.V1.TickBlock;

namespace StockAspire.Cli.Verbs;

/// <summary><c>query</c>: stored ticks of a range of event time, or those that were the newest at a time.</summary>
internal sealed class QueryVerb : Verb
{
    private const long DefaultLimit = 100;

    /// <summary>No tick is older: 1900-01-01T00:00:00Z in ns since the Unix epoch.</summary>
    private const long EarliestNs = -25_567 * UnixTime.NsPerDay;

    private static readonly TimeSpan ReconnectDelay = TimeSpan.FromSeconds(1);

    private readonly Argument<string[]> _symbols = SymbolList.Argument("Symbols, divided by commas");
    private readonly Option<long?> _from;
    private readonly Option<long?> _to;
    private readonly Option<long?> _asOf;
    private readonly Option<long?> _knownAt;

    private readonly Option<long?> _limit = new("--limit")
    {
        Description = "Ticks at most; 0 is no limit [default: 100 for a table or without --from, else 0]",
        HelpName = "N",
    };

    private readonly Option<string?> _order = new("--order") { Description = "By event time [default: asc with --from, else desc]", HelpName = "asc|desc" };
    private readonly Option<string?> _resume = new("--resume") { Description = "Token of the same query that was cut short: goes on after its last tick", HelpName = "TOKEN" };

    [SetsRequiredMembers]
    public QueryVerb(CliHost host)
        : base(host, "query", "Prints stored ticks in the order of their event time.")
    {
        _from = GlobalOptions.Time("--from", "Event time to begin at, inclusive", host.Time);
        _to = GlobalOptions.Time("--to", "Event time to end at, exclusive [default: everything newer]", host.Time);
        _asOf = GlobalOptions.Time("--as-of", "The newest tick of each symbol at or before this time, instead of a range", host.Time);
        _knownAt = GlobalOptions.Time("--known-at", "Only what had come in by then", host.Time);
        _order.AcceptOnlyFromAmong("asc", "desc");
        Arguments.Add(_symbols);
        foreach (var option in new Option[] { _from, _to, _limit, _order, _asOf, _knownAt, _resume })
        {
            Options.Add(option);
        }

        Notes =
        [
            "Without --from, the newest ticks come first. Times: " + TimeArgument.Expected + ".",
            "CSV columns: " + TickCsv.Header + ".",
        ];
        Examples =
        [
            "stockaspire query SPY",
            "stockaspire query SPY,IBM --from 2013-10-07 --to 2013-10-08 --output csv > ticks.csv",
            "stockaspire query SPY --from -5m --limit 0",
            "stockaspire query SPY,IBM --as-of 2013-10-07T14:00:00-04:00",
        ];
    }

    protected override async Task<int> RunAsync(VerbRun run, CancellationToken cancellationToken)
    {
        if (run.Get(_asOf) is { } asOf)
        {
            foreach (var option in new Option[] { _from, _to, _limit, _order, _knownAt, _resume })
            {
                if (run.Has(option))
                {
                    throw CliException.Usage($"--as-of asks for one tick of each symbol; {option.Name} does not go with it.");
                }
            }

            return await AsOfAsync(run, asOf, cancellationToken);
        }

        var request = Request(run);
        var count = await StreamAsync(run, request, cancellationToken);
        if (count == 0)
        {
            run.Note($"No ticks of {string.Join(", ", request.Symbols)} in this range. `stockaspire symbols` lists what is stored, and since when.");
        }
        else if (count == request.Limit && !run.Has(_limit))
        {
            run.Note($"The first {DefaultLimit} ticks; --limit N shows more, --limit 0 all.");
        }

        return ExitCode.Success;
    }

    private static async Task<int> AsOfAsync(VerbRun run, long timeNs, IEnumerable<string> symbols, CancellationToken cancellationToken)
    {
        var request = new GetTicksAsOfRequest { TimeNs = timeNs };
        request.Symbols.AddRange(symbols);
        var answer = await run.Query().GetTicksAsOfAsync(request, run.Answer(cancellationToken));
        LatestVerb.Print(run, answer.Ticks, answer.Missing);
        return ExitCode.Success;
    }

    private Task<int> AsOfAsync(VerbRun run, long timeNs, CancellationToken cancellationToken) =>
        AsOfAsync(run, timeNs, SymbolList.Parse(run.Get(_symbols)), cancellationToken);

    private QueryTicksRequest Request(VerbRun run)
    {
        var start = run.Get(_from);

        // Event times may lie ahead of now by the server's allowed skew, which is a day at most.
        var end = run.Get(_to) ?? run.Host.Time.NowNs() + UnixTime.NsPerDay;
        if (start >= end)
        {
            throw CliException.Usage($"--from {UnixTime.Format(start.Value)} is not before --to {UnixTime.Format(end)}.");
        }

        var limit = run.Get(_limit) ?? (start is null || run.Format == OutputFormat.Table ? DefaultLimit : 0);
        if (limit < 0)
        {
            throw CliException.Usage($"--limit: expected 0 or more, got {limit}.");
        }

        var descending = run.Get(_order) is { } order ? order == "desc" : start is null;
        var request = new QueryTicksRequest
        {
            StartNs = start ?? EarliestNs,
            EndNs = end,
            Limit = limit,
            Order = descending ? TickOrder.Descending : TickOrder.Ascending,
            KnownAtNs = run.Get(_knownAt) ?? 0,
            ResumeToken = run.Get(_resume) ?? string.Empty,
        };
        request.Symbols.AddRange(SymbolList.Parse(run.Get(_symbols)));
        return request;
    }

    /// <summary>
    /// Returns the number of ticks printed. Where the connection breaks it asks again with the token of the last block;
    /// a query that is cut short for good tells the command that goes on.
    /// </summary>
    private static async Task<long> StreamAsync(VerbRun run, QueryTicksRequest request, CancellationToken cancellationToken)
    {
        var query = run.Query();
        var print = new Printing(run) { Token = request.ResumeToken };
        try
        {
            while (true)
            {
                var before = print.Token;
                try
                {
                    request.ResumeToken = print.Token;
                    using var call = query.QueryTicks(request, run.Stream(cancellationToken));
                    await print.PrintAsync(call.ResponseStream, cancellationToken);
                    return print.Count;
                }
                catch (RpcException error) when (error.StatusCode == StatusCode.Unavailable && print.Token != before)
                {
                    run.Note("The connection broke; going on after the last tick.");
                    await Task.Delay(ReconnectDelay, run.Host.Time, cancellationToken);
                }
            }
        }
        catch (Exception error) when (error is RpcException or OperationCanceledException)
        {
            print.Flush();
            if (print.Count > 0)
            {
                await run.Host.Error.WriteLineAsync($"Cut short after {PeopleText.Count(print.Count)} ticks. Go on with:\n  {Command(run, request, print.Token)}");
            }

            throw;
        }
    }

    /// <summary>The same query with all its defaults spelled out: a token is bound to its request.</summary>
    private static string Command(VerbRun run, QueryTicksRequest request, string token)
    {
        var known = request.KnownAtNs == 0 ? string.Empty : $" --known-at {UnixTime.Format(request.KnownAtNs)}";
        var order = request.Order == TickOrder.Descending ? "desc" : "asc";
        var format = run.Format switch { OutputFormat.Json => "json", OutputFormat.Csv => "csv", _ => "table" };
        return FormattableString.Invariant(
            $"stockaspire query {string.Join(',', request.Symbols)} --from {UnixTime.Format(request.StartNs)} --to {UnixTime.Format(request.EndNs)} --order {order} --limit {request.Limit}{known} --output {format} --resume {token}");
    }

    /// <summary>Prints blocks, and keeps the token of what it has printed.</summary>
    private sealed class Printing(VerbRun run)
    {
        private readonly TickBlockReader _reader = new();
        private ITickOutput? _output;

        public required string Token { get; set; }

        public long Count { get; private set; }

        public async Task PrintAsync(IAsyncStreamReader<QueryTicksResponse> answers, CancellationToken cancellationToken)
        {
            while (await answers.MoveNext(cancellationToken))
            {
                var answer = answers.Current;
                Print(answer.Block);
                Token = answer.ResumeToken;
            }

            Print(null);
            Flush();
        }

        public void Flush() => _output?.Flush();

        private void Print(TickBlock? block)
        {
            // Only with the first answer: an error comes before any header.
            _output ??= TickOutput.Create(run.Format, run.Out());
            if (block is not null)
            {
                foreach (ref readonly var tick in _reader.Read(block))
                {
                    _output.Write(tick);
                    Count++;
                }
            }
        }
    }
}
