using Aspire.DashboardService.Proto.V1;
using StockAspire.Dashboard.ConsoleLogs;

namespace StockAspire.Dashboard.Tests.ConsoleLogs;

public sealed class ConsoleBufferTests
{
    [Fact]
    public void The_oldest_lines_go_when_there_are_too_many()
    {
        var buffer = new ConsoleBuffer();
        buffer.Append(Enumerable.Range(1, ConsoleBuffer.LinesMax + 5).Select(number => Line(number, "x")));

        var lines = buffer.Snapshot();
        Assert.Equal(ConsoleBuffer.LinesMax, lines.Count);
        Assert.Equal((6, ConsoleBuffer.LinesMax + 5), (lines[0].Number, lines[^1].Number));
    }

    [Fact]
    public void The_oldest_lines_go_when_they_are_too_long()
    {
        var buffer = new ConsoleBuffer();
        var text = new string('x', ConsoleLine.LengthMax);
        buffer.Append(Enumerable.Range(1, (ConsoleBuffer.CharactersMax / ConsoleLine.LengthMax) + 3).Select(number => Line(number, text)));

        Assert.Equal(ConsoleBuffer.CharactersMax / ConsoleLine.LengthMax, buffer.Snapshot().Count);
    }

    [Fact]
    public void A_line_without_end_is_cut_and_says_so()
    {
        var line = ConsoleLine.Of(Line(1, new string('x', ConsoleLine.LengthMax + 7)));
        Assert.EndsWith("x [7 more characters]", line.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2026-01-02T03:04:05Z started", "started", "2026-01-02T03:04:05+00:00")]
    [InlineData("2026-01-02T03:04:05.123456789Z started", "started", "2026-01-02T03:04:05.1234568+00:00")]
    [InlineData("2026-01-02T03:04:05.5+02:00 started", "started", "2026-01-02T01:04:05.5+00:00")]
    [InlineData("2026-01-02T03:04:05Z", "", "2026-01-02T03:04:05+00:00")]
    [InlineData("2026-01-02 03:04:05 started", "2026-01-02 03:04:05 started", null)]
    [InlineData("nothing-like-a-time-at-all here", "nothing-like-a-time-at-all here", null)]
    [InlineData("", "", null)]
    public void A_time_before_a_line_is_taken_from_it(string text, string rest, string? at)
    {
        var line = ConsoleLine.Of(Line(1, text));
        Assert.Equal(rest, line.Text);
        Assert.Equal(at is null ? null : DateTimeOffset.Parse(at, System.Globalization.CultureInfo.InvariantCulture), line.At);
    }

    [Fact]
    public void A_filter_looks_into_the_text_without_its_colours()
    {
        var buffer = new ConsoleBuffer();
        buffer.Append([Line(1, "con\e[31mnec\e[0mted"), Line(2, "31m")]);
        Assert.Equal(1, Assert.Single(ConsoleBuffer.Matching(buffer.Snapshot(), "CONNECTED")).Number);
        Assert.Equal(2, Assert.Single(ConsoleBuffer.Matching(buffer.Snapshot(), "31m")).Number);
        Assert.Equal(2, ConsoleBuffer.Matching(buffer.Snapshot(), string.Empty).Count);
    }

    private static ConsoleLogLine Line(int number, string text) => new() { LineNumber = number, Text = text };
}
