#!/usr/bin/env bash
# Makes the pipeline's user, what it may do, and its topics, as the services would make them. May be run again at any time.
#
#   topics.sh --bootstrap HOST:PORT --admin-config FILE --password-file FILE [--user stockaspire] [--partitions 8]
#             [--kafka-home /opt/kafka]
#
#   --bootstrap      a node's internal port
#   --admin-config   admin.properties of configure.sh
#   --password-file  the user's password: 12 to 128 of A-Z a-z 0-9 . _ ~ - in its first line. Run again to change it.
#   --partitions     of ticks and ticks.raw, 1 to 1024; fixed from then on, and Kafka:TopicPartitions of every service
#
# Topics have as many copies as the cluster's default.replication.factor says. A topic that exists with another number of
# partitions stops the script.
#
#   ./topics.sh --bootstrap kafka-1.example.net:9093 --admin-config /etc/kafka/admin.properties \
#     --password-file /etc/stockaspire/secrets/kafka-stockaspire

set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../checks.sh"

bootstrap='' admin_config='' password_file='' user=stockaspire partitions=8 kafka_home=${KAFKA_HOME:-/opt/kafka}
while [ $# -gt 0 ]; do
  case $1 in
    --bootstrap) value "$1" $#; bootstrap=$2; shift 2 ;;
    --admin-config) value "$1" $#; admin_config=$2; shift 2 ;;
    --password-file) value "$1" $#; password_file=$2; shift 2 ;;
    --user) value "$1" $#; user=$2; shift 2 ;;
    --partitions) value "$1" $#; partitions=$2; shift 2 ;;
    --kafka-home) value "$1" $#; kafka_home=$2; shift 2 ;;
    -h | --help) manual "$0"; exit 0 ;;
    *) usage_error "unknown option $1" ;;
  esac
done
need_match --bootstrap "$bootstrap" "$HOST_NAME:[0-9]{1,5}(,$HOST_NAME:[0-9]{1,5})*" 'HOST:PORT'
need_file --admin-config "$admin_config"
need_match --user "$user" '[a-z][a-z0-9_-]{0,63}' 'a name of a-z 0-9 _ -'
need_number --partitions "$partitions" 1 1024
password=''
read_password --password-file "$password_file" password
[ -x "$kafka_home/bin/kafka-topics.sh" ] || die "--kafka-home is \"$kafka_home\", which has no bin/kafka-topics.sh"

umask 077
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# kafka TOOL ARGUMENTS...: its output is shown only if it fails.
kafka() {
  local tool=$1
  shift
  "$kafka_home/bin/$tool" --bootstrap-server "$bootstrap" --command-config "$admin_config" "$@" >"$work/out" 2>&1 ||
    die "$tool failed: $(tail -n 20 "$work/out" | sed "s/$password/(password)/g")"
}

kafka kafka-topics.sh --describe
cp "$work/out" "$work/topics"

# partitions_of TOPIC: nothing where there is none.
partitions_of() { sed -nE "s/^Topic: ${1//./\\.}[[:blank:]].*PartitionCount: ([0-9]+).*/\1/p" "$work/topics" | head -n 1; }

for topic in ticks ticks.raw; do
  found=$(partitions_of $topic)
  [ "${found:-$partitions}" = "$partitions" ] ||
    die "topic $topic has $found partitions, expected $partitions: a symbol keeps its partition. Give --partitions $found, or use a new cluster"
done

# A password on a command line could be read by every process.
printf 'SCRAM-SHA-512=iterations=8192,password=%s\n' "$password" >"$work/user.properties"
kafka kafka-configs.sh --alter --entity-type users --entity-name "$user" --add-config-file "$work/user.properties"
echo "user $user: password set"

kafka kafka-acls.sh --add --allow-principal "User:$user" --operation Read --operation Write --operation Describe \
  --operation DescribeConfigs --operation Create \
  --topic ticks --topic ticks.raw --topic ticks.dlq --topic ticks.seals --topic sources --topic stockaspire.smoke
kafka kafka-acls.sh --add --allow-principal "User:$user" --operation Read --operation Describe \
  --group stockaspire --resource-pattern-type prefixed
echo "user $user: may read and write the pipeline's topics, and use groups that begin with stockaspire"

# topic NAME PARTITIONS [CONFIG...]
topic() {
  local name=$1 count=$2 configs=()
  shift 2
  if [ -n "$(partitions_of "$name")" ]; then
    echo "topic $name: is there"
    return
  fi
  while [ $# -gt 0 ]; do configs+=(--config "$1"); shift; done
  kafka kafka-topics.sh --create --if-not-exists --topic "$name" --partitions "$count" "${configs[@]}"
  echo "topic $name: made with $count partitions"
}

topic ticks "$partitions"
topic ticks.raw "$partitions"
# Seals prove what is stored: they, and what could not be stored, are kept.
topic ticks.dlq 1 retention.ms=-1
topic ticks.seals 1 cleanup.policy=compact
topic sources 1 cleanup.policy=compact
# For smoke-test.sh.
topic stockaspire.smoke 1 retention.ms=3600000
