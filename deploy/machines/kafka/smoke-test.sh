#!/usr/bin/env bash
# Sends a message through Kafka as the pipeline's user would, by console producer and consumer, over TLS and with the password.
#
#   smoke-test.sh --bootstrap HOST:PORT --ca FILE --password-file FILE [--user stockaspire] [--timeout 60]
#                 [--kafka-home /opt/kafka]
#
#   --bootstrap  a node's client port
#   --ca         ca.pem of certificates.sh
#   --timeout    seconds that the message may take, 1 to 600
#
# Uses topic stockaspire.smoke, which topics.sh makes. One at a time.
#
#   ./smoke-test.sh --bootstrap kafka-1.example.net:9092 --ca /etc/kafka/tls/ca.pem \
#     --password-file /etc/stockaspire/secrets/kafka-stockaspire

set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../checks.sh"

bootstrap='' ca='' password_file='' user=stockaspire timeout=60 kafka_home=${KAFKA_HOME:-/opt/kafka}
while [ $# -gt 0 ]; do
  case $1 in
    --bootstrap) value "$1" $#; bootstrap=$2; shift 2 ;;
    --ca) value "$1" $#; ca=$2; shift 2 ;;
    --password-file) value "$1" $#; password_file=$2; shift 2 ;;
    --user) value "$1" $#; user=$2; shift 2 ;;
    --timeout) value "$1" $#; timeout=$2; shift 2 ;;
    --kafka-home) value "$1" $#; kafka_home=$2; shift 2 ;;
    -h | --help) manual "$0"; exit 0 ;;
    *) usage_error "unknown option $1" ;;
  esac
done
need_match --bootstrap "$bootstrap" "$HOST_NAME:[0-9]{1,5}(,$HOST_NAME:[0-9]{1,5})*" 'HOST:PORT'
need_file --ca "$ca"
need_match --user "$user" '[a-z][a-z0-9_-]{0,63}' 'a name of a-z 0-9 _ -'
need_number --timeout "$timeout" 1 600
password=''
read_password --password-file "$password_file" password
[ -x "$kafka_home/bin/kafka-console-producer.sh" ] || die "--kafka-home is \"$kafka_home\", which has no bin/kafka-console-producer.sh"

umask 077
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
topic=stockaspire.smoke
cat >"$work/client.properties" <<CONFIGURATION
security.protocol=SASL_SSL
ssl.truststore.type=PEM
ssl.truststore.location=$ca
sasl.mechanism=SCRAM-SHA-512
sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required username="$user" password="$password";
default.api.timeout.ms=$((timeout * 1000))
request.timeout.ms=$((timeout < 15 ? timeout * 1000 : 15000))
delivery.timeout.ms=$((timeout * 1000 + 1000))
max.block.ms=$((timeout * 1000))
CONFIGURATION

# fail WHAT: with what Java said, which never holds the password.
fail() { die "$1: $(grep -vE '^[[:blank:]]+at ' "$work/errors" | tail -n 5)"; }

end=$("$kafka_home/bin/kafka-get-offsets.sh" --bootstrap-server "$bootstrap" --command-config "$work/client.properties" \
  --topic $topic --time latest 2>"$work/errors") || fail "cannot reach topic $topic at $bootstrap as $user"
[[ $end =~ ^$topic:0:([0-9]+)$ ]] || die "topic $topic was expected to have one partition, got \"$end\""
offset=${BASH_REMATCH[1]}

message="smoke $(date -u +%Y-%m-%dT%H:%M:%SZ) $(od -An -N8 -tx8 /dev/urandom | tr -d ' ')"
"$kafka_home/bin/kafka-console-producer.sh" --bootstrap-server "$bootstrap" --command-config "$work/client.properties" \
  --topic $topic --command-property acks=all <<<"$message" >"$work/sent" 2>"$work/errors" || fail "the producer failed"
# The console producer ends with 0 even if nothing was delivered.
! grep -q ERROR "$work/sent" "$work/errors" || fail "the producer failed"

received=$("$kafka_home/bin/kafka-console-consumer.sh" --bootstrap-server "$bootstrap" --command-config "$work/client.properties" \
  --topic $topic --partition 0 --offset "$offset" --max-messages 1 --timeout-ms $((timeout * 1000)) 2>"$work/errors") ||
  fail "the consumer failed"
[ "$received" = "$message" ] || die "sent \"$message\", received \"$received\""
echo "ok: sent and received \"$message\" at $bootstrap as $user, offset $offset"
