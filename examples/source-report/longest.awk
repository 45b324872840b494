# Prints "bytes <tab> path <tab> line" for the longest line of each file that has one.
FNR == 1 { flush() }
{ file = FILENAME; if (length($0) > most) { most = length($0); at = FNR } }
END { flush() }
function flush() {
    if (most > 0) {
        gsub(/\n/, "\\n", file)
        gsub(/\t/, "\\t", file)
        print most "\t" file "\t" at
    }
    most = 0
}
