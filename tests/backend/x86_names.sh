#!/bin/sh
# x86_names.sh <nm> <object>...: no function of a level's object may be seen from outside, but the one that gives its table.
nm=$1
shift
for object in "$@"; do
    level=$(basename "$object" .o)
    seen=$("$nm" --defined-only --extern-only "$object" | awk '$2 != "V" || $3 !~ /^_ZT[IS]/ { print $3 }')
    if [ "$seen" != "mcfa_x86_level_$level" ]; then
        echo "$object: expected mcfa_x86_level_$level alone, found:" >&2
        echo "$seen" | head -20 >&2
        exit 1
    fi
done
