//! Development tasks of Arena: `cargo xtask test | ci | bench | tidy | program`.

use std::process::ExitCode;

mod bench;
mod ci;
mod console;
mod elf;
mod localnet;
mod mcp_client;
mod mutants;
mod openapi;
mod program;
mod test;
mod tidy;
mod workspace;

const USAGE: &str = "\
usage: cargo xtask <task>

  test [ARGS]   run every test of the workspace, and the proofs with programs of others (MCP, OpenAPI, the
                console, a local chain); with ARGS, which go to `cargo test`, only the former
  ci            formatting, clippy, documentation, tidy, test, and the example plan
  tidy          check what the compiler cannot: import edges, layers, file shapes, codes, links
  bench [ARGS]  run `arena bench ARGS` as a release build
  program       build the escrow program and its mutants with the stock compiler and keep the files as
                fixtures; with --check, compare them with the fixtures instead";

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let task = arguments.next();
    let rest: Vec<String> = arguments.collect();
    let outcome = match (task.as_deref(), rest.as_slice()) {
        (Some("test"), rest) => test::run(rest),
        (Some("ci"), []) => ci::run(),
        (Some("tidy"), []) => tidy::run(),
        (Some("bench"), rest) => bench::run(rest),
        (Some("program"), rest) => program::run(rest),
        (Some("help" | "--help" | "-h"), _) => {
            println!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
