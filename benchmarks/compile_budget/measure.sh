#!/usr/bin/env bash
# Compiles program.cpp, the program of the README, and says what the compiler needed: seconds of processor time and the peak of
# its memory, and whether both keep the budget of 30 s and 1.5 GB. Ends with status 1 where they do not.
#     benchmarks/compile_budget/measure.sh [compiler] [flag...]     g++ -O2 unless said otherwise
# Memory is measured where GNU time is installed (on Debian: time).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

most_seconds=30 most_megabytes=1500
[[ $# -gt 0 ]] || set -- g++ -O2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

export LC_ALL=C TIMEFORMAT='%U %S'
command=("$@" -std=c++20 -pthread -DEIGEN_DONT_PARALLELIZE -DEIGEN_GEMM_TO_COEFFBASED_THRESHOLD=1 -Iinclude -I/usr/include/eigen3 -c benchmarks/compile_budget/program.cpp -o "$folder/program.o")
if [[ -x /usr/bin/time ]]; then
    /usr/bin/time -f '%U %S %M' -o "$folder/needed" "${command[@]}"
else
    { time "${command[@]}" 2>&3; } 3>&2 2>"$folder/needed"
fi
read -r user system kilobytes <"$folder/needed"

echo "${command[*]}"
awk -v user="$user" -v system_="$system" -v kilobytes="${kilobytes:-}" -v most_seconds=$most_seconds -v most_megabytes=$most_megabytes '
    function judged(value, most, unit) { verdict = "kept"; if (value > most) { verdict = "OVER"; over = 1 }; printf "%.1f %s of at most %d: %s\n", value, unit, most, verdict }
    BEGIN {
        judged(user + system_, most_seconds, "s")
        if (kilobytes != "") judged(kilobytes / 1000, most_megabytes, "MB")
        else print "memory was not measured: GNU time is not installed"
        exit over
    }'
