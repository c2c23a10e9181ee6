#!/usr/bin/env bash
# page_filter.sh <document>: the document as Doxygen wants it. Headings get the anchors that they have on GitHub, with the name of the
# document before, links to them follow, links to other files of the project lead to where it lies, formulas are marked as Doxygen
# marks them, and blocks of code are of one word's language.
set -euo pipefail
project=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
awk -v project="$project" -v page="$(basename "$1" .md)" '
function slug(text) {
    while (match(text, /\[[^]]*\]\([^)]*\)/)) { # a link is its words
        link = substr(text, RSTART, RLENGTH); words = link; sub(/\]\(.*/, "", words)
        text = substr(text, 1, RSTART - 1) substr(words, 2) substr(text, RSTART + RLENGTH)
    }
    text = tolower(text); gsub(/[^a-z0-9 _-]/, "", text); gsub(/ /, "-", text)
    return text
}
function formulas(text,    done, words) { # of GitHub, $...$ and $$...$$, also over several lines, outside of `code`
    done = ""
    while (match(text, /`[^`]*`|\$\$|\$/)) {
        words = substr(text, RSTART, RLENGTH)
        if (words == "$$") { words = display ? "\\f]" : "\\f["; display = !display }
        if (words == "$") words = "\\f$"
        done = done substr(text, 1, RSTART - 1) words
        text = substr(text, RSTART + RLENGTH)
    }
    return done text
}
function target(link,    file, anchor, base) {
    if (link ~ /^(https?|mailto):/) return link
    file = link; anchor = ""
    if (match(link, /#/)) { file = substr(link, 1, RSTART - 1); anchor = substr(link, RSTART + 1) }
    base = file; sub(/.*\//, "", base)
    if (file == "" || file ~ /^(docs\/)?[a-z_]+\.md$/ || file == "README.md" || file == "../README.md") {
        sub(/\.md$/, "", base); if (base == "") base = page
        return "@ref " base (anchor == "" ? "" : "_" anchor)
    }
    if (file ~ /\.(png|jpg)$/) return base
    return "file://" project "/" (page == "README" ? "" : "docs/") file
}
/^ *```/ { if (!code) { sub(/^ *```[a-z+]+ .*/, substr($1, 1)); } code = !code; print; next }
code { print; next }
/^#+ / {
    hashes = $1; words = substr($0, length(hashes) + 2)
    if (length(hashes) == 1 && !titled) { titled = 1; print "# " words " {#" page "}" }
    else print hashes " " words " {#" page "_" slug(words) "}"
    next
}
{
    rest = $0; done = ""
    while (match(rest, /\]\([^) ]+\)/)) {
        begin = RSTART; behind = RSTART + RLENGTH # target() matches too
        done = done substr(rest, 1, begin + 1) target(substr(rest, begin + 2, RLENGTH - 3)) ")"
        rest = substr(rest, behind)
    }
    print formulas(done rest)
}' "$1"
