using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace StockAspire.Cql.Cluster;

/// <summary>Where a cluster can be found. Names are resolved each time they are asked for: addresses behind a name change.</summary>
internal static class ContactPoints
{
    /// <exception cref="ArgumentException">Not <c>host</c>, <c>host:port</c> or <c>[v6]:port</c>.</exception>
    public static (string Host, int Port) Parse(string text)
    {
        if (!text.StartsWith('[') && IPAddress.TryParse(text, out _))
            return (text, CqlOptions.DefaultPort);

        var colon = text.LastIndexOf(':');
        var bracket = text.LastIndexOf(']');
        var host = (colon > bracket ? text[..colon] : text).Trim('[', ']');
        var port = CqlOptions.DefaultPort;
        var isPort = colon <= bracket || (int.TryParse(text[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is > 0 and <= ushort.MaxValue);
        return host.Length > 0 && isPort ? (host, port) : throw new ArgumentException($"Contact point \"{text}\", expected host, host:port or [v6]:port.");
    }

    /// <summary>Every address of every contact point, with the name it was given by. What cannot be resolved goes to <paramref name="errors"/>.</summary>
    public static async Task<List<(IPEndPoint Endpoint, string Name)>> ResolveAsync(IEnumerable<string> contactPoints, Dictionary<EndPoint, Exception> errors, CancellationToken cancel)
    {
        List<(IPEndPoint, string)> found = [];
        foreach (var (host, port) in contactPoints.Select(Parse))
        {
            try
            {
                var addresses = IPAddress.TryParse(host, out var address) ? [address] : await Dns.GetHostAddressesAsync(host, cancel);
                found.AddRange(addresses.Select(each => (new IPEndPoint(each, port), host)));
            }
            catch (SocketException exception)
            {
                errors[new DnsEndPoint(host, port)] = exception;
            }
        }

        return found;
    }
}
