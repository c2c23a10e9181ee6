#!/usr/bin/env bash
# check_programs.sh <project>: every block "cpp NAME" of the documents is the program tests/docs/NAME, its licence line left out.
set -euo pipefail
cd "$1"
count=0
for document in docs/*.md; do
    while read -r name; do
        count=$((count + 1))
        diff <(sed -n "/^\`\`\`cpp $name\$/,/^\`\`\`\$/{//!p}" "$document") <(tail -n +2 "tests/docs/$name") ||
            { echo "$document: the block $name is not tests/docs/$name" >&2; exit 1; }
    done < <(sed -n 's/^```cpp \([a-z_]*\.cpp\)$/\1/p' "$document")
done
[[ $count == $(ls tests/docs/*.cpp | wc -l) ]] || { echo "tests/docs has programs that no document shows" >&2; exit 1; }
