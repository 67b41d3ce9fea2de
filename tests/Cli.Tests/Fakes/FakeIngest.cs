using System.Collections.Concurrent;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using StockAspire.Market.Blocks;
using StockAspire.Protos.V1;
using Status = Google.Rpc.Status;
using Tick = StockAspire.Market.Tick;

namespace StockAspire.Cli.Tests.Fakes;

/// <summary>
/// Ingest's stream as the proto has it: rows in strict order, gaps refused, what is sealed acknowledged unread. What is
/// sealed outlives a stream, and a server if the next one is given the same object.
/// </summary>
public sealed class FakeIngest : IngestService.IngestServiceBase
{
    public ConcurrentDictionary<string, FakeSource> Sources { get; } = new();

    public List<StreamOpen> Opens { get; } = [];

    public int MaxInFlight { get; set; } = 65_536;

    /// <summary>Called before each message is taken, with their count over all streams; may throw, wait or abort.</summary>
    public Func<int, ServerCallContext, Task> BeforeMessage { get; set; } = (_, _) => Task.CompletedTask;

    /// <summary>False holds all acknowledgements back.</summary>
    public Func<bool> Acknowledges { get; set; } = () => true;

    /// <summary>Why a tick can never be stored, or null.</summary>
    public Func<ulong, string?> Refuses { get; set; } = _ => null;

    public Func<StartLoadRequest, Load> OnStartLoad { get; set; } = request => throw new RpcException(new Grpc.Core.Status(StatusCode.NotFound, request.Path));

    public Func<Load, Load> OnGetLoad { get; set; } = load => load;

    public List<string> Cancelled { get; } = [];

    public int MessageCount { get; private set; }

    public int LargestMessage { get; private set; }

    /// <summary>Sequence of the row that came last.</summary>
    public ulong LastSeen { get; private set; }

    /// <summary>Rows beyond the last acknowledged one.</summary>
    public long InFlight { get; private set; }

    /// <summary>Rows beyond the last acknowledged one, at their most.</summary>
    public long LargestInFlight { get; private set; }

