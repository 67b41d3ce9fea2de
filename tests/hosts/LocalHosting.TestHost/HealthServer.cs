using System.Globalization;
using System.Net;

namespace StockAspire.LocalHosting.TestHost;

/// <summary>Answers 200 to everything, until the process is told to stop.</summary>
internal static class HealthServer
{
    public static async Task RunAsync(int port)
    {
        using var listener = new HttpListener();
        listener.Prefixes.Add(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/"));
        listener.Start();
        Console.WriteLine("serving");
        while (true)
        {
            var context = await listener.GetContextAsync();
            context.Response.Close();
        }
    }
}
