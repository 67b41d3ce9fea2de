using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using StockAspire.KafkaBroker.Topics;

namespace StockAspire.KafkaBroker.Tests.Apis;

/// <summary>Every API in every version that the broker advertises, byte by byte, against what Kafka's own message classes write.</summary>
public sealed partial class WireVectorTests
{
    private const string ClusterId = "AAECAwQFBgcICQoLDA0ODw";

    private static readonly TopicsFile TopicT = new(
        TopicsFile.CurrentFormat, [new TopicsFile.Entry("t", Guid.Parse("00010203-0405-4607-8809-0a0b0c0d0e0f"), 2, new Dictionary<string, string>())]);

    /// <summary>Bytes of what a vector leaves open. A member id is the client's or the instance's id, here of one letter, a hyphen and a UUID.</summary>
    internal static readonly Dictionary<string, int> OpenSizes = new() { ["member"] = 38, ["static"] = 38, ["again"] = 38, ["id"] = 16, ["time"] = 8, ["port"] = 4, ["total"] = 8, ["usable"] = 8 };

    /// <summary>Length of the data directory's path, which stands in some answers.</summary>
    private const int DirectoryLength = 120;

    public static TheoryData<string> Vectors => [.. WireVector.All.Keys];

    public static TheoryData<string> FlexibleVectors => [.. WireVector.All.Values.Where(v => v.IsFlexible).Select(v => v.Key)];

    [Theory]
    [MemberData(nameof(Vectors))]
    public Task Answer_is_byte_for_byte_what_Kafkas_classes_write(string vector) => PlayAsync(vector, fields => fields);

    [Theory]
    [MemberData(nameof(FlexibleVectors))]
    public Task Unknown_tagged_fields_are_skipped_at_every_level(string vector) => PlayAsync(vector, fields => fields.Select(WithUnknownTags));

    [Fact]
    public async Task Every_advertised_version_has_a_vector_and_no_other_has()
    {
        var advertised = (await AdvertisedAsync()).SelectMany(a => Enumerable.Range(a.Min, a.Max - a.Min + 1).Select(v => (a.Key, (short)v)));

        // For a new API or version, add its cases to Vectors/Cases.json5 and run Generate.java.
        Assert.Equal(advertised.Order(), WireVector.All.Values.Select(v => (v.ApiKey, v.Version)).Distinct().Order());
    }

    [Fact]
    public async Task Documentation_lists_what_is_advertised()
    {
        var documented = DocumentedApi().Matches(await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "broker.md")))
            .Select(m => (short.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture), short.Parse(m.Groups[2].Value, CultureInfo.InvariantCulture), short.Parse(m.Groups[3].Value, CultureInfo.InvariantCulture)));
        Assert.Equal((await AdvertisedAsync()).Order(), documented.Order());
    }

    /// <summary>What ApiVersions in version 0 says, as any client would ask it.</summary>
    private static async Task<List<(short Key, short Min, short Max)>> AdvertisedAsync()
    {
        await using var broker = await EmbeddedBroker.StartAsync();
        using var client = await RawClient.ConnectAsync(broker.Server.Port);
        var answer = Convert.FromHexString(await client.AskAsync("0012 0000 00000007 0001 78"));
        var advertised = new List<(short, short, short)>();
        for (var at = 10; at < answer.Length; at += 6)
        {
            advertised.Add((Int16(at), Int16(at + 2), Int16(at + 4)));
        }

        return advertised;

        short Int16(int at) => (short)((answer[at] << 8) | answer[at + 1]);
    }

    private static async Task PlayAsync(string key, Func<IEnumerable<WireField>, IEnumerable<WireField>> change)
    {
        var vector = WireVector.All[key];
        using var directory = new TemporaryDirectory();
        var data = Directory.CreateDirectory(Path.Combine(directory.Path, new string('d', DirectoryLength - directory.Path.Length - 1))).FullName;
        await File.WriteAllTextAsync(Path.Combine(data, "cluster-id"), ClusterId);
        TopicT.Save(Path.Combine(data, "topics.json"), durable: false);
        await using var broker = await KafkaBrokerServer.StartAsync(
            new KafkaBrokerOptions { DataDirectory = data, GroupInitialRebalanceDelay = TimeSpan.Zero }, cancellationToken: TestContext.Current.CancellationToken);
        using var client = await RawClient.ConnectAsync(broker.Port);
        var open = new Dictionary<string, string> { ["port"] = broker.Port.ToString("x8", CultureInfo.InvariantCulture), ["directory"] = Convert.ToHexStringLower(Encoding.ASCII.GetBytes(data)) };
        foreach (var before in vector.After.Select(a => WireVector.All[a]))
        {
            await AskAsync(client, before, before.Request, open);
        }

        await AskAsync(client, vector, change(vector.Request), open);
    }

    private static async Task AskAsync(RawClient client, WireVector vector, IEnumerable<WireField> request, Dictionary<string, string> open)
    {
        var answer = await client.AskAsync(string.Concat(request.Select(f => Open().Replace(f.Hex, m => open[m.Groups[1].Value]))));
        var (expected, actual) = (new StringBuilder(), new StringBuilder());
        var at = 0;
        foreach (var field in vector.Response)
        {
            var hex = Close(field.Hex, answer, at, open);
            var size = Math.Min(hex.Length, answer.Length - at);
            expected.AppendLine(CultureInfo.InvariantCulture, $"{hex} {field.Name}");
            actual.AppendLine(CultureInfo.InvariantCulture, $"{answer.AsSpan(at, size)} {field.Name}");
            at += size;
        }

        Assert.Equal(expected.ToString(), actual.ToString());
        Assert.Equal("", answer[at..]);
    }

    /// <summary>Fills in what is known of the open parts; what comes up for the first time is taken from the answer.</summary>
    private static string Close(string hex, string answer, int at, Dictionary<string, string> open)
    {
        var match = Open().Match(hex);
        if (!match.Success)
        {
            return hex;
        }

        var (name, start) = (match.Groups[1].Value, at + match.Index);
        if (!open.TryGetValue(name, out var value))
        {
            var digits = OpenSizes[name] * 2;
            open[name] = value = start + digits <= answer.Length ? answer.Substring(start, digits) : "(missing)";
        }

        return hex.Replace(match.Value, value, StringComparison.Ordinal);
    }

    /// <summary>Adds tag 99 with three bytes and tag 100 without content.</summary>
    private static WireField WithUnknownTags(WireField field) => field.IsTagged
        ? field with { Hex = (Convert.ToByte(field.Hex[..2], 16) + 2).ToString("x2", CultureInfo.InvariantCulture) + field.Hex[2..] + "6303010203" + "6400" }
        : field;

    /// <summary>A cell pair of the table of APIs: key, name, and "4-16" or "0".</summary>
    [GeneratedRegex(@"(?<=\| )(\d+) \| \w+ \| (\d+)-(\d+)")]
    private static partial Regex DocumentedApi();

    [GeneratedRegex(@"\{(\w+)\}")]
    private static partial Regex Open();
}
