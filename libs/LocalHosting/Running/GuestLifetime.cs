using Microsoft.Extensions.Hosting;

namespace StockAspire.LocalHosting;

/// <summary>Of a host in a process that is another's: it takes no signal, and ends when it is told to.</summary>
internal sealed class GuestLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
