//! The `arena` binary: reads the command line, finds or starts a server where one is needed, and says how it went.

mod args;
mod commands;
mod connection;
mod exit;
mod failure;
mod files;
mod live;
mod local;
mod output;
mod paging;
mod paint;
mod server_file;
mod session;
mod store;
mod table;
mod text;
mod values;

use std::process::ExitCode;

use crate::{
    args::{Cli, Verb},
    connection::Connection,
    exit::Exit,
    failure::Failure,
    output::Output,
    session::Session,
};

/// One thread makes what many others drop; the system's allocator pays for that with time of the committer
/// (`docs/decisions/0011-allocator.md`).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = Cli::read();
    let output = Output::new(cli.global.json);
    log_to_stderr();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            let failure = Failure::new(Exit::Refused, "internal", format!("cannot start: {error}"));
            return failure.print(&output).into();
        }
    };
    match runtime.block_on(run(cli, output)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.print(&output).into(),
    }
}

async fn run(cli: Cli, output: Output) -> Result<(), Failure> {
    let Cli { global, verb } = cli;
    match verb {
        Verb::Serve(serve) => serve.run(&global, output).await,
        Verb::Open(open) => open.run(&global, output).await,
        Verb::Run(run) => run.run(&global, output).await,
        Verb::Contest(contest) => contest.run(&global, output).await,
        Verb::Chain(chain) => chain.run(&global, output).await,
        Verb::Handle(handle) => handle.run(&global, output).await,
        Verb::Mcp(mcp) => mcp.run(&global, output).await,
        Verb::Connect(connect) => connect.run(&global, output).await,
        Verb::Ask(ask) => {
            let connection = Connection::open(&global, ask.may_make_store()).await?;
            let done = ask.run(&Session::new(&connection, &global, output)).await;
            connection.close().await;
            done
        }
        Verb::Store(store) => store.run(&global, output),
        Verb::Bench(bench) => bench.run(&global, output).await,
        Verb::Prove(prove) => prove.run(output),
        Verb::Completions(completions) => completions.run(&output),
    }
}

/// Logs go to standard error by `RUST_LOG`; warnings and errors unless said.
fn log_to_stderr() {
    use tracing_subscriber::{
        EnvFilter, Layer as _,
        filter::{FilterExt as _, LevelFilter, filter_fn},
        fmt::layer,
        layer::SubscriberExt as _,
        util::SubscriberInitExt as _,
    };
    // As for everything that is printed: colour on a terminal only, and NO_COLOR is respected.
    let colour = anstream::AutoStream::choice(&std::io::stderr()) != anstream::ColorChoice::Never;
    let filter = EnvFilter::builder().with_default_directive(LevelFilter::WARN.into()).from_env_lossy();
    // Whatever was asked for: at more than warnings it repeats whole requests, and what was handed in may hold a token.
    let unless_rmcp =
        filter_fn(|event| *event.level() <= LevelFilter::WARN || !event.target().starts_with("rmcp"));
    let lines = layer().with_ansi(colour).with_writer(std::io::stderr);
    tracing_subscriber::registry().with(lines.with_filter(filter.and(unless_rmcp))).init();
}
