#!/bin/sh
# Compiles Faiss from the source of the Debian package that is installed here, for processors with AVX2 and with AVX-512, and keeps the two
# archives where build.sh finds them: Debian's own archive is for every x86-64 processor and slower. It takes about
# 6 minutes of processor time and 2 MB of download.
# usage: native/build-fast.sh [avx2] [avx512]      default: both
#
# The archives go to $FAISS_NET_HOME, or else to ~/.local/share/faiss-net. Nothing of the system is changed: the sources are
# asked of the mirrors that this machine's apt uses, through lists of our own, and apt checks their signatures as ever.
set -eu
here=$(cd "$(dirname "$0")" && pwd)

need="apt-get install g++ cmake dpkg-dev libfaiss-dev libopenblas-dev"
for program in g++ cmake make dpkg-source; do
    command -v "$program" >/dev/null || { echo "build-fast.sh: $program is missing. On Debian: $need" >&2; exit 1; }
done
source_of=$(dpkg-query -W -f '${source:Package}=${source:Version}' libfaiss-dev 2>/dev/null) ||
    { echo "build-fast.sh: libfaiss-dev is not installed, and its headers are needed. On Debian: $need" >&2; exit 1; }
upstream=${source_of#*=}
upstream=${upstream%-*}
home=$("$here/fast-home.sh")

variants=${*:-avx2 avx512}
for variant in $variants; do
    case $variant in avx2 | avx512) ;; *) echo "build-fast.sh: unknown variant '$variant'; expected avx2 or avx512" >&2; exit 2 ;; esac
done
mkdir -p "$home"
exec 9>"$home/.lock"
flock 9

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

# What apt reads, with `deb` turned into `deb-src`.
mkdir -p "$work/apt/sources" "$work/apt/lists/partial" "$work/apt/cache/archives/partial"
for list in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
    [ -f "$list" ] || continue
    sed -n 's/^[[:space:]]*deb[[:space:]]/deb-src /p' "$list" >"$work/apt/sources/$(basename "$list" .list)-src.list"
done
for list in /etc/apt/sources.list.d/*.sources; do
    [ -f "$list" ] || continue
    sed 's/^Types:.*/Types: deb-src/' "$list" >"$work/apt/sources/$(basename "$list")"
done
cat >"$work/apt/apt.conf" <<END
Dir::Etc::SourceList "/dev/null";
Dir::Etc::SourceParts "$work/apt/sources";
Dir::State::Lists "$work/apt/lists";
Dir::Cache "$work/apt/cache";
Acquire::AllowInsecureRepositories "false";
APT::Get::AllowUnauthenticated "false";
APT::Sandbox::User "";
END
cd "$work"
log=$work/log
fail() {
    tail -n 40 "$log" >&2
    echo "build-fast.sh: $1 failed; its last words stand above." >&2
    exit 1
}
echo "Fetching the source of $source_of ..." >&2
export APT_CONFIG="$work/apt/apt.conf"
apt-get -q update >"$log" 2>&1 </dev/null || echo "(some source lists could not be read)" >>"$log"
apt-get -q --only-source source "$source_of" >>"$log" 2>&1 </dev/null || fail "apt-get source $source_of"

# The names that Faiss' build gives its target for AVX2 come with the instructions, so the AVX-512 archive adds to the same.
for variant in $variants; do
    flags=
    [ "$variant" = avx512 ] && flags="-march=x86-64-v4 -mprefer-vector-width=512"
    echo "Compiling Faiss $upstream for $variant ..." >&2
    cmake -S "faiss-$upstream" -B "$variant" -DCMAKE_BUILD_TYPE=Release -DCMAKE_POSITION_INDEPENDENT_CODE=ON -DFAISS_OPT_LEVEL=avx2 \
        -DFAISS_ENABLE_GPU=OFF -DFAISS_ENABLE_PYTHON=OFF -DBUILD_TESTING=OFF -DCMAKE_CXX_FLAGS="$flags" >"$log" 2>&1 || fail cmake
    cmake --build "$variant" --target faiss_avx2 --parallel "$(nproc)" >"$log" 2>&1 || fail "the compilation"
    mkdir -p "$home/$upstream/$variant"
    cp "$variant/faiss/libfaiss_avx2.a" "$home/$upstream/$variant/libfaiss.a.new"
    mv -f "$home/$upstream/$variant/libfaiss.a.new" "$home/$upstream/$variant/libfaiss.a"
    rm -rf "$variant"
done
echo "$home/$upstream now holds: $(cd "$home/$upstream" && echo *). The next build of Faiss.NET takes them in." >&2
