#!/usr/bin/env bash
# Writes the configuration of one Cassandra 5.0 node: cassandra.yaml and cassandra-rackdc.properties.
#
#   configure.sh --dir DIR --name NAME --address ADDRESS --seeds ADDRESS,... --tls DIR --data DIR [--cluster stockaspire]
#                [--dc dc1] [--rack rack1] [--port 9042] [--storage-port 7000] [--sync batch|group|periodic]
#
#   --dir      where the two files go
#   --name     common name of this node's certificate: the file NAME.pem in --tls
#   --address  where the node listens, for clients and for other nodes; its certificate must hold it
#   --seeds    one or more nodes that a node asks for the cluster, the same on all nodes
#   --tls      the folder with ca.pem and NAME.pem, as seen by the server
#   --data     the folder for everything that is kept
#   --sync     batch (default) or group: a row is on the disk when it is acknowledged; periodic: up to 10 s later
#
# Clients need TLS and a password, nodes a certificate of the authority. First login: cassandra / cassandra, which roles.sh
# replaces; until it has run, let nobody else reach the port.
#
#   ./configure.sh --dir /etc/cassandra --name cassandra-1 --address 10.0.0.21 --seeds 10.0.0.21 \
#     --tls /etc/cassandra/tls --data /var/lib/cassandra

set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../checks.sh"

dir='' name='' address='' seeds='' tls='' data='' cluster=stockaspire dc=dc1 rack=rack1 port=9042 storage_port=7000 sync=batch
while [ $# -gt 0 ]; do
  case $1 in
    --dir) value "$1" $#; dir=$2; shift 2 ;;
    --name) value "$1" $#; name=$2; shift 2 ;;
    --address) value "$1" $#; address=$2; shift 2 ;;
    --seeds) value "$1" $#; seeds=$2; shift 2 ;;
    --tls) value "$1" $#; tls=$2; shift 2 ;;
    --data) value "$1" $#; data=$2; shift 2 ;;
    --cluster) value "$1" $#; cluster=$2; shift 2 ;;
    --dc) value "$1" $#; dc=$2; shift 2 ;;
    --rack) value "$1" $#; rack=$2; shift 2 ;;
    --port) value "$1" $#; port=$2; shift 2 ;;
    --storage-port) value "$1" $#; storage_port=$2; shift 2 ;;
    --sync) value "$1" $#; sync=$2; shift 2 ;;
    -h | --help) manual "$0"; exit 0 ;;
    *) usage_error "unknown option $1" ;;
  esac
done
[ -n "$dir" ] || usage_error "--dir is missing"
need_match --name "$name" '[A-Za-z0-9.-]+' 'a common name'
need_match --address "$address" "$HOST_NAME" 'a host name or address'
need_match --seeds "$seeds" "$HOST_NAME(:[0-9]{1,5})?(,$HOST_NAME(:[0-9]{1,5})?)*" 'addresses, separated by commas'
need_path --tls "$tls"
need_path --data "$data"
need_match --cluster "$cluster" '[A-Za-z0-9_-]{1,48}' '1 to 48 of A-Z a-z 0-9 _ -'
need_match --dc "$dc" '[A-Za-z0-9_-]{1,48}' '1 to 48 of A-Z a-z 0-9 _ -'
need_match --rack "$rack" '[A-Za-z0-9_-]{1,48}' '1 to 48 of A-Z a-z 0-9 _ -'
need_number --port "$port" 1 65535
need_number --storage-port "$storage_port" 1 65535
need_match --sync "$sync" 'batch|group|periodic' 'batch, group or periodic'
period=''
case $sync in
  periodic) period='commitlog_sync_period: 10000ms' ;;
  group) period='commitlog_sync_group_window: 10ms' ;;
esac

mkdir -p "$dir"
replace_file "$dir/cassandra.yaml" 644 <<CONFIGURATION
# Written by deploy/machines/cassandra/configure.sh.
cluster_name: $cluster
num_tokens: 16
allocate_tokens_for_local_replication_factor: 3
partitioner: org.apache.cassandra.dht.Murmur3Partitioner
endpoint_snitch: GossipingPropertyFileSnitch
seed_provider:
  - class_name: org.apache.cassandra.locator.SimpleSeedProvider
    parameters:
      - seeds: "$seeds"

listen_address: $address
storage_port: $storage_port
rpc_address: $address
native_transport_port: $port
start_native_transport: true

authenticator: PasswordAuthenticator
authorizer: CassandraAuthorizer
role_manager: CassandraRoleManager
client_encryption_options:
  enabled: true
  optional: false
  ssl_context_factory:
    class_name: org.apache.cassandra.security.PEMBasedSslContextFactory
  keystore: $tls/$name.pem
  truststore: $tls/ca.pem
server_encryption_options:
  internode_encryption: all
  require_client_auth: true
  ssl_context_factory:
    class_name: org.apache.cassandra.security.PEMBasedSslContextFactory
  keystore: $tls/$name.pem
  truststore: $tls/ca.pem

data_file_directories:
  - $data/data
commitlog_directory: $data/commitlog
saved_caches_directory: $data/saved_caches
hints_directory: $data/hints
cdc_raw_directory: $data/cdc_raw
commitlog_sync: $sync
${period:-# The commit log is on the disk before a write is acknowledged.}
disk_failure_policy: stop
commit_failure_policy: stop
auto_snapshot: true
CONFIGURATION
replace_file "$dir/cassandra-rackdc.properties" 644 <<CONFIGURATION
# Written by deploy/machines/cassandra/configure.sh.
dc=$dc
rack=$rack
CONFIGURATION
echo "$dir/cassandra.yaml: $name listens on $address:$port, $dc $rack"
