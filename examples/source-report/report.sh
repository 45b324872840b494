#!/bin/sh
# Merges what the other steps found into one Markdown report.
set -eu
skipped=$(tr -dc '\000' <"$ARENA_INPUTS/list/skipped.z" | wc -c)
awk -v skipped="$skipped" -f "$SCRIPTS/report.awk" \
    part=list "$ARENA_INPUTS/list/stdout" part=lines "$ARENA_INPUTS/lines/stdout" \
    part=largest "$ARENA_INPUTS/largest/stdout" part=marks "$ARENA_INPUTS/marks/stdout" \
    part=longest "$ARENA_INPUTS/longest/stdout"
