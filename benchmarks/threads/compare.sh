#!/usr/bin/env bash
# Compares the threads of two versions of the library: both programs run in turn, first alone, then beside busy processes. Prints
# medians and means of a pass in milliseconds; a mean holds the passes in which a thread had to wait for its core.
#     benchmarks/threads/compare.sh <include folder of the other version> [rounds, 5] [seconds a work, 1] [threads, 2] [busy processes, 1]
# The include folder of a commit: git archive COMMIT include | tar -x -C /tmp/before
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

other=$1 rounds=${2:-5} seconds=${3:-1} threads=${4:-2} busy=${5:-1}
folder=$(mktemp -d)
spinning=()
trap '[[ ${#spinning[@]} = 0 ]] || kill "${spinning[@]}"; rm -rf "$folder"' EXIT

build() { # <include folder> <program>; versions before the thread pool need -fopenmp
    ${CXX:-g++} -std=c++20 -O3 -DNDEBUG -march=native -fno-math-errno -fopenmp -DEIGEN_DONT_PARALLELIZE -DEIGEN_GEMM_TO_COEFFBASED_THRESHOLD=1 -I"$1" -isystem \
        /usr/include/eigen3 benchmarks/threads/program.cpp -o "$2"
}
build "$other" "$folder/other"
build include "$folder/this"

median_and_mean() {
    sort -n "$1" | awk '{ v[NR] = $1; sum += $1 } END { printf "%.2f %.2f", NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2, sum / NR }'
}
compare() { # <heading> <works, kind:width:batch ...>
    local heading=$1 work
    shift
    for work in "$@"; do
        IFS=: read -r kind width batch <<<"$work"
        : >"$folder/other.times" >"$folder/this.times"
        for ((i = 0; i < rounds; ++i)); do
            for side in other this; do "$folder/$side" "$kind" "$width" "$batch" "$threads" "$seconds" >>"$folder/$side.times"; done
        done
        echo "$(median_and_mean "$folder/other.times") $(median_and_mean "$folder/this.times")" |
            awk -v heading="$heading" -v work="$kind, width $width, batch $batch" \
                '{ printf "| %s | %s | %s / %s | %s / %s | %.2f / %.2f |\n", work, heading, $1, $2, $3, $4, $1 / $3, $2 / $4 }'
    done
}

echo "| work | machine | other, median / mean ms | this, median / mean ms | other / this |"
echo "|---|---|---|---|---|"
compare quiet ${WORKS:-forward:1:1 forward:1/4:1 train:1/4:32}
for ((i = 0; i < busy; ++i)); do
    (while :; do :; done) &
    spinning+=($!)
done
compare "$busy busy" ${WORKS:-forward:1:1 forward:1/4:1 train:1/4:32}
