using System.Diagnostics;
using System.Runtime.InteropServices;
using StockAspire.LocalHosting;

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

var self = typeof(Program).Assembly.Location;

// "launch" stands in front of the AppHost as dotnet run does.
if (args is ["launch", .. var rest])
{
    using var launched = Process.Start("dotnet", [self, .. rest]);
    launched.WaitForExit();
    return;
}

var builder = DistributedApplication.CreateBuilder(args);
var first = builder.AddExecutable("first", "dotnet", ".", self, "child").WithEndpoint(port: 1, name: "tcp");
builder.AddExecutable("second", "dotnet", ".", self, builder.Configuration["Stubborn"] == "true" ? "stubborn" : "child").WaitFor(first);
builder.Build().Run();
