//! The money of contests on Solana: entry fees and bonds in vaults that only the rules open.
//!
//! An instruction is a file of its own under `instructions`: its accounts are checked by the table in the interface
//! ([`accounts`]), then the rules of `arena-core` decide, then state, tokens and events follow. No rule is written here.
#![cfg_attr(target_arch = "bpf", no_std)]
#![cfg_attr(
    not(target_arch = "bpf"),
    expect(dead_code, reason = "elsewhere only the tests' build looks at it")
)]

mod accounts;
mod addresses;
mod books;
mod call;
mod chain;
mod contests;
mod deployer;
mod instructions;
mod mints;
mod opening;
mod payouts;
mod tokens;
mod vaults;

/// What an instruction answers.
type Answer<T = ()> = Result<T, arena_escrow_interface::Error>;

#[cfg(target_arch = "bpf")]
pinocchio::program_entrypoint!(process, 64);

#[cfg(target_arch = "bpf")]
#[panic_handler]
#[expect(unsafe_code, reason = "the chain's way to stop")]
fn stop(_: &core::panic::PanicInfo<'_>) -> ! {
    // SAFETY: takes nothing and never returns.
    unsafe { pinocchio::syscalls::abort() }
}

/// Runs one instruction; a refusal is the error's number.
fn process(
    program_id: &pinocchio::Address,
    accounts: &[pinocchio::AccountView],
    data: &[u8],
) -> pinocchio::ProgramResult {
    let refusal = match call::Call::read(program_id, accounts, data) {
        Ok(call) => instructions::run(&call),
        Err(error) => Err(error),
    };
    refusal.map_err(|error| pinocchio::error::ProgramError::Custom(error.number()))
}
