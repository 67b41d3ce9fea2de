namespace StockAspire.LocalHosting;

/// <summary>Names become host names, file names and configuration keys, so they are held to what suits all three.</summary>
internal static class ResourceName
{
    internal const int LengthMax = 64;

    internal static string Check(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var valid = name.Length is > 0 and <= LengthMax
            && char.IsAsciiLetter(name[0])
            && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '-');
        return valid
            ? name
            : throw new ArgumentException(
                $"\"{name}\" is no resource name: it must be 1 to {LengthMax} ASCII letters, digits and hyphens, and begin with a letter.", nameof(name));
    }

    /// <summary>As part of an environment variable: <c>tick-store</c> is <c>TICK_STORE</c>.</summary>
    internal static string ForEnvironment(string name) => name.Replace('-', '_').ToUpperInvariant();
}
