# language(path): the language that the name of a file stands for, or "other".
function language(path,    name, parts, count, ending) {
    count = split(path, parts, "/")
    name = tolower(parts[count])
    if (name in whole_name) return whole_name[name]
    count = split(name, parts, ".")
    ending = count > 1 ? parts[count] : ""
    return ending in by_ending ? by_ending[ending] : "other"
}
function endings(name, list,    parts, count, i) {
    count = split(list, parts, " ")
    for (i = 1; i <= count; i++) by_ending[parts[i]] = name
}
BEGIN {
    endings("Assembly", "s asm"); endings("Awk", "awk"); endings("C", "c h"); endings("C#", "cs")
    endings("C++", "cc cpp cxx hh hpp hxx"); endings("Clojure", "clj cljs cljc edn"); endings("CSS", "css scss sass less")
    endings("Dart", "dart"); endings("Elixir", "ex exs"); endings("Erlang", "erl hrl"); endings("Fortran", "f f90 f95")
    endings("F#", "fs fsi fsx"); endings("Go", "go"); endings("GraphQL", "graphql gql"); endings("Groovy", "groovy gradle")
    endings("Haskell", "hs"); endings("HTML", "html htm xhtml"); endings("Java", "java"); endings("JavaScript", "js mjs cjs jsx")
    endings("JSON", "json jsonl json5"); endings("Julia", "jl"); endings("Kotlin", "kt kts"); endings("Lisp", "lisp el scm rkt")
    endings("Lua", "lua"); endings("Markdown", "md markdown mdx"); endings("Nix", "nix"); endings("Objective-C", "m mm")
    endings("OCaml", "ml mli"); endings("Pascal", "pas pp"); endings("Perl", "pl pm"); endings("PHP", "php")
    endings("PowerShell", "ps1 psm1"); endings("Protocol Buffers", "proto"); endings("Python", "py pyi"); endings("R", "r rmd")
    endings("reStructuredText", "rst"); endings("Ruby", "rb rake gemspec"); endings("Rust", "rs"); endings("Scala", "scala sc")
    endings("Shell", "sh bash zsh ksh fish"); endings("Solidity", "sol"); endings("SQL", "sql"); endings("Svelte", "svelte")
    endings("Swift", "swift"); endings("TeX", "tex sty bib"); endings("Text", "txt"); endings("TOML", "toml")
    endings("TypeScript", "ts mts cts tsx"); endings("Vue", "vue"); endings("XML", "xml xsd xsl svg"); endings("YAML", "yaml yml")
    endings("Zig", "zig"); endings("CMake", "cmake"); endings("INI", "ini cfg conf"); endings("Make", "mk"); endings("CSV", "csv tsv")
    whole_name["makefile"] = whole_name["gnumakefile"] = "Make"
    whole_name["cmakelists.txt"] = "CMake"
    whole_name["dockerfile"] = whole_name["containerfile"] = "Dockerfile"
    whole_name["rakefile"] = whole_name["gemfile"] = "Ruby"
}
