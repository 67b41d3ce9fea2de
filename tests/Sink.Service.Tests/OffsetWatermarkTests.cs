using CsCheck;

namespace StockAspire.Sink.Service.Tests;

public sealed class OffsetWatermarkTests
{
    [Fact]
    public void Next_BeforeAnyBatchIsDone_IsMinusOne()
    {
        var watermark = new OffsetWatermark();
        watermark.Begin(7, 9);

        Assert.Equal(-1, watermark.Next);
    }

    [Fact]
    public void Complete_OfALaterBatch_WaitsForTheEarlierOne()
    {
        var watermark = new OffsetWatermark();
        watermark.Begin(0, 5);
        watermark.Begin(5, 6);
        watermark.Begin(9, 12);

        watermark.Complete(5);
        Assert.Equal(-1, watermark.Next);
        watermark.Complete(0);
        Assert.Equal(6, watermark.Next);
        watermark.Complete(9);
        Assert.Equal(12, watermark.Next);
    }

    [Theory]
    [InlineData(4, 8)]
    [InlineData(5, 5)]
    [InlineData(6, 5)]
    public void Begin_OverlappingOrEmpty_IsRefused(long first, long next)
    {
        var watermark = new OffsetWatermark();
        watermark.Begin(0, 5);

        Assert.Throws<ArgumentException>(() => watermark.Begin(first, next));
    }

    [Fact]
    public void Complete_OfABatchThatIsNotOut_IsRefused()
    {
        var watermark = new OffsetWatermark();
        watermark.Begin(0, 5);
        watermark.Complete(0);

        Assert.Throws<ArgumentException>(() => watermark.Complete(0));
        Assert.Throws<ArgumentException>(() => watermark.Complete(3));
    }

    /// <summary>Random batches with gaps, begun and completed in random order, against the definition by brute force.</summary>
    [Fact]
    public void Next_InAnyOrderOfCompletion_NeverPassesABatchThatIsNotDone() =>
        Gen.Select(Gen.Int[1, 20].Array[1, 40], Gen.Int[0, 3].Array[40], Gen.Int[0, int.MaxValue].Array[200])
            .Sample((sizes, gaps, choices) =>
            {
                var watermark = new OffsetWatermark();
                var offset = 0L;
                var batches = sizes.Select((size, i) =>
                {
                    var first = offset + gaps[i];
                    offset = first + size;
                    return (First: first, Next: offset);
                }).ToArray();
                var begun = 0;
                var isDone = new bool[batches.Length];
                foreach (var choice in choices)
                {
                    var outstanding = Enumerable.Range(0, begun).Where(i => !isDone[i]).ToArray();
                    if (begun < batches.Length && (outstanding.Length == 0 || choice % 2 == 0))
                    {
                        watermark.Begin(batches[begun].First, batches[begun].Next);
                        begun++;
                    }
                    else if (outstanding.Length > 0)
                    {
                        var index = outstanding[choice / 2 % outstanding.Length];
                        isDone[index] = true;
                        watermark.Complete(batches[index].First);
                    }

                    var leading = isDone.TakeWhile(done => done).Count();
                    Assert.Equal(leading == 0 ? -1 : batches[leading - 1].Next, watermark.Next);
                }
            });
}
