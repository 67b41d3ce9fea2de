using System.Net;
using System.Net.Sockets;

namespace StockAspire.LocalHosting;

/// <summary>Gives every endpoint of every replica its port, for as long as the application runs.</summary>
internal static class PortAllocator
{
    /// <summary>
    /// All ports are held until the last one is chosen, so that no two endpoints get the same. They are free again on
    /// return: another program can take one in between, and then the child says so.
    /// </summary>
    /// <exception cref="DistributedApplicationException">A fixed port is taken.</exception>
    internal static void Allocate(IEnumerable<ResourceInstance> instances, AppHostSettings settings)
    {
        var held = new List<TcpListener>();
        try
        {
            foreach (var instance in instances)
            {
                foreach (var endpoint in instance.Endpoints)
                    endpoint.AllocatedPorts.Insert(instance.Replica, Hold(instance, endpoint, settings, held));
            }
        }
        finally
        {
            foreach (var listener in held)
                listener.Dispose();
        }
    }

    private static int Hold(ResourceInstance instance, EndpointAnnotation endpoint, AppHostSettings settings, List<TcpListener> held)
    {
        var key = AppHostSettings.EndpointKey(instance.Resource.Name, endpoint.Name);
        int? wanted = instance.Replica > 0 ? null
            : settings.EndpointPorts.TryGetValue(key, out var configured) ? configured
            : settings.DynamicPorts ? null : endpoint.Port;
        var address = IPAddress.TryParse(endpoint.Host, out var parsed) ? parsed : IPAddress.Loopback;
        var listener = new TcpListener(address, wanted ?? 0);
        try
        {
            listener.Start();
        }
        catch (SocketException exception) when (exception.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied)
        {
            listener.Dispose();
            var why = exception.SocketErrorCode == SocketError.AccessDenied ? "not allowed" : "taken";
            var without = instance.Resource is DashboardResource ? $", or {DashboardResource.SettingKey} to none" : "";
            throw new DistributedApplicationException(
                $"Port {wanted} on {address} is {why}; resource '{instance.Resource.Name}' needs it for its endpoint '{endpoint.Name}'. "
                + $"Free it, or set {key} to another port, or AppHost:Ports to dynamic{without}.");
        }
        held.Add(listener);
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
