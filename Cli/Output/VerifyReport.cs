using System.Text.Json;
using Google.Protobuf.Collections;
using StockAspire.Cli.Servers;
using StockAspire.Cli.Verbs;
using StockAspire.Market;
using StockAspire.Protos.V1;

namespace StockAspire.Cli.Output;

/// <summary>The results of <c>verify</c> as JSON (a report file, or a line for each source) and as lines for people.</summary>
internal static class VerifyReport
{
    private const int RangesShown = 20;

    /// <exception cref="CliException">The file cannot be written.</exception>
    public static void Write(string path, Uri server, long startedAtNs, IReadOnlyCollection<VerifyResult> results)
    {
        try
        {
            using var file = File.Create(path);
            using var json = new Utf8JsonWriter(file, TickJson.Options with { Indented = true });
            json.WriteStartObject();
            json.WriteString("server", Failure.Show(server));
            json.WriteString("started_at", UnixTime.Format(startedAtNs));
            json.WriteBoolean("ok", results.All(result => result.Summary.Ok));
            json.WriteStartArray("sources");
            foreach (var result in results)
            {
                WriteResult(json, result);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw CliException.Failure($"--report: {error.Message}");
        }
    }

    public static void WriteLines(Utf8Output output, IEnumerable<VerifyResult> results)
    {
        foreach (var result in results)
        {
            using var line = new MemoryStream();
            using (var json = new Utf8JsonWriter(line, TickJson.Options))
            {
                WriteResult(json, result);
            }

            output.Append(line.GetBuffer().AsSpan(0, (int)line.Length));
            output.Append((byte)'\n');
        }

        output.Flush();
    }

    /// <summary>A finding as lines: one for each kind of fault that it names.</summary>
    public static IEnumerable<string> Describe(string source, VerifyFinding finding)
    {
        var where = finding.Symbol.Length == 0 ? source : $"{source} {finding.Symbol}";
        if (finding.Missing.Count > 0)
        {
            yield return $"{where}: missing {Show(finding.Missing)}";
        }

        if (finding.Unexpected.Count > 0)
        {
            yield return $"{where}: unexpected or stored twice {Show(finding.Unexpected)}";
        }

        if (finding.Altered.Count > 0)
        {
            yield return $"{where}: altered within {Show(finding.Altered)}";
        }

        if (finding.HashMismatch)
        {
            yield return $"{where}: expected hash {finding.ExpectedHash} of {PeopleText.Count(finding.ExpectedCount)} ticks, got {finding.ActualHash} of {PeopleText.Count(finding.ActualCount)}";
        }

        if (finding.Message.Length > 0)
        {
            yield return $"{where}: {finding.Message}";
        }
    }

    private static string Show(RepeatedField<SequenceRange> ranges)
    {
        var shown = string.Join(", ", ranges.Take(RangesShown).Select(range =>
            range.First == range.Last ? FormattableString.Invariant($"{range.First}") : FormattableString.Invariant($"{range.First}-{range.Last}")));
        return ranges.Count > RangesShown ? $"{shown} and {ranges.Count - RangesShown} more ranges (--report FILE has all)" : shown;
    }

    private static void WriteResult(Utf8JsonWriter json, VerifyResult result)
    {
        var summary = result.Summary;
        json.WriteStartObject();
        json.WriteString("source", summary.Source);
        json.WriteBoolean("ok", summary.Ok);
        json.WriteNumber("sealed", summary.Sealed);
        json.WriteNumber("stored", summary.Stored);
        json.WriteNumber("missing", summary.Missing);
        json.WriteNumber("unexpected", summary.Unexpected);
        json.WriteNumber("altered", summary.Altered);
        json.WriteNumber("rejected", summary.Rejected);
        json.WriteNumber("unsealed", summary.Unsealed);
        json.WriteNumber("symbols", summary.Symbols);
        json.WriteStartArray("findings");
        foreach (var finding in result.Findings)
        {
            json.WriteStartObject();
            json.WriteString("symbol", finding.Symbol);
            WriteRanges(json, "missing", finding.Missing);
            WriteRanges(json, "unexpected", finding.Unexpected);
            WriteRanges(json, "altered", finding.Altered);
            json.WriteBoolean("hash_mismatch", finding.HashMismatch);
            json.WriteString("expected_hash", finding.ExpectedHash);
            json.WriteString("actual_hash", finding.ActualHash);
            json.WriteNumber("expected_count", finding.ExpectedCount);
            json.WriteNumber("actual_count", finding.ActualCount);
            json.WriteString("message", finding.Message);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>Sequences are strings: they may have more digits than a reader's double keeps.</summary>
    private static void WriteRanges(Utf8JsonWriter json, string name, RepeatedField<SequenceRange> ranges)
    {
        json.WriteStartArray(name);
        foreach (var range in ranges)
        {
            json.WriteStartObject();
            json.WriteString("first", FormattableString.Invariant($"{range.First}"));
            json.WriteString("last", FormattableString.Invariant($"{range.Last}"));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
