using System.Globalization;
using StockAspire.KafkaBroker.Tests.Apis;

namespace StockAspire.KafkaBroker.Tests.Processes;

/// <summary>kill -9 of the broker.</summary>
public sealed class CrashTests
{
    /// <summary>Two modes, so twice as many in all.</summary>
    private static readonly int Crashes = TestRun.IsLong ? 110 : 10;

    [Theory]
    [InlineData("interval")]
    [InlineData("commit")]
    public async Task Nothing_acknowledged_is_lost_or_doubled_by_kill_9(string fsync)
    {
        using var data = new TemporaryDirectory();
        await new CrashRun(data.Path, fsync, Crashes, new Random(TestRun.Seed), KillAsync).RunAsync();

        static async Task KillAsync(BrokerProcess broker)
        {
            await broker.KillAsync();
            Assert.Empty(await broker.ErrorsAsync());
        }
    }

    [Theory]
    [InlineData("interval")]
    [InlineData("commit")]
    public async Task Resend_after_kill_9_is_answered_with_the_first_offset_and_the_sequence_goes_on(string fsync)
    {
        using var data = new TemporaryDirectory();
        var port = FreePorts.Take();
        for (var i = 0; i < 6; i++)
        {
            using var broker = await BrokerProcess.StartAsync(port, data.Path, fsync);
            using var client = await RawClient.ConnectAsync(port);
            await client.AskAsync("0003 0004 00000007 0001 78 00000001 0001 74 01");
            for (var batch = Math.Max(0, i - 5); batch <= i; batch++)
            {
                // The last five were sent before the kill, the sixth is new.
                Assert.Equal(batch, await ProduceAsync(client, Storage.TestBatch.Create(9, 0, batch, 1_000, ("k", "v"))));
            }

            await broker.KillAsync();
        }
    }

    private static async Task<long> ProduceAsync(RawClient client, byte[] batch)
    {
        var answer = await client.AskAsync(
            "0000 0003 00000007 0001 78 ffff ffff 00001388 00000001 0001 74 00000001 00000000" + batch.Length.ToString("x8", CultureInfo.InvariantCulture) + Convert.ToHexString(batch));
        Assert.Equal("0000", answer.Substring(38, 4));
        return long.Parse(answer.AsSpan(42, 16), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
    }
}
