# Reads the parts in the order list, lines, largest, marks, longest, and prints the report.
BEGIN { FS = "\t"; most_marks = 50 }

part == "list" {
    files++
    bytes += $2
    if ($1 == "(binary)") binary++
    else if ($1 == "(unreadable)") unreadable++
    else { text++; size[$1] += $2 }
}
part == "lines" { languages++; language[languages] = $1; count[languages] = $2; lines[languages] = $3; all_lines += $3 }
part == "largest" { largest++; large[largest] = "| " thousands($1) " | " $2 " | " code($3) " |" }
part == "marks" {
    marks++
    of_kind[$1]++
    if (!(($2) in marked)) { marked[$2] = 1; files_marked++ }
    if (marks <= most_marks) {
        said = $0
        sub(/^[^\t]*\t[^\t]*\t[^\t]*\t/, "", said)
        mark[marks] = "| " $1 " | " code($2 ":" $3) " | " cell(said) " |"
    }
}
part == "longest" { longest++; long[longest] = "| " thousands($1) " | " code($2 ":" $3) " |" }

END {
    print "# Source report\n"
    print "Folder: " code(ENVIRON["FOLDER"]) "\n"
    print "| | |\n|---|---:|"
    print "| Files | " thousands(files) " |"
    print "| Text files | " thousands(text) " |"
    print "| Binary files | " thousands(binary) " |"
    if (unreadable) print "| Files that could not be read | " thousands(unreadable) " |"
    print "| Folders left out | " thousands(skipped) " |"
    print "| Bytes | " thousands(bytes) " |"
    print "| Lines of text | " thousands(all_lines) " |"
    print "| Unfinished marks | " thousands(marks) " |"

    print "\n## Languages\n"
    if (languages) {
        print "| Language | Files | Lines | Bytes |\n|---|---:|---:|---:|"
        for (i = 1; i <= languages; i++)
            print "| " language[i] " | " thousands(count[i]) " | " thousands(lines[i]) " | " thousands(size[language[i]]) " |"
    } else print "There are no text files."

    print "\n## Largest files\n"
    if (largest) print "| Bytes | Language | File |\n|---:|---|---|"
    else print "There are no files."
    for (i = 1; i <= largest; i++) print large[i]

    print "\n## Unfinished marks\n"
    if (marks) {
        split("TODO FIXME XXX HACK", kinds, " ")
        for (i = 1; i <= 4; i++) print "- " kinds[i] ": " thousands(of_kind[kinds[i]])
        print "\nIn " thousands(files_marked) " files." (marks > most_marks ? " The first " most_marks " of " thousands(marks) ":" : "") "\n"
        print "| Mark | Where | What |\n|---|---|---|"
        for (i = 1; i <= marks && i <= most_marks; i++) print mark[i]
    } else print "There are none."

    print "\n## Longest lines\n"
    if (longest) print "| Bytes | Where |\n|---:|---|"
    else print "There are no lines."
    for (i = 1; i <= longest; i++) print long[i]

    print "\nFolders left out, by name: " code(ENVIRON["SKIP"]) ". Symbolic links are not followed. A file is binary when there is a zero"
    print "byte in its first 64 KiB. Lines are counted as `wc -l` does, and their lengths without the line break. In names,"
    print "`\\n` stands for a line break and `\\t` for a tab."
}

# 1234567 as 1,234,567
function thousands(number,    digits, shown) {
    digits = sprintf("%.0f", number)
    while (length(digits) > 3) {
        shown = "," substr(digits, length(digits) - 2) shown
        digits = substr(digits, 1, length(digits) - 3)
    }
    return digits shown
}
# A name as code in a cell of a table.
function code(name) {
    sub(/^\.\//, "", name)
    gsub(/[|]/, "\\|", name)
    return index(name, "`") ? "`` " name " ``" : "`" name "`"
}
# Any text in a cell of a table.
function cell(said) {
    gsub(/[|]/, "\\|", said)
    gsub(/</, "\\&lt;", said)
    return said
}
