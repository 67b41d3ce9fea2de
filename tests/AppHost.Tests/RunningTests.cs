using System.Net;
using Microsoft.Extensions.DependencyInjection;

namespace StockAspire.AppHost.Tests;

/// <summary>The whole application in a test, run from this process as Aspire's testing builder would.</summary>
public sealed class RunningTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    [Fact]
    public async Task Started_from_a_test_it_is_healthy_and_found_by_name_with_all_replicas()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Limit);
        await using var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.AppHost>(limit.Token);
        var data = builder.DataDirectory;
        var replicated = builder.Resources.OfType<ProjectResource>().Single(resource => resource.Name == "query");
        builder.CreateResourceBuilder(replicated).WithReplicas(2);

        await using (var app = await builder.BuildAsync(limit.Token))
        {
            await app.StartAsync(limit.Token);
            foreach (var name in (string[])["ingest", "sink", "query"])
                await app.ResourceNotifications.WaitForResourceHealthyAsync(name, limit.Token);

            using var query = app.CreateHttpClient("query", "http");
            var ports = replicated.Annotations.OfType<EndpointAnnotation>().Single(endpoint => endpoint.Name == "http").AllocatedPorts;
            Assert.Equal(2, ports.Distinct().Count());
            Assert.Equal(query.BaseAddress!.Port, ports[0]);
            foreach (var port in ports)
            {
                using var health = await query.GetAsync(new UriBuilder(query.BaseAddress) { Port = port, Path = "/health" }.Uri, limit.Token);
                Assert.Equal(HttpStatusCode.OK, health.StatusCode);
            }
            Assert.NotEqual(app.GetEndpoint("query", "http"), app.GetEndpoint("query", "grpc"));
            Assert.StartsWith("127.0.0.1:", await app.GetConnectionStringAsync("kafka", limit.Token), StringComparison.Ordinal);
            Assert.Equal($"sqlite:{data}/ticks.db", await app.GetConnectionStringAsync("tickstore", limit.Token));
            await app.StopAsync(limit.Token);
        }

        await builder.DisposeAsync();
        Assert.False(Directory.Exists(data));
    }

    [Fact]
    public async Task What_is_wrong_with_its_arguments_is_an_exception()
    {
        var error = await Assert.ThrowsAsync<DistributedApplicationException>(() =>
            DistributedApplicationTestingBuilder.CreateAsync<Projects.AppHost>(["--AppHost:Ports=three"], TestContext.Current.CancellationToken));

        Assert.Equal("AppHost:Ports is \"three\"; it must be fixed or dynamic.", error.Message);
    }

    [Fact]
    public async Task A_name_that_is_not_there_is_answered_with_those_that_are()
    {
        await using var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.AppHost>(TestContext.Current.CancellationToken);
        await using var app = await builder.BuildAsync(TestContext.Current.CancellationToken);

        var error = Assert.Throws<ArgumentException>(() => app.GetEndpoint("web"));

        Assert.StartsWith("There is no resource 'web'; there are kafka, tickstore, csv-root, ingest, sink, query.", error.Message, StringComparison.Ordinal);
        Assert.Same(builder.Resources, app.Services.GetRequiredService<IReadOnlyList<IResource>>());
    }
}
