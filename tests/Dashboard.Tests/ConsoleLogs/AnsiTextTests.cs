using StockAspire.Dashboard.ConsoleLogs;

namespace StockAspire.Dashboard.Tests.ConsoleLogs;

public sealed class AnsiTextTests
{
    [Fact]
    public void Plain_text_is_one_span() => Assert.Equal([new AnsiSpan("plain <b>text</b>", null, null)], AnsiText.Parse("plain <b>text</b>"));

    [Fact]
    public void An_empty_line_has_no_span() => Assert.Empty(AnsiText.Parse(string.Empty));

    [Fact]
    public void Colours_and_weights_are_classes_until_they_are_reset() => Assert.Equal(
        [new("a", null, null), new("b", "ansi-bold ansi-fg-1", null), new("c", "ansi-bold ansi-fg-1 ansi-bg-12", null), new("d", null, null)],
        AnsiText.Parse("a\e[1;31mb\e[104mc\e[md"));

    [Theory]
    [InlineData("\e[38;5;9mx", "ansi-fg-9", null)]
    [InlineData("\e[38;5;196mx", null, "color:rgb(255,0,0);")]
    [InlineData("\e[48;5;244mx", null, "background-color:rgb(128,128,128);")]
    [InlineData("\e[38;2;1;2;3;4mx", "ansi-underline", "color:rgb(1,2,3);")]
    [InlineData("\e[38;2;300;0;0mx", null, null)]
    [InlineData("\e[38mx", null, null)]
    [InlineData("\e[999999999999mx", null, null)]
    public void Colours_beyond_the_sixteen_are_numbers(string line, string? style, string? css) =>
        Assert.Equal(new AnsiSpan("x", style, css), Assert.Single(AnsiText.Parse(line)));

    [Theory]
    [InlineData("a\e[2Jb")]
    [InlineData("a\e[10;10Hb")]
    [InlineData("a\e]0;title\ab")]
    [InlineData("a\e]8;;http://evil.example\e\\b")]
    [InlineData("a\eMb")]
    [InlineData("a\rb\b")]
    [InlineData("ab\e")]
    [InlineData("ab\e[31")]
    [InlineData("ab\e]never ends")]
    public void Whatever_moves_hides_or_names_is_left_out(string line) => Assert.Equal("ab", AnsiText.Strip(line));

    [Fact]
    public void Whatever_is_written_no_escape_character_comes_through()
    {
        const int Seed = 20260101;
        var random = new Random(Seed);
        const string Alphabet = "\e[]();0123456789mMHJ?\a\\abc\t ";
        for (var i = 0; i < 5_000; i++)
        {
            var line = new string(random.GetItems<char>(Alphabet, random.Next(40)));
            Assert.DoesNotContain(AnsiText.Strip(line), letter => char.IsControl(letter) && letter != '\t');
        }
    }
}
