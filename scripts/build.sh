#!/usr/bin/env bash
# Builds the solution in Release, or the program as ./stickers runs it, unless no source has changed since the last time.
# usage: scripts/build.sh Stickers.sln | stickers
# The program lies in artifacts/stickers, compiled ahead of time for a quick start (ReadyToRun).
set -euo pipefail
cd "$(dirname "$0")/.."
target=$1

export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 MSBUILDDISABLENODEREUSE=1

mkdir -p artifacts
stamp=artifacts/$(basename "$target").stamp
case $target in
  stickers) command=(publish Cli/Stickers.Cli.csproj --output artifacts/stickers -p:PublishReadyToRun=true -p:CreateSymbolicLinksForPublishFilesIfPossible=true) built=artifacts/stickers/stickers.dll ;;
  *) command=(build "$target") built=Cli/bin/Release/net10.0/linux-x64/stickers.dll ;;
esac
exec 9>artifacts/build.lock
flock 9

# Names, times and sizes of everything that a build reads, which MPI Mpi.NET is compiled against, if any, and the fast archives of Faiss.
fingerprint() {
  local folders=(*/*.csproj)
  folders=("${folders[@]%/*}")
  case $target in *.sln) folders+=(tests bench notebooks) ;; esac
  {
    readlink -f "$(command -v mpicc)" || true
    find "${folders[@]}" \( -name bin -o -name obj -o -path '*/native/out' \) -prune -o -type f ! -name '*.md' -printf '%p %T@ %s\n'
    find "$(Faiss.NET/native/fast-home.sh)" -name '*.a' -printf '%p %T@ %s\n' 2>/dev/null || true
    find . -maxdepth 1 -type f \( -name '*.props' -o -name '*.targets' -o -name '*.sln' -o -name global.json -o -name .editorconfig \) -printf '%p %T@ %s\n'
  } | sort | sha256sum
}

# The program's folder holds links into the packages' cache and into build outputs, which somebody may have removed.
whole() { [ -f "$built" ] && [ -z "$(find -L "${built%/*}" -type l -print -quit)" ]; }

now=$(fingerprint)
if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$now" ] && whole; then exit 0; fi

echo "Building $(basename "$target" .sln) ..." >&2
log=artifacts/build.log
if [ "$target" = stickers ]; then rm -rf artifacts/stickers; fi
# The compiler server that a build leaves behind must not hold the lock.
if ! dotnet "${command[@]}" --configuration Release --nologo --verbosity quiet -consoleLoggerParameters:NoSummary >"$log" 2>&1 </dev/null 9>&-; then
  { grep -E 'error|warning' "$log" || cat "$log"; } | sort -u | head -n 40 >&2
  echo "stickers: the build failed; all it said is in $log." >&2
  exit 1
fi
# .NET looks for what belongs to a program where its file really is.
if [ -L "$built" ]; then cp --remove-destination "$(readlink -f "$built")" "$built"; fi
# A build may write into a source folder (a lock file, say); what counts is how the sources stand after it.
fingerprint >"$stamp"
