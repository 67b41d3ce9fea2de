using Grpc.Core;
using Grpc.Net.Client.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace StockAspire.ServiceDefaults;

/// <summary>What a gRPC client made by the client factory needs beside <c>AddGrpcClient</c>.</summary>
public static class GrpcClientExtensions
{
    /// <summary>The most that gRPC allows: of two replicas, the one that is gone may be drawn a few times in a row.</summary>
    private const int AttemptsMax = 5;

    /// <summary>
    /// Takes the standard resilience handler off this client. Its timeouts (10 s an attempt, 30 s in all) would end a
    /// quiet server stream, and its retries would repeat a client stream from its middle. What stays is service
    /// discovery: <c>http://_grpc.query</c> names the <c>grpc</c> endpoint, and each call goes to the next of its
    /// replicas. A call that a replica does not take (UNAVAILABLE, no answer begun) is tried again by gRPC itself, which
    /// comes to the next one.
    /// </summary>
    /// <exception cref="InvalidOperationException">It is no gRPC client.</exception>
    public static IHttpClientBuilder ForGrpc(this IHttpClientBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
#pragma warning disable EXTEXP0001 // The only supported way to undo a default handler; marked experimental since 8.10.
        builder.RemoveAllResilienceHandlers();
#pragma warning restore EXTEXP0001
        return builder.ConfigureChannel(channel => channel.ServiceConfig = new ServiceConfig
        {
            MethodConfigs =
            {
                new MethodConfig
                {
                    Names = { MethodName.Default },
                    RetryPolicy = new RetryPolicy
                    {
                        MaxAttempts = AttemptsMax,
                        InitialBackoff = TimeSpan.FromMilliseconds(50),
                        MaxBackoff = TimeSpan.FromSeconds(1),
                        BackoffMultiplier = 2,
                        RetryableStatusCodes = { StatusCode.Unavailable },
                    },
                },
            },
        });
    }
}
