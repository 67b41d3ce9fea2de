using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;

namespace StockAspire.ServiceDefaults.Tests;

/// <summary>One cleartext port cannot negotiate HTTP/1.1 and HTTP/2: a service has one for each, by configuration.</summary>
public sealed class EndpointTests
{
    [Fact]
    public async Task TwoConfiguredEndpoints_ServeHttp1AndHttp2WithoutTls()
    {
        // As the service's appsettings.json has it, with the ports that an orchestrator sets over it.
        var builder = WebApplication.CreateBuilder([
            "--Kestrel:Endpoints:http:Url=http://127.0.0.1:0", "--Kestrel:Endpoints:http:Protocols=Http1",
            "--Kestrel:Endpoints:grpc:Url=http://127.0.0.1:0", "--Kestrel:Endpoints:grpc:Protocols=Http2"]);
        builder.AddServiceDefaults();
        builder.Logging.ClearProviders();
        await using var app = builder.Build().MapDefaultEndpoints();
        await app.StartAsync(TestContext.Current.CancellationToken);
        using var client = new HttpClient();

        // Kestrel lists configured endpoints by name: grpc, then http.
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(client, app.Address(1), HttpVersion.Version11));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(client, app.Address(0), HttpVersion.Version20));
        Assert.Equal(HttpStatusCode.BadRequest, await StatusAsync(client, app.Address(0), HttpVersion.Version11));
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient client, string address, Version version)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(new Uri(address), "/alive"))
        {
            Version = version,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        return response.StatusCode;
    }
}
