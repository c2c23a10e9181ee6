#!/bin/sh
# check_licence.sh <tree>: fails if a source of the tree does not begin with its SPDX line.
cd "$1" || exit 1
line='// SPDX-License-Identifier: MIT'
bad=0
for source in $(find include examples benchmarks tests \( -name '*.hpp' -o -name '*.cpp' -o -name '*.cu' -o -name '*.cuh' \) \
    -not -path '*/fixtures/*' -not -path '*/compile_budget/program.cpp' 2>/dev/null); do
    [ "$(head -n 1 "$source")" = "$line" ] || { echo "$source: the first line is not '$line'"; bad=1; }
done
exit $bad
