using StockAspire.EndToEnd.Tests.Harness;
using StockAspire.LocalHosting;

namespace StockAspire.EndToEnd.Tests;

/// <summary>Two replicas of each service that callers talk to: one may go, and nobody has to say where the other is.</summary>
public sealed class ReplicaTests
{
    private const int Rows = 500;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task The_command_line_tool_ingests_and_reads_with_the_replicas_that_are_left()
    {
        await using var pipeline = await Pipeline.StartAsync(builder =>
        {
            foreach (var service in (string[])["ingest", "query"])
            {
                builder.CreateResourceBuilder<ProjectResource>(service).WithReplicas(2);
            }
        });
        await RunAsync(pipeline, "ingest", WriteFile(pipeline, "BEFORE"), "--source", "before");

        await pipeline.StopAsync("ingest");
        await pipeline.StopAsync("query");
        await RunAsync(pipeline, "ingest", WriteFile(pipeline, "AFTER"), "--source", "after");

        foreach (var name in (string[])["before", "after"])
        {
            await Eventually.TrueAsync(
                $"all rows of {name}",
                async () =>
                {
                    var rows = await RunAsync(pipeline, "query", name.ToUpperInvariant(), "--from", "2020-09-13", "--to", "2020-09-14", "--output", "csv");
                    return rows.Split('\n').Length == Rows + 1;
                },
                Limit);
            await RunAsync(pipeline, "verify", name);
        }
    }

    private static async Task<string> RunAsync(Pipeline pipeline, params string[] arguments)
    {
        await using var run = pipeline.RunCommandLine(arguments);
        var exitCode = await run.ExitAsync(Limit);
        Assert.True(exitCode == 0, $"{string.Join(' ', arguments)}: {run.Output}{run.Errors}");
        return run.Output;
    }

    private static string WriteFile(Pipeline pipeline, string symbol)
    {
        var file = Path.Combine(pipeline.Data, symbol + ".csv");
        File.WriteAllLines(
            file,
            ["symbol,time,price,size", .. Enumerable.Range(1, Rows).Select(i => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{symbol},2020-09-13T12:26:40.{i:D6}Z,1.5,10"))]);
        return file;
    }
}
