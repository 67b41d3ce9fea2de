using Microsoft.Extensions.DependencyInjection;

namespace StockAspire.ServiceDefaults;

/// <summary>What a gRPC client made by the client factory needs beside <c>AddGrpcClient</c>.</summary>
public static class GrpcClientExtensions
{
    /// <summary>
    /// Takes the standard resilience handler off this client. Its timeouts (10 s an attempt, 30 s in all) would end a
    /// quiet server stream, and its retries would repeat a client stream from its middle. Unary calls retry by gRPC
    /// service config instead. Service discovery stays: <c>http://_grpc.query</c> names the <c>grpc</c> endpoint.
    /// </summary>
    public static IHttpClientBuilder ForGrpc(this IHttpClientBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
#pragma warning disable EXTEXP0001 // The only supported way to undo a default handler; marked experimental since 8.10.
        return builder.RemoveAllResilienceHandlers();
#pragma warning restore EXTEXP0001
    }
}
