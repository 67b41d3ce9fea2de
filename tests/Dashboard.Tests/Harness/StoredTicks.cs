using StockAspire.Market;
using StockAspire.Market.Blocks;
using StockAspire.Protos.V1;
using ConditionSet = StockAspire.Market.ConditionSet;
using Tick = StockAspire.Market.Tick;
using TickId = StockAspire.Market.TickId;

namespace StockAspire.Dashboard.Tests.Harness;

/// <summary>Ticks of one file, and what a store would say of them.</summary>
internal sealed class StoredTicks
{
    public const string File = "csv:90ecbbb9598b390a2584a464605882c7";
    public const long FirstNs = 1_704_206_400_000_000_000;

    private readonly List<Tick> _ticks = [];

    /// <summary>What a tick's record says besides: null answers that there is no such tick.</summary>
    public GetTickProvenanceResponse? Record { get; set; }

    /// <summary>Rows 1 to <paramref name="count"/> of the file, three to each event time.</summary>
    public void Add(string symbol, int count)
    {
        for (var row = 1; row <= count; row++)
        {
            _ticks.Add(new Tick
            {
                Id = new TickId(File, (ulong)row),
                Symbol = symbol,
                EventTimeNs = FirstNs + (row / 3 * 1_000_000_001L),
                IngestTimeNs = FirstNs + 3_600_000_000_000,
                Price = new Price(472_650_000_000 + (row * 10_000_000L)),
                Size = new Size(row * 100_000_000L),
                Venue = "XNYS",
                Conditions = row % 2 == 0 ? ConditionSet.Of("@", "I") : ConditionSet.Empty,
            });
        }
    }

    public ListSymbolsResponse Symbols() => new() { Symbols = { _ticks.Select(tick => tick.Symbol).Distinct().Order(StringComparer.Ordinal).Select(symbol => new SymbolInfo { Symbol = symbol }) } };

    /// <summary>Newest first, in blocks of at most 64.</summary>
    public IEnumerable<QueryTicksResponse> Newest(string symbol, long endNs, int limit)
    {
        foreach (var rows in _ticks.Where(tick => tick.Symbol == symbol && tick.EventTimeNs < endNs).OrderByDescending(tick => tick.Key).Take(limit).Chunk(64))
        {
            var writer = new TickBlockWriter();
            foreach (var tick in rows)
                Assert.True(writer.TryAdd(tick));
            yield return new QueryTicksResponse { Block = Protos.V1.TickBlock.Parser.ParseFrom(writer.ToArray()), ResumeToken = "next" };
        }
    }

    public GetTickProvenanceResponse? Provenance(string source, ulong sequence)
    {
        if (Record is not { } record || _ticks.Find(tick => tick.Id == new TickId(source, sequence)) is not { Symbol: not null } tick)
            return null;
        var answer = record.Clone();
        answer.Row = sequence;
        answer.Path = "demo_20240102_trade.csv";
        answer.Tick = new Protos.V1.Tick
        {
            Id = new Protos.V1.TickId { Source = source, Sequence = sequence },
            Symbol = tick.Symbol,
            EventTimeNs = tick.EventTimeNs,
            IngestTimeNs = tick.IngestTimeNs,
            PriceE9 = tick.Price.E9,
            SizeE8 = tick.Size.E8,
            Venue = tick.Venue,
        };
        return answer;
    }

    public static GetSourceResponse? Source(string source) => source != File ? null : new GetSourceResponse
    {
        Source = new SourceInfo { Source = source, Epoch = 1, FirstSequence = 1, LastSequence = 250, Ticks = 249, Rejected = 1, LastSealedAtNs = FirstNs, Record = new SourceRecord { Path = "demo_20240102_trade.csv", ContentHash = "90ecbbb9598b390a2584a464605882c7", Mapping = "price=Close" } },
    };
}
