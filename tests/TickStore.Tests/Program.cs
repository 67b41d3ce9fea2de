using StockAspire.TickStore.Tests.Processes;

return args is [WriterProcess.Command, var path]
    ? await WriterProcess.RunAsync(path)
    : args.Contains("--server") || args.Contains("--internal-msbuild-node")
        ? await Xunit.MicrosoftTestingPlatform.TestPlatformTestFramework.RunAsync(
            args, StockAspire.TickStore.Tests.SelfRegisteredExtensions.AddSelfRegisteredExtensions)
        : await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args);
