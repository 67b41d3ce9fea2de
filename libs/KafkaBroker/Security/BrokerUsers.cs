using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace StockAspire.KafkaBroker.Security;

/// <summary>Who may connect: names and hashes of passwords, from a file that is read once, at the start. Thread-safe.</summary>
internal sealed class BrokerUsers : IDisposable
{
    private readonly Dictionary<string, PasswordHash> _hashes;

    /// <summary>
    /// Passwords that were right before, under a key that only this process has: a client that connects again costs microseconds,
    /// and only guesses cost, and take, the time of a hash.
    /// </summary>
    private readonly ConcurrentDictionary<string, byte[]> _seen = new(StringComparer.Ordinal);
    private readonly byte[] _seenKey = RandomNumberGenerator.GetBytes(32);

    /// <summary>Half of the processors at most work on hashes, however many guess at once.</summary>
    private readonly SemaphoreSlim _hashing = new(Math.Max(1, Environment.ProcessorCount / 2));

    private BrokerUsers(Dictionary<string, PasswordHash> hashes) => _hashes = hashes;

    /// <summary>One line of a users file.</summary>
    /// <exception cref="FormatException">The name cannot stand in such a file, or the password is empty.</exception>
    public static string Line(string name, string password) =>
        name.Length == 0 || name.StartsWith('#') || name.Contains(':', StringComparison.Ordinal) || name.Any(char.IsControl) || name.Trim() != name
            ? throw new FormatException("A user's name is not empty, does not begin with #, and has no colon, no control character and no space around it.")
            : password.Length == 0 || password.Contains('\0', StringComparison.Ordinal) ? throw new FormatException("A password is not empty, and has no zero character.")
            : $"{name}:{PasswordHash.Create(Encoding.UTF8.GetBytes(password))}";

    /// <exception cref="BrokerStartException">The file cannot be read, may be read by all, or has a line that is not a user's; the message never holds the line.</exception>
    public static BrokerUsers Load(string path)
    {
        var lines = SecretFile.Read(path, nameof(KafkaBrokerOptions.UsersFile)).Split('\n');
        var hashes = new Dictionary<string, PasswordHash>(StringComparer.Ordinal);
        for (var i = 0; i < lines.Length; i++)
        {
            var line = lines[i].Trim();
            if (line.Length == 0 || line.StartsWith('#'))
            {
                continue;
            }

            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon < 1 || PasswordHash.TryParse(line[(colon + 1)..]) is not { } hash)
            {
                throw Unusable(path, $"line {i + 1} is not NAME:HASH as --hash-user prints it.");
            }

            if (!hashes.TryAdd(line[..colon], hash))
            {
                throw Unusable(path, $"line {i + 1} names a user for the second time.");
            }
        }

        return hashes.Count > 0 ? new BrokerUsers(hashes) : throw Unusable(path, "it has no users.");
    }

    /// <summary>Whether there is such a user with that password; takes as long for a name that is not known as for a wrong password.</summary>
    public async ValueTask<bool> VerifyAsync(string name, ReadOnlyMemory<byte> password, CancellationToken cancellationToken)
    {
        var proof = HMACSHA256.HashData(_seenKey, password.Span);
        if (_seen.TryGetValue(name, out var seen) && CryptographicOperations.FixedTimeEquals(seen, proof))
        {
            return true;
        }

        var isKnown = _hashes.TryGetValue(name, out var hash);
        hash ??= _hashes.Values.First();
        await _hashing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (!hash.Verify(password.Span) || !isKnown)
            {
                return false;
            }
        }
        finally
        {
            _hashing.Release();
        }

        _seen[name] = proof;
        return true;
    }

    public void Dispose() => _hashing.Dispose();

    private static BrokerStartException Unusable(string path, string problem) =>
        BrokerStartException.Option(KafkaBrokerOptions.KeyOf(nameof(KafkaBrokerOptions.UsersFile)), path, problem);
}
