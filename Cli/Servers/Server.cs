using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Net.Client;

namespace StockAspire.Cli.Servers;

/// <summary>
/// A channel to one service, with the token and certificate authority that the options name. Of several replicas it is
/// the first that takes a connection, in their order, and another one whenever that connection is lost.
/// </summary>
internal sealed class Server : IDisposable
{
    /// <summary>Bytes of an answer. A block is at most 256 KiB; the rest is room for pages of 1,000 symbols.</summary>
    private const int ReceiveSizeMax = 16 * 1024 * 1024;

    /// <summary>A peer that is gone without a word (a pulled cable, a stopped container) is noticed after twice this.</summary>
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(10);

    private readonly GrpcChannel _channel;

    private Server(Uri address, GrpcChannel channel, CallInvoker invoker)
    {
        Address = address;
        _channel = channel;
        Invoker = invoker;
    }

    /// <summary>The first replica's.</summary>
    public Uri Address { get; }

    public CallInvoker Invoker { get; }

    /// <exception cref="CliException">The token or the authority cannot be read, or the token would travel in the clear.</exception>
    public static Server Connect(IReadOnlyList<Uri> addresses, string? tokenFile, string? caFile)
    {
        var address = addresses[0];
        var token = tokenFile is null ? null : ReadToken(tokenFile, address);
        var handler = new SocketsHttpHandler
        {
            EnableMultipleHttp2Connections = true,
            ConnectTimeout = KeepAlive,
            KeepAlivePingDelay = KeepAlive,
            KeepAlivePingTimeout = KeepAlive,
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
            UseProxy = !address.IsLoopback,
        };
        if (caFile is not null)
        {
            handler.SslOptions.RemoteCertificateValidationCallback = TrustOnly(caFile);
        }

        var options = new GrpcChannelOptions
        {
            HttpHandler = handler,
            DisposeHttpClient = true,
            MaxReceiveMessageSize = ReceiveSizeMax,
            // Reconnecting after a restart should take a moment, not two minutes.
            InitialReconnectBackoff = TimeSpan.FromMilliseconds(200),
            MaxReconnectBackoff = TimeSpan.FromSeconds(2),
        };
        if (addresses.Count > 1)
        {
            options.ServiceProvider = new ReplicaServices(addresses);
            options.Credentials = address.Scheme == "https" ? ChannelCredentials.SecureSsl : ChannelCredentials.Insecure;
        }

        var channel = GrpcChannel.ForAddress(addresses.Count > 1 ? new Uri($"{ReplicaServices.Scheme}:///{address.Host}") : address, options);
        CallInvoker invoker = channel.CreateCallInvoker();
        if (token is not null)
        {
            invoker = invoker.Intercept(metadata =>
            {
                metadata.Add("authorization", "Bearer " + token);
                return metadata;
            });
        }

        return new Server(address, channel, invoker);
    }

    public void Dispose() => _channel.Dispose();

    private static string ReadToken(string file, Uri address)
    {
        if (address.Scheme == "http" && !address.IsLoopback)
        {
            throw CliException.Usage($"--token-file: the token would travel unencrypted to {address}. Use an https address.");
        }

        try
        {
            var token = File.ReadAllText(file).Trim();
            return token.Length > 0 && token.All(c => c is > ' ' and < '\x7F')
                ? token
                : throw CliException.Usage($"--token-file: expected one line of visible ASCII in {file}, got {(token.Length == 0 ? "nothing" : "something else")}.");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw CliException.Usage($"--token-file: {error.Message}");
        }
    }

    private static RemoteCertificateValidationCallback TrustOnly(string caFile)
    {
        var roots = new X509Certificate2Collection();
        try
        {
            roots.ImportFromPemFile(caFile);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw CliException.Usage($"--ca: {error.Message}");
        }

        return (_, certificate, _, errors) =>
        {
            if (certificate is null || (errors & ~SslPolicyErrors.RemoteCertificateChainErrors) != 0)
            {
                return false;
            }

            using var chain = new X509Chain();
            chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
            chain.ChainPolicy.CustomTrustStore.AddRange(roots);
            using var copy = new X509Certificate2(certificate);
            return chain.Build(copy);
        };
    }
}
