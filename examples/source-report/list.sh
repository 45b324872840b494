#!/bin/sh
# Lists the files of $FOLDER: one line each of "language <tab> bytes <tab> path", sorted by path.
#
# Leaves two more files for the other steps in $ARENA_OUTPUTS, with a zero byte after each name, so that any name is fine:
# text.z (files to read) and skipped.z (folders left out).
set -eu

case $FOLDER in
    /*) ;;
    *) FOLDER=./$FOLDER ;; # so that a name that begins with a dash is a folder too
esac
if ! [ -d "$FOLDER" ]; then
    echo "there is no folder $FOLDER; name one with --set folder=PATH" >&2
    exit 1
fi
cd "$FOLDER"

# The names of $SKIP as an expression for find: \( -name a -o -name b \)
set -f
set -- -name .git
for name in $SKIP; do
    set -- "$@" -o -name "$name"
done
set +f

lists=$(mktemp -d)
trap 'rm -rf "$lists"' EXIT
export lists
: >"$lists/text.z" && : >"$lists/binary.z" && : >"$lists/unreadable.z"

find . -type d \( "$@" \) -prune -print0 >"$ARENA_OUTPUTS/skipped.z"
find . -type d \( "$@" \) -prune -o -type f -print0 | xargs -0 -n 64 sh "$SCRIPTS/sort-out.sh"

for kind in text binary unreadable; do
    if [ "$kind" = unreadable ]; then
        xargs -0 sh "$SCRIPTS/name.sh" <"$lists/$kind.z"
    else
        xargs -0 sh "$SCRIPTS/measure.sh" -c <"$lists/$kind.z"
    fi | awk -v kind="$kind" -f "$SCRIPTS/languages.awk" -f "$SCRIPTS/list.awk"
done | sort -t "$(printf '\t')" -k 3

cp "$lists/text.z" "$ARENA_OUTPUTS/text.z"
