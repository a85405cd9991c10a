#!/usr/bin/env bash
# Brings what Stickers needs onto this machine, and says so before doing it; says and does nothing when all is there.
# usage: scripts/setup.sh [demo] [faiss] [mpi] [test]      what for, beyond building and running in one process
set -euo pipefail

packages=(
  "g++|compiles the native source of Faiss.NET and of the tagger"
  "libfaiss-dev|the vector search library that Faiss.NET binds"
  "libopenblas-dev|the matrix routines that Faiss calls"
  "fontconfig-config|tells the renderer of SVG where fonts are"
  "fonts-dejavu-core|letters for drawings that have text"
)
# Each release of Debian names ICU by its own number; only where none is there, the one of this release is asked for.
if ! compgen -G '/usr/lib/*/libicuuc.so.*' >/dev/null && ! compgen -G '/usr/lib*/libicuuc.so.*' >/dev/null; then
  case $(. /etc/os-release 2>/dev/null && echo "${VERSION_CODENAME:-}") in
    bookworm) icu=libicu72 ;;
    trixie) icu=libicu76 ;;
    *) icu=libicu-dev ;;
  esac
  packages+=("$icu|Unicode rules: .NET needs them, and tags are normalised by them")
fi
mpi=(
  "libopenmpi-dev|headers of MPI, which Mpi.NET is compiled against"
  "openmpi-bin|mpirun, which starts many processes that work together"
  "libzmq5|carries data between stages that run in several processes"
)
for purpose in "$@"; do
  case $purpose in
    demo) packages+=("openclipart-svg|8,121 drawings with their creators' tags: the demo's catalogue (173 MB)") ;;
    faiss)
      packages+=(
        "cmake|builds the fast native Faiss"
        "make|which it builds with"
        "dpkg-dev|unpacks the source of Debian's Faiss"
      )
      ;;
    mpi) packages+=("${mpi[@]}") ;;
    test)
      packages+=(
        "chromium|the browser that the test of the page drives"
        "${mpi[@]}"
        "iproute2|gives processes of tests a network of their own, as pods have"
        "libmpich-dev|another MPI, to prove that Mpi.NET is bound to none"
        "mpich|its launcher"
        "radosgw|Ceph's S3 gateway, the real S3 server that tests start and end"
        "ceph-mon|its monitor (no service is set up: tests run it from a folder of their own)"
        "redis-server|an online store, for the feed of applied plans (tests start it themselves)"
        "ceph-osd|its storage daemon, which keeps the tests' objects in memory"
      )
      ;;
    *) echo "setup.sh: unknown purpose '$purpose'; expected demo, faiss, mpi or test" >&2; exit 2 ;;
  esac
done

if ! command -v dotnet >/dev/null; then
  echo "stickers: the .NET SDK 10 is needed and no 'dotnet' is on PATH: install it, then run this again." >&2
  exit 1
fi

if ! command -v dpkg-query >/dev/null; then
  echo "stickers: this is not a Debian system; what these Debian packages hold must be there:" >&2
  printf '  %s\n' "${packages[@]%%|*}" >&2
  exit 0
fi

missing=()
for entry in "${packages[@]}"; do
  # Purposes may share some.
  case "${missing[*]-}" in *"$entry"*) continue ;; esac
  [ "$(dpkg-query -W -f '${db:Status-Status}' "${entry%%|*}" 2>/dev/null || true)" = installed ] || missing+=("$entry")
done
# axe-core checks the page's accessibility; tests borrow it from npm and do without where that is not there.
axe=${XDG_CACHE_HOME:-$HOME/.cache}/stickers-test
if [[ " $* " == *" test "* ]] && command -v npm >/dev/null && [ ! -e "$axe/node_modules/axe-core/axe.min.js" ]; then
  echo "Stickers' tests need axe-core 4.14.1 and will put it into $axe." >&2
  mkdir -p "$axe"
  npm install --silent --no-audit --no-fund --prefix "$axe" axe-core@4.14.1 >/dev/null || echo "stickers: npm could not bring axe-core; its tests will be skipped." >&2
fi
[ ${#missing[@]} -gt 0 ] || exit 0

names=("${missing[@]%%|*}")
{
  echo "Stickers needs these Debian packages and will install them:"
  for entry in "${missing[@]}"; do printf '  %-16s %s\n' "${entry%%|*}" "${entry#*|}"; done
} >&2

as_root=()
if [ "$(id -u)" != 0 ]; then
  if ! command -v sudo >/dev/null; then
    echo "stickers: installing needs root, and there is no sudo. As root, run:" >&2
    echo "  apt-get update && apt-get install --yes --no-install-recommends ${names[*]}" >&2
    exit 1
  fi
  as_root=(sudo)
fi

log=$(mktemp)
trap 'rm -f "$log"' EXIT
apt() { "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=300 "$@" >"$log" 2>&1 </dev/null; }
if ! { apt update && apt install --yes --no-install-recommends "${names[@]}"; }; then
  cat "$log" >&2
  echo "stickers: installing ${names[*]} failed; apt's own words stand above." >&2
  exit 1
fi
echo "Installed ${names[*]}." >&2
