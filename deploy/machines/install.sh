#!/usr/bin/env bash
# Installs the services on this machine as systemd units. May be run again for another version.
#
#   install.sh --from DIR [--root DIR] [--no-start] [ingest|sink|query...]
#
#   --from      what publish.sh made: a folder for each service
#   --root      install below this folder instead of /: for images and tests; no user is made, nothing is started
#   --no-start  install, but start nothing
#
# Without names, all three. Makes user stockaspire, /opt/stockaspire (programs), /etc/stockaspire (settings; those that are
# there are kept), /var/lib/stockaspire/feeds (files that Ingest may load) and the units stockaspire-NAME.service.
#
#   sudo ./install.sh --from /tmp/stockaspire
#   sudo ./install.sh --from /tmp/stockaspire --no-start sink

set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/checks.sh"

from='' root='' start=1 services=()
while [ $# -gt 0 ]; do
  case $1 in
    --from) value "$1" $#; from=$2; shift 2 ;;
    --root) value "$1" $#; root=${2%/}; start=0; need_path --root "$root"; shift 2 ;;
    --no-start) start=0; shift ;;
    -h | --help) manual "$0"; exit 0 ;;
    ingest | sink | query) services+=("$1"); shift ;;
    *) usage_error "unknown option or service $1" ;;
  esac
done
[ ${#services[@]} -gt 0 ] || services=(ingest sink query)
[ -n "$from" ] || usage_error "--from is missing"
for service in "${services[@]}"; do
  [ -f "$from/$service/appsettings.json" ] || die "--from is \"$from\", which has no $service/appsettings.json: is it what publish.sh made?"
done
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
if [ -z "$root" ]; then
  [ "$(id -u)" = 0 ] || die "needs root, or --root"
  need_commands systemctl useradd /usr/bin/dotnet
  id stockaspire >/dev/null 2>&1 || useradd --system --user-group --home-dir /var/lib/stockaspire --shell /usr/sbin/nologin stockaspire
fi

umask 022
mkdir -p "$root/opt/stockaspire" "$root/etc/stockaspire/secrets" "$root/etc/systemd/system" "$root/var/lib/stockaspire/feeds"

# The settings, which may be changed here, are kept.
settings() { [ -e "$root/etc/stockaspire/$1" ] || replace_file "$root/etc/stockaspire/$1" 640 <"$here/systemd/$1"; }

settings stockaspire.env
for service in "${services[@]}"; do
  program=$root/opt/stockaspire/$service
  rm -rf "$program.new"
  mkdir "$program.new"
  cp -R "$from/$service/." "$program.new"
  chmod -R u=rwX,go=rX "$program.new"
  rm -rf "$program.old"
  [ ! -e "$program" ] || mv "$program" "$program.old"
  mv "$program.new" "$program"
  rm -rf "$program.old"
  settings "$service.env"
  replace_file "$root/etc/systemd/system/stockaspire-$service.service" 644 <"$here/systemd/stockaspire-$service.service"
  echo "$program"
done

if [ -z "$root" ]; then
  chown -R root:stockaspire /etc/stockaspire
  chmod 750 /etc/stockaspire /etc/stockaspire/secrets
  find /etc/stockaspire/secrets -type f -exec chmod 640 {} +
  systemctl daemon-reload
fi
if [ "$start" = 1 ]; then
  for service in "${services[@]}"; do
    systemctl enable --quiet "stockaspire-$service.service"
    systemctl restart "stockaspire-$service.service"
    echo "stockaspire-$service.service started"
  done
else
  echo "nothing was started"
fi
