using System.Globalization;
using System.Text;

namespace StockAspire.Cli.Tests.Fakes;

/// <summary>A CSV file of ticks in a folder of its own.</summary>
internal sealed class SampleFile : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("stockaspire-cli-").FullName;

    public SampleFile(int rows, Func<int, string?>? instead = null)
    {
        Path = System.IO.Path.Combine(_directory, "ticks.csv");
        var text = new StringBuilder("symbol,time,price,size\n");
        for (var row = 1; row <= rows; row++)
        {
            text.Append(instead?.Invoke(row) ?? Line(row)).Append('\n');
        }

        File.WriteAllText(Path, text.ToString());
    }

    public string Path { get; }

    public string DirectoryPath => _directory;

    public static string Line(int row) =>
        string.Create(CultureInfo.InvariantCulture, $"{(row % 3 == 0 ? "IBM" : "SPY")},2013-10-07T13:30:00.{row:d9}Z,{168 + (row % 7)}.{row % 100:d2}1,{row}");

    public void Dispose() => Directory.Delete(_directory, recursive: true);
}
