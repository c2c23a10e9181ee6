#!/usr/bin/env bash
# check_links.sh <project>: every link of the README and the documents leads to a file that is there, and its anchor to a heading of that file.
# Anchors are GitHub's: a heading in small letters, without marks, its blanks as hyphens.
set -euo pipefail
cd "$1"

prose() { sed '/^```/,/^```$/d' "$1"; }
anchors() { prose "$1" | sed -nE 's/^#{1,6} +//p' | sed -E 's/\[([^]]*)\]\([^)]*\)/\1/g' | tr '[:upper:]' '[:lower:]' | sed -E 's/[^a-z0-9 _-]//g; s/ /-/g'; }

wrong=0
for document in *.md docs/*.md examples/*/README.md; do
    [[ -e $document ]] || continue
    while read -r link; do
        [[ -z $link || $link == http* || $link == mailto:* ]] && continue
        file=${link%%#*} target=$document
        [[ -z $file ]] || target=$(dirname "$document")/$file
        if [[ ! -e $target ]]; then
            echo "$document: $file does not exist" >&2 && wrong=1
        elif [[ $link == *#* && $target == *.md ]] && ! anchors "$target" | grep -qxF -- "${link#*#}"; then
            echo "$document: $target has no heading #${link#*#}" >&2 && wrong=1
        fi
    done < <(prose "$document" | grep -oE '\]\([^) ]+' | cut -c3- || true)
done
exit $wrong
