#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Fuzzes for long: bash tests/fuzz/run.sh <seconds for each target> [target...]
# Builds the preset fuzz first. What is found stays in build/fuzz/tests/fuzz/found, an input that fails in build/fuzz/tests/fuzz/failed; once
# mended, it goes into tests/fuzz/corpus/<target>. The limits: 2 seconds and 1 GB (beside the sanitizers' own memory) an input.
set -euo pipefail
seconds=${1:?expected seconds for each target}
shift
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
cmake --preset fuzz > /dev/null
cmake --build --preset fuzz
place=build/fuzz/tests/fuzz
if [[ $# == 0 ]]; then
    set -- images safetensors text lists checkpoint training_log mined windows drawing detector
    if [[ -x $place/fuzz_matlab ]]; then set -- "$@" matlab; fi # where libmatio is
fi
status=0
for target in "$@"; do
    mkdir -p "$place/found/$target" "$place/failed/$target"
    "$place/fuzz_$target" -timeout="${FUZZ_TIMEOUT:-2}" -rss_limit_mb=1500 -malloc_limit_mb=1000 -max_len=2000 -print_final_stats=1 \
        -artifact_prefix="$place/failed/$target/" -max_total_time="$seconds" "$place/found/$target" "tests/fuzz/corpus/$target" \
        > "$place/$target.log" 2>&1 || status=1
    echo "$target: $(sed -n 's/^stat::number_of_executed_units: *//p' "$place/$target.log") runs," \
        "peak $(sed -n 's/^stat::peak_rss_mb: *//p' "$place/$target.log") MB," \
        "$(find "$place/failed/$target" -type f | wc -l) failed inputs"
done
exit $status
