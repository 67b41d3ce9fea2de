using StockAspire.Query.Pipeline;

namespace StockAspire.Query.Service.Tests.Pipeline;

public sealed class PartitionLedgerTests
{
    [Fact]
    public void Commit_MovesTheStoredCount_AndTheOldestUnstored()
    {
        var ledger = new PartitionLedger();
        ledger.Publish(10, 5, 100);
        ledger.Publish(11, 7, 200);

        Assert.Equal(new LedgerReading(12, 0, 100), ledger.Read());
        ledger.Commit(11);
        Assert.Equal(new LedgerReading(12, 5, 200), ledger.Read());
        ledger.Commit(12);
        Assert.Equal(new LedgerReading(12, 12, null), ledger.Read());
    }

    [Fact]
    public void ACommitAheadOfTheTail_CountsRecordsAsStoredWhenTheyAreSeen()
    {
        var ledger = new PartitionLedger();
        ledger.Commit(12);
        ledger.Publish(10, 5, 100);
        ledger.Publish(11, 7, 200);
        ledger.Publish(12, 1, 300);

        Assert.Equal(new LedgerReading(13, 12, 300), ledger.Read());
    }

    [Fact]
    public void AFullLedger_GetsCoarser_ButNeverCountsTooMuch_AndEndsExact()
    {
        var ledger = new PartitionLedger(entriesMax: 8);
        for (var offset = 0; offset < 1_000; offset++)
        {
            ledger.Publish(offset, 1, offset);
        }

        Assert.Equal(new LedgerReading(1_000, 0, 0), ledger.Read());
        var before = 0L;
        for (var offset = 1; offset < 1_000; offset++)
        {
            ledger.Commit(offset);
            var reading = ledger.Read();
            Assert.InRange(reading.Stored, before, offset);
            Assert.True(reading.OldestUnstoredNs <= offset);
            before = reading.Stored;
        }

        Assert.True(before > 0);
        ledger.Commit(1_000);
        Assert.Equal(new LedgerReading(1_000, 1_000, null), ledger.Read());
    }
}
