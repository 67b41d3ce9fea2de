using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using StockAspire.Dashboard.Tests.Harness;

namespace StockAspire.Dashboard.Tests.Telemetry;

/// <summary>A dashboard process that takes telemetry in, and asks Query where there is one.</summary>
internal sealed class TelemetryScene : IAsyncDisposable
{
    private const string ApiKey = "the key of these tests";

    private TelemetryScene(DashboardProcess dashboard, Uri grpc, Uri http) => (Dashboard, Grpc, Http) = (dashboard, grpc, http);

    public DashboardProcess Dashboard { get; }

    public Uri Grpc { get; }

    public Uri Http { get; }

    /// <summary>For exporters.</summary>
    public static string Headers => $"x-otlp-api-key={ApiKey}";

    public static async Task<TelemetryScene> StartAsync(params (string Variable, string Value)[] settings)
    {
        var (grpc, http) = (FreeUrl(), FreeUrl());
        var environment = DashboardProcess.Environment();
        environment["DOTNET_DASHBOARD_OTLP_ENDPOINT_URL"] = grpc.ToString();
        environment["DOTNET_DASHBOARD_OTLP_HTTP_ENDPOINT_URL"] = http.ToString();
        environment["DASHBOARD__OTLP__AUTHMODE"] = "ApiKey";
        environment["DASHBOARD__OTLP__PRIMARYAPIKEY"] = ApiKey;
        foreach (var (variable, value) in settings)
            environment[variable] = value;
        return new TelemetryScene(await DashboardProcess.StartAsync(environment), grpc, http);
    }

    /// <summary>OTLP/HTTP, for what no exporter would send.</summary>
    public async Task<HttpStatusCode> PostAsync(string path, byte[] body, Uri? to = null, string? key = ApiKey, string? host = null)
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(to ?? Http, path)) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/x-protobuf");
        request.Headers.Add("x-otlp-api-key", key);
        request.Headers.Host = host;
        using var response = await client.SendAsync(request);
        return response.StatusCode;
    }

    public async ValueTask DisposeAsync() => await Dashboard.DisposeAsync();

    private static Uri FreeUrl()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");
    }
}
