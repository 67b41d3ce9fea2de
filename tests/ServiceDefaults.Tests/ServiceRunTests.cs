using System.ComponentModel.DataAnnotations;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace StockAspire.ServiceDefaults.Tests;

public sealed class ServiceRunTests
{
    [Fact]
    public async Task InvalidOptions_AreReadableLinesOnStderr_AndExitCode1()
    {
        var builder = ServiceFixture.CreateBuilder(("Batch:Rows", "0"));
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddOptions<BatchOptions>().BindConfiguration("Batch").ValidateDataAnnotations().ValidateOnStart();

        var (code, error) = await RunAsync(builder.Build());

        Assert.Equal(1, code);
        Assert.StartsWith("Fixture cannot start: ", error, StringComparison.Ordinal);
        Assert.Contains("Batch:Rows is 0; it must be 1 to 1000.", error, StringComparison.Ordinal);
        Assert.Single(error.TrimEnd().Split('\n'));
    }

    [Fact]
    public async Task ATakenPort_IsNamed_AndExitCode1()
    {
        using var holder = new TcpListener(IPAddress.Loopback, 0);
        holder.Start();
        var port = ((IPEndPoint)holder.LocalEndpoint).Port;
        var builder = ServiceFixture.CreateBuilder();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");

        var (code, error) = await RunAsync(builder.Build());

        Assert.Equal(1, code);
        Assert.Contains($"127.0.0.1:{port}", error, StringComparison.Ordinal);
        Assert.Single(error.TrimEnd().Split('\n'));
    }

    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 1)]
    public async Task ExitCode_TellsAFailedBackgroundService_FromAStopThatWasAskedFor(bool fails, int expected)
    {
        var builder = ServiceFixture.CreateBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddHostedService(services =>
            new Worker(fails, services.GetRequiredService<IHostApplicationLifetime>()));

        var (code, _) = await RunAsync(builder.Build());

        Assert.Equal(expected, code);
    }

    private static async Task<(int Code, string Error)> RunAsync(WebApplication app)
    {
        var original = Console.Error;
        using var error = new StringWriter();
        Console.SetError(error);
        try
        {
            return (await app.RunServiceAsync(TestContext.Current.CancellationToken), error.ToString());
        }
        finally
        {
            Console.SetError(original);
        }
    }

    private sealed class BatchOptions
    {
        [Range(1, 1000, ErrorMessage = "Batch:Rows is 0; it must be 1 to 1000.")]
        public int Rows { get; set; } = 100;
    }

    private sealed class Worker(bool fails, IHostApplicationLifetime lifetime) : BackgroundService
    {
        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            await Task.Yield();
            if (fails)
                throw new InvalidOperationException("worker failed");
            lifetime.StopApplication();
        }
    }
}
