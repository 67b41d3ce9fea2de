#!/usr/bin/env bash
# An authority of one's own and the certificates of servers and administrators, as PEM files.
#
#   certificates.sh authority --dir DIR [--name NAME] [--days N]
#   certificates.sh server --dir DIR --name NAME --for dns:HOST,ip:ADDRESS,... [--days N]
#   certificates.sh client --dir DIR --name NAME [--days N]
#
# DIR gets ca.pem (give it to everyone) and ca.key (keep it off the servers), and for each NAME a NAME.pem with its key and
# certificate, as Kafka and Cassandra take them. NAME is the certificate's common name, by which Kafka knows who connects.
# What is there is kept; a certificate that was made for other names, or ends within 30 days, is made again. A server's
# names are checked by every client: give all by which it is reached.
#
#   ./certificates.sh authority --dir ./tls
#   ./certificates.sh server --dir ./tls --name kafka-1 --for dns:kafka-1.example.net,ip:10.0.0.11
#   ./certificates.sh client --dir ./tls --name admin

set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/checks.sh"

[ $# -ge 1 ] || usage_error "authority, server or client is missing"
verb=$1
shift
case $verb in
  -h | --help) manual "$0"; exit 0 ;;
  authority) days=3650 name='StockAspire authority' ;;
  server | client) days=825 name='' ;;
  *) usage_error "\"$verb\" is none of authority, server, client" ;;
esac

dir='' hosts=''
while [ $# -gt 0 ]; do
  case $1 in
    --dir) value "$1" $#; dir=$2; shift 2 ;;
    --name) value "$1" $#; name=$2; shift 2 ;;
    --for) value "$1" $#; hosts=$2; shift 2 ;;
    --days) value "$1" $#; days=$2; shift 2 ;;
    -h | --help) manual "$0"; exit 0 ;;
    *) usage_error "unknown option $1" ;;
  esac
done
[ -n "$dir" ] || usage_error "--dir is missing"
need_number --days "$days" 1 7300
need_commands openssl
umask 077
mkdir -p "$dir"

# new_key FILE: PKCS#8, which the Java servers want.
new_key() { openssl genpkey -quiet -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1" 2>/dev/null || openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1"; }

authority() {
  need_match --name "$name" '[A-Za-z0-9][A-Za-z0-9 ._-]{0,63}' 'a name of 1 to 64 letters, digits, blanks and . _ -'
  if [ ! -s "$dir/ca.key" ] || [ ! -s "$dir/ca.pem" ]; then
    new_key "$dir/ca.key"
    openssl req -x509 -new -key "$dir/ca.key" -sha256 -days "$days" -subj "/CN=$name" \
      -addext 'basicConstraints=critical,CA:TRUE,pathlen:0' -addext 'keyUsage=critical,keyCertSign,cRLSign' \
      -out "$dir/ca.pem"
  fi
  chmod 644 "$dir/ca.pem"
  echo "authority: $dir/ca.pem"
}

# The extensions of a certificate, of which its names are remembered to see whether others are wanted.
extensions() {
  echo 'basicConstraints=critical,CA:FALSE'
  echo 'keyUsage=critical,digitalSignature'
  if [ "$verb" = server ]; then
    # A broker is also a client of the others.
    echo 'extendedKeyUsage=serverAuth,clientAuth'
    echo "subjectAltName=${hosts//dns:/DNS:}" | sed 's/ip:/IP:/g'
  else
    echo 'extendedKeyUsage=clientAuth'
  fi
}

is_current() {
  [ -s "$dir/$name.pem" ] && [ "$(cat "$dir/$name.ext" 2>/dev/null)" = "$(extensions)" ] &&
    openssl x509 -in "$dir/$name.pem" -noout -checkend $((30 * 86400)) >/dev/null &&
    openssl verify -CAfile "$dir/ca.pem" "$dir/$name.pem" >/dev/null 2>&1
}

issue() {
  need_match --name "$name" '[A-Za-z0-9]([A-Za-z0-9.-]{0,62})?' 'a name of 1 to 63 letters, digits, . and -'
  [ "$name" != ca ] || usage_error '--name is "ca", which is the authority'
  if [ "$verb" = server ]; then
    need_match --for "$hosts" "(dns:$HOST_NAME|ip:[0-9A-Fa-f.:]{2,39})(,(dns:$HOST_NAME|ip:[0-9A-Fa-f.:]{2,39}))*" 'dns:HOST and ip:ADDRESS, separated by commas'
  elif [ -n "$hosts" ]; then
    usage_error "--for is for servers"
  fi
  need_file "$dir/ca.key" "$dir/ca.key"
  if ! is_current; then
    local work
    work=$(mktemp -d "$dir/.new.XXXXXX")
    # shellcheck disable=SC2064 # The folder of now.
    trap "rm -rf '$work'" EXIT
    new_key "$work/key"
    openssl req -new -key "$work/key" -subj "/CN=$name" -out "$work/request"
    extensions >"$work/extensions"
    openssl x509 -req -in "$work/request" -CA "$dir/ca.pem" -CAkey "$dir/ca.key" -set_serial "0x$(openssl rand -hex 16 | sed 's/^./1/')" \
      -sha256 -days "$days" -extfile "$work/extensions" -out "$work/certificate" 2>/dev/null
    cat "$work/key" "$work/certificate" | replace_file "$dir/$name.pem" 600
    extensions | replace_file "$dir/$name.ext" 600
  fi
  echo "$verb: $dir/$name.pem"
}

if [ "$verb" = authority ]; then authority; else issue; fi
