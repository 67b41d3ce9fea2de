using StockAspire.Cli.Output;
using StockAspire.Market;

namespace StockAspire.Cli.Ingest;

/// <summary>What became of one file.</summary>
/// <param name="Rows">Of the file, as far as it was read.</param>
/// <param name="Known">Rows that were sealed before and were passed over.</param>
/// <param name="Accepted">Rows acknowledged now.</param>
/// <param name="Reasons">Of the first few rejected rows.</param>
internal sealed record IngestResult(
    string File, string Source, long Rows, long Known, long Accepted, long Rejected, TimeSpan Elapsed, IReadOnlyList<string> Reasons)
{
    private static readonly Records<IngestResult> Records = new(
        new("file", null, result => result.File),
        new("source", null, result => result.Source),
        new("rows", null, result => result.Rows),
        new("known", null, result => result.Known),
        new("accepted", null, result => result.Accepted),
        new("rejected", null, result => result.Rejected),
        new("seconds", null, result => Math.Round(result.Elapsed.TotalSeconds, 3)),
        new("rows_per_second", null, result => Math.Round(result.RowsPerSecond)),
        new("reasons", null, result => result.Reasons));

    public double RowsPerSecond => Elapsed > TimeSpan.Zero ? (Rows - Known) / Elapsed.TotalSeconds : 0;

    /// <summary>On stdout: sentences for people, a record for programs.</summary>
    public void Write(CliHost host, OutputFormat format, bool isDryRun)
    {
        if (format != OutputFormat.Table)
        {
            Records.Write(host, format, [this]);
            return;
        }

        var output = new Utf8Output(host.Out);
        var rate = FormattableString.Invariant($"{PeopleText.Duration(UnixTime.FromTimeSpan(Elapsed))} ({RowsPerSecond:N0} rows/s)");
        if (isDryRun)
        {
            output.AppendLine($"{File}: {PeopleText.Count(Rows)} rows in {rate}: {PeopleText.Count(Accepted)} ticks, {PeopleText.Count(Rejected)} rejected; nothing was sent. Source {Source}");
        }
        else if (Known > 0 && Rows == Known)
        {
            output.AppendLine($"{File}: nothing new, all {PeopleText.Count(Rows)} rows were ingested before. Source {Source}");
        }
        else
        {
            var known = Known > 0 ? $"{PeopleText.Count(Known)} ingested before, " : string.Empty;
            output.AppendLine($"{File}: {PeopleText.Count(Rows)} rows in {rate}: {known}{PeopleText.Count(Accepted)} accepted, {PeopleText.Count(Rejected)} rejected. Source {Source}");
        }

        foreach (var reason in Reasons)
        {
            output.AppendLine("  " + reason);
        }

        if (Rejected > Reasons.Count)
        {
            output.AppendLine(isDryRun
                ? $"  and {PeopleText.Count(Rejected - Reasons.Count)} more."
                : $"  and {PeopleText.Count(Rejected - Reasons.Count)} more; `stockaspire dead-letters list --source {Source}` has them.");
        }

        output.Flush();
    }
}
