#!/bin/sh
# Sorts the files given into $lists/{text,binary,unreadable}.z. Binary is what has a zero byte in its first 64 KiB.

has_zero_byte() {
    [ "$(head -c 65536 -- "$@" 2>/dev/null | tr -dc '\000' | head -c 1 | wc -c)" -gt 0 ]
}

for file; do
    shift
    if [ -r "$file" ]; then
        set -- "$@" "$file"
    else
        printf '%s\0' "$file" >>"$lists/unreadable.z"
    fi
done
[ $# -gt 0 ] || exit 0

# Most groups are all text: one look at the whole group saves a look at each.
if ! has_zero_byte "$@"; then
    printf '%s\0' "$@" >>"$lists/text.z"
    exit 0
fi
for file; do
    if has_zero_byte "$file"; then
        printf '%s\0' "$file" >>"$lists/binary.z"
    else
        printf '%s\0' "$file" >>"$lists/text.z"
    fi
done
