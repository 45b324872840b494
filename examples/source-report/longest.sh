#!/bin/sh
# Prints the longest line of the 20 files that have the longest: "bytes <tab> path <tab> line", longest first.
set -eu
cd "$FOLDER"
tab=$(printf '\t')
xargs -0 sh -c '[ $# -eq 0 ] || awk -f "$SCRIPTS/longest.awk" -- "$@"' sh <"$ARENA_INPUTS/list/text.z" |
    sort -t "$tab" -k 1,1nr -k 2,2 | awk 'NR <= 20'
