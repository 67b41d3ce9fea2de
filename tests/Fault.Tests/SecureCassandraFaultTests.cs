using System.Net;
using StockAspire.Cql;
using StockAspire.EndToEnd.Tests.Harness;
using StockAspire.Engines;
using StockAspire.LocalHosting;

namespace StockAspire.Fault.Tests;

/// <summary>A pipeline on the embedded broker and on one Cassandra node with TLS and passwords.</summary>
public sealed class SecureCassandraFixture : PipelineFixture
{
    public const string User = "cassandra";
    public const string FirstPassword = "cassandra";
    private const string KeyStorePassword = "changeit";

    private readonly TestAuthority _authority = new();
    private readonly string _passwordFile = Path.GetTempFileName();
    private RealCassandra? _cassandra;

    public override string? Absence => RealCassandra.Absence ?? (TestRun.IsLong ? null : "restarts of Cassandra take minutes: it runs with ./test.sh --long");

    internal RealCassandra Cassandra => _cassandra ?? throw new InvalidOperationException("Cassandra is not running.");

    public void WritePassword(string password) => File.WriteAllText(_passwordFile, password);

    /// <summary>What the node shows from its next start on.</summary>
    public void WriteCertificate(IPAddress address) => _authority.WriteNode(Path.Combine(Cassandra.DataFolder, "server.p12"), KeyStorePassword, address);

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (_cassandra is not null)
        {
            await _cassandra.DisposeAsync();
        }

        _authority.Dispose();
        File.Delete(_passwordFile);
        GC.SuppressFinalize(this);
    }

    private protected override async Task<Pipeline> StartAsync()
    {
        WritePassword(FirstPassword);
        _cassandra = new RealCassandra { IsSecure = true, IsSynced = true };
        Directory.CreateDirectory(_cassandra.DataFolder);
        _authority.WriteCa(_cassandra.CaFile);
        WriteCertificate(_cassandra.Address);
        await _cassandra.StartAsync();
        return await Pipeline.StartAsync(
            builder =>
            {
                foreach (var service in builder.Resources.OfType<ProjectResource>())
                {
                    builder.CreateResourceBuilder(service).WithEnvironment("Store__User", User).WithEnvironment("Store__PasswordFile", _passwordFile);
                }
            },
            [.. Settings, $"ConnectionStrings:tickstore=cassandra://{_cassandra.ContactPoints}/stockaspire?dc=dc1&tls=true&ca={Uri.EscapeDataString(_cassandra.CaFile)}"]);
    }
}

/// <summary>
/// What only an operator can put right, under a running pipeline: nothing is committed meanwhile, and from then on all goes on by itself.
/// </summary>
public sealed class SecureCassandraFaultTests(SecureCassandraFixture fixture, ITestOutputHelper output) : IClassFixture<SecureCassandraFixture>
{
    private const long Rate = 800;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_password_that_is_wrong_from_now_on_until_the_new_one_is_given()
    {
        await using var load = await StartAsync("ibm_20131007_trade.zip");
        const string NewPassword = "changed-by-an-operator";
        await using (var session = await ConnectAsync(SecureCassandraFixture.FirstPassword))
        {
            (await session.ExecuteAsync($"ALTER ROLE {SecureCassandraFixture.User} WITH PASSWORD = '{NewPassword}'", Cancelled)).Dispose();
        }

        // Connections that there are stay: the password is asked for at the next.
        await RestartAsync();
        await NothingIsStoredAsync(load);
        fixture.WritePassword(NewPassword);
        await load.GoesOnAsync("from the right password on");
        await load.EndsExactlyAsync("a wrong password");

        await using (var session = await ConnectAsync(NewPassword))
        {
            (await session.ExecuteAsync($"ALTER ROLE {SecureCassandraFixture.User} WITH PASSWORD = '{SecureCassandraFixture.FirstPassword}'", Cancelled)).Dispose();
        }

        fixture.WritePassword(SecureCassandraFixture.FirstPassword);
    }

    [Fact]
    public async Task A_certificate_of_another_name_until_the_right_one_is_there()
    {
        await using var load = await StartAsync("ibm_20131008_trade.zip");
        fixture.WriteCertificate(IPAddress.Parse("10.1.2.3"));
        await RestartAsync();
        await NothingIsStoredAsync(load);
        fixture.WriteCertificate(fixture.Cassandra.Address);
        await RestartAsync();
        await load.GoesOnAsync("from the node's listening with the right certificate on");
        await load.EndsExactlyAsync("a certificate of another name");
    }

    private async Task<WatchedLoad> StartAsync(string file)
    {
        Assert.SkipWhen(fixture.Absence is not null, fixture.Absence ?? string.Empty);
        return await WatchedLoad.StartAsync(fixture.Pipeline, file, Rate, output);
    }

    private async Task RestartAsync()
    {
        await fixture.Cassandra.KillAllAsync();
        await fixture.Cassandra.StartAsync();
    }

    /// <summary>The node listens, Ingest takes ticks, and none of them is stored.</summary>
    private static async Task NothingIsStoredAsync(WatchedLoad load)
    {
        var stored = load.Stored;
        await load.AcknowledgesAsync(4_000);
        Assert.Equal(stored, load.Stored);
    }

    private Task<CqlSession> ConnectAsync(string password) => CqlSession.ConnectAsync(
        new CqlOptions
        {
            ContactPoints = fixture.Cassandra.ContactPoints.Split(','),
            User = SecureCassandraFixture.User,
            Password = password,
            Tls = new CqlTlsOptions { CaFile = fixture.Cassandra.CaFile },
            ConnectTimeout = TimeSpan.FromSeconds(30),
            AttemptTimeout = TimeSpan.FromSeconds(20),
            RequestTimeout = TimeSpan.FromSeconds(60),
        },
        cancel: Cancelled);
}
