using Grpc.Core;
using Grpc.Net.Client;
using StockAspire.Protos.V1;

namespace StockAspire.EndToEnd.Tests.Harness;

/// <summary>
/// A durable gRPC client by the protos alone: streams rows as blocks, keeps to the window, and after any break opens
/// again and goes on behind the last acknowledged sequence.
/// </summary>
internal sealed class TickClient(GrpcChannel channel, string source)
{
    private const int BlockRows = 2_000;
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(200);

    public int Reconnects { get; private set; }

    public List<Reject> Rejects { get; } = [];

    /// <summary>Sends rows with sequences 1.. and returns when all are acknowledged.</summary>
    public async Task PublishAsync(IReadOnlyList<TradeRow> rows, TimeSpan limit, Func<ulong, Task>? acknowledged = null)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        timeout.CancelAfter(limit);
        var done = 0UL;
        while (done < (ulong)rows.Count)
        {
            try
            {
                done = await StreamAsync(rows, done, acknowledged, timeout.Token);
            }
            catch (RpcException exception) when (exception.StatusCode is StatusCode.Unavailable or StatusCode.Internal or StatusCode.Aborted && !timeout.IsCancellationRequested)
            {
                Reconnects++;
                await Task.Delay(Between, timeout.Token);
            }
        }
    }

    /// <summary>Rows as one block whose sources are left to the stream.</summary>
    public static TickBlock Block(IEnumerable<TradeRow> rows)
    {
        var block = new TickBlock();
        TradeRow? before = null;
        var index = 0u;
        foreach (var row in rows)
        {
            block.SymbolIndex.Add(IndexOf(block.Symbols, row.Symbol));
            block.VenueIndex.Add(IndexOf(block.Venues, row.Venue));
            block.ConditionSetIndex.Add(ConditionIndex(block, row.Condition));
            block.SequenceDelta.Add((long)(row.Sequence - (before?.Sequence ?? 0)));
            block.EventTimeDeltaNs.Add(row.EventTimeNs - (before?.EventTimeNs ?? 0));
            block.PriceDeltaE9.Add(row.PriceE9 - (before?.PriceE9 ?? 0));
            block.SizeE8.Add(row.SizeE8);
            if (row.Suspicious)
            {
                var extra = new TickExtra { Row = index };
                extra.Attributes.Add("suspicious", new AttributeValue { Flag = true });
                block.Extras.Add(extra);
            }

            before = row;
            index++;
        }

        return block;
    }

    private async Task<ulong> StreamAsync(IReadOnlyList<TradeRow> rows, ulong done, Func<ulong, Task>? acknowledged, CancellationToken cancellationToken)
    {
        using var call = new IngestService.IngestServiceClient(channel).StreamTicks(cancellationToken: cancellationToken);
        await call.RequestStream.WriteAsync(new StreamTicksRequest { Open = new StreamOpen { Source = source, FirstSequence = done + 1 } }, cancellationToken);
        await call.ResponseStream.MoveNext(cancellationToken);
        var opened = call.ResponseStream.Current.Opened;
        Assert.Equal(source, opened.Source);
        var last = opened.Known ? Math.Max(done, opened.LastSequence) : done;

        // What was sealed before a crash and not acknowledged any more is acknowledged by this.
        if (last > done && acknowledged is not null)
        {
            await acknowledged(last);
        }

        var next = (int)last;
        var through = last;
        var reading = ReadAsync();
        try
        {
            while (next < rows.Count && !reading.IsCompleted)
            {
                var count = Math.Min(BlockRows, rows.Count - next);
                await call.RequestStream.WriteAsync(new StreamTicksRequest { Block = Block(rows.Skip(next).Take(count)) }, cancellationToken);
                next += count;
            }

            await call.RequestStream.CompleteAsync();
        }
        catch (Exception exception) when (exception is RpcException or InvalidOperationException or IOException)
        {
            // The call broke under the writer: the reader has the reason.
            await reading;
            throw new RpcException(new Status(StatusCode.Unavailable, exception.Message));
        }

        await reading;
        return through;

        async Task ReadAsync()
        {
            while (await call.ResponseStream.MoveNext(cancellationToken))
            {
                switch (call.ResponseStream.Current.MessageCase)
                {
                    case StreamTicksResponse.MessageOneofCase.Ack:
                        through = Math.Max(through, call.ResponseStream.Current.Ack.ThroughSequence);
                        if (acknowledged is not null)
                        {
                            await acknowledged(through);
                        }

                        break;
                    case StreamTicksResponse.MessageOneofCase.Reject:
                        Rejects.Add(call.ResponseStream.Current.Reject);
                        break;
                }
            }
        }
    }

    private static uint IndexOf(Google.Protobuf.Collections.RepeatedField<string> dictionary, string value)
    {
        var index = dictionary.IndexOf(value);
        if (index < 0)
        {
            dictionary.Add(value);
            index = dictionary.Count - 1;
        }

        return (uint)index;
    }

    private static uint ConditionIndex(TickBlock block, string condition)
    {
        for (var i = 0; i < block.ConditionSets.Count; i++)
        {
            if (block.ConditionSets[i].Conditions[0] == condition)
            {
                return (uint)i;
            }
        }

        block.ConditionSets.Add(new ConditionSet { Conditions = { condition } });
        return (uint)block.ConditionSets.Count - 1;
    }
}
