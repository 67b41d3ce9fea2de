using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace StockAspire.TickStore.Tests;

public sealed class TickStoreOptionsTests
{
    [Theory]
    [InlineData("Store:BucketWidth", "00:00:30", "00:01:00", "1.00:00:00")]
    [InlineData("Store:BucketWidth", "2.00:00:00", "00:01:00", "1.00:00:00")]
    [InlineData("Store:RequestTimeout", "00:00:00.0500000", "00:00:00.1000000", "00:05:00")]
    [InlineData("Store:RequestTimeout", "01:00:00", "00:00:00.1000000", "00:05:00")]
    [InlineData("Store:Layout", "blocks", "rows", "rows")]
    public async Task A_setting_outside_its_limits_stops_the_start_naming_key_value_and_limits(string key, string value, string min, string max)
    {
        var fault = await StartAsync("sqlite:/tmp/x.db", (key, value));
        Assert.All([key, value, min, max], part => Assert.Contains(part, fault, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(null, "ConnectionStrings:tickstore is missing")]
    [InlineData(" ", "ConnectionStrings:tickstore is missing")]
    [InlineData("sqlite:", "a path must follow")]
    [InlineData("postgres://me:secret@host/db", "must begin with sqlite:")]
    [InlineData("cassandra://me:secret@host:9042/keyspace", "must begin with sqlite:")]
    public async Task A_connection_string_that_cannot_be_used_stops_the_start_and_gives_no_secret_away(string? text, string expected)
    {
        var fault = await StartAsync(text);
        Assert.Contains(expected, fault, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Opening_checks_the_same() => Assert.Throws<OptionsValidationException>(() =>
        TickStores.Open("sqlite:/tmp/x.db", new TickStoreOptions { BucketWidth = TimeSpan.Zero }));

    [Fact]
    public async Task A_valid_configuration_gives_one_store_for_the_service()
    {
        var folder = Directory.CreateTempSubdirectory("tickstore-");
        using (var host = Build("sqlite:" + Path.Combine(folder.FullName, "made", "ticks.db"), ("Store:BucketWidth", "00:30:00")))
        {
            await host.StartAsync(TestContext.Current.CancellationToken);
            var store = host.Services.GetRequiredService<ITickStore>();
            Assert.Same(store, host.Services.GetRequiredService<ITickStore>());
            await store.WriteAsync(Rows.Range(0, 2), TestContext.Current.CancellationToken);
            Assert.Equal(2, (await store.ReadAllAsync()).Count);
            await host.StopAsync(TestContext.Current.CancellationToken);
            await ((IAsyncDisposable)host).DisposeAsync();
        }

        folder.Delete(recursive: true);
    }

    private static async Task<string> StartAsync(string? connectionString, params (string Key, string Value)[] settings)
    {
        using var host = Build(connectionString, settings);
        var exception = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(TestContext.Current.CancellationToken));
        return string.Join('\n', exception.Failures);
    }

    private static IHost Build(string? connectionString, params (string Key, string Value)[] settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration["ConnectionStrings:tickstore"] = connectionString;
        foreach (var (key, value) in settings)
            builder.Configuration[key] = value;
        builder.AddTickStore();
        return builder.Build();
    }
}
