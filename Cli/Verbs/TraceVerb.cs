using System.CommandLine;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using StockAspire.Cli.Output;
using StockAspire.Market;
using StockAspire.Protos.V1;

namespace StockAspire.Cli.Verbs;

/// <summary><c>trace</c>: where a stored tick came from, and the trace that carried it.</summary>
internal sealed class TraceVerb : Verb
{
    private readonly Argument<string> _symbol = new("SYM") { Description = "The tick's symbol" };

    private readonly Argument<string> _id = new("SOURCE:SEQ") { Description = "Its source and sequence, as query and latest print them with --output json or csv" };

    [SetsRequiredMembers]
    public TraceVerb(CliHost host)
        : base(host, "trace", "Shows where a stored tick came from: file and row or call, Kafka record, trace.")
    {
        Arguments.Add(_symbol);
        Arguments.Add(_id);
        Notes =
        [
            "The trace has the call or load that brought the tick, the chunk that was sent to Kafka (its span is span_id),",
            "and the batch that was stored, which may be a trace of its own that links to this one. Traces are kept by the",
            "dashboard for as long as it has room.",
        ];
        Examples =
        [
            "stockaspire trace SPY csv:0123456789abcdef0123456789abcdef:17",
            "stockaspire trace SPY my-feed:42 --output json | jq -r .trace_id",
        ];
    }

    protected override async Task<int> RunAsync(VerbRun run, CancellationToken cancellationToken)
    {
        var request = new GetTickProvenanceRequest { Symbol = run.Get(_symbol), Id = ParseId(run.Get(_id)) };
        var answer = await run.Query().GetTickProvenanceAsync(request, run.Answer(cancellationToken));
        var dashboard = run.Dashboard();
        Columns(dashboard).WriteOne(run.Host, run.Format, answer);
        if (!answer.RecordIsKept)
        {
            run.Note("Its record is no longer in Kafka, so that nobody can tell its trace.");
        }
        else if (answer.NotSampled)
        {
            run.Note("Its trace was not sampled: Ingest had nowhere to send it (OTEL_EXPORTER_OTLP_ENDPOINT, which the AppHost sets), or a sampler left it out.");
        }
        else if (answer.TraceId.Length == 0)
        {
            run.Note("No trace is known: its record names none, nor does any of its source shortly before it.");
        }

        return ExitCode.Success;
    }

    /// <summary>A source may have colons of its own: the last one divides.</summary>
    private static Protos.V1.TickId ParseId(string text)
    {
        var colon = text.LastIndexOf(':');
        return colon > 0 && ulong.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var sequence)
            ? new Protos.V1.TickId { Source = text[..colon], Sequence = sequence }
            : throw CliException.Usage($"SOURCE:SEQ: expected a source, a colon and a sequence, such as my-feed:42, got \"{text}\".");
    }

    private static Records<GetTickProvenanceResponse> Columns(Uri? dashboard) => new(
        new("symbol", null, answer => answer.Tick.Symbol),
        new("source", null, answer => answer.Tick.Id.Source),
        new("sequence", null, answer => answer.Tick.Id.Sequence),
        new("revision", null, answer => answer.Tick.Revision),
        new("event_time", null, answer => PeopleText.Time(answer.Tick.EventTimeNs)),
        new("price", null, answer => new Price(answer.Tick.PriceE9).ToString()),
        new("size", null, answer => new Size(answer.Tick.SizeE8).ToString()),
        new("came_by", null, answer => answer.Path.Length == 0 ? "call" : "file"),
        new("path", null, answer => answer.Path),
        new("row", null, answer => answer.Row, answer => answer.Row == 0 ? string.Empty : PeopleText.Count(answer.Row)),
        new("ingest_time", null, answer => PeopleText.Time(answer.Tick.IngestTimeNs)),
        new("partition", null, answer => answer.Partition),
        new("offset", null, answer => answer.Offset),
        new("published_at", null, answer => answer.PublishedAtNs == 0 ? string.Empty : PeopleText.Time(answer.PublishedAtNs)),
        new("trace_id", null, answer => answer.TraceId),
        new("span_id", null, answer => answer.SpanId),
        new("trace_url", null, answer => dashboard is null || answer.TraceId.Length == 0 ? string.Empty : new Uri(dashboard, $"/traces/detail/{answer.TraceId}").ToString()),
        new("tick_url", null, answer => dashboard is null ? string.Empty : new Uri(dashboard, TickPage(answer)).AbsoluteUri));

    /// <summary>The dashboard's page of this answer, with the batch that stored the tick as well.</summary>
    private static string TickPage(GetTickProvenanceResponse answer) =>
        string.Create(CultureInfo.InvariantCulture, $"/ticks/detail?symbol={Uri.EscapeDataString(answer.Tick.Symbol)}&source={Uri.EscapeDataString(answer.Tick.Id.Source)}&sequence={answer.Tick.Id.Sequence}");
}
