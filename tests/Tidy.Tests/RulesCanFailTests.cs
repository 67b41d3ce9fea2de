namespace StockAspire.Tidy.Tests;

/// <summary>Each rule on a sample that breaks it, and on its nearest neighbour that does not.</summary>
public sealed class RulesCanFailTests
{
    [Theory]
    [InlineData("var now = DateTime.UtcNow;", 1)]
    [InlineData("var now = DateTimeOffset.Now.Ticks;", 1)]
    [InlineData("var now = time.GetUtcNow(); // not DateTime.UtcNow", 0)]
    [InlineData("var text = \"DateTime.UtcNow\";", 0)]
    public void Clocks(string line, int count) => Assert.Equal(count, CodeRules.Clocks(Code("Cli/A.cs", line)).Count());

    [Fact]
    public void Findings_NameFileAndLine() =>
        Assert.Equal("Cli/A.cs:2: Thread.Sleep: wait for what you wait for", Assert.Single(CodeRules.Sleeps(Code("Cli/A.cs", "{\n    Thread.Sleep(5);"))).ToString());

    [Theory]
    [InlineData("tests/A/B.cs", "await Task.Delay(5);", 1)]
    [InlineData("tests/A/B.cs", "while (!isDone)\n{\n    await Task.Delay(5);", 0)]
    [InlineData("tests/A/B.cs", "await Task.Delay(Timeout.Infinite, cancel);", 0)]
    [InlineData("Cli/B.cs", "await Task.Delay(5);", 0)]
    public void DelaysInTests(string path, string code, int count) => Assert.Equal(count, CodeRules.DelaysInTests(Code(path, code)).Count());

    [Theory]
    [InlineData("Sink.Service/A.cs", 1)]
    [InlineData("libs/KafkaBroker/A.cs", 1)]
    [InlineData("libs/KafkaBroker/Program.cs", 0)]
    [InlineData("Cli/A.cs", 0)]
    public void ConsoleWrites(string path, int count) => Assert.Equal(count, CodeRules.ConsoleWrites(Code(path, "Console.WriteLine(1);")).Count());

    [Fact]
    public void Unfinished()
    {
        Assert.Single(CodeRules.Unfinished(Code("Cli/A.cs", "// TO" + "DO: later")));
        Assert.Single(CodeRules.Unfinished(Code("Cli/A.cs", "throw new NotImplementedException();")));
        Assert.Empty(CodeRules.Unfinished(Code("Cli/A.cs", "// todos are issues")));
    }

    [Theory]
    [InlineData("libs/Market/A.cs", "double price = 1;", 1)]
    [InlineData("libs/Feeds/Csv/A.cs", "float.Parse(text)", 1)]
    [InlineData("libs/Feeds/Csv/A.cs", "// falsified by a double", 0)]
    [InlineData("Cli/A.cs", "double rate = 1;", 0)]
    public void Floats(string path, string code, int count) => Assert.Equal(count, CodeRules.Floats(Code(path, code)).Count());

    [Theory]
    [InlineData("Cli/A.cs", "var pr\u0456ce = 1;", 1)]
    [InlineData("Cli/A.cs", "// caf\u00E9", 1)]
    [InlineData("Cli/A.cs", "var text = \"\u2026\";", 0)]
    [InlineData("tests/A/B.cs", "// caf\u00E9", 0)]
    public void NonAscii(string path, string code, int count) => Assert.Equal(count, CodeRules.NonAscii(Code(path, code)).Count());

    [Theory]
    [InlineData(400, 0)]
    [InlineData(401, 1)]
    public void Length(int lines, int count) =>
        Assert.Equal(count, CodeRules.Length(Code("Cli/A.cs", string.Join('\n', Enumerable.Repeat("x", lines)))).Count());

    [Fact]
    public void EventIds()
    {
        var findings = CodeRules.EventIds(
        [
            Code("Sink.Service/ALog.cs", "[LoggerMessage(4000, LogLevel.Information, \"a\")]\n[LoggerMessage(EventId = 5000, Level = LogLevel.Debug)]"),
            Code("Sink.Service/BLog.cs", "[LoggerMessage(\n    4000, LogLevel.Information)]\n[LoggerMessage(LogLevel.Information, \"b\")]"),
        ]).Select(finding => finding.ToString());

        Assert.Equal(
        [
            "Sink.Service/ALog.cs:2: event id 5000 is not in the band of Sink.Service, 4000 to 4999",
            "Sink.Service/BLog.cs:1: event id 4000 is taken by Sink.Service/ALog.cs:1",
            "Sink.Service/BLog.cs:3: a [LoggerMessage] without an event id",
        ],
        findings);
    }

