#!/bin/sh
# check_format.sh <clang-format 19> <tree>: fails if a source of the tree is not formatted as its .clang-format says.
# Ends with status 77, skipped, where clang-format 19 is missing.
case $1 in
*NOTFOUND | "") echo "skipped: clang-format-19 is not installed (on Debian: clang-format-19)"; exit 77 ;;
esac
cd "$2" || exit 1
sources=$(find include examples benchmarks tests \( -name '*.hpp' -o -name '*.cpp' -o -name '*.cu' -o -name '*.cuh' \) \
    -not -path '*/fixtures/*' -not -path '*/compile_budget/program.cpp' 2>/dev/null) # the README's program is laid out by hand
[ -n "$sources" ] || { echo "no sources under $2"; exit 1; }
# shellcheck disable=SC2086
if ! "$1" --dry-run --Werror $sources; then
    echo "not formatted; run: clang-format-19 -i <file>"
    exit 1
fi
