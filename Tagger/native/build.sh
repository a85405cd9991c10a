#!/bin/sh
# Compiles libstickers_tagger.so into native/out/, unless it is newer than its sources. One file for each kind of processor, chosen at run time: the library runs on every x86-64 one.
# It needs nothing at run time but the C library.
set -eu
cd "$(dirname "$0")"

if ! command -v g++ >/dev/null; then
    echo "The tagger needs a C++ compiler. On Debian: apt-get install g++" >&2
    exit 1
fi

mkdir -p out
exec 9>out/.lock
flock 9
library=out/libstickers_tagger.so
if [ -f "$library" ]; then
    fresh=yes
    for source in *.cpp *.h build.sh; do [ "$source" -nt "$library" ] && fresh=; done
    [ -z "$fresh" ] || exit 0
fi
trap 'rm -rf out/*.o out/*.new' EXIT

# -ffp-contract=off: a multiplication and an addition made one would round otherwise than on processors that can't.
compile() {
    source=$1
    shift
    g++ -std=c++17 -O3 -fPIC -fvisibility=hidden -fno-exceptions -fno-rtti -ffp-contract=off -Wall -Wextra "$@" -c "$source.cpp" -o "out/$source.o"
}
compile convolution
compile weights
compile portable
compile avx2 -mavx2
compile winograd_avx2 -mavx2
compile narrow_avx2 -mavx2
compile avxvnni -mavx2 -mavxvnni
# GCC 12 takes the undefined registers of its own header for a mistake (bug 105593).
compile avx512 -mavx512f -mavx512bw -mavx512vl -mavx512vnni -Wno-maybe-uninitialized
g++ -shared -o "$library.new" out/*.o -Wl,-z,defs
mv -f "$library.new" "$library"
