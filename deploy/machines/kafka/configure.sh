#!/usr/bin/env bash
# Writes the configuration of one Kafka node (broker and controller), and that of its administrator.
#
#   configure.sh --dir DIR --node N --host HOST --voters ID@HOST:PORT,... --brokers NAME,... --tls DIR --data DIR
#                [--bind ADDRESS] [--client-port 9092] [--internal-port 9093]
#
#   --dir       where server.properties and admin.properties go
#   --node      this node's id, 1 to 999
#   --host      the name or address by which clients and other nodes reach this node; its certificate must hold it
#   --voters    the controllers of all nodes, this one's included: its port is where this node's controller listens
#   --brokers   the common names of all nodes' certificates, this one's first: they may do everything
#   --tls       the folder with ca.pem, NAME.pem of this node and admin.pem, as seen by the server
#   --data      the folder for the log
#   --bind      the address to listen on (default 0.0.0.0)
#
# Clients: TLS and SCRAM-SHA-512 on the client port. Nodes and administrators: TLS with a certificate on the internal port.
# Who has no ACL may do nothing. Three nodes or more keep three copies of everything, of which two must be in step.
#
#   ./configure.sh --dir /etc/kafka --node 1 --host kafka-1.example.net --voters 1@kafka-1.example.net:9094 \
#     --brokers kafka-1 --tls /etc/kafka/tls --data /var/lib/kafka

set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../checks.sh"

dir='' node='' host='' voters='' brokers='' tls='' data='' bind=0.0.0.0 client_port=9092 internal_port=9093
while [ $# -gt 0 ]; do
  case $1 in
    --dir) value "$1" $#; dir=$2; shift 2 ;;
    --node) value "$1" $#; node=$2; shift 2 ;;
    --host) value "$1" $#; host=$2; shift 2 ;;
    --voters) value "$1" $#; voters=$2; shift 2 ;;
    --brokers) value "$1" $#; brokers=$2; shift 2 ;;
    --tls) value "$1" $#; tls=$2; shift 2 ;;
    --data) value "$1" $#; data=$2; shift 2 ;;
    --bind) value "$1" $#; bind=$2; shift 2 ;;
    --client-port) value "$1" $#; client_port=$2; shift 2 ;;
    --internal-port) value "$1" $#; internal_port=$2; shift 2 ;;
    -h | --help) manual "$0"; exit 0 ;;
    *) usage_error "unknown option $1" ;;
  esac
done
[ -n "$dir" ] || usage_error "--dir is missing"
need_number --node "$node" 1 999
need_match --host "$host" "$HOST_NAME" 'a host name or address'
need_match --voters "$voters" "[0-9]{1,3}@$HOST_NAME:[0-9]{2,5}(,[0-9]{1,3}@$HOST_NAME:[0-9]{2,5})*" 'ID@HOST:PORT of every node, separated by commas'
need_match --brokers "$brokers" '[A-Za-z0-9.-]+(,[A-Za-z0-9.-]+)*' 'common names, separated by commas'
need_path --tls "$tls"
need_path --data "$data"
need_match --bind "$bind" '[0-9A-Fa-f.:]{2,39}' 'an address'
need_number --client-port "$client_port" 1 65535
need_number --internal-port "$internal_port" 1 65535

controller_port='' nodes=0
IFS=, read -ra list <<<"$voters"
for voter in "${list[@]}"; do
  nodes=$((nodes + 1))
  [ "${voter%%@*}" != "$node" ] || controller_port=${voter##*:}
done
[ -n "$controller_port" ] || usage_error "--voters is \"$voters\", which lacks node $node"
copies=$((nodes < 3 ? 1 : 3))
in_step=$((copies < 3 ? 1 : 2))
name=${brokers%%,*}

mkdir -p "$dir"
replace_file "$dir/server.properties" 644 <<CONFIGURATION
# Written by deploy/machines/kafka/configure.sh.
process.roles=broker,controller
node.id=$node
controller.quorum.voters=$voters
controller.listener.names=CONTROLLER
inter.broker.listener.name=INTERNAL
listeners=CLIENT://$bind:$client_port,INTERNAL://$bind:$internal_port,CONTROLLER://$bind:$controller_port
advertised.listeners=CLIENT://$host:$client_port,INTERNAL://$host:$internal_port
listener.security.protocol.map=CLIENT:SASL_SSL,INTERNAL:SSL,CONTROLLER:SSL

ssl.keystore.type=PEM
ssl.keystore.location=$tls/$name.pem
ssl.truststore.type=PEM
ssl.truststore.location=$tls/ca.pem
ssl.enabled.protocols=TLSv1.3,TLSv1.2
listener.name.internal.ssl.client.auth=required
listener.name.controller.ssl.client.auth=required
ssl.principal.mapping.rules=RULE:^CN=([A-Za-z0-9.-]+)\$/\$1/,DEFAULT
sasl.enabled.mechanisms=SCRAM-SHA-512
listener.name.client.scram-sha-512.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;

authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
super.users=User:admin;User:${brokers//,/;User:}
allow.everyone.if.no.acl.found=false

log.dirs=$data
auto.create.topics.enable=false
num.partitions=1
default.replication.factor=$copies
min.insync.replicas=$in_step
offsets.topic.replication.factor=$copies
transaction.state.log.replication.factor=$copies
transaction.state.log.min.isr=$in_step
share.coordinator.state.topic.replication.factor=$copies
share.coordinator.state.topic.min.isr=$in_step
unclean.leader.election.enable=false
CONFIGURATION
replace_file "$dir/admin.properties" 644 <<CONFIGURATION
# Written by deploy/machines/kafka/configure.sh: for --command-config, on port $internal_port.
security.protocol=SSL
ssl.keystore.type=PEM
ssl.keystore.location=$tls/admin.pem
ssl.truststore.type=PEM
ssl.truststore.location=$tls/ca.pem
CONFIGURATION
echo "$dir/server.properties: node $node, clients $host:$client_port, nodes and administrators $host:$internal_port"