    [Fact]
    public void LineEnds()
    {
        Assert.Single(TextRules.LineEnds(new SourceFile("a.md", "one\ntwo")));
        Assert.Equal(2, Assert.Single(TextRules.LineEnds(new SourceFile("a.md", "one\ntwo\r\n"))).Line);
        Assert.Empty(TextRules.LineEnds(new SourceFile("a.sln", "one\r\n")));
    }

    [Theory]
    [InlineData("libs/Market/Utils/A.cs", 1)]
    [InlineData("Cli/common/A.cs", 1)]
    [InlineData("Cli/Output/Common.cs", 0)]
    public void VagueFolders(string path, int count) => Assert.Equal(count, TextRules.VagueFolders(Code(path, "x")).Count());

    [Theory]
    [InlineData("libs/Market/Market.csproj", "../Feeds/Feeds.csproj", 1)]
    [InlineData("libs/Feeds/Feeds.csproj", "../Market/Market.csproj", 0)]
    [InlineData("libs/TickStore/TickStore.csproj", "../../Sink.Service/Sink.Service.csproj", 1)]
    [InlineData("Sink.Service/Sink.Service.csproj", "../libs/KafkaBroker/KafkaBroker.csproj", 1)]
    [InlineData("AppHost/AppHost.Local.targets", "../libs/LocalHosting/LocalHosting.csproj", 0)]
    [InlineData("AppHost/AppHost.Local.targets", "../Cli/Cli.csproj", 1)]
    [InlineData("libs/New/New.csproj", "../Market/Market.csproj", 1)]
    public void Directions(string path, string reference, int count) => Assert.Equal(
        count,
        ProjectRules.Directions(Project(path, $"<ItemGroup><ProjectReference Include=\"{reference}\" /></ItemGroup>")).Count());

    [Theory]
    [InlineData("<ItemGroup><PackageReference Include=\"Aspire.Hosting\" /></ItemGroup>", 1)]
    [InlineData("<ItemGroup><PackageVersion Include=\"CassandraCSharpDriver\" Version=\"3\" /></ItemGroup>", 1)]
    [InlineData("<ItemGroup Condition=\"'$(UseAspire)' == 'true'\"><PackageReference Include=\"Aspire.Hosting\" /></ItemGroup>", 0)]
    [InlineData("<ItemGroup Condition=\"'$(UseAspire)' != 'true'\"><PackageReference Include=\"Aspire.Hosting\" /></ItemGroup>", 1)]
    [InlineData("<Import Project=\"Sdk.props\" Sdk=\"Aspire.AppHost.Sdk\" />", 1)]
    [InlineData("<Import Project=\"AppHost.Aspire.targets\" />", 1)]
    [InlineData("<ItemGroup><PackageReference Include=\"StockAspire.Client\" /></ItemGroup>", 0)]
    public void UnservedPackages(string xml, int count) =>
        Assert.Equal(count, ProjectRules.UnservedPackages(Project("AppHost/AppHost.csproj", xml)).Count());

    [Fact]
    public void MissingFromSolution()
    {
        SourceFile[] projects = [Project("libs/A/A.csproj", ""), Project("libs/B/B.csproj", "")];

        Assert.Equal("libs/B/B.csproj", Assert.Single(ProjectRules.MissingFromSolution(projects, "\"A\", \"libs\\A\\A.csproj\"")).Path);
    }

    [Fact]
    public void Untested()
    {
        SourceFile[] projects = [Project("libs/A/A.csproj", ""), Project("libs/B/B.csproj", ""), Project("tests/A.Tests/A.Tests.csproj", "")];

        Assert.Equal("libs/B/B.csproj", Assert.Single(ProjectRules.Untested(projects)).Path);
    }

    [Fact]
    public void Literals_AreEmptiedAlsoWhenRaw()
    {
        var file = Code("Cli/A.cs", "var a = \"\"\"\n    DateTime.Now\n    \"\"\" + DateTime.Now + '\"' + DateTime.Now;");

        Assert.Equal([3, 3], CodeRules.Clocks(file).Select(finding => finding.Line));
    }

    private static SourceFile Code(string path, string text) => new(path, text + "\n");

    private static SourceFile Project(string path, string xml) => new(path, $"<Project>{xml}</Project>\n");
}
