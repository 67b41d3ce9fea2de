using Confluent.Kafka;
using StockAspire.KafkaBroker.Tests.Security;

namespace StockAspire.Contract.Tests.Kafka;

/// <summary>Who gets in to a Kafka with TLS and SASL/PLAIN, and what those see who do not.</summary>
public abstract class SecuredKafkaContract(ISecuredKafkaFixture fixture)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Right_password_produces_and_consumes_in_a_group()
    {
        var topic = "t-" + Guid.NewGuid().ToString("N");
        using (var producer = new ProducerBuilder<Null, string>(new ProducerConfig(Config()) { EnableIdempotence = true }).Build())
        {
            await Task.WhenAll(Enumerable.Range(0, 500).Select(i => producer.ProduceAsync(topic, new() { Value = $"value {i}" })));
        }

        var config = new ConsumerConfig(Config()) { GroupId = topic, AutoOffsetReset = AutoOffsetReset.Earliest, EnableAutoCommit = false };
        using var consumer = new ConsumerBuilder<Ignore, string>(config).Build();
        consumer.Subscribe(topic);
        var values = Enumerable.Range(0, 500).Select(_ => consumer.Consume(Patience)?.Message.Value ?? "(nothing)").ToHashSet();
        Assert.Equal(Enumerable.Range(0, 500).Select(i => $"value {i}").ToHashSet(), values);
        consumer.Commit();
        consumer.Close();
    }

    [Fact]
    public async Task Wrong_password_is_told_by_the_broker() =>
        Assert.Contains("Authentication failed: Invalid username or password", await FailAsync(c => c.SaslPassword = "wrong", ErrorCode.Local_Authentication), StringComparison.Ordinal);

    [Fact]
    public async Task Unknown_user_is_told_the_same() =>
        Assert.Contains("Authentication failed: Invalid username or password", await FailAsync(c => c.SaslUsername = "nobody", ErrorCode.Local_Authentication), StringComparison.Ordinal);

    [Fact]
    public async Task Mechanism_that_is_not_served_is_told_with_those_that_are() =>
        Assert.Contains("PLAIN", await FailAsync(c => c.SaslMechanism = SaslMechanism.ScramSha256, ErrorCode.Local_Authentication), StringComparison.Ordinal);

    [Fact]
    public async Task Client_without_tls_is_disconnected() =>
        Assert.Contains("Disconnected", await FailAsync(c => c.SecurityProtocol = SecurityProtocol.SaslPlaintext, code: null), StringComparison.Ordinal);

    [Fact]
    public async Task Client_that_does_not_authenticate_is_disconnected() =>
        Assert.Contains("Disconnected", await FailAsync(c => c.SecurityProtocol = SecurityProtocol.Ssl, code: null), StringComparison.Ordinal);

    [Fact]
    public async Task Authority_that_the_client_does_not_trust_is_named_by_the_client()
    {
        var other = Directory.CreateTempSubdirectory("contract-kafka-");
        try
        {
            var stranger = TestCertificates.Create(other.FullName).CaFile;
            Assert.Contains("certificate verify failed", await FailAsync(c => c.SslCaLocation = stranger, ErrorCode.Local_Ssl), StringComparison.Ordinal);
        }
        finally
        {
            other.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Certificate_for_another_name_is_refused_by_the_client()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "127.1 stands for 127.0.0.1 on Linux; elsewhere there is no second name at hand.");
        var message = await FailAsync(c => c.BootstrapServers = c.BootstrapServers.Replace("127.0.0.1", "127.1", StringComparison.Ordinal), ErrorCode.Local_Ssl);
        Assert.Contains("certificate verify failed", message, StringComparison.Ordinal);
    }

    private ClientConfig Config()
    {
        Assert.SkipWhen(fixture.SkipReason is not null, fixture.SkipReason ?? "");
        return new ClientConfig
        {
            BootstrapServers = fixture.BootstrapServers,
            SecurityProtocol = SecurityProtocol.SaslSsl,
            SslCaLocation = fixture.CaFile,
            SaslMechanism = SaslMechanism.Plain,
            SaslUsername = "stock",
            SaslPassword = "stock-secret",
        };
    }

    /// <summary>
    /// Connects with a changed configuration, waits for the client's error of this code, or without one for its line on the end of a
    /// connection, and returns the message; checks that nothing is served.
    /// </summary>
    private async Task<string> FailAsync(Action<ClientConfig> change, ErrorCode? code)
    {
        var config = Config();
        change(config);
        var seen = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        void Report(bool isMeant, string message) => _ = isMeant && seen.TrySetResult(message);
        using var admin = new AdminClientBuilder(new AdminClientConfig(config))
            .SetErrorHandler((_, error) => Report(error.Code == code, error.Reason))
            .SetLogHandler((_, line) => Report(code is null && line.Facility == "FAIL", line.Message))
            .Build();
        var message = await seen.Task.WaitAsync(Patience);
        Assert.Throws<KafkaException>(() => admin.GetMetadata(TimeSpan.FromSeconds(1)));
        return message;
    }
}
