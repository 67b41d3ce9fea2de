using System.Globalization;
using System.Text;

namespace StockAspire.Ingest.Service.Tests.Harness;

/// <summary>A folder for <c>Ingest:CsvRoot</c> with generated files.</summary>
internal sealed class CsvFolder : IDisposable
{
    public const string Header = "symbol,time,price,size";

    public string Root { get; } = Directory.CreateTempSubdirectory("ingest-csv").FullName;

    public Dictionary<string, string?> Settings(string? instance = null) => new()
    {
        ["Ingest:CsvRoot"] = Root,
        ["Ingest:Instance"] = instance ?? "test-" + Guid.NewGuid().ToString("N"),
    };

    public string Write(string name, string text)
    {
        File.WriteAllText(Path.Combine(Root, name), text);
        return name;
    }

    /// <summary>Rows of three symbols, different from file to file by their prices; sequence i has size i.</summary>
    /// <param name="bad">Sequences whose price is no number.</param>
    public string WriteRows(string name, int count, params int[] bad)
    {
        var text = new StringBuilder(Header + "\n");
        var salt = Random.Shared.Next(1, 1_000_000);
        for (var i = 1; i <= count; i++)
        {
            var price = bad.Contains(i) ? "none" : string.Create(CultureInfo.InvariantCulture, $"{salt}.{i:d9}");
            text.Append(CultureInfo.InvariantCulture, $"{"ABC"[i % 3]},2013-10-07T13:{i / 60_000:d2}:{i / 1_000 % 60:d2}.{i % 1_000:d3}Z,{price},{i}\n");
        }

        return Write(name, text.ToString());
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
