using System.Text.RegularExpressions;

namespace StockAspire.LocalHosting;

internal static partial class Secrets
{
    /// <summary>For the terminal and for files: a connection string without the user and password that may stand before its host.</summary>
    internal static string Mask(string connectionString) => UserInfo().Replace(connectionString, "://***@");

    [GeneratedRegex("://[^/]*@")]
    private static partial Regex UserInfo();
}
