using CsCheck;
using StockAspire.Market;
using StockAspire.TickStore;

namespace StockAspire.Contract.Tests.TickStore;

/// <summary>Random deliveries and scans against <see cref="TickStoreModel"/>; a failure prints the seed that repeats it.</summary>
public abstract partial class TickStoreContract
{
    // Few values, so that deliveries meet: the same keys, ties, revisions.
    private static readonly Gen<StoredTick> GenRow = Gen.Select(
        Gen.Int[0, 6], Gen.OneOf("b", "a", "😀", "\uffee"), Gen.OneOf(0UL, 1UL, 1UL << 63, ulong.MaxValue), Gen.UInt[0, 2],
        Gen.Int[0, 1000], Gen.OneOf("X", "Y"), Gen.Int[0, 2], Gen.Int[0, 5])
        .Select((time, source, sequence, revision, position, symbol, action, ingested) => StoredTicks.Of(
            T0 + (time * HourNs / 3), source, sequence, revision, position, symbol, (TickAction)action, T0 + ingested, position));

    private static readonly Gen<TickScan> GenScan = Gen.Select(
        Gen.Int[-1, 7], Gen.Int[-1, 8], Gen.Bool, Gen.Bool, Gen.Int[0, 12], Gen.Int[-1, 6], Gen.Int[0, 3], GenRow)
        .Select((start, end, descending, all, limit, knownAt, after, row) => new TickScan
        {
            Symbol = row.Tick.Symbol,
            StartNs = T0 + (start * HourNs / 3),
            EndNs = T0 + (end * HourNs / 3),
            Descending = descending,
            AllRevisions = all,
            Limit = limit,
            KnownAtNs = knownAt == 6 ? long.MaxValue : T0 + knownAt,
            After = after == 0 ? row.Tick.Key : null,
        });

    [Fact]
    public async Task Whatever_is_delivered_scans_give_what_the_model_gives()
    {
        var model = new TickStoreModel();

        // One store for all samples: each adds a delivery, perhaps of rows that are there already, then reads. Positions
        // of one key differ in price only where they differ, so equal positions are equal rows but for the ingest time.
        await Gen.Select(GenRow.Array[0, 30], GenScan.Array[1, 8]).SampleAsync(
            async (delivered, scans) =>
            {
                var rows = delivered.Select(Normalised).ToArray();
                await Store.WriteAsync(rows);
                model.Write(rows);
                foreach (var scan in scans)
                {
                    Assert.Equal(model.Scan(scan), await Store.ReadAsync(scan));
                    Assert.Equal(
                        model.FindLatest(scan.Symbol, scan.EndNs, scan.StartNs),
                        await Store.FindLatestAsync(scan.Symbol, scan.EndNs, scan.StartNs, Cancelled));
                }
            },
            iter: 200,
            threads: 1);
    }

    /// <summary>One Kafka offset is one content: what a delivery says is a function of its key and position.</summary>
    private static StoredTick Normalised(StoredTick row) => row with
    {
        Tick = row.Tick with
        {
            IngestTimeNs = T0 + (row.Position % 5),
            Action = (TickAction)(row.Position % 3),
        },
    };
}
