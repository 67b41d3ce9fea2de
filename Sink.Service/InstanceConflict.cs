using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Microsoft.Extensions.Options;
using StockAspire.TickStream;

namespace StockAspire.Sink;

/// <summary>Finds out, once this Sink was fenced and is out of the group, whether another one runs under its <c>Sink:Instance</c>.</summary>
internal sealed class InstanceConflict(KafkaClients clients, IOptions<SinkOptions> options, TimeProvider time, ILogger<InstanceConflict> logger)
{
    /// <summary>A member that nobody keeps alive is out of the group by then; 2 s are for the broker to notice.</summary>
    private static readonly TimeSpan Patience = KafkaClients.SessionTimeout + TimeSpan.FromSeconds(2);

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Watches the member of that name: true where it outlives a session, and so is another's; false once it is gone, as one
    /// that this Sink joined itself. While Kafka does not answer nobody can tell, and members get more time.
    /// </summary>
    public async Task<bool> ExistsAsync(CancellationToken cancellationToken)
    {
        using var admin = clients.CreateAdmin(ConsumerGroups.Sink + "-" + options.Value.Instance);
        var backoff = new Backoff(time);
        var since = time.GetTimestamp();
        while (time.GetElapsedTime(since) < Patience)
        {
            try
            {
                if (!await IsMemberAsync(admin, cancellationToken).ConfigureAwait(false))
                {
                    return false;
                }

                await Task.Delay(Interval, time, cancellationToken).ConfigureAwait(false);
            }
            catch (KafkaException exception)
            {
                SinkLog.Waiting(logger, "Kafka", exception.Message);
                await backoff.WaitAsync(cancellationToken).ConfigureAwait(false);
                since = time.GetTimestamp();
            }
        }

        return true;
    }

    private async Task<bool> IsMemberAsync(IAdminClient admin, CancellationToken cancellationToken)
    {
        var request = new DescribeConsumerGroupsOptions { RequestTimeout = RequestTimeout };
        var described = await admin.DescribeConsumerGroupsAsync([ConsumerGroups.Sink], request).WaitAsync(cancellationToken).ConfigureAwait(false);
        return described.ConsumerGroupDescriptions[0].Members.Any(member => member.GroupInstanceId == options.Value.Instance);
    }
}
