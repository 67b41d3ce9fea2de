#!/usr/bin/env bash
# Makes the passwords of the pipeline, one file each, readable by their owner alone. What is there already is kept.
#
#   passwords.sh --dir DIR [NAME...]
#
# Without names: kafka-stockaspire cassandra-admin cassandra-sink cassandra-query. A password has 40 random characters.
#
#   ./passwords.sh --dir /etc/stockaspire/secrets
#   ./passwords.sh --dir ./secrets otlp-api-key

set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/checks.sh"

dir='' names=()
while [ $# -gt 0 ]; do
  case $1 in
    --dir) value "$1" $#; dir=$2; shift 2 ;;
    -h | --help) manual "$0"; exit 0 ;;
    -*) usage_error "unknown option $1" ;;
    *) need_match NAME "$1" '[a-z][a-z0-9-]{0,63}' 'a name of a-z 0-9 -'; names+=("$1"); shift ;;
  esac
done
[ -n "$dir" ] || usage_error "--dir is missing"
[ ${#names[@]} -gt 0 ] || names=(kafka-stockaspire cassandra-admin cassandra-sink cassandra-query)
need_commands openssl

umask 077
mkdir -p "$dir"
for name in "${names[@]}"; do
  [ -s "$dir/$name" ] || openssl rand -hex 20 | replace_file "$dir/$name" 600
done
echo "passwords in $dir: ${names[*]}"
