#!/usr/bin/env bash
# Makes the administrator, the keyspace and the roles of Sink and Query, and locks the login that Cassandra comes with. May be
# run again at any time.
#
#   roles.sh --host HOST --ca FILE --secrets DIR [--port 9042] [--keyspace stockaspire] [--dc dc1] [--replication 1]
#            [--admin stockaspire_admin] [--cqlsh cqlsh]
#
#   --ca           ca.pem of certificates.sh
#   --secrets      the folder of passwords.sh, with cassandra-admin, cassandra-sink and cassandra-query. Change one and run
#                  again; to change the administrator's, use ALTER ROLE and then its file
#   --replication  copies of every row in --dc, 1 to 9, of a keyspace made now; with more than 1 also of the roles
#   --cqlsh        the program to run
#
# stockaspire_sink may change the keyspace, stockaspire_query may only read it. The Sink makes the tables.
#
#   ./roles.sh --host 10.0.0.21 --ca /etc/cassandra/tls/ca.pem --secrets /etc/stockaspire/secrets --replication 3

set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../checks.sh"

host='' ca='' secrets='' port=9042 keyspace=stockaspire dc=dc1 replication=1 admin=stockaspire_admin cqlsh=cqlsh
while [ $# -gt 0 ]; do
  case $1 in
    --host) value "$1" $#; host=$2; shift 2 ;;
    --ca) value "$1" $#; ca=$2; shift 2 ;;
    --secrets) value "$1" $#; secrets=$2; shift 2 ;;
    --port) value "$1" $#; port=$2; shift 2 ;;
    --keyspace) value "$1" $#; keyspace=$2; shift 2 ;;
    --dc) value "$1" $#; dc=$2; shift 2 ;;
    --replication) value "$1" $#; replication=$2; shift 2 ;;
    --admin) value "$1" $#; admin=$2; shift 2 ;;
    --cqlsh) value "$1" $#; cqlsh=$2; shift 2 ;;
    -h | --help) manual "$0"; exit 0 ;;
    *) usage_error "unknown option $1" ;;
  esac
done
need_match --host "$host" "$HOST_NAME" 'a host name or address'
need_file --ca "$ca"
[ -n "$secrets" ] || usage_error "--secrets is missing"
need_number --port "$port" 1 65535
need_match --keyspace "$keyspace" '[a-z][a-z0-9_]{0,47}' '1 to 48 of a-z 0-9 _'
need_match --dc "$dc" '[A-Za-z0-9_-]{1,48}' '1 to 48 of A-Z a-z 0-9 _ -'
need_number --replication "$replication" 1 9
need_match --admin "$admin" '[a-z][a-z0-9_]{0,47}' '1 to 48 of a-z 0-9 _'
admin_password='' sink_password='' query_password=''
read_password --secrets "$secrets/cassandra-admin" admin_password
read_password --secrets "$secrets/cassandra-sink" sink_password
read_password --secrets "$secrets/cassandra-query" query_password
need_commands "$cqlsh"

umask 077
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cat >"$work/cqlshrc" <<CONFIGURATION
[connection]
hostname = $host
port = $port
ssl = true
request_timeout = 60

[ssl]
certfile = $ca
validate = true

[auth_provider]
module = cassandra.auth
classname = PlainTextAuthProvider
CONFIGURATION

# cql USER PASSWORD: runs the statements of standard input. Passwords stand in files alone, which go at the end.
cql() {
  printf '[PlainTextAuthProvider]\nusername = %s\npassword = %s\n' "$1" "$2" >"$work/credentials"
  cat >"$work/statements"
  "$cqlsh" --cqlshrc "$work/cqlshrc" --credentials "$work/credentials" -f "$work/statements" >"$work/out" 2>&1
}

cql_as_admin() { cql "$admin" "$admin_password" || die "Cassandra at $host:$port refused: $(tail -n 5 "$work/out")"; }

# can_login USER PASSWORD
can_login() { cql "$1" "$2" <<<"SELECT release_version FROM system.local;"; }

# Of the login that everybody knows, nobody is to know the password.
lock="ALTER ROLE cassandra WITH SUPERUSER = false AND LOGIN = false"
if can_login "$admin" "$admin_password"; then
  echo "administrator $admin: is there"
else
  refused=$(tail -n 1 "$work/out")
  cql cassandra cassandra <<STATEMENTS || die "neither $admin nor the login that Cassandra comes with can log in at $host:$port: $refused; $(tail -n 1 "$work/out")"
CREATE ROLE IF NOT EXISTS $admin WITH PASSWORD = '$admin_password' AND SUPERUSER = true AND LOGIN = true;
STATEMENTS
  echo "administrator $admin: made"
  lock="$lock AND PASSWORD = '$(od -An -N32 -tx8 /dev/urandom | tr -d ' \n')'"
fi
cql_as_admin <<<"$lock;"
echo "login cassandra: locked"

{
  [ "$replication" = 1 ] ||
    echo "ALTER KEYSPACE system_auth WITH replication = {'class': 'NetworkTopologyStrategy', '$dc': $replication};"
  cat <<STATEMENTS
CREATE KEYSPACE IF NOT EXISTS $keyspace WITH replication = {'class': 'NetworkTopologyStrategy', '$dc': $replication};
CREATE ROLE IF NOT EXISTS stockaspire_sink;
GRANT CREATE ON KEYSPACE $keyspace TO stockaspire_sink;
GRANT ALTER ON KEYSPACE $keyspace TO stockaspire_sink;
GRANT SELECT ON KEYSPACE $keyspace TO stockaspire_sink;
GRANT MODIFY ON KEYSPACE $keyspace TO stockaspire_sink;
GRANT SELECT ON KEYSPACE system_views TO stockaspire_sink;
CREATE ROLE IF NOT EXISTS stockaspire_query;
GRANT SELECT ON KEYSPACE $keyspace TO stockaspire_query;
STATEMENTS
} | cql_as_admin

# set_password ROLE PASSWORD: only where it is another one, since Cassandra refuses to change it twice within 5 s.
set_password() {
  can_login "$1" "$2" || cql_as_admin <<<"ALTER ROLE $1 WITH PASSWORD = '$2' AND LOGIN = true;"
}
set_password stockaspire_sink "$sink_password"
set_password stockaspire_query "$query_password"
echo "keyspace $keyspace: there, with roles stockaspire_sink and stockaspire_query"
[ "$replication" = 1 ] || echo "now run on every node: nodetool repair --full system_auth"
