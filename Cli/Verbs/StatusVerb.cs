using System.CommandLine;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Google.Protobuf;
using Grpc.Core;
using StockAspire.Cli.Output;
using StockAspire.Market;
using StockAspire.Protos.V1;

namespace StockAspire.Cli.Verbs;

/// <summary><c>status</c>: how far the pipeline is, partition by partition.</summary>
internal sealed class StatusVerb : Verb
{
    private static readonly JsonFormatter Json =
        new(JsonFormatter.Settings.Default.WithFormatDefaultValues(true).WithPreserveProtoFieldNames(true));

    private static readonly Records<PartitionStatus> Partitions = new(
        new("partition", "PARTITION", row => row.Partition) { ToTheRight = true },
        new("published_offset", "PUBLISHED", row => row.PublishedOffset, row => PeopleText.Count(row.PublishedOffset)) { ToTheRight = true },
        new("committed_offset", "STORED", row => row.CommittedOffset, row => PeopleText.Count(row.CommittedOffset)) { ToTheRight = true },
        new("lag", "LAG (BLOCKS)", row => row.Lag, row => PeopleText.Count(row.Lag)) { ToTheRight = true },
        new("oldest_unstored_age_ms", "OLDEST UNSTORED", row => row.OldestUnstoredAgeMs, row => Age(row.OldestUnstoredAgeMs)) { ToTheRight = true },
        new("published_ticks", "PUBLISHED TICKS", row => row.PublishedTicks, row => PeopleText.Count(row.PublishedTicks)) { ToTheRight = true },
        new("stored_ticks", "STORED TICKS", row => row.StoredTicks, row => PeopleText.Count(row.StoredTicks)) { ToTheRight = true });

    private readonly Option<bool> _watch = new("--watch") { Description = "Print it again every second until Ctrl+C" };

    [SetsRequiredMembers]
    public StatusVerb(CliHost host)
        : base(host, "status", "Prints how far the pipeline is: published, stored, behind, dead letters.")
    {
        Options.Add(_watch);
        Examples = ["stockaspire status", "stockaspire status --watch", "stockaspire status --output json | jq .lag_ticks"];
    }

    protected override async Task<int> RunAsync(VerbRun run, CancellationToken cancellationToken)
    {
        var ops = run.Ops();
        if (!run.Get(_watch))
        {
            Print(run, await ops.GetPipelineStatusAsync(new GetPipelineStatusRequest(), run.Answer(cancellationToken)));
            return ExitCode.Success;
        }

        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), run.Host.Time);
        try
        {
            do
            {
                var status = await ops.GetPipelineStatusAsync(new GetPipelineStatusRequest(), run.Answer(cancellationToken));
                if (run.Host.OutIsTerminal && run.Format == OutputFormat.Table)
                {
                    // ECMA-48: cursor to the top left, erase to the end of the screen.
                    run.Host.Out.Write("\e[H\e[J"u8);
                }

                Print(run, status);
            }
            while (await timer.WaitForNextTickAsync(cancellationToken));
        }
        catch (Exception error) when (cancellationToken.IsCancellationRequested && error is OperationCanceledException or RpcException { StatusCode: StatusCode.Cancelled })
        {
            // Ctrl+C is how a watch ends.
        }

        return ExitCode.Success;
    }

    private static void Print(VerbRun run, GetPipelineStatusResponse status)
    {
        var output = run.Out();
        if (run.Format == OutputFormat.Json)
        {
            output.AppendLine(Json.Format(status));
            output.Flush();
            return;
        }

        Partitions.Write(run.Host, run.Format, status.Partitions);
        if (run.Format == OutputFormat.Table)
        {
            var since = status.SinceNs == 0 ? string.Empty : $" since {UnixTime.Format(status.SinceNs)}";
            output.AppendLine(string.Create(CultureInfo.InvariantCulture, $"published     {PeopleText.Count(status.PublishedTicks)} ticks{since}, {status.PublishedPerSecond:N0}/s"));
            output.AppendLine(string.Create(CultureInfo.InvariantCulture, $"stored        {PeopleText.Count(status.StoredTicks)} ticks, {status.StoredPerSecond:N0}/s"));
            output.AppendLine($"behind        {PeopleText.Count(status.LagTicks)} ticks, the oldest for {Age(status.OldestUnstoredAgeMs)}");
            output.AppendLine($"dead letters  {PeopleText.Count(status.DeadLetters)}");
            output.Flush();
        }

        foreach (var problem in status.Problems)
        {
            run.Host.Error.WriteLine("Problem: " + problem.Message);
        }
    }

    private static string Age(long ms) => ms == 0 ? "-" : PeopleText.Duration(ms * UnixTime.NsPerMillisecond);
}
