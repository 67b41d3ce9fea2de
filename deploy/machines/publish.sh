#!/usr/bin/env bash
# Builds the services and the command line, as install.sh takes them: one folder each.
#
#   publish.sh --out DIR
#
# Needs the .NET SDK 10. The result runs wherever the ASP.NET Core 10 runtime is.
#
#   ./publish.sh --out /tmp/stockaspire

set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/checks.sh"

out=''
while [ $# -gt 0 ]; do
  case $1 in
    --out) value "$1" $#; out=$2; shift 2 ;;
    -h | --help) manual "$0"; exit 0 ;;
    *) usage_error "unknown option $1" ;;
  esac
done
[ -n "$out" ] || usage_error "--out is missing"
need_commands dotnet
mkdir -p "$out"
out=$(cd "$out" && pwd)
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
for part in ingest:Ingest.Service sink:Sink.Service query:Query.Service cli:Cli; do
  dotnet publish "${part##*:}" --configuration Release --output "$out/${part%%:*}" --nologo --verbosity quiet
  echo "$out/${part%%:*}"
done
