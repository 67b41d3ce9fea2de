using Microsoft.Extensions.Configuration;

namespace StockAspire.LocalHosting.Tests;

public sealed class PublishingTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    [Theory]
    [InlineData("--publisher", "manifest", "--output-path", "/x/y.json", "/x/y.json")]
    [InlineData("--operation", "publish", "--step", "publish-manifest", "--output-path", "/x", "/x/aspire-manifest.json")]
    [InlineData("--operation", "run", null)]
    public void Both_ways_to_ask_for_a_manifest_name_its_file(params string?[] line) =>
        Assert.Equal(line[^1], PublishingOptions.Read(Configuration([.. line[..^1].OfType<string>()]))?.ManifestPath);

    [Theory]
    [InlineData("--publisher compose --output-path /x", "--publisher is \"compose\"; there is only manifest.")]
    [InlineData("--operation deploy --output-path /x", "--operation is \"deploy\"; it must be run or publish.")]
    [InlineData("--operation publish --output-path /x", "--step is \"\"; there is only publish-manifest.")]
    [InlineData("--operation publish --step publish --output-path /x", "--step is \"publish\"; there is only publish-manifest.")]
    [InlineData("--publisher manifest", "--output-path is missing; it must name the manifest's file, or a folder for it.")]
    public void What_cannot_be_published_is_named(string line, string message) =>
        Assert.Equal(message, Assert.Throws<DistributedApplicationException>(() => PublishingOptions.Read(Configuration(line.Split(' ')))).Message);

    [Fact]
    public async Task A_manifest_has_each_kind_of_resource_in_its_form_and_starts_nothing()
    {
        var path = _folder.File("out/manifest.json");
        var builder = RunningApplication.CreateBuilder(_folder, "--publisher", "manifest", "--output-path", path);
        Assert.True(builder.ExecutionContext.IsPublishMode);
        var key = builder.AddParameter("api-key", secret: true);
        var level = builder.AddParameter("level", "3", publishValueAsDefault: true);
        var store = builder.AddConnectionString("store");
        var kafka = builder.AddKafka("kafka").WithDataVolume();
        var joined = builder.AddConnectionString("joined", ReferenceExpression.Create($"{kafka};key={key}"));
        var query = builder.AddProject<KestrelProject>("query").WithReference(kafka).WithReference(store);
        builder.AddProject<PlainProject>("plain").WithHttpEndpoint(targetPort: 8080).WithReference(query).WithEnvironment("LEVEL", level);
        builder.AddExecutable("tool", "sh", ".", "--url", "x").WithArgs(query.GetEndpoint("http")).WithReference(joined);

        await builder.Build().RunAsync(TestContext.Current.CancellationToken);

        var written = await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken);
        var project = $"\"{Path.GetRelativePath(_folder.File("out"), new KestrelProject().ProjectPath)}\"";
        var plain = $"\"{Path.GetRelativePath(_folder.File("out"), new PlainProject().ProjectPath)}\"";
        Assert.Equal(
            Golden.Read("kinds.manifest.json"),
            written.Replace(project, "\"KESTREL\"", StringComparison.Ordinal).Replace(plain, "\"PLAIN\"", StringComparison.Ordinal));
        Assert.False(Directory.Exists(_folder.File("data")));
    }

    public void Dispose() => _folder.Dispose();

    private static IConfiguration Configuration(string[] args) =>
        new ConfigurationBuilder().AddCommandLine(args, new Dictionary<string, string>(PublishingOptions.Switches)).Build();
}
