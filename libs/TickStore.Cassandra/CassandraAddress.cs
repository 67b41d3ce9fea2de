using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;

namespace StockAspire.TickStore.Cassandra;

/// <summary>
/// What <c>cassandra://[user:password@]host:port,.../keyspace?dc=dc1&amp;replication=3&amp;tls=true&amp;ca=FILE</c> says. User, password
/// and file are percent-encoded where they hold one of <c>:/?#@,&amp;%</c>.
/// </summary>
internal sealed class CassandraAddress
{
    public const string Scheme = "cassandra://";

    /// <summary>Above it nobody goes, and a typing error is likelier.</summary>
    private const int ReplicationMax = 9;

    /// <summary>The server's own limit.</summary>
    private const int KeyspaceLengthMax = 48;

    private const string Encoding = "In a user or password, a ':', '/', '?', '@', '&' or '%' is written as %3A, %2F, %3F, %40, %26 or %25.";

    private string _hosts = string.Empty;

    /// <summary><c>host</c>, <c>host:port</c> or <c>[v6]:port</c> each.</summary>
    public IReadOnlyList<string> ContactPoints { get; private set; } = [];

    public string Keyspace { get; private set; } = string.Empty;

    public string? User { get; private set; }

    public string? Password { get; private set; }

    /// <summary>Where requests go and the keyspace's copies are; if null, the datacenter of the first node that answers.</summary>
    public string? Datacenter { get; private set; }

    /// <summary>Copies of every row, when the keyspace is made; null for one.</summary>
    public int? Replication { get; private set; }

    public bool IsSecure { get; private set; }

    public string? CaFile { get; private set; }

    /// <summary>The store as messages and logs name it: without user and password.</summary>
    public override string ToString() => $"{Scheme}{_hosts}/{Keyspace}";

    /// <summary>The fault names the part and, where it cannot be a secret, its value.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out CassandraAddress? address, [NotNullWhen(false)] out string? fault)
    {
        address = new CassandraAddress();
        fault = address.Parse(text[Scheme.Length..]);
        if (fault is null)
            return true;

        fault = $"{TickStoreOptions.ConnectionKey}: {fault} Expected {Scheme}[user:password@]host:port,.../keyspace?dc=NAME&replication=N&tls=true&ca=FILE.";
        address = null;
        return false;
    }

    private string? Parse(string text)
    {
        var (path, query) = Cut(text, '?');
        var (authority, keyspace) = Cut(path, '/');

        // Part of a password with a '/' or '?' of its own: nothing of what follows may be shown.
        if (text.AsSpan(authority.Length).Contains('@'))
            return "an '@' stands behind the hosts. " + Encoding;
        var at = authority.LastIndexOf('@');
        var hosts = authority[(at + 1)..];
        return (at < 0 ? null : ParseUser(authority[..at])) ?? ParseHosts(hosts) ?? ParseKeyspace(keyspace) ?? (query is null ? null : ParseQuery(query));
    }

    private string? ParseUser(string text)
    {
        var (user, password) = Cut(text, ':');
        User = Uri.UnescapeDataString(user);
        Password = password is null ? null : Uri.UnescapeDataString(password);
        return User.Length == 0 ? "the user is empty." : password?.Length == 0 ? "the password is empty." : null;
    }

    private string? ParseHosts(string text)
    {
        if (text.Length == 0)
            return "no host is given.";
        ContactPoints = text.Split(',');
        _hosts = text;
        for (var i = 0; i < ContactPoints.Count; i++)
        {
            if (!IsHost(ContactPoints[i]))
                return $"host {i + 1} of {ContactPoints.Count} is not host, host:port or [v6]:port. {Encoding}";
        }

        return null;
    }

    private string? ParseKeyspace(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return "no keyspace follows the hosts.";
        if (text.Length > KeyspaceLengthMax || !text.All(c => char.IsAsciiLetterOrDigit(c) || c == '_'))
            return $"the keyspace must be 1 to {KeyspaceLengthMax} letters, digits and underscores.";
        Keyspace = text;
        return null;
    }

    private string? ParseQuery(string text)
    {
        HashSet<string> seen = [];
        foreach (var setting in text.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var (key, encoded) = Cut(setting, '=');
            if (!seen.Add(key))
                return $"{key} is given twice.";
            if (string.IsNullOrEmpty(encoded))
                return $"{key} has no value.";
            if (ParseSetting(key, Uri.UnescapeDataString(encoded)) is { } fault)
                return fault;
        }

        return CaFile is not null && !IsSecure ? "ca is given without tls=true." : null;
    }

    private string? ParseSetting(string key, string value)
    {
        switch (key)
        {
            case "dc":
                Datacenter = value;
                return null;
            case "replication":
                Replication = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var replication) ? replication : 0;
                return Replication is >= 1 and <= ReplicationMax ? null : $"replication is \"{value}\"; it must be 1 to {ReplicationMax}.";
            case "tls":
                IsSecure = value == "true";
                return value is "true" or "false" ? null : $"tls is \"{value}\"; it must be true or false.";
            case "ca":
                CaFile = Path.GetFullPath(value);
                return File.Exists(CaFile) ? null : $"ca names {CaFile}, which is not there.";
            default:
                return $"{key} is unknown; there are dc, replication, tls and ca.";
        }
    }

    private static bool IsHost(string text)
    {
        if (IPAddress.TryParse(text, out _))
            return true;

        var colon = text.LastIndexOf(':');
        var bracket = text.LastIndexOf(']');
        var host = colon > bracket ? text[..colon] : text;
        if (colon > bracket && !(ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port > 0))
            return false;
        return host.StartsWith('[')
            ? host.EndsWith(']') && IPAddress.TryParse(host[1..^1], out _)
            : Uri.CheckHostName(host) is UriHostNameType.Dns or UriHostNameType.IPv4;
    }

    /// <summary>What is before the first such character, and what is behind it; null where there is none.</summary>
    private static (string Before, string? Behind) Cut(string text, char at)
    {
        var index = text.IndexOf(at, StringComparison.Ordinal);
        return index < 0 ? (text, null) : (text[..index], text[(index + 1)..]);
    }
}
