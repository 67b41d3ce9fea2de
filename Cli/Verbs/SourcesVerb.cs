using System.CommandLine;
using System.Diagnostics.CodeAnalysis;
using StockAspire.Cli.Output;
using StockAspire.Cli.Servers;
using StockAspire.Protos.V1;

namespace StockAspire.Cli.Verbs;

/// <summary><c>sources</c>: where ticks came from and how far they are sealed.</summary>
internal sealed class SourcesVerb : Verb
{
    private static readonly Records<SourceInfo> Records = new(
        new("source", "SOURCE", info => info.Source),
        new("ticks", "TICKS", info => info.Ticks, info => PeopleText.Count(info.Ticks)) { ToTheRight = true },
        new("rejected", "REJECTED", info => info.Rejected, info => PeopleText.Count(info.Rejected)) { ToTheRight = true },
        new("last_sequence", "LAST", info => info.LastSequence) { ToTheRight = true },
        new("symbols", "SYMBOLS", info => info.Symbols, info => Shorten(info.Symbols)),
        new("first_event_time", "FIRST EVENT", info => PeopleText.Time(info.FirstEventTimeNs)),
        new("last_event_time", "LAST EVENT", info => PeopleText.Time(info.LastEventTimeNs)),
        new("path", "FILE", info => info.Record?.Path ?? string.Empty),
        new("state", "STATE", info => StateOf(info.Record)));

    [SetsRequiredMembers]
    public SourcesVerb(CliHost host)
        : base(host, "sources", "Lists the sources of ticks: what of each is sealed.")
    {
        Subcommands.Add(new ShowVerb(host));
        Examples = ["stockaspire sources", "stockaspire sources show csv:0123456789abcdef0123456789abcdef"];
    }

    protected override async Task<int> RunAsync(VerbRun run, CancellationToken cancellationToken)
    {
        var sources = await run.Query().AllSourcesAsync(() => run.Answer(cancellationToken));
        Records.Write(run.Host, run.Format, sources);
        if (sources.Count == 0)
        {
            run.Note("Nothing was ingested yet. `stockaspire ingest FILE` loads a file.");
        }

        return ExitCode.Success;
    }

    private static string Shorten(Google.Protobuf.Collections.RepeatedField<string> symbols)
    {
        const int Shown = 5;
        return symbols.Count <= Shown ? string.Join(' ', symbols) : $"{string.Join(' ', symbols.Take(Shown))} +{symbols.Count - Shown}";
    }

    private static string StateOf(SourceRecord? record) => record?.State switch
    {
        null or LoadState.Unspecified => string.Empty,
        var state => state.Value.ToString().ToLowerInvariant(),
    };

    /// <summary><c>sources show</c>: everything that is known of one source.</summary>
    private sealed class ShowVerb : Verb
    {
        private static readonly Records<SourceInfo> All = new(
            new("source", null, info => info.Source),
            new("epoch", null, info => info.Epoch),
            new("first_sequence", null, info => info.FirstSequence),
            new("last_sequence", null, info => info.LastSequence),
            new("ticks", null, info => info.Ticks),
            new("rejected", null, info => info.Rejected),
            new("symbols", null, info => info.Symbols),
            new("first_event_time", null, info => PeopleText.Time(info.FirstEventTimeNs)),
            new("last_event_time", null, info => PeopleText.Time(info.LastEventTimeNs)),
            new("last_sealed_at", null, info => PeopleText.Time(info.LastSealedAtNs)),
            new("mode", null, info => info.Record is null or { Mode: LoadMode.Unspecified } ? string.Empty : info.Record.Mode.ToString().ToLowerInvariant()),
            new("state", null, info => StateOf(info.Record)),
            new("path", null, info => info.Record?.Path ?? string.Empty),
            new("content_hash", null, info => info.Record?.ContentHash ?? string.Empty),
            new("mapping", null, info => info.Record?.Mapping ?? string.Empty),
            new("seed", null, info => info.Record?.Seed ?? 0),
            new("base_time", null, info => PeopleText.Time(info.Record?.BaseTimeNs ?? 0)),
            new("interval_ns", null, info => info.Record?.IntervalNs ?? 0),
            new("speed", null, info => new Market.Price(info.Record?.SpeedE9 ?? 0).ToString()),
            new("loop", null, info => info.Record?.Loop ?? false),
            new("rate", null, info => info.Record?.Rate ?? 0),
            new("owner", null, info => info.Record?.Owner ?? string.Empty),
            new("created_at", null, info => PeopleText.Time(info.Record?.CreatedAtNs ?? 0)),
            new("failure", null, info => info.Record?.Failure ?? string.Empty));

        private readonly Argument<string> _source = new("SOURCE") { Description = "As `stockaspire sources` lists it" };

        [SetsRequiredMembers]
        public ShowVerb(CliHost host)
            : base(host, "show", "Prints everything that is known of one source.")
        {
            Arguments.Add(_source);
            Examples = ["stockaspire sources show my-feed", "stockaspire sources show my-feed --output json"];
        }

        protected override async Task<int> RunAsync(VerbRun run, CancellationToken cancellationToken)
        {
            var answer = await run.Query().GetSourceAsync(new GetSourceRequest { Source = run.Get(_source) }, run.Answer(cancellationToken));
            All.WriteOne(run.Host, run.Format, answer.Source);
            return ExitCode.Success;
        }
    }
}
