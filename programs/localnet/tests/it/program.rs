//! The program `arena-localnet` as somebody starts it.

use std::{
    fs,
    io::{BufRead, BufReader, Read},
    net::TcpListener,
    os::unix::fs::PermissionsExt,
    path::Path,
    process::{Child, Command, ExitStatus, Stdio},
};

use serde_json::Value;
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;
use solana_rpc_client::rpc_client::RpcClient;
use solana_signer::Signer;

/// A started program, ended with the test.
struct Started {
    child: Child,
    ready: Value,
}

impl Started {
    fn new(data: &Path, more: &[&str]) -> Self {
        let mut child = program(data, more).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let ready = serde_json::from_str(&line).unwrap();
        Self { child, ready }
    }

    fn text(&self, field: &str) -> &str {
        self.ready[field].as_str().unwrap()
    }

    fn address(&self, field: &str) -> Pubkey {
        self.text(field).parse().unwrap()
    }

    fn rpc(&self) -> RpcClient {
        RpcClient::new(self.text("rpc_url").to_owned())
    }

    fn told(mut self, signal: &str) -> ExitStatus {
        let told = Command::new("kill").args([signal, &self.child.id().to_string()]).status().unwrap();
        assert!(told.success());
        self.child.wait().unwrap()
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        // Ended already, when the test went well.
        let _ = self.child.kill();
    }
}

fn program(data: &Path, more: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_arena-localnet"));
    command.args(["--json", "--port", "0", "--data"]).arg(data).args(more);
    command
}

#[test]
fn the_ready_line_names_what_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let friend = Keypair::new().pubkey();
    let started = Started::new(folder.path(), &["--fund", &friend.to_string()]);
    let rpc = started.rpc();
    let deployed = rpc.get_account(&started.address("program")).unwrap();
    assert!(deployed.executable);
    assert_eq!(rpc.get_token_supply(&started.address("mint")).unwrap().decimals, arena_localnet::DECIMALS);
    for wallet in [friend, started.address("payer_address")] {
        assert_eq!(rpc.get_balance(&wallet).unwrap(), arena_localnet::LAMPORTS);
        let holding = spl_associated_token_account_interface::address::get_associated_token_address(
            &wallet,
            &started.address("mint"),
        );
        let held = rpc.get_token_account_balance(&holding).unwrap();
        assert_eq!(held.amount, arena_localnet::TOKENS.to_string());
    }
    assert!(started.text("ws_url").starts_with("ws://127.0.0.1:"));
    assert!(started.told("-TERM").success());
}

#[test]
fn the_payer_is_kept_and_with_it_the_mint() {
    let folder = tempfile::tempdir().unwrap();
    let first = Started::new(folder.path(), &[]);
    let key = fs::metadata(first.text("payer")).unwrap();
    assert_eq!(key.permissions().mode() & 0o777, 0o600);
    let (payer, mint) = (first.address("payer_address"), first.address("mint"));
    assert!(first.told("-INT").success());
    let second = Started::new(folder.path(), &[]);
    assert_eq!((second.address("payer_address"), second.address("mint")), (payer, mint));
    assert!(second.told("-TERM").success());
}

#[test]
fn a_port_that_is_taken_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let mut child = program(folder.path(), &["--ws-port", &port]).stderr(Stdio::piped()).spawn().unwrap();
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert!(said.contains(&format!("cannot listen on 127.0.0.1:{port}")), "{said}");
    assert_eq!(child.wait().unwrap().code(), Some(1));
}

#[test]
fn a_file_that_is_no_key_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("payer.json"), "[1, 2, 3]").unwrap();
    let output = program(folder.path(), &[]).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("is not a key file"), "{said}");
    assert_eq!(output.status.code(), Some(1));
}
