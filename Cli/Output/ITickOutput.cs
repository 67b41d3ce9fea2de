using StockAspire.Market;

namespace StockAspire.Cli.Output;

/// <summary>Prints ticks one by one, in constant memory. Not thread-safe.</summary>
internal interface ITickOutput
{
    /// <param name="ageNs">Age in ns, printed where the output was made with ages.</param>
    void Write(in Tick tick, long ageNs = 0);

    /// <summary>Everything written is with whoever reads; a header stands even where no tick came.</summary>
    void Flush();
}

internal static class TickOutput
{
    public static ITickOutput Create(OutputFormat format, Utf8Output output, bool withAge = false) => format switch
    {
        OutputFormat.Csv => new TickCsv(output, withAge),
        OutputFormat.Json => new TickJson(output, withAge),
        _ => new TickTable(output, withAge),
    };
}
