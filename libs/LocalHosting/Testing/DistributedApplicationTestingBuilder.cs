using Microsoft.Extensions.DependencyInjection;

namespace StockAspire.LocalHosting.Testing;

/// <summary>An AppHost's application before it is built, for a test to look at and to change.</summary>
public interface IDistributedApplicationTestingBuilder : IDistributedApplicationBuilder, IAsyncDisposable
{
    Task<DistributedApplication> BuildAsync(CancellationToken cancellationToken = default);
}

/// <summary>
/// Runs an AppHost in a test: <c>CreateAsync&lt;Projects.AppHost&gt;()</c>, then <c>BuildAsync</c>, then <c>StartAsync</c>.
/// Its ports are free ones, its data is in a folder that goes with the builder, and it has no dashboard, unless the
/// arguments say otherwise; so tests run side by side. Its terminal is silent; the log files have the lines.
/// </summary>
public static class DistributedApplicationTestingBuilder
{
    public static Task<IDistributedApplicationTestingBuilder> CreateAsync<TEntryPoint>(CancellationToken cancellationToken = default)
        where TEntryPoint : class =>
        RunAsync(typeof(TEntryPoint), [], cancellationToken);

    public static Task<IDistributedApplicationTestingBuilder> CreateAsync<TEntryPoint>(string[] args, CancellationToken cancellationToken = default)
        where TEntryPoint : class =>
        RunAsync(typeof(TEntryPoint), args, cancellationToken);

    /// <param name="entryPoint">Any type of the AppHost's assembly.</param>
    /// <param name="args">The AppHost's command line.</param>
    /// <param name="cancellationToken">Until the AppHost has described its application.</param>
    /// <exception cref="DistributedApplicationException">The configuration is invalid.</exception>
    public static Task<IDistributedApplicationTestingBuilder> CreateAsync(
        Type entryPoint, string[] args, CancellationToken cancellationToken = default) =>
        RunAsync(entryPoint, args, cancellationToken);

    private static async Task<IDistributedApplicationTestingBuilder> RunAsync(Type entryPoint, string[] args, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(entryPoint);
        ArgumentNullException.ThrowIfNull(args);
        var folder = Directory.CreateTempSubdirectory("apphost-").FullName;
        try
        {
            string[] all = ["--AppHost:Ports=dynamic", "--AppHost:Dashboard=none", $"--AppHost:DataDirectory={folder}", .. args];
            var builder = await AppHostEntryPoint.RunAsync(entryPoint.Assembly, all, cancellationToken);
            builder.TemporaryDirectory = folder;
            builder.Services.AddSingleton(_ => new RunConsole(TextWriter.Null, isTerminal: false, isColoured: false, () => 0));
            return builder;
        }
        catch
        {
            Directory.Delete(folder, recursive: true);
            throw;
        }
    }
}
