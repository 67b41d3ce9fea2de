using System.Text;
using StockAspire.EndToEnd.Tests.Harness;
using StockAspire.Protos.V1;

namespace StockAspire.EndToEnd.Tests;

/// <summary>Programs that share no code with this project use its wire formats.</summary>
[Collection(EmbeddedPipeline.Name)]
public sealed class ForeignClientTests(EmbeddedFixture fixture)
{
    private const string Kcat = "/usr/bin/kcat";
    private const string Python = "/usr/bin/python3";
    private const string PythonPlugin = "/usr/bin/grpc_python_plugin";
    private const long StartNs = 1_700_000_000_000_000_000;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task Pythons_stock_grpc_publishes_and_queries_by_the_protos_alone()
    {
        Assert.SkipUnless(File.Exists(PythonPlugin), $"needs {PythonPlugin} (Debian: protobuf-compiler-grpc)");
        var stubs = Directory.CreateTempSubdirectory("stockaspire-stubs-").FullName;
        var google = Path.Combine(AppContext.BaseDirectory, "google-protos");
        var protos = Path.Combine(Checkout.Root, "protos");
        var own = Directory.GetFiles(Path.Combine(protos, "stockaspire", "v1"), "*.proto");
        await using var generate = ProgramRun.Start(
            "protoc",
            ["-I", protos, "-I", google, "--python_out", stubs, "--grpc_out", stubs, $"--plugin=protoc-gen-grpc={PythonPlugin}", "google/api/annotations.proto", "google/api/http.proto", .. own]);
        Assert.True(await generate.ExitAsync(Limit) == 0, generate.Errors);

        await using var client = ProgramRun.Start(
            Python,
            [Path.Combine(AppContext.BaseDirectory, "Foreign", "ticks.py"), stubs, Address("ingest"), Address("query"), "python-client", "PYTHON"]);
        var exitCode = await client.ExitAsync(Limit);
        Assert.SkipWhen(exitCode != 0 && client.Errors.Contains("ModuleNotFoundError", StringComparison.Ordinal), "needs Debian's python3-grpcio and python3-protobuf");
        Assert.True(exitCode == 0, client.Errors);

        Assert.Equal(
            Enumerable.Range(0, 10).Select(i => $"python-client {i + 1} PYTHON {StartNs + (i * 1_000_000L)} {123_450_000_000 + (i * 10_000_000L)} 100000000"),
            client.Output.Split('\n'));
    }

    [Fact]
    public async Task Kcat_reads_the_topic_by_symbol()
    {
        Assert.SkipUnless(File.Exists(Kcat), $"needs {Kcat} (Debian: kcat)");
        var trades = Enumerable.Range(1, 500).Select(i => new TradeRow((ulong)i, "KCAT", StartNs + i, 1_000_000_000L * i, 100_000_000, "X", "1", false)).ToList();
        await new TickClient(fixture.Pipeline.Ingest, "kcat-source").PublishAsync(trades, Limit);

        // Key, size and value of each record up to the end of every partition.
        var values = Directory.CreateTempSubdirectory("stockaspire-kcat-").FullName;
        await using var kcat = ProgramRun.Start(
            "bash",
            ["-c", $"{Kcat} -b {fixture.Pipeline.Kafka} -C -t ticks -e -q -f '%k %S\\n%s' > '{values}/out'"]);
        Assert.True(await kcat.ExitAsync(Limit) == 0, kcat.Errors);

        var rows = Records(await File.ReadAllBytesAsync(Path.Combine(values, "out")))
            .Where(record => record.Key == "KCAT")
            .SelectMany(record => TickRow.Of(TickBlock.Parser.ParseFrom(record.Value)))
            .ToList();
        Assert.Equal(trades.Select(trade => TickRow.Expected(trade, "kcat-source")), rows);
    }

    private static IEnumerable<(string Key, byte[] Value)> Records(byte[] output)
    {
        for (var position = 0; position < output.Length;)
        {
            var lineEnd = Array.IndexOf(output, (byte)'\n', position);
            var header = Encoding.UTF8.GetString(output, position, lineEnd - position).Split(' ');
            var size = int.Parse(header[1], System.Globalization.CultureInfo.InvariantCulture);
            yield return (header[0], output[(lineEnd + 1)..(lineEnd + 1 + size)]);
            position = lineEnd + 1 + size;
        }
    }

    private string Address(string service) => fixture.Pipeline.Endpoint(service, "grpc").Authority;
}
