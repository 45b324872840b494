# Prints "mark <tab> path <tab> line <tab> text" for each mark of each line.
BEGIN { count = split("TODO FIXME XXX HACK", marks, " ") }
/TODO|FIXME|XXX|HACK/ {
    for (i = 1; i <= count; i++)
        if ($0 ~ ("(^|[^A-Za-z0-9_])" marks[i] "([^A-Za-z0-9_]|$)")) show(marks[i])
}
function show(mark,    path, text) {
    path = FILENAME
    gsub(/\n/, "\\n", path)
    gsub(/\t/, "\\t", path)
    text = $0
    gsub(/[\001-\037]+/, " ", text)
    sub(/^ +/, "", text)
    sub(/ +$/, "", text)
    if (length(text) > 120) {
        text = substr(text, 1, 117)
        sub(/[\300-\377][\200-\277]*$/, "", text) # no character is cut in two
        text = text "..."
    }
    print mark "\t" path "\t" FNR "\t" text
}
