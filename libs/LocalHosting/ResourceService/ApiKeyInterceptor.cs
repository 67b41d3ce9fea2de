using System.Security.Cryptography;
using System.Text;
using Grpc.Core;
using Grpc.Core.Interceptors;

namespace StockAspire.LocalHosting;

/// <summary>Lets in whoever has the key of this run: what is served here has secrets in it, and ends processes.</summary>
internal sealed class ApiKeyInterceptor(string apiKey) : Interceptor
{
    internal const string Header = "x-resource-service-api-key";

    private readonly byte[] _apiKey = Encoding.UTF8.GetBytes(apiKey);

    public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        Check(context);
        return continuation(request, context);
    }

    public override Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, ServerStreamingServerMethod<TRequest, TResponse> continuation)
    {
        Check(context);
        return continuation(request, responseStream, context);
    }

    private void Check(ServerCallContext context)
    {
        var given = context.RequestHeaders.GetValue(Header) ?? "";
        if (!CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), _apiKey))
            throw new RpcException(new Status(StatusCode.Unauthenticated, $"The header {Header} has not the key of this run."));
    }
}
