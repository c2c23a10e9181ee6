#!/usr/bin/env bash
# check_readme.sh <project>: the README has two set-up commands, both install the same packages, and .ci/run runs the second.
set -euo pipefail
cd "$1"

block() { sed -n "/^\`\`\`bash $1\$/,/^\`\`\`\$/{//!p}" README.md; }
fail() { echo "README.md: $1" >&2; exit 1; }

for name in quickstart test; do
    [[ $(grep -c "^\`\`\`bash $name\$" README.md) == 1 ]] || fail "expected one block 'bash $name'"
done
[[ $(block quickstart | head -2) == "$(block test | head -2)" ]] || fail "the two commands install different packages"
bash -n <(block quickstart) && bash -n <(block test) || fail "a command does not parse"
grep -qF 'bash test' .ci/run || fail ".ci/run does not run the block 'bash test'"
