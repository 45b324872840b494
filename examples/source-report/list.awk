# Reads "bytes <tab> path", prints "language <tab> bytes <tab> path"; what is no text has its kind in brackets as its language.
BEGIN { FS = OFS = "\t" }
{ print (kind == "text" ? language($2) : "(" kind ")"), $1, $2 }
