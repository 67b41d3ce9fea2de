using StockAspire.KafkaBroker.Groups;
using StockAspire.KafkaBroker.Protocol;
using StockAspire.KafkaBroker.Topics;

namespace StockAspire.KafkaBroker.Apis;

/// <summary>All APIs of this broker; ApiVersions advertises exactly these.</summary>
internal sealed class ApiCatalog
{
    private readonly Dictionary<short, KafkaApi> _apis;

    public ApiCatalog(KafkaBrokerOptions options, string clusterId, TopicCatalog topics, GroupCoordinator groups, ProducerIds producerIds, BrokerMetrics metrics)
    {
        KafkaApi[] all =
        [
            new ProduceApi(topics, metrics),
            new FetchApi(topics, options, metrics),
            new ListOffsetsApi(topics),
            new MetadataApi(topics, options, clusterId),
            new OffsetCommitApi(topics, groups),
            new OffsetFetchApi(groups),
            new FindCoordinatorApi(),
            new JoinGroupApi(groups),
            new HeartbeatApi(groups),
            new LeaveGroupApi(groups),
            new SyncGroupApi(groups),
            new DescribeGroupsApi(groups),
            new ListGroupsApi(groups),
            new SaslHandshakeApi(),
            new SaslAuthenticateApi(),
            new ApiVersionsApi(() => _apis!.Values),
            new CreateTopicsApi(topics),
            new DeleteTopicsApi(topics, groups),
            new DeleteRecordsApi(topics),
            new InitProducerIdApi(producerIds),
            new OffsetForLeaderEpochApi(topics),
            new DescribeConfigsApi(topics),
            new AlterConfigsApi(topics),
            new DescribeLogDirsApi(topics, options.DataDirectory),
            new CreatePartitionsApi(topics),
            new DeleteGroupsApi(groups),
            new IncrementalAlterConfigsApi(topics),
            new OffsetDeleteApi(topics, groups),
            new DescribeClusterApi(clusterId),
            new DescribeTopicPartitionsApi(topics),
        ];
        _apis = all.ToDictionary(a => (short)a.Key);
    }

    public KafkaApi? Find(short key) => _apis.GetValueOrDefault(key);

    public KafkaApi ApiVersions => _apis[(short)ApiKey.ApiVersions];

    public IEnumerable<KafkaApi> All => _apis.Values;
}
