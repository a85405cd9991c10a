#!/bin/sh
# Prints the folder of the fast archives that build-fast.sh makes and build.sh links: <folder>/<Faiss version>/<variant>/libfaiss.a
echo "${FAISS_NET_HOME:-${XDG_DATA_HOME:-${HOME:-/root}/.local/share}/faiss-net}"
