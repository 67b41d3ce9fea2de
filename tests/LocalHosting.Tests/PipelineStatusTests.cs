using System.Net;
using System.Text;
using StockAspire.AppHost;

namespace StockAspire.LocalHosting.Tests;

/// <summary>The answers are as protobuf's JSON writes them: 64-bit integers as strings, zeros left out.</summary>
public sealed class PipelineStatusTests
{
    [Theory]
    [InlineData(
        """{"publishedTicks":"12345","storedTicks":"12300","lagTicks":"45","publishedPerSecond":98.4,"storedPerSecond":97}""",
        "pipeline: published 12,345 (98/s)  stored 12,300 (97/s)  lag 45  dead letters 0")]
    [InlineData(
        """{"deadLetters":"2","problems":[{"side":"PIPELINE_SIDE_KAFKA","message":"Kafka is down"},{"side":"PIPELINE_SIDE_STORE","message":"the store is down"}]}""",
        "pipeline: published 0 (0/s)  stored 0 (0/s)  lag 0  dead letters 2  PROBLEM: Kafka is down; the store is down")]
    public async Task AnAnswer_IsOneLine(string json, string line)
    {
        using var listener = new HttpListener();
        using var status = new PipelineStatus(Listen(listener));
        var answering = AnswerAsync(listener, json);

        Assert.Equal(line, await status.ReadLineAsync(TestContext.Current.CancellationToken));
        await answering;
    }

    [Fact]
    public async Task WithoutAQueryService_ItSaysSo()
    {
        using var listener = new HttpListener();
        var nobody = Listen(listener);
        listener.Stop();
        using var status = new PipelineStatus(nobody);

        var line = await status.ReadLineAsync(TestContext.Current.CancellationToken);

        Assert.StartsWith("pipeline: query gives no status (", line, StringComparison.Ordinal);
    }

    private static EndpointReference Listen(HttpListener listener)
    {
        var resource = new ExecutableResource("query", "sh", "/");
        resource.Annotations.Add(new EndpointAnnotation("http", "http"));
        PortAllocator.Allocate([new ResourceInstance(resource, 0)], new AppHostSettings("/", DynamicPorts: true, new Dictionary<string, int>()));
        var endpoint = new EndpointReference(resource, "http");
        listener.Prefixes.Add(endpoint.Url + "/v1/");
        listener.Start();
        return endpoint;
    }

    private static async Task AnswerAsync(HttpListener listener, string json)
    {
        var context = await listener.GetContextAsync();
        Assert.Equal("/v1/pipeline:status", context.Request.Url?.AbsolutePath);
        await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(json));
        context.Response.Close();
    }
}
