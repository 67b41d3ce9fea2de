using StockAspire.Market;
using StockAspire.Market.Blocks;
using StockAspire.Query.Errors;
using StockAspire.Query.Ticks;
using Wire = StockAspire.Protos.V1;

namespace StockAspire.Query.Subscriptions;

/// <summary>
/// Keeps the newest tick of each symbol, by canonical order, until the subscriber takes it. A tick that is older than
/// what the subscriber already has is never given.
/// </summary>
internal sealed class ConflateFeed(IReadOnlySet<string>? symbols) : SubscriberFeed(symbols)
{
    /// <summary>Symbols that one subscriber may follow; some 20 MiB.</summary>
    private const int SymbolsMax = 100_000;

    private readonly Dictionary<string, TickKey> _newest = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Tick> _waiting = new(StringComparer.Ordinal);
    private readonly TickBlockReader _reader = new();
    private readonly TickBlockWriter _writer = new();

    protected override bool Put(TailRecord record)
    {
        if (!record.TryDecode(_reader) || _newest.Count > SymbolsMax)
        {
            return true;
        }

        foreach (ref readonly var tick in _reader.Ticks)
        {
            if (!_newest.TryGetValue(tick.Symbol, out var newest) || tick.Key > newest)
            {
                _newest[tick.Symbol] = tick.Key;
                _waiting[tick.Symbol] = tick;
            }
        }

        return true;
    }

    protected override Wire.SubscribeResponse? TakeNext()
    {
        if (_newest.Count > SymbolsMax)
        {
            throw ApiError.ResourceExhausted(ApiError.SlowReaderReason, $"A conflated subscription follows at most {SymbolsMax} symbols; name those you want.");
        }

        foreach (var (symbol, tick) in _waiting)
        {
            if (!_writer.TryAdd(tick))
            {
                break;
            }

            // Removing while enumerating is safe for a dictionary as long as nothing is added.
            _waiting.Remove(symbol);
        }

        return _writer.Count == 0 ? null : new Wire.SubscribeResponse { Block = WireTicks.TakeBlock(_writer) };
    }
}
