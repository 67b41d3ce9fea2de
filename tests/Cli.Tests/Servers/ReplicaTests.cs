using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using StockAspire.Cli.Servers;
using StockAspire.Cli.Tests.Fakes;
using StockAspire.Protos.V1;

namespace StockAspire.Cli.Tests.Servers;

/// <summary>Runs against an endpoints.json with two replicas of a service.</summary>
public sealed class ReplicaTests : IDisposable
{
    private readonly string _data = Directory.CreateTempSubdirectory("stockaspire-cli-").FullName;

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    public async Task The_first_replica_is_asked_while_it_is_there()
    {
        await using var first = await StartAsync("FIRST");
        await using var second = await StartAsync("SECOND");
        Write("query", first.Address, second.Address);

        var run = await CliRun.RunAsync("symbols", "--data", _data, "--output", "csv");

        Assert.Equal((ExitCode.Success, string.Empty), (run.ExitCode, run.Error));
        Assert.StartsWith("FIRST,", run.OutLines[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_second_replica_is_asked_where_nothing_answers_at_the_first_ones_address()
    {
        using var gone = new TcpListener(IPAddress.Loopback, 0);
        gone.Start();
        var address = $"http://{gone.LocalEndpoint}";
        gone.Stop();
        await using var second = await StartAsync("SECOND");
        Write("query", address, second.Address);

        var run = await CliRun.RunAsync("symbols", "--data", _data, "--output", "csv");

        Assert.Equal((ExitCode.Success, string.Empty), (run.ExitCode, run.Error));
        Assert.StartsWith("SECOND,", run.OutLines[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_ingest_goes_on_with_the_second_replica_when_the_first_is_gone()
    {
        const int Rows = 2_000;
        using var file = new SampleFile(Rows);
        var ingest = new FakeIngest { MaxInFlight = 200 };
        var reached = ingest.HangAt(5);
        var first = await FakePipeline.StartAsync(ingest: ingest);
        await using var second = await FakePipeline.StartAsync(ingest: ingest);
        Write("ingest", first.Address, second.Address);

        var running = CliRun.RunAsync("ingest", file.Path, "--data", _data);
        await reached;
        await first.DisposeAsync();
        var run = await running;

        Assert.Equal(ExitCode.Success, run.ExitCode);
        Assert.Equal((ulong)Rows, ingest.LastSeen);
        Assert.Single(ingest.Sources);
    }

    private static async Task<FakePipeline> StartAsync(string symbol)
    {
        var pipeline = await FakePipeline.StartAsync();
        pipeline.Query.OnSymbols = _ => new ListSymbolsResponse { Symbols = { new SymbolInfo { Symbol = symbol } } };
        return pipeline;
    }

    private void Write(string service, string first, string second)
    {
        var endpoints = new Dictionary<string, object> { [service] = new { grpc = first }, [service + "-2"] = new { grpc = second } };
        File.WriteAllText(Path.Combine(_data, Endpoints.FileName), JsonSerializer.Serialize(endpoints));
    }
}
