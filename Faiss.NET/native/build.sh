#!/bin/sh
# Compiles libfaiss_net into native/out/, unless it is newer than its sources: libfaiss_net.so over Debian's archive of Faiss, which every
# x86-64 processor runs, and libfaiss_net.avx2.so and libfaiss_net.avx512.so where build-fast.sh has made the archives for them.
# Faiss is linked in statically (the archives are position independent); at run time a library needs only libopenblas0,
# libgomp1 and libstdc++6.
set -eu
cd "$(dirname "$0")"

if ! command -v g++ >/dev/null || [ ! -f /usr/include/faiss/Index.h ] || ! echo 'int main(){}' | g++ -x c++ - -o /dev/null -lopenblas 2>/dev/null; then
    echo "Faiss.NET needs Faiss, OpenBLAS and a C++ compiler. On Debian: apt-get install g++ libfaiss-dev libopenblas-dev" >&2
    exit 1
fi

number() { sed -n "s/^#define FAISS_VERSION_$1 \([0-9]*\).*/\1/p" /usr/include/faiss/Index.h; }
fast=$(./fast-home.sh)/$(number MAJOR).$(number MINOR).$(number PATCH)

# What distances.cpp and scalar_scanner.cpp do in place of Faiss.
wrapped=
for function in _ZN5faiss10fvec_L2sqrEPKfS1_m _ZN5faiss18fvec_inner_productEPKfS1_m _ZN5faiss15fvec_norm_L2sqrEPKfm \
    _ZNK5faiss15ScalarQuantizer26select_InvertedListScannerENS_10MetricTypeEPKNS_5IndexEbPKNS_10IDSelectorEb; do
    wrapped="$wrapped -Wl,--wrap=$function"
done

mkdir -p out
exec 9>out/.lock
flock 9
trap 'rm -f out/*.new' EXIT

# compile <variant> <library> <archive of Faiss> <flags>
compile() {
    variant=$1 library=out/$2 archive=$3
    shift 3
    if [ -f "$library" ]; then
        fresh=yes
        for source in *.cpp *.h build.sh; do [ "$source" -nt "$library" ] && fresh=; done
        if [ "${archive#-}" = "$archive" ] && [ "$archive" -nt "$library" ]; then fresh=; fi
        [ -z "$fresh" ] || return 0
    fi
    g++ -std=c++17 -O2 -fPIC -shared -fopenmp -fvisibility=hidden -Wall -Wextra "-DFAISSNET_VARIANT=\"$variant\"" "$@" -o "$library.new" ./*.cpp \
        $wrapped -Wl,-Bstatic "$archive" -Wl,-Bdynamic -lopenblas -Wl,--exclude-libs,ALL -Wl,-z,defs
    mv -f "$library.new" "$library"
}

compile generic libfaiss_net.so -lfaiss
for variant in avx2 avx512; do
    if [ ! -f "$fast/$variant/libfaiss.a" ]; then
        rm -f "out/libfaiss_net.$variant.so" # of an older state, with nothing to make it anew from
        continue
    fi
    case $variant in
        avx2) compile avx2 libfaiss_net.avx2.so "$fast/avx2/libfaiss.a" -mavx2 -mfma -mf16c -mpopcnt ;;
        avx512) compile avx512 libfaiss_net.avx512.so "$fast/avx512/libfaiss.a" -march=x86-64-v4 -mprefer-vector-width=512 ;;
    esac
done
