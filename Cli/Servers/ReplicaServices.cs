using Grpc.Net.Client.Balancer;

namespace StockAspire.Cli.Servers;

/// <summary>Gives a channel whose address is <c>static:///HOST</c> the addresses of a service's replicas.</summary>
internal sealed class ReplicaServices(IReadOnlyList<Uri> addresses) : IServiceProvider
{
    public const string Scheme = "static";

    public object? GetService(Type serviceType) => serviceType == typeof(IEnumerable<ResolverFactory>)
        ? new ResolverFactory[] { new StaticResolverFactory(_ => addresses.Select(address => new BalancerAddress(address.Host, address.Port))) }
        : null;
}
