using System.Buffers.Binary;
using System.Text;

namespace StockAspire.KafkaBroker.Groups;

/// <summary>
/// The topics in the metadata of a member whose protocol type is "consumer" (ConsumerProtocolSubscription.json of Kafka: version
/// int16, then an array of strings). The broker carries these bytes and looks into them for OffsetDelete alone.
/// </summary>
internal static class ConsumerSubscription
{
    public const string ProtocolType = "consumer";

    private const int TopicsPosition = sizeof(short) + sizeof(int);

    /// <summary>Whether the topic is named; of bytes that make no sense, all that can be read counts.</summary>
    public static bool Names(ReadOnlySpan<byte> metadata, string topic)
    {
        if (metadata.Length < TopicsPosition)
        {
            return false;
        }

        var at = TopicsPosition;
        for (var left = BinaryPrimitives.ReadInt32BigEndian(metadata[sizeof(short)..]); left > 0 && metadata.Length - at >= sizeof(short); left--)
        {
            var size = BinaryPrimitives.ReadInt16BigEndian(metadata[at..]);
            at += sizeof(short);
            if (size < 0 || size > metadata.Length - at)
            {
                return false;
            }

            if (Encoding.UTF8.GetString(metadata.Slice(at, size)) == topic)
            {
                return true;
            }

            at += size;
        }

        return false;
    }
}
