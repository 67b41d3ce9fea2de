#!/usr/bin/env bash
# Makes what compose.yaml needs beside the images: an authority and certificates, passwords, the configuration of Kafka and
# Cassandra, and .env with the keys of the dashboard. Everything goes into secrets/ beside this script, which nobody else may
# enter, and is kept by a second run.
#
#   prepare.sh [--dir DIR]
#
#   --dir  another folder for secrets/ and .env (then: docker compose --project-directory ... --env-file ...)
#
#   ./prepare.sh && docker compose up --detach --build --wait

set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/../machines/checks.sh"

dir=$here
while [ $# -gt 0 ]; do
  case $1 in
    --dir) value "$1" $#; dir=$2; shift 2 ;;
    -h | --help) manual "$0"; exit 0 ;;
    *) usage_error "unknown option $1" ;;
  esac
done
machines=$here/../machines
umask 077
mkdir -p "$dir/secrets"
dir=$(cd "$dir" && pwd)
secrets=$dir/secrets
chmod 700 "$secrets"

"$machines/passwords.sh" --dir "$secrets/passwords"
"$machines/certificates.sh" authority --dir "$secrets/tls"
for server in kafka cassandra; do
  "$machines/certificates.sh" server --dir "$secrets/tls" --name $server --for "dns:$server,dns:localhost,ip:127.0.0.1"
done
"$machines/certificates.sh" client --dir "$secrets/tls" --name admin
"$machines/kafka/configure.sh" --dir "$secrets/kafka" --node 1 --host kafka --voters 1@kafka:9094 --brokers kafka \
  --tls /etc/kafka/tls --data /var/lib/kafka/data/log
"$machines/cassandra/configure.sh" --dir "$secrets/cassandra" --name cassandra --address cassandra --seeds cassandra \
  --tls /etc/cassandra/tls --data /var/lib/cassandra

# Containers run as users of their own, who may read the files that they are given, each alone.
find "$secrets" -mindepth 1 -type d -exec chmod 755 {} +
find "$secrets" -type f -exec chmod 644 {} +
chmod 600 "$secrets/tls/ca.key"

if [ ! -s "$dir/.env" ]; then
  # A cluster id is 16 random bytes in the alphabet of URLs.
  replace_file "$dir/.env" 600 <<ENVIRONMENT
CLUSTER_ID=$(openssl rand 16 | base64 | tr '+/' '-_' | tr -d '=')
OTLP_API_KEY=$(openssl rand -hex 20)
BROWSER_TOKEN=$(openssl rand -hex 20)
ENVIRONMENT
fi
echo "$dir is prepared: docker compose up --detach --build --wait"
