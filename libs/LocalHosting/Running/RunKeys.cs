using System.Security.Cryptography;

namespace StockAspire.LocalHosting;

/// <summary>What lets one part of this run speak to another; made anew for each run, of 128 random bits each.</summary>
/// <param name="ResourceService">Of the dashboard, to the AppHost.</param>
/// <param name="Otlp">Of the services, to the dashboard.</param>
/// <param name="Browser">Of a person, to the dashboard.</param>
internal sealed record RunKeys(string ResourceService, string Otlp, string Browser)
{
    private const int Length = 32;

    internal static RunKeys Create() => new(Key(), Key(), Key());

    private static string Key() => RandomNumberGenerator.GetHexString(Length, lowercase: true);
}
