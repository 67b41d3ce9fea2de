namespace StockAspire.KafkaBroker.Security;

/// <summary>A file with secrets that an option names.</summary>
internal static class SecretFile
{
    /// <exception cref="BrokerStartException">The file cannot be read, or all users of the machine can; the message names option and file.</exception>
    public static string Read(string path, string option)
    {
        var key = KafkaBrokerOptions.KeyOf(option);
        try
        {
            if (!OperatingSystem.IsWindows() && File.GetUnixFileMode(path).HasFlag(UnixFileMode.OtherRead))
            {
                throw BrokerStartException.Option(key, path, "every user of this machine can read it; chmod 600 it.");
            }

            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw BrokerStartException.Option(key, path, e.Message, e);
        }
    }
}
