//! The table of accounts: every account of every instruction, once without its signature, once read-only, once as another account,
//! once twice, once missing. Each is refused, and the same instruction unspoiled is accepted.

use arena_core::contest::Code;
use arena_escrow_interface::{
    instructions::{Holds, Place, Role, INSTRUCTIONS},
    Error, Fault, Key, SYSTEM_PROGRAM,
};

use crate::{
    asks::Page,
    chain::{address, Asked, Refused},
    world::{terms, World},
};

/// A world in which an instruction would be accepted, and the instruction.
fn ready(name: &str) -> (World, Asked) {
    let mut world = World::new();
    if matches!(name, "init_protocol" | "open_treasury") {
        world = World::with(arena_escrow_interface::TOKEN_PROGRAM, &[]);
        if name == "open_treasury" {
            world.init_protocol().unwrap();
        }
        let deployer = world.chain.deployer;
        let asked = if name == "init_protocol" {
            world.ask_init_protocol(deployer)
        } else {
            world.ask_open_treasury()
        };
        return (world, asked);
    }
    let deployer = world.chain.deployer;
    let agent = world.agent();
    match name {
        "set_authority" => return spread(world, |world| world.ask_set_authority(deployer, agent)),
        "register_profile" => {
            let wallet = world.chain.wallet();
            return spread(world, |world| world.ask_register(wallet, "a name"));
        }
        "create_contest" => return spread(world, |world| world.ask_create("a contest", &terms())),
        "withdraw_treasury" => {
            let (treasury, owner) = (world.treasury(), world.protocol());
            let (mint, token_program) = (world.mint, world.token_program);
            world.chain.tokens_at(treasury, owner, mint, token_program, 9);
            let out = world.tokens_of(agent);
            return spread(world, |world| world.ask_withdraw(deployer, out, 5, 1));
        }
        _ => {}
    }
    world.create(&terms()).unwrap();
    if name == "enter" {
        return spread(world, |world| world.ask_enter(agent));
    }
    let agents = world.entrants(2);
    let (first, creator) = (agents[0], world.creator);
    match name {
        "leave" => return spread(world, |world| world.ask_leave(first, first)),
        "start" => return spread(world, |world| world.ask_start(creator)),
        "cancel" => return spread(world, |world| world.ask_cancel(creator)),
        "refund" => {
            world.cancel().unwrap();
            return spread(world, |world| world.ask_refund(first));
        }
        _ => world.start().unwrap(),
    };
    match name {
        "submit_page" => {
            let said = [(first, true, Some(1))];
            let page = Page { round: 1, page: 1, last: true, actions_root: None, said: &said };
            return spread(world, |world| world.ask_page(creator, page));
        }
        "abandon" => {
            world.chain.pass_s(120);
            return spread(world, World::ask_abandon);
        }
        _ => world.round(1, &[]).unwrap(),
    };
    if name == "finalize" {
        return spread(world, |world| world.ask_finalize(creator, 0, None, &agents));
    }
    world.finalize(0, &agents).unwrap();
    match name {
        "claim_prize" => return spread(world, |world| world.ask_claim(first)),
        "pay_creator_fee" => return spread(world, World::ask_creator_fee),
        "return_bond" => return spread(world, World::ask_return_bond),
        "pay_protocol_fee" => return spread(world, World::ask_protocol_fee),
        "record_result" => return spread(world, |world| world.ask_record(first)),
        _ => {}
    }
    agents.iter().for_each(|agent| drop(world.claim(*agent).unwrap()));
    agents.iter().for_each(|agent| drop(world.record(*agent).unwrap()));
    if name == "close_entry" {
        return spread(world, |world| world.ask_close_entry(first));
    }
    assert_eq!(name, "close_contest");
    agents.iter().for_each(|agent| drop(world.close_entry(*agent).unwrap()));
    world.pay_creator_fee().unwrap();
    world.pay_protocol_fee().unwrap();
    world.return_bond().unwrap();
    spread(world, World::ask_close_contest)
}

fn spread(world: World, ask: impl FnOnce(&World) -> Asked) -> (World, Asked) {
    let asked = ask(&world);
    (world, asked)
}

