#!/bin/sh
# Prints "language <tab> files <tab> lines" for the text files, most lines first. Lines are counted as wc -l does.
set -eu
cd "$FOLDER"
xargs -0 sh "$SCRIPTS/measure.sh" -l <"$ARENA_INPUTS/list/text.z" |
    awk -f "$SCRIPTS/languages.awk" -f "$SCRIPTS/lines.awk" |
    sort -t "$(printf '\t')" -k 3,3nr -k 1,1
