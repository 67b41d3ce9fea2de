using System.Text.Json;

namespace StockAspire.LocalHosting.Tests;

public sealed class ModelTests
{
    [Fact]
    public void AProjectsEndpoints_AreThoseOfItsKestrelConfiguration()
    {
        using var folder = new TemporaryDirectory();
        var project = RunningApplication.CreateBuilder(folder).AddProject<KestrelProject>("query");

        Assert.Equal(
            [("grpc", "http", 5202), ("http", "http", 5201)],
            project.Resource.Annotations.OfType<EndpointAnnotation>().Select(endpoint => (endpoint.Name, endpoint.UriScheme, endpoint.Port!.Value)));
    }

    [Fact]
    public async Task AnApplicationWithEveryCall_IsBuiltAndPublished()
    {
        using var folder = new TemporaryDirectory();
        var path = folder.File("manifest.json");
        var builder = RunningApplication.CreateBuilder(folder, "--publisher", "manifest", "--output-path", path);

        AspireFlavour.EveryCall.Describe<KestrelProject>(builder);
        await builder.Build().RunAsync(TestContext.Current.CancellationToken);

        using var manifest = JsonDocument.Parse(await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken));
        Assert.Equal(builder.Resources.Select(resource => resource.Name), manifest.RootElement.GetProperty("resources").EnumerateObject().Select(resource => resource.Name));
    }

    [Fact]
    public void AHealthCheckOnAnUnknownEndpoint_NamesThoseThatThereAre()
    {
        using var folder = new TemporaryDirectory();
        var project = RunningApplication.CreateBuilder(folder).AddProject<KestrelProject>("query");

        var error = Assert.Throws<DistributedApplicationException>(() => project.WithHttpHealthCheck("/health", endpointName: "https"));

        Assert.Equal("Resource 'query' has no endpoint 'https' to probe; it has: grpc, http.", error.Message);
    }

    [Fact]
    public void ACircleOfWaits_IsNamed()
    {
        using var folder = new TemporaryDirectory();
        var builder = RunningApplication.CreateBuilder(folder);
        var a = builder.AddExecutable("a", "sh", ".");
        var b = builder.AddExecutable("b", "sh", ".").WaitFor(a);
        a.WaitFor(b);

        Assert.Equal("Resources wait for each other: a -> b -> a.", Assert.Throws<DistributedApplicationException>(builder.Build).Message);
    }

    [Fact]
    public void TwoResourcesOfOneName_AreRefused()
    {
        using var folder = new TemporaryDirectory();
        var builder = RunningApplication.CreateBuilder(folder);
        builder.AddExecutable("same", "sh", ".");

        Assert.Throws<DistributedApplicationException>(() => builder.AddExecutable("Same", "sh", "."));
    }

    [Theory]
    [InlineData("")]
    [InlineData("../up")]
    [InlineData("9lives")]
    [InlineData("a b")]
    public void AName_ThatIsNoHostName_IsRefused(string name) =>
        Assert.Throws<ArgumentException>(() => ResourceName.Check(name));

    [Fact]
    public async Task AProjectThatIsNotBuilt_IsNamedBeforeAnythingStarts()
    {
        using var folder = new TemporaryDirectory();
        var builder = RunningApplication.CreateBuilder(folder);
        builder.AddProject<KestrelProject>("query");
        await using var app = builder.Build();

        var error = await Assert.ThrowsAsync<DistributedApplicationException>(() => app.StartAsync(TestContext.Current.CancellationToken));

        Assert.StartsWith("Resource 'query' is not built: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AMissingConnectionString_IsNamedBeforeAnythingStarts()
    {
        using var folder = new TemporaryDirectory();
        var builder = RunningApplication.CreateBuilder(folder);
        var store = builder.AddConnectionString("tickstore");
        builder.AddExecutable("sink", "sh", ".", "-c", "exit 0").WithReference(store);
        await using var app = builder.Build();

        var error = await Assert.ThrowsAsync<DistributedApplicationException>(() => app.StartAsync(TestContext.Current.CancellationToken));

        Assert.Equal("Connection string 'tickstore' is missing; set ConnectionStrings:tickstore.", error.Message);
        Assert.DoesNotContain("started", await File.ReadAllTextAsync(folder.File("data/logs/apphost.log"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }
}
