# Reads "lines <tab> path", prints "language <tab> files <tab> lines".
BEGIN { FS = "\t" }
{ name = language($2); files[name]++; lines[name] += $1 }
END { for (name in files) printf "%s\t%d\t%.0f\n", name, files[name], lines[name] }
