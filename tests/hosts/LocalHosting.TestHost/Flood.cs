namespace StockAspire.LocalHosting.TestHost;

/// <summary>Standard output as fast as somebody takes it.</summary>
internal static class Flood
{
    private const int LineLength = 100;

    public static void Write(int megabytes)
    {
        var filling = new string('x', LineLength - 10);
        using var output = new StreamWriter(Console.OpenStandardOutput());
        for (var line = 1; line <= megabytes * (1_000_000 / LineLength); line++)
            output.WriteLine($"{line:00000000} {filling}");
    }
}
