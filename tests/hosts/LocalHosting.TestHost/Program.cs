using System.Diagnostics;
using System.Runtime.InteropServices;
using StockAspire.LocalHosting;
using StockAspire.LocalHosting.TestHost;
using StockAspire.LocalHosting.Testing;

// Started by an AppHost as its dashboard.
if (Environment.GetEnvironmentVariable("DASHBOARD__FRONTEND__BROWSERTOKEN") is not null)
{
    FakeDashboard.SayEnvironment();
    await HealthServer.RunAsync(new Uri(Environment.GetEnvironmentVariable("ASPNETCORE_URLS")!).Port);
    return;
}

// "child" and "stubborn" are what this AppHost runs: itself, once draining on SIGTERM and once ignoring it.
if (args is ["child" or "stubborn"])
{
    using var stopped = new ManualResetEventSlim();
    using var signal = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
    {
        context.Cancel = true;
        if (args[0] == "child")
            stopped.Set();
    });
    Console.WriteLine("waiting");
    stopped.Wait();
    Console.WriteLine("drained");
    return;
}

// "serve" is a service with a health check on the port that PORT names; "flood" is one that cannot stop talking.
if (args is ["serve" or "flood", ..])
{
    var port = int.Parse(Environment.GetEnvironmentVariable("PORT")!, System.Globalization.CultureInfo.InvariantCulture);
    var flooding = args is ["flood", var megabytes]
        ? Task.Run(() => Flood.Write(int.Parse(megabytes, System.Globalization.CultureInfo.InvariantCulture)))
        : Task.CompletedTask;
    await Task.WhenAll(HealthServer.RunAsync(port), flooding);
    return;
}

var self = typeof(Program).Assembly.Location;

// "launch" stands in front of the AppHost as dotnet run does.
if (args is ["launch", .. var rest])
{
    using var launched = Process.Start("dotnet", [self, .. rest]);
    launched.WaitForExit();
    return;
}

// "test" runs the application below by the testing builder, for ever.
if (args is ["test", .. var settings])
{
    await using var testing = await DistributedApplicationTestingBuilder.CreateAsync<Program>(settings);
    await using var app = await testing.BuildAsync();
    await app.StartAsync();
    await Task.Delay(Timeout.Infinite);
}

var builder = DistributedApplication.CreateBuilder(args);
var first = builder.AddExecutable("first", "dotnet", ".", self, "child").WithEndpoint(port: 1, name: "tcp");
builder.AddExecutable("second", "dotnet", ".", self, builder.Configuration["Stubborn"] == "true" ? "stubborn" : "child").WaitFor(first);
builder.Build().Run();
