#!/bin/sh
# measure.sh -c|-l FILE...: prints "bytes or lines <tab> path" for each file, on one line whatever is in its name.
option=$1
shift
line_break='
'
for file; do
    shift
    case $file in
        *"$line_break"*) # wc would print such a name on two lines
            count=$(wc "$option" <"$file")
            sh "$SCRIPTS/name.sh" "$file" | awk -v count="$count" '{ sub(/^0\t/, ""); print count + 0 "\t" $0 }' ;;
        *) set -- "$@" "$file" ;;
    esac
done
[ $# -gt 0 ] || exit 0
# All names begin with ./, so the line of the total is not one of them.
wc "$option" -- "$@" | awk '
    { name = $0; sub(/^ *[0-9]+ /, "", name) }
    name != "total" { gsub(/\t/, "\\t", name); print $1 "\t" name }'
