using StockAspire.Cql.Connections;

namespace StockAspire.Cql.Cluster;

/// <summary>
/// The order in which nodes are asked: replicas of the partition, then the other nodes of the local datacenter, both in turn; nodes that
/// owe a sign of life come last. Gives connections, and none twice. A struct: making one allocates nothing.
/// </summary>
internal struct QueryPlan(Node[] replicas, Node[] local, int turn)
{
    private readonly Node[] _replicas = replicas;
    private readonly Node[] _local = local;
    private int _index;
    private bool _isAllowingSuspects;

    /// <summary>Null when every node that has a connection was given.</summary>
    public CqlConnection? Next()
    {
        while (true)
        {
            while (_index < _replicas.Length + _local.Length)
            {
                var i = _index++;
                var isReplica = i < _replicas.Length;
                var node = isReplica ? _replicas[(i + turn) % _replicas.Length] : _local[(i - _replicas.Length + turn) % _local.Length];
                if (!isReplica && Array.IndexOf(_replicas, node) >= 0)
                    continue;

                var connection = node.Pick(_isAllowingSuspects);
                if (connection is not null && (!_isAllowingSuspects || connection.IsSuspect))
                    return connection;
            }

            if (_isAllowingSuspects)
                return null;
            _isAllowingSuspects = true;
            _index = 0;
        }
    }
}