/// Every instruction with its ready world, what each account must be, and the account's name.
fn each(mut test: impl FnMut(&mut World, &Asked, usize, Role, &str)) {
    for spec in INSTRUCTIONS {
        let (mut world, asked) = ready(spec.name);
        for (index, row) in spec.accounts.iter().enumerate() {
            test(&mut world, &asked, index, row.role, &format!("{} of {}", row.name, spec.name));
        }
        world.chain.send(&[asked]).unwrap_or_else(|refused| panic!("{}: {refused:?}", spec.name));
    }
}

fn refusal(world: &mut World, asked: Asked) -> Option<Refused> {
    world.chain.send(&[asked]).err()
}

#[test]
fn who_must_sign_must_sign() {
    each(|world, asked, index, role, what| {
        if role.is_signer {
            let mut spoiled = asked.clone();
            spoiled.metas[index].is_signer = false;
            assert_eq!(refusal(world, spoiled), Some(Fault::NotSigner.into()), "{what}");
        }
    });
}

#[test]
fn what_changes_must_be_writable() {
    each(|world, asked, index, role, what| {
        let pays_fee = asked.metas[index].is_signer;
        if role.is_writable && !pays_fee {
            let mut spoiled = asked.clone();
            spoiled.metas[index].is_writable = false;
            assert_eq!(refusal(world, spoiled), Some(Fault::NotWritable.into()), "{what}");
        }
    });
}

#[test]
fn entries_after_the_fixed_accounts_must_be_writable_and_of_the_program() {
    for name in ["submit_page", "finalize"] {
        let (mut world, asked) = ready(name);
        let mut spoiled = asked.clone();
        spoiled.metas[2].is_writable = false;
        assert_eq!(refusal(&mut world, spoiled), Some(Fault::NotWritable.into()), "{name}");
        let copy = world.chain.fresh();
        let (data, stranger) = (world.chain.data(asked.metas[2].address), world.mint);
        world.chain.put(copy, stranger, data);
        let mut spoiled = asked.clone();
        spoiled.metas[2].address = copy;
        assert_eq!(refusal(&mut world, spoiled), Some(Code::Invalid.into()), "{name}");
    }
}

#[test]
fn an_account_that_is_missing_is_missed() {
    for spec in INSTRUCTIONS {
        let (mut world, mut asked) = ready(spec.name);
        asked.metas.truncate(spec.accounts.len());
        asked.metas.pop();
        assert_eq!(refusal(&mut world, asked), Some(Fault::AccountMissing.into()), "{}", spec.name);
    }
}

/// Whether anything may stand in a row, so that another account there is not wrong in itself.
fn takes_any(role: Role) -> bool {
    matches!(role.holds, Holds::Wallet | Holds::Subject) && role.place == Place::Anywhere
}

#[test]
fn an_account_twice_is_refused() {
    for spec in INSTRUCTIONS {
        let (mut world, asked) = ready(spec.name);
        for (index, _) in spec.accounts.iter().enumerate().skip(1) {
            let mut spoiled = asked.clone();
            for meta in [0, index - 1].map(|other| asked.metas[other].address) {
                spoiled.metas[index].address = meta;
                let refused = refusal(&mut world, spoiled.clone()).unwrap();
                let is_named =
                    matches!(refused, Refused::By(Error::Account(_) | Error::Rule(Code::Forbidden)));
                assert!(is_named, "{} of {}: {refused:?}", spec.accounts[index].name, spec.name);
            }
        }
    }
}

/// The same bytes as the right account's, of the same program, at another address: what only an address tells apart.
#[test]
fn a_copy_at_another_address_is_refused() {
    each(|world, asked, index, role, what| {
        // Whatever the program made is told by what it holds: nobody else can make it.
        let is_ours = matches!(role.holds, Holds::Account(_) | Holds::EntryOrNothing);
        let is_source = role.holds == Holds::Tokens && role.place == Place::Anywhere;
        if takes_any(role) || is_ours || is_source || asked.metas[index].is_signer {
            return;
        }
        let at = asked.metas[index].address;
        let copy = world.chain.fresh();
        if let Some(account) = world.chain.svm.get_account(&address(at)) {
            world.chain.put(copy, crate::chain::key(account.owner), account.data);
        }
        let mut spoiled = asked.clone();
        spoiled.metas[index].address = copy;
        let refused = refusal(world, spoiled);
        assert!(matches!(refused, Some(Refused::By(Error::Account(_)))), "{what}: {refused:?}");
    });
}

