using StockAspire.KafkaBroker;

try
{
    return args switch
    {
        ["--help"] or ["-h"] => BrokerCommands.Help(),
        ["--hash-user", var name] => BrokerCommands.HashUser(name),
        ["--check", var address] => await BrokerCommands.CheckAsync(address, tls: false),
        ["--check", var address, "--tls"] => await BrokerCommands.CheckAsync(address, tls: true),
        _ => await BrokerCommands.RunAsync(BrokerCommandLine.Parse(args)),
    };
}
catch (BrokerStartException e)
{
    await Console.Error.WriteLineAsync($"stockaspire-broker: {e.Message}");
    return 1;
}
