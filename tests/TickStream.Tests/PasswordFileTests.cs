using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using StockAspire.KafkaBroker;

namespace StockAspire.TickStream.Tests;

/// <summary>Clients that live while their password is changed, on a broker that asks for one.</summary>
public sealed class PasswordFileTests : IDisposable
{
    private const string User = "stock";

    /// <summary>Only reached by a test that fails.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    private readonly string _folder = Directory.CreateTempSubdirectory("stockaspire-password-").FullName;

    private string PasswordFile => Path.Combine(_folder, "password");

    [Fact]
    public async Task A_password_that_is_changed_in_its_file_is_taken_by_clients_that_live()
    {
        await File.WriteAllTextAsync(PasswordFile, "first\n", TestContext.Current.CancellationToken);
        var broker = await StartBrokerAsync("first", port: 0);
        var port = broker.Port;
        var options = Options.Create(new KafkaOptions
        {
            BootstrapServers = broker.BootstrapServers,
            TopicPartitions = 1,
            Security = new KafkaSecurityOptions { Mechanism = "PLAIN", User = User, PasswordFile = PasswordFile },
        });
        var clients = new KafkaClients(options, NullLoggerFactory.Instance);
        await new TopicSetup(clients, options, NullLogger<TopicSetup>.Instance).EnsureAsync(TestContext.Current.CancellationToken);
        using var producer = clients.CreateProducer("test");
        using var member = clients.BuildGroupConsumer("test", "test", "test-1").Build();
        member.Subscribe(Topics.Ticks);
        Assert.Equal(0, (await ProduceAsync(producer)).Offset.Value);
        Assert.Equal(0, Next(member));

        await File.WriteAllTextAsync(PasswordFile, "second\n", TestContext.Current.CancellationToken);
        await broker.DisposeAsync();
        await using var changed = await StartBrokerAsync("second", port);

        Assert.Equal(1, (await ProduceAsync(producer)).Offset.Value);
        Assert.Equal(1, Next(member));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static Task<DeliveryResult<byte[], byte[]>> ProduceAsync(IProducer<byte[], byte[]> producer) =>
        producer.ProduceAsync(Topics.Ticks, new Message<byte[], byte[]> { Key = [1], Value = [2] }).WaitAsync(Limit, TestContext.Current.CancellationToken);

    /// <summary>The offset of the next record; errors that pass by themselves pass.</summary>
    private static long Next(IConsumer<byte[], byte[]> consumer)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(started) < Limit)
        {
            try
            {
                if (consumer.Consume(TimeSpan.FromMilliseconds(100)) is { IsPartitionEOF: false } record)
                {
                    return record.Offset.Value;
                }
            }
            catch (ConsumeException exception) when (!exception.Error.IsFatal)
            {
                TestContext.Current.SendDiagnosticMessage(exception.Message);
            }
        }

        throw new TimeoutException($"No record within {Limit}.");
    }

    private Task<KafkaBrokerServer> StartBrokerAsync(string password, int port)
    {
        var users = Path.Combine(_folder, "users");
        File.WriteAllText(users, KafkaBrokerServer.HashUser(User, password));
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(users, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        return KafkaBrokerServer.StartAsync(
            new KafkaBrokerOptions { DataDirectory = Path.Combine(_folder, "data"), Port = port, UsersFile = users, GroupInitialRebalanceDelay = TimeSpan.Zero },
            cancellationToken: TestContext.Current.CancellationToken);
    }
}
