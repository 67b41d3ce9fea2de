using System.IO.Hashing;
using System.Text;
using Confluent.Kafka;
using StockAspire.Protos.V1;

namespace StockAspire.EndToEnd.Tests.Harness;

/// <summary>
/// The tests' own check of seals against rows, sharing no code with the services: seals by the generated message, the
/// canonical bytes by a BinaryWriter from their documentation.
/// </summary>
internal static class IndependentVerifier
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    /// <summary>The newest seal of each key of a source.</summary>
    public static List<Seal> ReadSeals(string bootstrapServers, string source)
    {
        var config = new ConsumerConfig { BootstrapServers = bootstrapServers, GroupId = "independent", EnableAutoCommit = false, EnablePartitionEof = true };
        using var consumer = new ConsumerBuilder<string, byte[]>(config).Build();
        consumer.Assign(new TopicPartitionOffset("ticks.seals", 0, Offset.Beginning));
        var seals = new Dictionary<string, Seal>();
        while (consumer.Consume(Limit) is { } result)
        {
            if (result.IsPartitionEOF)
            {
                return [.. seals.Values.Where(seal => seal.Source == source && seal.Last + 1 != seal.First).OrderBy(seal => seal.First)];
            }

            seals[result.Message.Key] = Seal.Parser.ParseFrom(result.Message.Value);
        }

        throw new TimeoutException("ticks.seals has no end");
    }

    /// <summary>What the seals promise and the rows do not keep, in words; empty where they agree.</summary>
    public static List<string> Compare(IReadOnlyList<Seal> seals, IReadOnlyList<TickRow> rows)
    {
        var complaints = new List<string>();
        foreach (var seal in seals)
        {
            foreach (var symbol in seal.Symbols)
            {
                var own = rows.Where(row => row.Symbol == symbol.Symbol && row.Sequence >= seal.First && row.Sequence <= seal.Last).ToList();
                var sum = own.Aggregate(UInt128.Zero, (total, row) => unchecked(total + Hash(row)));
                var sealedSum = System.Buffers.Binary.BinaryPrimitives.ReadUInt128LittleEndian(symbol.HashSum.Span);
                if (own.Count != symbol.Count || sum != sealedSum)
                {
                    complaints.Add($"{symbol.Symbol} {seal.First}-{seal.Last}: sealed {symbol.Count} {sealedSum:x32}, found {own.Count} {sum:x32}");
                }
            }
        }

        return complaints;
    }

    private static UInt128 Hash(TickRow row)
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes);
        writer.Write((byte)1);
        Text(row.Symbol);
        Text(row.Source);
        writer.Write(row.Sequence);
        writer.Write(row.Revision);
        writer.Write((byte)row.Action);
        writer.Write(row.EventTimeNs);
        writer.Write(row.PriceE9);
        writer.Write(row.SizeE8);
        Text(row.Venue);
        var conditions = row.Conditions.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        writer.Write((ushort)conditions.Length);
        foreach (var condition in conditions)
        {
            Text(condition);
        }

        var attributes = row.Attributes.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        writer.Write((ushort)attributes.Length);
        foreach (var attribute in attributes)
        {
            // Only flags occur in the trades these tests use.
            var parts = attribute.Split('=');
            Text(parts[0]);
            writer.Write((byte)2);
            Text(bool.Parse(parts[1]) ? "true" : "false");
        }

        writer.Flush();
        return XxHash128.HashToUInt128(bytes.ToArray());

        void Text(string text)
        {
            var utf8 = Encoding.UTF8.GetBytes(text);
            writer.Write((ushort)utf8.Length);
            writer.Write(utf8);
        }
    }
}
