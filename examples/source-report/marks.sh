#!/bin/sh
# Prints every line with an unfinished mark (TODO, FIXME, XXX, HACK as whole words): "mark <tab> path <tab> line <tab> text".
# A line with two different marks is printed once for each.
set -eu
cd "$FOLDER"
tab=$(printf '\t')
xargs -0 sh -c '[ $# -eq 0 ] || awk -f "$SCRIPTS/marks.awk" -- "$@"' sh <"$ARENA_INPUTS/list/text.z" |
    sort -t "$tab" -k 2,2 -k 3,3n -k 1,1
