//! The chain itself: a surfpool node as a library, in a thread of its own.

use std::{
    net::Ipv4Addr,
    thread::{self, JoinHandle},
};

use crossbeam_channel::{Receiver, Sender, bounded, select, unbounded};
use solana_account::Account;
use solana_pubkey::Pubkey;
use surfpool_core::{
    runloops::start_local_surfnet_runloop,
    surfnet::{
        GeyserEvent,
        locker::SurfnetSvmLocker,
        svm::{SurfnetSvm, SurfnetSvmConfig},
    },
};
use surfpool_types::{
    BlockProductionMode, RpcConfig, SimnetCommand, SimnetConfig, SimnetEvent, SurfpoolConfig,
};
use tokio::runtime::Runtime;

use crate::ports::Ports;

/// How many servers say that they have shut down: JSON-RPC and websocket.
const SERVERS: usize = 2;

/// When a block is made, and with it what the chain's clock does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// A block at each interval of so many milliseconds; the chain's clock goes with the machine's.
    Clock(u64),
    /// Blocks for a transaction only, one millisecond each: the chain's clock stands still but for `surfnet_timeTravel`.
    Transactions,
}

/// Why the chain did not start, or not stop.
#[derive(Debug, thiserror::Error)]
pub enum ChainError {
    /// A port cannot be had.
    #[error("cannot listen on 127.0.0.1:{port}: {error}")]
    Port {
        /// The port that was asked for.
        port: u16,
        /// What the system said.
        error: std::io::Error,
    },
    /// The node refused.
    #[error("the local chain: {0}")]
    Node(String),
    /// A thread or a runtime cannot be had.
    #[error("the local chain: {0}")]
    System(#[from] std::io::Error),
}

/// A chain, before it runs and while it does.
pub struct Chain {
    locker: SurfnetSvmLocker,
    runtime: Runtime,
    slot_ms: u64,
    mode: BlockProductionMode,
    events: Receiver<SimnetEvent>,
    geyser: Option<Receiver<GeyserEvent>>,
    running: Option<Running>,
}

struct Running {
    commands: Sender<SimnetCommand>,
    ports: Ports,
    /// Ends when both servers have shut down.
    watcher: JoinHandle<()>,
}

impl Chain {
    /// Makes a chain that does not run yet.
    ///
    /// # Errors
    ///
    /// When the node cannot be made.
    pub fn new(pace: Pace) -> Result<Self, ChainError> {
        let (slot_ms, mode) = match pace {
            Pace::Clock(ms) => (ms.max(1), BlockProductionMode::Clock),
            Pace::Transactions => (1, BlockProductionMode::Transaction),
        };
        let config = SurfnetSvmConfig {
            slot_time: slot_ms,
            instruction_profiling_enabled: false,
            ..SurfnetSvmConfig::default()
        };
        let (svm, events, geyser) = SurfnetSvm::new(config).map_err(node)?;
        let locker = SurfnetSvmLocker::new(svm);
        Ok(Self {
            locker,
            runtime: Runtime::new()?,
            slot_ms,
            mode,
            events,
            geyser: Some(geyser),
            running: None,
        })
    }

    /// Lamports that keep an account of `bytes` alive.
    pub fn rent(&self, bytes: usize) -> u64 {
        self.locker.with_svm_reader(|svm| svm.inner.minimum_balance_for_rent_exemption(bytes))
    }

    /// Puts an account there as it is.
    ///
    /// # Errors
    ///
    /// When the node refuses it.
    pub fn set_account(&self, address: Pubkey, account: Account) -> Result<(), ChainError> {
        self.locker.with_svm_writer(|svm| svm.set_account(&address, account.clone())).map_err(node)
    }

    /// Deploys a program as the upgradeable loader does, with `authority` as its upgrade authority.
    ///
    /// # Errors
    ///
    /// When the node refuses it.
    pub fn deploy(&self, program: Pubkey, authority: Pubkey, elf: &[u8]) -> Result<(), ChainError> {
        let written = self.locker.write_program(program, Some(authority), 0, elf, &None);
        self.runtime.block_on(written).map_err(node)
    }

    /// Starts it: from now on it answers.
    ///
    /// # Errors
    ///
    /// When a port is taken or the node does not start.
    pub fn start(&mut self, asked: Ports) -> Result<Ports, ChainError> {
        let Some(geyser) = self.geyser.take() else {
            return Err(ChainError::Node("it was started before".to_owned()));
        };
        let ports = asked.free()?;
        let (commands, received) = unbounded();
        let (failed, failure) = bounded(1);
        let (locker, config, sender) = (self.locker.clone(), self.config(ports), commands.clone());
        let runtime = Runtime::new()?;
        thread::Builder::new().name("localnet".to_owned()).spawn(move || {
            let run = start_local_surfnet_runloop(locker, config, sender, received, geyser);
            if let Err(error) = runtime.block_on(run) {
                // Nobody listens any more once the chain has started.
                let _ = failed.send(error.to_string());
            }
        })?;
        self.wait_until_started(&failure)?;
        let events = self.events.clone();
        let watcher = thread::Builder::new().name("localnet-events".to_owned()).spawn(move || {
            let ended = events.iter().filter(|event| matches!(event, SimnetEvent::Shutdown));
            ended.take(SERVERS).for_each(drop);
        })?;
        self.running = Some(Running { commands, ports, watcher });
        Ok(ports)
    }

    /// Stops it and waits until both servers are gone; does nothing when it does not run.
    ///
    /// # Errors
    ///
    /// When the node ended on its own.
    pub fn stop(&mut self) -> Result<(), ChainError> {
        let Some(running) = self.running.take() else { return Ok(()) };
        running.commands.send(SimnetCommand::Terminate(None)).map_err(node)?;
        running.watcher.join().map_err(|_| ChainError::Node("its events ended in a panic".to_owned()))
    }

    /// Where it listens, once it runs.
    pub fn ports(&self) -> Option<Ports> {
        self.running.as_ref().map(|running| running.ports)
    }

    fn wait_until_started(&self, failure: &Receiver<String>) -> Result<(), ChainError> {
        loop {
            select! {
                recv(self.events) -> event => match event {
                    Ok(SimnetEvent::CoreStarted(_)) => return Ok(()),
                    Ok(SimnetEvent::Aborted(why)) => return Err(ChainError::Node(why)),
                    Ok(_) => {}
                    Err(error) => return Err(node(error)),
                },
                recv(failure) -> why => {
                    return Err(ChainError::Node(why.unwrap_or_else(|_| "it ended while it started".to_owned())));
                }
            }
        }
    }

    fn config(&self, ports: Ports) -> SurfpoolConfig {
        SurfpoolConfig {
            simnets: vec![SimnetConfig {
                offline_mode: true,
                remote_rpc_url: None,
                slot_time: self.slot_ms,
                block_production_mode: self.mode.clone(),
                instruction_profiling_enabled: false,
                ..SimnetConfig::default()
            }],
            rpc: RpcConfig {
                bind_host: Ipv4Addr::LOCALHOST.to_string(),
                bind_port: ports.rpc,
                ws_port: ports.ws,
                ..RpcConfig::default()
            },
            ..SurfpoolConfig::default()
        }
    }
}

impl Drop for Chain {
    fn drop(&mut self) {
        // A chain that is dropped has nobody to tell.
        let _ = self.stop();
    }
}

fn node(error: impl ToString) -> ChainError {
    ChainError::Node(error.to_string())
}
