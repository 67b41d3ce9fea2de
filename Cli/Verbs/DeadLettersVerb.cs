using System.CommandLine;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using StockAspire.Cli.Output;
using StockAspire.Cli.Servers;
using StockAspire.Protos.V1;

namespace StockAspire.Cli.Verbs;

/// <summary><c>dead-letters</c>: rows that can never be stored, and why.</summary>
internal sealed class DeadLettersVerb : Command
{
    public DeadLettersVerb(CliHost host)
        : base("dead-letters", "Lists and shows the rows that can never be stored.")
    {
        Subcommands.Add(new ListVerb(host));
        Subcommands.Add(new ShowVerb(host));
    }

    private sealed class ListVerb : Verb
    {
        private const int DefaultLimit = 100;

        private static readonly Records<DeadLetter> Records = new(
            new("id", "ID", letter => letter.Id),
            new("time", "TIME", letter => PeopleText.Time(letter.TimeNs)),
            new("source", "SOURCE", letter => letter.Source),
            new("sequence", "SEQUENCE", letter => letter.Sequence) { ToTheRight = true },
            new("path", "FILE", letter => letter.Path),
            new("line", "LINE", letter => letter.Line, letter => letter.Line == 0 ? "-" : PeopleText.Count(letter.Line)) { ToTheRight = true },
            new("field", "FIELD", letter => letter.Field),
            new("reason", "REASON", letter => letter.Reason));

        private readonly Option<string?> _source = new("--source") { Description = "Only of this source", HelpName = "SOURCE" };
        private readonly Option<int> _limit = new("--limit") { Description = "Letters at most; 0 is no limit", HelpName = "N", DefaultValueFactory = _ => DefaultLimit };

        [SetsRequiredMembers]
        public ListVerb(CliHost host)
            : base(host, "list", "Lists dead letters with the reason of each.")
        {
            Options.Add(_source);
            Options.Add(_limit);
            Examples = ["stockaspire dead-letters list", "stockaspire dead-letters list --source my-feed --output csv"];
        }

        protected override async Task<int> RunAsync(VerbRun run, CancellationToken cancellationToken)
        {
            var limit = run.Get(_limit);
            if (limit < 0)
            {
                throw CliException.Usage($"--limit: expected 0 or more, got {limit}.");
            }

            var ops = run.Ops();
            var letters = new List<DeadLetter>();
            var request = new ListDeadLettersRequest { Source = run.Get(_source) ?? string.Empty };
            do
            {
                request.PageSize = limit == 0 ? Pages.PageSize : Math.Min(Pages.PageSize, limit - letters.Count);
                var page = await ops.ListDeadLettersAsync(request, run.Answer(cancellationToken));
                letters.AddRange(page.DeadLetters);
                request.PageToken = page.NextPageToken;
            }
            while (request.PageToken.Length > 0 && (limit == 0 || letters.Count < limit));

            Records.Write(run.Host, run.Format, letters);
            if (request.PageToken.Length > 0)
            {
                run.Note($"The first {limit}; --limit N shows more, --limit 0 all.");
            }

            return ExitCode.Success;
        }
    }

    private sealed class ShowVerb : Verb
    {
        private static readonly Records<DeadLetter> Record = new(
            new("id", null, letter => letter.Id),
            new("time", null, letter => PeopleText.Time(letter.TimeNs)),
            new("source", null, letter => letter.Source),
            new("sequence", null, letter => letter.Sequence),
            new("path", null, letter => letter.Path),
            new("line", null, letter => letter.Line),
            new("field", null, letter => letter.Field),
            new("reason", null, letter => letter.Reason),
            new("note", null, letter => letter.Note),
            new("raw", null, letter => Raw(letter)),
            new("trace_id", null, letter => letter.TraceId),
            new("etag", null, letter => letter.Etag));

        private readonly Argument<string> _id = new("ID") { Description = "PARTITION-OFFSET, as the list has it" };

        [SetsRequiredMembers]
        public ShowVerb(CliHost host)
            : base(host, "show", "Prints one dead letter with the bytes that were rejected.")
        {
            Arguments.Add(_id);
            Examples = ["stockaspire dead-letters show 0-17"];
        }

        protected override async Task<int> RunAsync(VerbRun run, CancellationToken cancellationToken)
        {
            var answer = await run.Ops().GetDeadLetterAsync(new GetDeadLetterRequest { Id = run.Get(_id) }, run.Answer(cancellationToken));
            Record.WriteOne(run.Host, run.Format, answer.DeadLetter);
            return ExitCode.Success;
        }

        /// <summary>The text where it is one; hexadecimal otherwise, so that no control character reaches a terminal.</summary>
        private static string Raw(DeadLetter letter)
        {
            var text = Encoding.UTF8.GetString(letter.Raw.Span);
            return text.Any(c => c == '\uFFFD' || (char.IsControl(c) && c is not ('\t' or '\r' or '\n')))
                ? "0x" + Convert.ToHexString(letter.Raw.Span)
                : text.TrimEnd('\r', '\n');
        }
    }
}
