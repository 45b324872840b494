#!/bin/sh
# Prints "0 <tab> path" for each file given, on one line whatever is in its name: a line break is shown as \n, a tab as \t.
for file; do
    printf '%s\n\001\n' "$file"
done | awk '
    $0 == "\001" { gsub(/\t/, "\\t", name); print "0\t" name; name = ""; begun = 0; next }
    { name = begun ? name "\\n" $0 : $0; begun = 1 }'