    /// <summary>Takes no message from this one on in the stream that sends it. Completes when it has come.</summary>
    public Task HangAt(int message)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        BeforeMessage = async (count, context) =>
        {
            if (count == message)
            {
                reached.SetResult();
                await Task.Delay(Timeout.Infinite, context.CancellationToken);
            }
        };
        return reached.Task;
    }

    public override async Task StreamTicks(IAsyncStreamReader<StreamTicksRequest> requestStream, IServerStreamWriter<StreamTicksResponse> responseStream, ServerCallContext context)
    {
        Assert.True(await requestStream.MoveNext());
        var open = requestStream.Current.Open;
        Assert.NotNull(open);
        var source = Sources.GetOrAdd(open.Source, _ => new FakeSource());

        // A broken stream's last message may still be on its way through here: the next stream begins where that one ended.
        await source.Turn.WaitAsync(context.CancellationToken);
        try
        {
            Opens.Add(open);
            await StreamAsync(open, source, requestStream, responseStream, context);
        }
        finally
        {
            source.Turn.Release();
        }
    }

    public override Task<StartLoadResponse> StartLoad(StartLoadRequest request, ServerCallContext context) => Task.FromResult(new StartLoadResponse { Load = OnStartLoad(request) });

    public override Task<GetLoadResponse> GetLoad(GetLoadRequest request, ServerCallContext context) => Task.FromResult(new GetLoadResponse { Load = OnGetLoad(new Load { Load_ = request.Load }) });

    public override Task<CancelLoadResponse> CancelLoad(CancelLoadRequest request, ServerCallContext context)
    {
        Cancelled.Add(request.Load);
        return Task.FromResult(new CancelLoadResponse { Load = new Load { Load_ = request.Load, Record = new SourceRecord { State = LoadState.Cancelled } } });
    }

    private async Task StreamAsync(
        StreamOpen open, FakeSource source, IAsyncStreamReader<StreamTicksRequest> requestStream, IServerStreamWriter<StreamTicksResponse> responseStream, ServerCallContext context)
    {
        var known = source.Last is not null;
        if (known && open.FirstSequence > source.Last + 1)
        {
            throw Gap(source.Last!.Value + 1, open.FirstSequence);
        }

        var due = known ? source.Last!.Value + 1 : open.FirstSequence;
        await responseStream.WriteAsync(new StreamTicksResponse
        {
            Opened = new StreamOpened { Source = open.Source, Known = known, LastSequence = source.Last ?? 0, MaxInFlight = MaxInFlight },
        });
        var taken = new List<(ulong, object)>();
        var acknowledged = due - 1;
        while (await requestStream.MoveNext())
        {
            await BeforeMessage(++MessageCount, context);
            LargestMessage = Math.Max(LargestMessage, requestStream.Current.CalculateSize());
            foreach (var (sequence, row) in Rows(requestStream.Current))
            {
                if (sequence < due)
                {
                    continue;
                }

                if (sequence > due)
                {
                    throw Gap(due, sequence);
                }

                taken.Add((sequence, row));
                due++;
                LastSeen = sequence;
                InFlight = (long)(due - 1 - acknowledged);
                LargestInFlight = Math.Max(LargestInFlight, InFlight);
            }

            if (Acknowledges())
            {
                acknowledged = await SealAsync(source, taken, responseStream, acknowledged);
            }
        }

        while (!Acknowledges())
        {
            await Task.Delay(10, context.CancellationToken);
        }

        await SealAsync(source, taken, responseStream, acknowledged);
    }

    private static IEnumerable<(ulong Sequence, object Row)> Rows(StreamTicksRequest request)
    {
        if (request.Block is { } block)
        {
            var reader = new TickBlockReader();
            reader.Read(block.ToByteArray());
            return [.. reader.Ticks.ToArray().Select(tick => (tick.Id.Sequence, (object)tick))];
        }

        Assert.NotNull(request.Rejects);
        return request.Rejects.Rows.Select(row => (row.Sequence, (object)row));
    }

    private async Task<ulong> SealAsync(FakeSource source, List<(ulong Sequence, object Row)> taken, IServerStreamWriter<StreamTicksResponse> responses, ulong acknowledged)
    {
        foreach (var (sequence, row) in taken)
        {
            // What is sealed is sealed, though the answer may find nobody.
            acknowledged = sequence;
            source.Last = sequence;
            switch (row)
            {
                case Tick when Refuses(sequence) is { } reason:
                    source.Refused.Add(sequence);
                    await responses.WriteAsync(new StreamTicksResponse { Reject = new Reject { Sequence = sequence, Field = "size_e8", Reason = reason } });
                    break;
                case Tick tick:
                    source.Ticks.Add(tick);
                    break;
                case RejectedRow rejected:
                    source.Rejects.Add(rejected);
                    await responses.WriteAsync(new StreamTicksResponse { Reject = new Reject { Sequence = sequence, Field = rejected.Field, Reason = rejected.Reason } });
                    break;
            }
        }

        taken.Clear();
        await responses.WriteAsync(new StreamTicksResponse { Ack = new Ack { ThroughSequence = acknowledged } });
        return acknowledged;
    }

    private static RpcException Gap(ulong expected, ulong actual) => new Status
    {
        Code = (int)Code.FailedPrecondition,
        Message = $"Expected sequence {expected}, got {actual}.",
        Details = { Any.Pack(new ErrorInfo { Reason = "SEQUENCE_GAP", Domain = "stockaspire" }) },
    }.ToRpcException();
}

/// <summary>What is sealed of a source. One stream at a time writes it.</summary>
public sealed class FakeSource
{
    internal SemaphoreSlim Turn { get; } = new(1); // holds no handle, and so needs no disposal

    public ulong? Last { get; set; }

    internal List<Tick> Ticks { get; } = [];

    public List<RejectedRow> Rejects { get; } = [];

    public List<ulong> Refused { get; } = [];
}
