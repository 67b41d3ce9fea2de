#!/usr/bin/env bash
# Builds everything. ./build.sh [Debug|Release]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
exec dotnet build StockAspire.sln --configuration "${1:-Debug}" --nologo --verbosity quiet -p:TreatWarningsAsErrors=true
