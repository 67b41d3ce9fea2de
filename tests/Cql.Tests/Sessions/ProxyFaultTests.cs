using System.Buffers.Binary;
using System.Net;
using StockAspire.Cql.Protocol;
using StockAspire.Cql.Tests.Fakes;

namespace StockAspire.Cql.Tests.Sessions;

/// <summary>Frames that come late, never, cut off, in another order or changed: every request ends, and none with another's answer.</summary>
public sealed class ProxyFaultTests
{
    private const int RequestCount = 300;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string, byte, int> Faults => new()
    {
        { nameof(Reaction.Delay), (byte)Opcode.Execute, 20 },
        { nameof(Reaction.Delay), (byte)Opcode.Result, 20 },
        { nameof(Reaction.Drop), (byte)Opcode.Execute, 5 },
        { nameof(Reaction.Drop), (byte)Opcode.Result, 5 },
        { nameof(Reaction.Truncate), (byte)Opcode.Execute, 2 },
        { nameof(Reaction.Truncate), (byte)Opcode.Result, 2 },
        { nameof(Reaction.Reorder), (byte)Opcode.Execute, 50 },
        { nameof(Reaction.Reorder), (byte)Opcode.Result, 50 },
        { nameof(Reaction.Rewrite), (byte)Opcode.Result, 2 },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Faults_AreSurvived(string reaction, byte opcode, int times)
    {
        await using var cluster = FakeCluster.Of(1);
        cluster.Nodes[0].Handler = request =>
        {
            if (request.Opcode != Opcode.Execute)
                return null;

            // Answers with the number that was bound as the key.
            var reader = new BodyReader(request.Parameters.Values.Span);
            var key = System.Text.Encoding.UTF8.GetString(reader.ReadBytes(out _));
            return Task.FromResult<FakeAnswer?>(FakeAnswer.Int(int.Parse(key, System.Globalization.CultureInfo.InvariantCulture)));
        };
        await RunAsync(cluster.Nodes[0].Endpoint, cluster.Options(), "SELECT v FROM t WHERE k = ?", Enum.Parse<Reaction>(reaction), (Opcode)opcode, times);
    }

    /// <summary>Runs many requests at once through a proxy that breaks some of the frames.</summary>
    internal static async Task RunAsync(IPEndPoint node, CqlOptions options, string cql, Reaction reaction, Opcode opcode, int times)
    {
        await using var proxy = new FrameProxy(node);
        options.ContactPoints = [proxy.ContactPoint];
        options.AttemptTimeout = TimeSpan.FromSeconds(2);
        await using var session = await CqlSession.ConnectAsync(options, cancel: Cancel);
        var select = await session.PrepareAsync(cql, Cancel);
        select.IsIdempotent = true;

        // A frame of another version, or one whose body claims to be larger than any may be.
        var rewrites = 0;
        var rule = new ProxyRule(opcode, times, reaction)
        {
            Rewrite = frame =>
            {
                if (rewrites++ % 2 == 0)
                    frame[0] = 0x99;
                else
                    BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), int.MaxValue);
            },
        };
        proxy.Rules.Add(rule);
        var answers = await Task.WhenAll(Enumerable.Range(0, RequestCount).Select(async i =>
        {
            using var bound = select.Bind();
            bound.Values.AppendText($"{i}");
            using var result = await session.ExecuteAsync(bound, Cancel);
            foreach (var row in result)
                return row[0].GetInt();
            return -1;
        }));

        Assert.Equal(Enumerable.Range(0, RequestCount), answers);
        Assert.Equal(times, rule.Count);
    }
}
