using StockAspire.Cli.Servers;

namespace StockAspire.Cli.Tests.Servers;

public sealed class EndpointsTests : IDisposable
{
    private const string Both = """
        { "pid": 1, "kafka": "127.0.0.1:1", "ingest": { "http": "http://127.0.0.1:1", "grpc": "http://127.0.0.1:11" },
          "query": { "http": "http://127.0.0.1:2", "grpc": "http://127.0.0.1:22" } }
        """;

    private readonly string _root = Directory.CreateTempSubdirectory("stockaspire-cli-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Theory]
    [InlineData(Service.Ingest, 11)]
    [InlineData(Service.Query, 22)]
    internal void Find_BelowARepository_ReadsItsEndpoints(Service service, int port)
    {
        Write(".stockaspire", Both);
        var below = Directory.CreateDirectory(Path.Combine(_root, "libs", "Market")).FullName;

        Assert.Equal(port, Assert.Single(Endpoints.Find(service, null, null, below)).Port);
    }

    [Fact]
    public void Find_Address_GoesFirst()
    {
        Write(".stockaspire", Both);

        Assert.Equal(7, Assert.Single(Endpoints.Find(Service.Query, "http://127.0.0.1:7", null, _root)).Port);
    }

    [Fact]
    public void Find_DataDirectory_IsTakenInsteadOfTheRepositorys()
    {
        Write(".stockaspire", Both);
        Write("other", Both.Replace(":22", ":33", StringComparison.Ordinal));

        Assert.Equal(33, Assert.Single(Endpoints.Find(Service.Query, null, "other", _root)).Port);
    }

    [Fact]
    public void Find_NothingRuns_TriesTheDefaultPort()
    {
        File.WriteAllText(Path.Combine(_root, "StockAspire.sln"), string.Empty);

        Assert.Equal("http://127.0.0.1:5202/", Assert.Single(Endpoints.Find(Service.Query, null, null, _root)).AbsoluteUri);
        Assert.Equal("http://127.0.0.1:5102/", Assert.Single(Endpoints.Find(Service.Ingest, null, null, _root)).AbsoluteUri);
    }

    [Fact]
    public void Find_Replicas_AreAllOfThemInTheirOrder()
    {
        Write(".stockaspire", """
            { "query-3": { "grpc": "http://127.0.0.1:3" }, "query": { "grpc": "http://127.0.0.1:1" }, "query-2": { "grpc": "http://127.0.0.1:2" },
              "ingest": { "grpc": "http://127.0.0.1:4" } }
            """);

        Assert.Equal([1, 2, 3], Endpoints.Find(Service.Query, null, null, _root).Select(address => address.Port));
    }

    [Fact]
    public void Find_DataDirectoryWithoutEndpoints_SaysHowToStart()
    {
        var error = Assert.Throws<CliException>(() => Endpoints.Find(Service.Query, null, "none", _root));

        Assert.Equal(ExitCode.Unreachable, error.ExitCode);
        Assert.Contains(Path.Combine(_root, "none"), error.Message, StringComparison.Ordinal);
        Assert.Contains("dotnet run --project AppHost", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{ \"query\": { \"http\": \"http://127.0.0.1:1\" } }", ExitCode.Unreachable, "query.grpc")]
    [InlineData("[]", ExitCode.Unreachable, "query.grpc")]
    [InlineData("{ \"query\": ", ExitCode.Failure, "no JSON")]
    [InlineData("{ \"query\": { \"grpc\": \"nonsense\" } }", ExitCode.Usage, "nonsense")]
    public void Find_UnusableFile_SaysWhatIsWrong(string json, int exitCode, string part)
    {
        Write(".stockaspire", json);

        var error = Assert.Throws<CliException>(() => Endpoints.Find(Service.Query, null, null, _root));

        Assert.Equal(exitCode, error.ExitCode);
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
    }

    private void Write(string directory, string json) =>
        File.WriteAllText(Path.Combine(Directory.CreateDirectory(Path.Combine(_root, directory)).FullName, Endpoints.FileName), json);
}
