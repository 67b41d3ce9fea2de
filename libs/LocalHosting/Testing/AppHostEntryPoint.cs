using System.Reflection;
using Microsoft.Extensions.Hosting;

namespace StockAspire.LocalHosting;

/// <summary>
/// Runs an AppHost's own Main in this process up to its <c>Build()</c>, for the sake of the builder that it has
/// described the application to. What stands behind <c>Build()</c> in that Main does not run.
/// </summary>
internal sealed class AppHostEntryPoint
{
    /// <summary>Of the calls that Main makes, on whatever thread; other AppHosts in the process have their own.</summary>
    private static readonly AsyncLocal<AppHostEntryPoint?> Running = new();

    private DistributedApplicationBuilder? _builder;

    private AppHostEntryPoint(Assembly assembly) => Assembly = assembly;

    /// <summary>Null outside of such a Main.</summary>
    internal static AppHostEntryPoint? Current => Running.Value;

    internal Assembly Assembly { get; }

    /// <exception cref="DistributedApplicationException">The application's configuration is invalid.</exception>
    /// <exception cref="InvalidOperationException">Main came to its end without a <c>Build()</c>.</exception>
    internal static Task<DistributedApplicationBuilder> RunAsync(Assembly assembly, string[] args, CancellationToken cancellationToken) => Task.Run(
        () =>
        {
            var entryPoint = assembly.EntryPoint ?? throw new InvalidOperationException($"{assembly.GetName().Name} has no entry point.");
            var current = Running.Value = new AppHostEntryPoint(assembly);
            try
            {
                entryPoint.Invoke(null, BindingFlags.DoNotWrapExceptions, null, entryPoint.GetParameters().Length == 0 ? null : [args], null);
            }
            catch (HostAbortedException) when (current._builder is not null)
            {
                // From Build: it is as far as Main goes.
            }
            return current._builder ?? throw new InvalidOperationException($"The entry point of {assembly.GetName().Name} ended without building an application.");
        },
        cancellationToken);

    /// <exception cref="HostAbortedException">Always: it ends Main.</exception>
    internal void Built(DistributedApplicationBuilder builder)
    {
        _builder = builder;
        throw new HostAbortedException();
    }
}
