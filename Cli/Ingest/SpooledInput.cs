namespace StockAspire.Cli.Ingest;

/// <summary>
/// Standard input without a source's name, kept in a temporary file while it is ingested: its identity is the hash of
/// all its bytes, which is known only at its end.
/// </summary>
internal sealed class SpooledInput : IDisposable
{
    private SpooledInput(string path) => Path = path;

    public string Path { get; }

    /// <exception cref="CliException">The temporary folder has no room.</exception>
    public static SpooledInput Copy(Stream input)
    {
        var spool = new SpooledInput(System.IO.Path.GetTempFileName());
        try
        {
            using var file = File.OpenWrite(spool.Path);
            input.CopyTo(file);
            return spool;
        }
        catch (IOException error)
        {
            spool.Dispose();
            throw CliException.Failure($"Standard input cannot be kept in {System.IO.Path.GetTempPath()}: {error.Message} With --source NAME it is sent without that.");
        }
    }

    public void Dispose() => File.Delete(Path);
}
