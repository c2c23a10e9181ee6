#!/usr/bin/env bash
# weighting_instructions.sh PROGRAM [rule ...]: how many instructions a training step executes by each rule, relative to `uniform`, counted under
# Valgrind. Times of one machine scatter by some percent; this number hardly differs between two runs. It takes minutes a rule.
#     cmake -B build/count -DCMAKE_BUILD_TYPE=Release -DMCFA_NATIVE=OFF && cmake --build build/count --target benchmark_weighting
#     benchmarks/weighting_instructions.sh build/count/benchmarks/weighting uniform harder_first upgrad
# The build without -march=native: Valgrind knows no AVX-512. A step is half of what three steps execute beyond one. Needs valgrind.
set -euo pipefail
program=$1
shift
[[ $# -gt 0 ]] || set -- uniform harder_first famo bilevel grad_norm mgda pcgrad grad_vac cagrad imtl_g nash fair aligned upgrad dual_projection

executed() { # STEPS RULE
    valgrind --tool=cachegrind --cache-sim=no --cachegrind-out-file=/dev/null "$program" steps "$1" "$2" 2>&1 >/dev/null |
        awk '/I +refs/ { gsub(",", "", $NF); print $NF; found = 1 } END { exit !found }'
}
step() { echo $((($(executed 3 "$1") - $(executed 1 "$1")) / 2)); }

uniform=$(step uniform)
printf '%-20s %16s %8s\n' rule instructions ratio
for rule in "$@"; do
    own=$uniform
    [[ $rule == uniform ]] || own=$(step "$rule")
    printf '%-20s %16d %8s\n' "$rule" "$own" "$(awk -v a="$own" -v b="$uniform" 'BEGIN { printf "%.4f", a / b }')"
done
