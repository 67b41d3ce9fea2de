using System.Globalization;
using StockAspire.Protos.V1;

namespace StockAspire.Dashboard.Ticks;

/// <summary>Addresses of the pages about ticks and dead letters. They are deep links: what a page shows is in its address.</summary>
internal static class TickLinks
{
    public static string Symbol(string symbol) => $"/ticks?symbol={Uri.EscapeDataString(symbol)}";

    public static string Older(string symbol, TickCursor cursor) =>
        string.Create(CultureInfo.InvariantCulture, $"{Symbol(symbol)}&at={cursor.EventTimeNs}&skip={cursor.Skip}");

    public static string Detail(string symbol, string source, ulong sequence) =>
        string.Create(CultureInfo.InvariantCulture, $"/ticks/detail?symbol={Uri.EscapeDataString(symbol)}&source={Uri.EscapeDataString(source)}&sequence={sequence}");

    public static string DeadLetters(string source, string pageToken = "")
    {
        string[] parts = [.. new[] { ("source", source), ("page", pageToken) }.Where(part => part.Item2.Length > 0).Select(part => $"{part.Item1}={Uri.EscapeDataString(part.Item2)}")];
        return parts.Length == 0 ? "/deadletters" : "/deadletters?" + string.Join('&', parts);
    }

    public static string Detail(DeadLetter letter) => $"/deadletters/detail?id={Uri.EscapeDataString(letter.Id)}";
}
