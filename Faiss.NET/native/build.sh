#!/bin/sh
# Compiles libfaiss_net.so into native/out/, unless it is newer than its sources.
# Faiss is linked in statically (Debian's libfaiss.a is position independent); at run time the library needs only
# libopenblas0, libgomp1 and libstdc++6.
set -eu
cd "$(dirname "$0")"
out=out/libfaiss_net.so

up_to_date() {
    [ -f "$out" ] || return 1
    for source in faiss_net.cpp faiss_net.h build.sh; do
        [ "$source" -nt "$out" ] && return 1
    done
    return 0
}

up_to_date && exit 0
if ! command -v g++ >/dev/null || [ ! -f /usr/include/faiss/Index.h ] || ! echo 'int main(){}' | g++ -x c++ - -o /dev/null -lopenblas 2>/dev/null; then
    echo "Faiss.NET needs Faiss, OpenBLAS and a C++ compiler. On Debian: apt-get install g++ libfaiss-dev libopenblas-dev" >&2
    exit 1
fi

mkdir -p out
exec 9>out/.lock
flock 9
up_to_date && exit 0 # another build was faster
trap 'rm -f "$out.$$"' EXIT
g++ -std=c++17 -O2 -fPIC -shared -fopenmp -fvisibility=hidden -Wall -Wextra -o "$out.$$" faiss_net.cpp \
    -Wl,-Bstatic -lfaiss -Wl,-Bdynamic -lopenblas -Wl,--exclude-libs,ALL -Wl,-z,defs
mv -f "$out.$$" "$out"
