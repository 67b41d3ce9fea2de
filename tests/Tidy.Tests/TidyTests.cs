namespace StockAspire.Tidy.Tests;

/// <summary>Keeps what a reviewer should not have to. That each rule can fail is shown by <see cref="RulesCanFailTests"/>.</summary>
public sealed class TidyTests
{
    [Fact]
    public void Time_ComesFromTimeProvider() => AssertTidy(Repository.Code.SelectMany(CodeRules.Clocks));

    [Fact]
    public void Nothing_Sleeps() => AssertTidy(Repository.Code.SelectMany(CodeRules.Sleeps));

    [Fact]
    public void Tests_WaitForConditions() => AssertTidy(Repository.Code.SelectMany(CodeRules.DelaysInTests));

    [Fact]
    public void Services_LogAndDoNotPrint() => AssertTidy(Repository.Code.SelectMany(CodeRules.ConsoleWrites));

    [Fact]
    public void Nothing_IsLeftUnfinished() => AssertTidy(Repository.Code.SelectMany(CodeRules.Unfinished));

    [Fact]
    public void Prices_AreNeverFloats() => AssertTidy(Repository.Code.SelectMany(CodeRules.Floats));

    [Fact]
    public void Code_IsAscii() => AssertTidy(Repository.Code.SelectMany(CodeRules.NonAscii));

    [Fact]
    public void Files_AreShort() => AssertTidy(Repository.Code.SelectMany(CodeRules.Length));

    [Fact]
    public void EventIds_AreUniqueAndInTheirBands() => AssertTidy(CodeRules.EventIds(Repository.Code));

    [Fact]
    public void Lines_EndWithLineFeeds() => AssertTidy(Repository.Files.SelectMany(TextRules.LineEnds));

    [Fact]
    public void Folders_NameCapabilities() => AssertTidy(Repository.Files.SelectMany(TextRules.VagueFolders));

    [Fact]
    public void Dependencies_PointInward() => AssertTidy(Repository.BuildFiles.SelectMany(ProjectRules.Directions));

    [Fact]
    public void DefaultBuild_NeedsNoPackageThatIsNotServed() => AssertTidy(Repository.BuildFiles.SelectMany(ProjectRules.UnservedPackages));

    [Fact]
    public void Solution_HoldsEveryProject() => AssertTidy(ProjectRules.MissingFromSolution(
        Repository.Projects,
        Repository.Files.Single(file => file.Path == "StockAspire.sln").Text));

    [Fact]
    public void Projects_HaveTests() => AssertTidy(ProjectRules.Untested([.. Repository.Projects]));

    /// <summary>An empty scan would make every rule hold.</summary>
    [Fact]
    public void Scan_FindsTheRepository()
    {
        Assert.Contains(Repository.Code, file => file.Path == "Sink.Service/Program.cs");
        Assert.Contains(Repository.Code, file => file.Path == "libs/Market/Tick.cs");
        Assert.DoesNotContain(Repository.Files, file => file.Path.Contains("/obj/", StringComparison.Ordinal));
    }

    private static void AssertTidy(IEnumerable<Finding> findings)
    {
        var list = findings.ToList();
        Assert.True(list.Count == 0, $"{list.Count} findings:\n{string.Join('\n', list)}");
    }
}
