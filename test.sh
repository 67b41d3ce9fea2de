#!/usr/bin/env bash
# Builds the solution, checks its format and runs every test.
#
#   ./test.sh                 everything that takes minutes
#   ./test.sh --long          also what takes longer: more crash points, more fuzzing
#   ./test.sh Market Feeds    only the test projects whose name contains one of the words
#
# Tests that need a real Kafka, kcat, Python, Node.js, Java or Chromium are skipped with their reason where those are absent. npm's
# Kafka clients are fetched once into ~/.cache/stockaspire. Ends with one line "N passed, N failed, N skipped" and exits
# non-zero on any failure.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
root=$PWD
words=()
for argument in "$@"; do
  case $argument in
    --long) export STOCKASPIRE_LONG=1 ;;
    -h | --help) sed -n '2,10s/^# \{0,1\}//p' "$0"; exit 0 ;;
    -*) echo "test.sh: unknown option $argument (try --help)" >&2; exit 2 ;;
    *) words+=("$argument") ;;
  esac
done

command -v dotnet >/dev/null || { echo "test.sh: the .NET SDK 10 is missing (command dotnet)" >&2; exit 2; }
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 MSBUILDDISABLENODEREUSE=1
shared=${STOCKASPIRE_SHARED:-$root/../shared}
[ ! -d "$shared" ] || export STOCKASPIRE_SHARED=$(cd "$shared" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# What other languages' tests need, the deployment's validators, and a browser. Without root or Debian they are skipped, each with its reason.
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  missing=()
  for package in kcat python3-kafka python3-lz4 python3-snappy python3-zstandard python3-confluent-kafka \
    python3-grpcio python3-protobuf protobuf-compiler protobuf-compiler-grpc chromium \
    openssl shellcheck yamllint systemd; do
    dpkg -s "$package" >/dev/null 2>&1 || missing+=("$package")
  done
  if [ ${#missing[@]} -gt 0 ]; then
    echo "installing ${missing[*]}"
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"; } >"$work/apt" 2>&1 ||
      echo "not installed (tests that need them are skipped): $(tail -n 1 "$work/apt")"
  fi
fi

echo "building"
./build.sh || { echo "test.sh: the build failed" >&2; echo "0 passed, 1 failed"; exit 1; }

passed=0 failed=0 skipped=0
failures=()
if [ ${#words[@]} = 0 ]; then
  echo "checking the format"
  if dotnet format StockAspire.sln --verify-no-changes --no-restore >"$work/format" 2>&1; then
    passed=1
  else
    failed=1 failures+=("dotnet format --verify-no-changes")
    tail -n 20 "$work/format"
  fi
fi

wanted() {
  [ ${#words[@]} = 0 ] && return 0
  local word
  for word in "${words[@]}"; do case $1 in *"$word"*) return 0 ;; esac; done
  return 1
}

for project in tests/*.Tests/*.csproj; do
  name=$(basename "$project" .csproj)
  wanted "$name" || continue
  folder=$(dirname "$project")
  # The test project's assembly is a program of its own.
  program=$folder/bin/Debug/net10.0/StockAspire.$name.dll
  echo "== $name"
  started=$SECONDS
  dotnet "$program" -noLogo -noColor 2>&1 | tee "$work/$name" | grep -vE '^ *(Discovering|Discovered|Starting|Finished): '
  status=${PIPESTATUS[0]}
  summary=$(grep -E 'Total: [0-9]+, Errors: [0-9]+, Failed: [0-9]+, Skipped: [0-9]+' "$work/$name" | tail -n 1)
  if [ -z "$summary" ]; then
    failed=$((failed + 1))
    failures+=("$name ended without a summary (exit code $status)")
    continue
  fi
  number() { sed -E "s/.*$1: ([0-9]+).*/\1/" <<<"$summary"; }
  total=$(number Total) errors=$(number Errors) wrong=$(number Failed) omitted=$(number Skipped)
  passed=$((passed + total - wrong - omitted))
  failed=$((failed + wrong + errors))
  skipped=$((skipped + omitted))
  if [ "$status" != 0 ] && [ $((wrong + errors)) = 0 ]; then
    failed=$((failed + 1)) && failures+=("$name exited with $status")
  fi
  # Each failed test with the first lines of what it says: whoever reads only the end of the output needs no more.
  [ $((wrong + errors)) = 0 ] || failures+=("$name:"$'\n'"$(grep -E -A 12 '\[FAIL\]' "$work/$name" | head -n 120)")
  echo "   ($((SECONDS - started)) s)"
done

for failure in "${failures[@]+"${failures[@]}"}"; do echo "FAILED $failure"; done
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ]
