using StockAspire.Cli;

using var interrupt = new Interrupt();
return await CliApp.RunAsync(args, CliHost.OfProcess(), interrupt.Token);
