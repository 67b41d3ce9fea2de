using System.Net;

namespace StockAspire.KafkaBroker.Network;

/// <summary>How many connections are open, in all and from each address. Thread-safe.</summary>
internal sealed class ConnectionCounts(int limit, int limitPerAddress)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<IPAddress, int> _byAddress = [];
    private int _all;

    /// <summary>Counts a connection in; otherwise <paramref name="refusal"/> says which limit it would pass.</summary>
    public bool TryAdd(IPAddress address, out string refusal)
    {
        lock (_gate)
        {
            var here = _byAddress.GetValueOrDefault(address);
            refusal = _all >= limit ? $"the limit of {limit} connections is reached"
                : here >= limitPerAddress ? $"the limit of {limitPerAddress} connections from one address is reached"
                : "";
            if (refusal.Length > 0)
            {
                return false;
            }

            _all++;
            _byAddress[address] = here + 1;
            return true;
        }
    }

    public void Remove(IPAddress address)
    {
        lock (_gate)
        {
            _all--;
            if (--_byAddress[address] == 0)
            {
                _byAddress.Remove(address);
            }
        }
    }
}
