using Confluent.Kafka;
using Microsoft.Extensions.Options;
using StockAspire.Ingest.Sources;
using StockAspire.Market;
using StockAspire.TickStream;

namespace StockAspire.Ingest.Normalising;

/// <summary>Turns the JSON of foreign producers on <c>ticks.raw</c> into ticks, for as long as the service runs.</summary>
internal sealed class Normaliser(
    KafkaClients clients,
    TopicSetup topics,
    SessionRegistry sessions,
    KafkaStartup kafka,
    IOptions<IngestOptions> options,
    TimeProvider time,
    ILogger<Normaliser> logger) : BackgroundService
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await kafka.Ready.WaitAsync(stoppingToken);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var topic = await topics.FindAsync(Topics.Raw, stoppingToken);
                var consumer = new RawConsumer(
                    clients, sessions, topic.Id, options.Value.Instance, UnixTime.FromTimeSpan(options.Value.MaxFutureSkew), time, logger);
                await Task.Factory.StartNew(() => consumer.Run(stoppingToken), stoppingToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            }
            catch (KafkaException exception)
            {
                IngestLog.WaitingForKafka(logger, exception.Error.Reason, (long)RetryDelay.TotalMilliseconds);
                await Task.Delay(RetryDelay, time, stoppingToken);
            }
            catch (IngestStoppingException)
            {
                return;
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
        }
    }
}
