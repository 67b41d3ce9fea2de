using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using StockAspire.KafkaBroker;

if (args is ["--help"] or ["-h"])
{
    Console.WriteLine(BrokerCommandLine.Usage);
    return 0;
}

var stop = new TaskCompletionSource();
void OnSignal(PosixSignalContext signal)
{
    signal.Cancel = true;
    stop.TrySetResult();
}

using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
using var loggers = LoggerFactory.Create(logging => logging.AddSimpleConsole(console => console.SingleLine = true));
try
{
    await using var broker = await KafkaBrokerServer.StartAsync(BrokerCommandLine.Parse(args), loggers);
    await stop.Task;
    return 0;
}
catch (BrokerStartException e)
{
    await Console.Error.WriteLineAsync($"stockaspire-broker: {e.Message}");
    return 1;
}
