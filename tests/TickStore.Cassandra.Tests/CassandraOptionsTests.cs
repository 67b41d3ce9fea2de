using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace StockAspire.TickStore.Cassandra.Tests;

/// <summary>The connection string alone decides; what else is set must fit it.</summary>
public sealed class CassandraOptionsTests
{
    private const string Plain = "cassandra://127.0.0.1:1/market";

    [Theory]
    [InlineData("sqlite:/tmp/no-such-folder/ticks.db", "SqliteTickStore")]
    [InlineData(Plain, "CassandraTickStore")]
    public async Task One_registration_gives_the_store_of_the_connection_string(string text, string expected)
    {
        using var host = Build(text);
        await host.StartAsync(TestContext.Current.CancellationToken);
        Assert.Equal(expected, host.Services.GetRequiredService<ITickStore>().GetType().Name);
        await host.StopAsync(TestContext.Current.CancellationToken);
        await ((IAsyncDisposable)host).DisposeAsync();
    }

    [Theory]
    [InlineData("postgres://me:secret@host/db", "must begin with sqlite: or cassandra://")]
    [InlineData("cassandra://me:secret@host/bad-name", "the keyspace must be")]
    [InlineData(Plain, "Store:Layout is \"blocks\"; it must be rows", "Store:Layout", "blocks")]
    [InlineData(Plain, "Store:Consistency is \"ANY\"; it must be one of ONE", "Store:Consistency", "ANY")]
    [InlineData(Plain, "Store:Retention is 00:10:00", "Store:Retention", "00:10:00")]
    [InlineData(Plain, "Store:CompactionWindow is 00:10:00", "Store:CompactionWindow", "00:10:00")]
    [InlineData(Plain, "A password is given without a user", "Store:Password", "secret")]
    [InlineData(Plain, "A user is given without a password", "Store:User", "me")]
    [InlineData(Plain, "Store:PasswordFile is \"/no/such/file\"", "Store:PasswordFile", "/no/such/file")]
    [InlineData("cassandra://me:secret@host/k", "both give a user", "Store:User", "me")]
    [InlineData("cassandra://me:secret@host/k", "more than one is given", "Store:Password", "secret")]
    public async Task A_setting_that_cannot_be_stops_the_start_and_gives_no_secret_away(string text, string expected, string? key = null, string? value = null)
    {
        using var host = Build(text, key, value);
        var exception = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(TestContext.Current.CancellationToken));
        var faults = string.Join('\n', exception.Failures);
        Assert.Contains(expected, faults, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", faults, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cassandra://me@host/k", "Store:Password", "secret")]
    [InlineData("cassandra://me@host/k?replication=3&dc=dc1", "Store:Password", "secret")]
    [InlineData(Plain, "Store:Consistency", "local_quorum")]
    [InlineData(Plain, "Store:Retention", "30.00:00:00")]
    public async Task Secrets_and_settings_may_stand_beside_the_connection_string(string text, string key, string value)
    {
        using var host = Build(text, key, value);
        await host.StartAsync(TestContext.Current.CancellationToken);
        await host.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Where_nothing_listens_the_store_is_unavailable_and_says_where_it_looked()
    {
        await using var store = TickStores.Open("cassandra://me:secret@127.0.0.1:1/market", new TickStoreOptions(), others: CassandraTickStores.Provider);
        var fault = await Assert.ThrowsAsync<TickStoreUnavailableException>(() => store.InitializeAsync(TestContext.Current.CancellationToken));
        Assert.Contains("cassandra://127.0.0.1:1/market", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", fault.ToString(), StringComparison.Ordinal);
    }

    private static IHost Build(string connectionString, string? key = null, string? value = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration["ConnectionStrings:tickstore"] = connectionString;
        if (key is not null)
            builder.Configuration[key] = value;
        builder.AddTickStore(readOnly: false, CassandraTickStores.Provider);
        return builder.Build();
    }
}
