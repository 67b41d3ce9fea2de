using System.Net.Sockets;

namespace StockAspire.LocalHosting;

/// <summary>Asks a resource, once per call, whether it is healthy. Without a health check, running is healthy.</summary>
internal sealed class HealthProbe(ResourceInstance instance, HttpClient http)
{
    /// <summary>One question; a service that needs longer counts as not healthy.</summary>
    internal static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    /// <summary>Of an answer that says no; the rest is in the service's log.</summary>
    private const int ReasonLengthMax = 200;

    /// <summary>Null if healthy, else why not.</summary>
    internal async Task<string?> AskAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Timeout);
        try
        {
            foreach (var check in instance.Resource.Annotations)
            {
                var reason = check switch
                {
                    HttpHealthCheckAnnotation web => await AskHttpAsync(web, limit.Token),
                    TcpHealthCheckAnnotation tcp => await AskTcpAsync(tcp, limit.Token),
                    _ => null,
                };
                if (reason is not null)
                    return reason;
            }
            return null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return $"no answer within {Timeout.TotalSeconds:0} s";
        }
        catch (Exception exception) when (exception is HttpRequestException or SocketException)
        {
            return exception.Message;
        }
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
}
