#!/bin/sh
# Compiles libmpi_net.so against the MPI whose compiler wrapper is $MPICC (default: mpicc), unless that was done already.
# Where no MPI is installed it says so, makes nothing and succeeds: programs then run, only not by MPI.
# usage: build.sh [folder]      where the library goes; default: native/out
set -eu
cd "$(dirname "$0")"
folder=${1:-out}
out=$folder/libmpi_net.so
made_by=$folder/made-by.txt
wrapper=${MPICC:-mpicc}

if ! command -v "$wrapper" >/dev/null; then
    echo "Mpi.NET is built without MPI: there is no $wrapper. On Debian: apt-get install libopenmpi-dev openmpi-bin"
    exit 0
fi
# What the wrapper calls tells one MPI from another.
recipe=$("$wrapper" -show)

up_to_date() {
    [ -f "$out" ] && [ "$(cat "$made_by" 2>/dev/null)" = "$recipe" ] || return 1
    for source in mpi_net.c mpi_net.h build.sh; do
        [ "$source" -nt "$out" ] && return 1
    done
    return 0
}

up_to_date && exit 0
mkdir -p "$folder"
exec 9>"$folder/.lock"
flock 9
up_to_date && exit 0 # another build was faster
trap 'rm -f "$out.$$"' EXIT
"$wrapper" -std=c11 -O2 -fPIC -shared -fvisibility=hidden -Wall -Wextra -Werror -o "$out.$$" mpi_net.c -Wl,-z,defs
mv -f "$out.$$" "$out"
printf '%s\n' "$recipe" >"$made_by"
