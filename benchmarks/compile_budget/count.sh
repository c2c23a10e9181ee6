#!/usr/bin/env bash
# Counts the instructions that g++ -O2 executes for program.cpp, or another program, under Valgrind, in some minutes. Seconds of one machine differ by a
# third within the hour; this number hardly differs at all, so two versions of the library are compared by it.
#     benchmarks/compile_budget/count.sh [program.cpp | infer.cpp] [include folder]     this library's own unless said otherwise
# infer.cpp loads weights and finds faces, and compiles nothing of training.
# Needs valgrind (on Debian: valgrind).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

program=${1:-program.cpp} include=${2:-include}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# What g++ would run: cc1plus itself, since Valgrind would count the driver alone.
read -ra compiler < <(g++ -O2 -std=c++20 -pthread -DEIGEN_DONT_PARALLELIZE -DEIGEN_GEMM_TO_COEFFBASED_THRESHOLD=1 -I"$include" -I/usr/include/eigen3 \
    -S "benchmarks/compile_budget/$program" \
    -o "$folder/program.s" '-###' 2>&1 | grep cc1plus | tr -d '"')
valgrind --tool=cachegrind --cache-sim=no --cachegrind-out-file=/dev/null "${compiler[@]}" 2>"$folder/said" || { cat "$folder/said" >&2; exit 1; }
awk '/I +refs/ { gsub(",", "", $NF); printf "%.2f thousand million instructions\n", $NF / 1e9 }' "$folder/said"
