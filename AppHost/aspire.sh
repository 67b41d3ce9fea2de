#!/bin/sh
# Starts the application under Aspire: containers of Kafka and Cassandra, Aspire's dashboard. Arguments go to the AppHost.
# Needs Docker (or Podman) and a NuGet source that serves Aspire's packages.
set -eu
cd "$(dirname "$0")"
export UseAspire=true

if ! docker info >/dev/null 2>&1 && ! podman info >/dev/null 2>&1; then
  echo "error: the Aspire flavour needs a container engine, and neither docker nor podman answers." >&2
  exit 1
fi
if ! restored=$(dotnet restore AppHost.csproj 2>&1); then
  case $restored in
    *Aspire.AppHost.Sdk* | *Aspire.Hosting* | *NU1101* | *NU1102*)
      echo "error: the Aspire flavour needs a NuGet source that serves Aspire.AppHost.Sdk and Aspire.Hosting.Kafka, such as https://api.nuget.org/v3/index.json, and the configured ones do not." >&2 ;;
    *)
      echo "$restored" >&2 ;;
  esac
  exit 1
fi

# What the launch settings of an Aspire project say: where its dashboard listens, on loopback, without TLS.
export DOTNET_ENVIRONMENT="${DOTNET_ENVIRONMENT:-Development}"
export ASPIRE_ALLOW_UNSECURED_TRANSPORT=true
export ASPNETCORE_URLS="${ASPNETCORE_URLS:-http://127.0.0.1:18888}"
export ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL="${ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL:-http://127.0.0.1:18889}"
export ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL="${ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL:-http://127.0.0.1:18891}"
exec dotnet run --project AppHost.csproj --no-restore --no-launch-profile -- "$@"
