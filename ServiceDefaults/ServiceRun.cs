using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace StockAspire.ServiceDefaults;

/// <summary>Runs a service so that whoever started it can read why it ended.</summary>
public static class ServiceRun
{
    /// <summary>
    /// Runs until SIGTERM or Ctrl+C. Returns the exit code: 0 after a drain that was asked for; 1 if the service could
    /// not start or one of its background services failed. Invalid options and a port that is taken are one readable
    /// line on stderr for each fault, without a stack trace; any other start-up failure is thrown on.
    /// </summary>
    public static async Task<int> RunServiceAsync(this WebApplication app, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(app);
        await using (app)
        {
            try
            {
                // Here rather than in StartAsync, which would log a stack trace before the readable line.
                app.Services.GetService<IStartupValidator>()?.Validate();
                await app.StartAsync(cancellationToken);
            }
            catch (Exception exception) when (Explain(exception) is { } reasons)
            {
                foreach (var reason in reasons)
                    await Console.Error.WriteLineAsync($"{app.Environment.ApplicationName} cannot start: {reason}");
                return 1;
            }
            catch (OperationCanceledException) when (app.Lifetime.ApplicationStopping.IsCancellationRequested)
            {
                // Asked to stop, or a background service failed, before the start was through.
                await app.StopAsync(CancellationToken.None);
                return ExitCode(app);
            }

            await app.WaitForShutdownAsync(cancellationToken);
            return ExitCode(app);
        }
    }

    /// <summary>The host stops when a background service fails, but by itself ends with 0, as if it had been asked to.</summary>
    private static int ExitCode(WebApplication app) =>
        app.Services.GetServices<IHostedService>().OfType<BackgroundService>()
            .Any(service => service.ExecuteTask is { IsFaulted: true }) ? 1 : 0;

    /// <summary>Null for what only a stack trace explains.</summary>
    internal static IEnumerable<string>? Explain(Exception exception) => exception switch
    {
        OptionsValidationException options => options.Failures,
        AggregateException aggregate when aggregate.InnerExceptions.All(inner => inner is OptionsValidationException) =>
            aggregate.InnerExceptions.Cast<OptionsValidationException>().SelectMany(options => options.Failures),
        IOException { InnerException: AddressInUseException } io => [io.Message],
        _ => null,
    };
}