/// The same bytes at another address and of another program: what only the owner tells apart.
#[test]
fn a_copy_of_another_program_is_refused() {
    each(|world, asked, index, role, what| {
        if takes_any(role) || asked.metas[index].is_signer || role.holds == Holds::Nothing {
            return;
        }
        let at = asked.metas[index].address;
        let data = world.chain.data(at);
        let copy = world.chain.fresh();
        world.chain.put(copy, Key([8; 32]), data);
        let mut spoiled = asked.clone();
        spoiled.metas[index].address = copy;
        let refused = refusal(world, spoiled);
        assert!(matches!(refused, Some(Refused::By(Error::Account(_)))), "{what}: {refused:?}");
    });
}

/// The right account, and where one is to be made the right address, with another program for an owner.
#[test]
fn the_right_address_in_the_hands_of_another_program_is_refused() {
    each(|world, asked, index, role, what| {
        let is_somebodys = matches!(role.holds, Holds::Wallet | Holds::Subject);
        if is_somebodys || matches!(role.holds, Holds::TokenProgram | Holds::SystemProgram) {
            return;
        }
        let at = asked.metas[index].address;
        let before = world.chain.svm.get_account(&address(at)).unwrap_or_default();
        world.chain.put(at, Key([8; 32]), before.data.clone());
        let refused = refusal(world, asked.clone());
        let expected = if matches!(role.holds, Holds::Nothing | Holds::EntryOrNothing) {
            Fault::AccountTaken
        } else {
            Fault::WrongOwner
        };
        assert_eq!(refused, Some(expected.into()), "{what}");
        world.chain.svm.set_account(address(at), before).unwrap();
    });
}

/// An account that nobody ever made, and one of the program in which nothing was ever written.
#[test]
fn an_account_that_was_never_made_is_refused() {
    each(|world, asked, index, role, what| {
        let is_made = !matches!(role.holds, Holds::Nothing | Holds::EntryOrNothing);
        if takes_any(role) || !is_made || asked.metas[index].is_signer {
            return;
        }
        let mut spoiled = asked.clone();
        spoiled.metas[index].address = world.chain.fresh();
        let refused = refusal(world, spoiled.clone());
        assert!(matches!(refused, Some(Refused::By(Error::Account(_)))), "{what}: {refused:?}");
        if let Holds::Account(kind) = role.holds {
            let (blank, program) = (world.chain.fresh(), arena_escrow_interface::LOCAL_PROGRAM_ID);
            world.chain.put(blank, program, vec![0; kind.size()]);
            spoiled.metas[index].address = blank;
            assert_eq!(refusal(world, spoiled), Some(Fault::WrongKind.into()), "{what}");
        }
    });
}

#[test]
fn data_that_is_no_instruction_is_refused() {
    let (mut world, asked) = ready("start");
    for data in [vec![], vec![INSTRUCTIONS.len() as u8], vec![255], vec![7, 0]] {
        let spoiled = Asked { data, ..asked.clone() };
        assert_eq!(refusal(&mut world, spoiled), Some(Fault::Malformed.into()));
    }
    for spec in INSTRUCTIONS {
        let (mut world, asked) = ready(spec.name);
        let mut longer = asked.clone();
        longer.data.push(0);
        assert_eq!(refusal(&mut world, longer), Some(Fault::Malformed.into()), "{}", spec.name);
        if asked.data.len() > 1 {
            let mut shorter = asked.clone();
            shorter.data.pop();
            assert_eq!(refusal(&mut world, shorter), Some(Fault::Malformed.into()), "{}", spec.name);
        }
    }
}

#[test]
fn another_program_is_not_called() {
    let wrong = [Key([7; 32]), arena_escrow_interface::TOKEN_2022_PROGRAM, SYSTEM_PROGRAM];
    for spec in INSTRUCTIONS {
        let (mut world, asked) = ready(spec.name);
        for (index, row) in spec.accounts.iter().enumerate() {
            for program in wrong {
                if matches!(row.role.holds, Holds::TokenProgram | Holds::SystemProgram)
                    && asked.metas[index].address != program
                {
                    let mut spoiled = asked.clone();
                    spoiled.metas[index].address = program;
                    let refused = refusal(&mut world, spoiled);
                    assert!(
                        matches!(refused, Some(Refused::By(Error::Account(_)))),
                        "{} {refused:?}",
                        spec.name
                    );
                }
            }
        }
    }
}
