using StockAspire.Cql.Protocol;
using StockAspire.Cql.Protocol.Requests;
using StockAspire.Cql.Tests.Fakes;

namespace StockAspire.Cql.Tests.Sessions;

/// <summary>What a request costs in memory, and that its rows cost nothing.</summary>
public sealed class AllocationTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Once its buffer has grown, a batch takes rows for nothing, their token included.</summary>
    [Fact]
    public async Task Batch_TakesRowsForNothing()
    {
        await using var cluster = FakeCluster.Of(1);
        await using var session = await cluster.ConnectAsync();
        var insert = await session.PrepareAsync("INSERT INTO t (k) VALUES (?)", Cancel);
        using var batch = new BatchStatement(CqlBatchKind.Unlogged);

        Fill();
        var before = GC.GetAllocatedBytesForCurrentThread();
        var token = Fill();
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.NotNull(token);
        Assert.Equal(0, allocated);

        long? Fill()
        {
            batch.Clear();
            for (var i = 0; i < 1000; i++)
                batch.Add(insert).AppendTextUtf8("AAPL"u8);
            batch.RequireComplete();
            return batch.Token;
        }
    }

    /// <summary>The scratch buffer, the copy to what is sent and the frame of the answer are rented: a large request costs as little as a small one.</summary>
    [Fact]
    public void Frame_IsWrittenForNothing()
    {
        using var body = new GrowingBuffer();
        var values = new byte[50_000];
        Write();
        var before = GC.GetAllocatedBytesForCurrentThread();
        Write();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Write()
        {
            body.Clear();
            body.Take(FrameHeader.Size);
            new BatchRequest(CqlBatchKind.Unlogged, 1, values, new(CqlConsistency.One) { TimestampUs = 1 }).Write(body, ProtocolVersion.V4);
            new FrameHeader(ProtocolVersion.V4, false, FrameFlags.None, 1, Opcode.Batch, body.Size - FrameHeader.Size).Write(body.At(0, FrameHeader.Size));
        }
    }
}
