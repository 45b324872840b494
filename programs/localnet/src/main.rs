//! The program `arena-localnet`: starts a local chain, says where it is, and runs until it is told to stop.

use std::{fs, io::Write, path::PathBuf, process::ExitCode};

use anyhow::{Context, Result};
use arena_localnet::{Localnet, Options, Pace, Ports, payer};
use clap::Parser;
use serde::Serialize;
use solana_pubkey::Pubkey;
use solana_signer::Signer;
use tokio::signal::unix::{SignalKind, signal};

/// Arena's program as it was built, so that nothing else has to be found.
const PROGRAM: &[u8] = include_bytes!("../../arena-escrow/fixture/arena_escrow.so");

/// A local Solana chain with Arena's program and a test mint. Everything on it is gone when it stops.
#[derive(Debug, Parser)]
#[command(name = "arena-localnet", version)]
struct Arguments {
    /// Port for JSON-RPC on 127.0.0.1; 0 takes a free one.
    #[arg(long, default_value_t = 8899)]
    port: u16,
    /// Port for websocket subscriptions; 0 takes a free one. By default the one after --port.
    #[arg(long)]
    ws_port: Option<u16>,
    /// Folder for the payer's key, which is made where there is none.
    #[arg(long, default_value = ".arena/localnet")]
    data: PathBuf,
    /// Another program file to deploy instead of the one inside.
    #[arg(long, value_name = "FILE")]
    program: Option<PathBuf>,
    /// A wallet to give SOL and test tokens to, besides the payer; may be repeated.
    #[arg(long, value_name = "ADDRESS")]
    fund: Vec<Pubkey>,
    /// Milliseconds between two blocks; 0 makes blocks for transactions only, and the chain's clock moves by
    /// `surfnet_timeTravel` alone.
    #[arg(long, default_value_t = 400, value_name = "MS")]
    slot_ms: u64,
    /// Print the ready line as an object.
    #[arg(long)]
    json: bool,
}

/// The ready line.
#[derive(Debug, Serialize)]
struct Ready {
    rpc_url: String,
    ws_url: String,
    program: String,
    mint: String,
    /// The path of the payer's key file.
    payer: PathBuf,
    payer_address: String,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<()> {
    let key_file = std::path::absolute(arguments.data.join("payer.json"))?;
    let key = payer(&key_file)?;
    let read = |path: &PathBuf| fs::read(path).with_context(|| format!("cannot read {}", path.display()));
    let other = arguments.program.as_ref().map(read).transpose()?;
    // Listened for before anything runs, so that no signal is lost.
    let signals = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (mut interrupt, mut terminate) = {
        let _entered = signals.enter();
        (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?)
    };
    let localnet = Localnet::start(&Options {
        pace: if arguments.slot_ms == 0 { Pace::Transactions } else { Pace::Clock(arguments.slot_ms) },
        ports: arguments.ports(),
        program: arena_localnet::program_id(),
        elf: other.as_deref().unwrap_or(PROGRAM),
        payer: &key,
        fund: &arguments.fund,
    })?;
    say(arguments, &localnet, key_file, key.pubkey())?;
    signals.block_on(async {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    });
    localnet.stop()?;
    Ok(())
}

fn say(arguments: &Arguments, localnet: &Localnet, key_file: PathBuf, payer: Pubkey) -> Result<()> {
    let ready = Ready {
        rpc_url: localnet.rpc_url(),
        ws_url: localnet.ws_url(),
        program: localnet.deployed().program.to_string(),
        mint: localnet.deployed().mint.to_string(),
        payer: key_file,
        payer_address: payer.to_string(),
    };
    let mut out = std::io::stdout().lock();
    if arguments.json {
        writeln!(out, "{}", serde_json::to_string(&ready)?)?;
    } else {
        let Ready { rpc_url, program, mint, payer, .. } = &ready;
        writeln!(out, "chain at {rpc_url}, program {program}, mint {mint}, payer {}", payer.display())?;
    }
    Ok(out.flush()?)
}

impl Arguments {
    fn ports(&self) -> Ports {
        let next = if self.port == 0 { 0 } else { self.port.saturating_add(1) };
        Ports { rpc: self.port, ws: self.ws_port.unwrap_or(next) }
    }
}
