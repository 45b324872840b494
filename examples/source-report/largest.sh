#!/bin/sh
# Prints the 20 largest files as "bytes <tab> language <tab> path", largest first.
set -eu
tab=$(printf '\t')
awk 'BEGIN { FS = OFS = "\t" } $1 != "(unreadable)" { print $2, $1, $3 }' "$ARENA_INPUTS/list/stdout" |
    sort -t "$tab" -k 1,1nr -k 3 | awk 'NR <= 20'
