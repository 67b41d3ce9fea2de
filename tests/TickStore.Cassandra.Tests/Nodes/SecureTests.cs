using StockAspire.Cql;

namespace StockAspire.TickStore.Cassandra.Tests.Nodes;

/// <summary>Who may log in, and that nothing tells the password.</summary>
public sealed class SecureTests(SecureStoreCassandra cassandra) : StoreNodeTests(cassandra), IClassFixture<SecureStoreCassandra>
{
    private string Tls => $"?dc=dc1&tls=true&ca={Uri.EscapeDataString(cassandra.CaFile)}";

    [Fact]
    public async Task A_password_from_a_file_logs_in()
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, "cassandra\n", Cancelled);
        await using var store = Open(settings: Tls, user: "cassandra@", configure: options => options.PasswordFile = file);
        await store.WriteAsync(new[] { Ticks.Of() }, Cancelled);
        Assert.Single(await ReadAsync(store, All()));
        File.Delete(file);
    }

    [Fact]
    public async Task A_wrong_password_is_said_without_it_and_can_be_healed()
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, "wrong-secret\n", Cancelled);
        await using var store = Open(settings: Tls, configure: options => (options.User, options.PasswordFile) = ("cassandra", file));
        var fault = await Assert.ThrowsAsync<TickStoreUnavailableException>(() => store.InitializeAsync(Cancelled));
        Assert.Contains("password", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong-secret", fault.ToString(), StringComparison.Ordinal);

        await File.WriteAllTextAsync(file, "cassandra\n", Cancelled);
        await store.InitializeAsync(Cancelled);
        File.Delete(file);
    }

    [Fact]
    public async Task Without_TLS_the_store_is_unavailable()
    {
        await using var store = Open(user: "cassandra:cassandra@");
        await Assert.ThrowsAsync<TickStoreUnavailableException>(() => store.InitializeAsync(Cancelled));
    }

    protected override void Secure(CqlOptions options)
    {
        (options.User, options.Password) = ("cassandra", "cassandra");
        options.Tls = new CqlTlsOptions { CaFile = cassandra.CaFile };
    }
}
