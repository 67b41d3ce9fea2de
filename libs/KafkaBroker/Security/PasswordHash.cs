using System.Globalization;
using System.Security.Cryptography;

namespace StockAspire.KafkaBroker.Security;

/// <summary>
/// A salted hash of a password, as the users file holds it: <c>pbkdf2-sha512$iterations$salt$hash</c>, the last two in base64.
/// Whoever reads the file has to guess each password at the price of that many iterations.
/// </summary>
internal sealed class PasswordHash
{
    private const string Scheme = "pbkdf2-sha512";
    private const int SaltSize = 16;
    private const int HashSize = 64;

    /// <summary>What OWASP recommends for PBKDF2 with SHA-512; about a tenth of a second.</summary>
    private const int DefaultIterations = 210_000;

    private const int IterationsMin = 10_000;
    private const int IterationsMax = 10_000_000;

    private readonly int _iterations;
    private readonly byte[] _salt;
    private readonly byte[] _hash;

    private PasswordHash(int iterations, byte[] salt, byte[] hash) => (_iterations, _salt, _hash) = (iterations, salt, hash);

    public static PasswordHash Create(ReadOnlySpan<byte> password)
    {
        var salt = RandomNumberGenerator.GetBytes(SaltSize);
        return new PasswordHash(DefaultIterations, salt, Derive(password, salt, DefaultIterations));
    }

    /// <summary>Null where the text is not such a hash.</summary>
    public static PasswordHash? TryParse(string text)
    {
        if (text.Split('$') is not [Scheme, var count, var salt, var hash] ||
            !int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var iterations) ||
            iterations is < IterationsMin or > IterationsMax)
        {
            return null;
        }

        var (saltBytes, hashBytes) = (new byte[SaltSize], new byte[HashSize]);
        return Convert.TryFromBase64String(salt, saltBytes, out var saltSize) && saltSize == SaltSize &&
            Convert.TryFromBase64String(hash, hashBytes, out var hashSize) && hashSize == HashSize
            ? new PasswordHash(iterations, saltBytes, hashBytes)
            : null;
    }

    /// <summary>Takes the same time whether the password is right or not.</summary>
    public bool Verify(ReadOnlySpan<byte> password) => CryptographicOperations.FixedTimeEquals(Derive(password, _salt, _iterations), _hash);

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Scheme}${_iterations}${Convert.ToBase64String(_salt)}${Convert.ToBase64String(_hash)}");

    private static byte[] Derive(ReadOnlySpan<byte> password, byte[] salt, int iterations) =>
        Rfc2898DeriveBytes.Pbkdf2(password, salt, iterations, HashAlgorithmName.SHA512, HashSize);
}
