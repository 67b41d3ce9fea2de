using System.CommandLine;
using System.Diagnostics.CodeAnalysis;
using Grpc.Core;
using StockAspire.Cli.Output;
using StockAspire.Cli.Servers;
using StockAspire.Market.Blocks;
using StockAspire.Protos.V1;

namespace StockAspire.Cli.Verbs;

/// <summary><c>tail</c>: ticks as they are published.</summary>
internal sealed class TailVerb : Verb
{
    private readonly Argument<string[]> _symbols = SymbolList.Argument("Symbols, divided by commas or blanks, or '*' for all");

    private readonly Option<string> _slowReader = new("--slow-reader")
    {
        Description = "Where this end reads slower than ticks come: block falls behind and loses nothing, conflate keeps the newest of each symbol, skip leaves ticks out and says which",
        HelpName = "block|conflate|skip",
        DefaultValueFactory = _ => "block",
    };

    [SetsRequiredMembers]
    public TailVerb(CliHost host)
        : base(host, "tail", "Prints ticks as they are published, until Ctrl+C.")
    {
        _slowReader.AcceptOnlyFromAmong("block", "conflate", "skip");
        Arguments.Add(_symbols);
        Options.Add(_slowReader);
        Examples = ["stockaspire tail SPY,IBM", "stockaspire tail '*' --output json | jq -r .price", "stockaspire tail '*' --slow-reader conflate"];
    }

    protected override async Task<int> RunAsync(VerbRun run, CancellationToken cancellationToken)
    {
        var symbols = SymbolList.Parse(run.Get(_symbols));
        var request = new SubscribeRequest
        {
            All = symbols.Contains(SymbolList.All),
            SlowReader = run.Get(_slowReader) switch
            {
                "conflate" => SlowReader.Conflate,
                "skip" => SlowReader.Skip,
                _ => SlowReader.Block,
            },
        };
        if (!request.All)
        {
            request.Symbols.AddRange(symbols);
        }

        try
        {
            await FollowAsync(run, request, cancellationToken);
            run.Note("The server has ended the stream.");
            return ExitCode.Success;
        }
        catch (Exception error) when (cancellationToken.IsCancellationRequested && error is OperationCanceledException or RpcException { StatusCode: StatusCode.Cancelled })
        {
            // Ctrl+C is how a tail ends.
            return ExitCode.Success;
        }
    }

    private static async Task FollowAsync(VerbRun run, SubscribeRequest request, CancellationToken cancellationToken)
    {
        var reader = new TickBlockReader();
        ITickOutput? output = null;
        using var call = run.Query().Subscribe(request, run.Stream(cancellationToken));
        while (await call.ResponseStream.MoveNext(cancellationToken))
        {
            output ??= TickOutput.Create(run.Format, run.Out());
            var answer = call.ResponseStream.Current;
            switch (answer.MessageCase)
            {
                case SubscribeResponse.MessageOneofCase.Block:
                    foreach (ref readonly var tick in reader.Read(answer.Block))
                    {
                        output.Write(tick);
                    }

                    output.Flush();
                    break;
                case SubscribeResponse.MessageOneofCase.Skipped:
                    var skipped = answer.Skipped;
                    var ranges = string.Join(", ", skipped.Ranges.Select(range => FormattableString.Invariant($"{range.Source} {range.First}-{range.Last}")));
                    await run.Host.Error.WriteLineAsync(
                        FormattableString.Invariant($"Left out {skipped.Count} ticks (partition {skipped.Partition}, offsets {skipped.FirstOffset}-{skipped.LastOffset}): {ranges}"));
                    break;
            }
        }
    }
}
