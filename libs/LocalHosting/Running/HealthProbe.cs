using System.Globalization;
using System.Net.Sockets;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace StockAspire.LocalHosting;

/// <summary>Asks a resource, once per call, whether it is healthy. Without a health check, running is healthy.</summary>
internal sealed class HealthProbe(ResourceInstance instance, HttpClient http, HealthCheckService checks)
{
    /// <summary>One question to a service that has been healthy; one that needs longer counts as not healthy.</summary>
    internal static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2.5);

    /// <summary>One question to a service that comes up.</summary>
    internal static readonly TimeSpan FirstTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Of an answer that says no; the rest is in the service's log.</summary>
    private const int ReasonLengthMax = 200;

    /// <summary>What is asked, in words; null: nothing.</summary>
    internal string? Check { get; } = Describe(instance.Resource.Annotations);

    /// <summary>Null if healthy, else why not.</summary>
    internal async Task<string?> AskAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(timeout);
        try
        {
            foreach (var check in instance.Resource.Annotations)
            {
                var reason = check switch
                {
                    HttpHealthCheckAnnotation web => await AskHttpAsync(web, limit.Token),
                    TcpHealthCheckAnnotation tcp => await AskTcpAsync(tcp, limit.Token),
                    HealthCheckAnnotation own => await AskOwnAsync(own, limit.Token),
                    _ => null,
                };
                if (reason is not null)
                    return reason;
            }
            return null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return string.Create(CultureInfo.InvariantCulture, $"no answer within {timeout.TotalSeconds:0.#} s");
        }
        catch (Exception exception) when (exception is HttpRequestException or SocketException)
        {
            return exception.Message;
        }
    }

    private static string? Describe(IEnumerable<IResourceAnnotation> annotations)
    {
        var checks = annotations.Select(annotation => annotation switch
        {
            HttpHealthCheckAnnotation web => $"GET {web.Path} on {web.EndpointName}",
            TcpHealthCheckAnnotation tcp => $"connect to {tcp.EndpointName}",
            HealthCheckAnnotation own => own.Key,
            _ => null,
        }).OfType<string>().ToList();
        return checks.Count == 0 ? null : string.Join(", ", checks);
    }

    private async Task<string?> AskHttpAsync(HttpHealthCheckAnnotation check, CancellationToken cancellationToken)
    {
        var endpoint = instance.Endpoints.First(candidate => candidate.Name == check.EndpointName);
        var uri = new Uri(new Uri(endpoint.UrlOf(instance.Replica)), check.Path);
        using var response = await http.GetAsync(uri, cancellationToken);
        if ((int)response.StatusCode == check.StatusCode)
            return null;
        var body = (await response.Content.ReadAsStringAsync(cancellationToken)).ReplaceLineEndings("; ");
        return $"{check.Path} gives {(int)response.StatusCode}: {body[..Math.Min(body.Length, ReasonLengthMax)]}";
    }

    private async Task<string?> AskTcpAsync(TcpHealthCheckAnnotation check, CancellationToken cancellationToken)
    {
        var endpoint = instance.Endpoints.First(candidate => candidate.Name == check.EndpointName);
        using var client = new TcpClient();
        await client.ConnectAsync(endpoint.Host, endpoint.AllocatedPorts[instance.Replica], cancellationToken);
        return null;
    }

    private async Task<string?> AskOwnAsync(HealthCheckAnnotation check, CancellationToken cancellationToken)
    {
        var report = await checks.CheckHealthAsync(registration => registration.Name == check.Key, cancellationToken);
        if (!report.Entries.TryGetValue(check.Key, out var entry))
            return $"the AppHost has no health check '{check.Key}'; builder.Services.AddHealthChecks() adds one";
        return entry.Status == HealthStatus.Healthy ? null : $"{check.Key}: {entry.Description ?? entry.Exception?.Message ?? entry.Status.ToString()}";
    }
}
