//! What the client makes is what the program's own tables say, read back by the program's own readers.

use arena_core::{
    Amount, Hash,
    contest::{Gates, Score, Status, Terms},
};
use arena_escrow_interface::{
    Key, Mark,
    accounts::{ContestMut, EntryMut, status_number},
    args,
    instructions::{INSTRUCTIONS, Role, Tag},
    layout::Kind,
    wire::Reader,
};

use crate::{
    Account, Action, Address, Addresses, ChainTerms, HeldContest, HeldEntry, LOCAL_PROGRAM, Page, address,
    exits, key,
};

const NOW_MS: u64 = 1_800_000_000_000;

fn wallet(number: u8) -> Address {
    Address::new_from_array([number; 32])
}

fn terms() -> ChainTerms {
    let terms = Terms {
        entry_fee: Amount::new(1_000).unwrap(),
        bond: Amount::new(5_000).unwrap(),
        min_agents: 2,
        max_agents: 8,
        prize_split_bps: vec![6_000, 4_000],
        creator_fee_bps: 500,
        elimination_interval_s: 60,
        duration_s: 600,
        action_schema: Some("a move".into()),
        rules_hash: Some(Hash::of(b"rules")),
        seed_commitment: None,
        oracle: None,
        creator_may_enter: false,
        gates: Gates { min_completed: 1, min_wins: 2, min_age_s: 3 },
    };
    ChainTerms { terms, oracle: Some(wallet(9)), mint: wallet(7), token_program: wallet(8) }
}

/// A contest's account as the program writes it.
fn contest(write: impl FnOnce(&mut ContestMut<'_>)) -> HeldContest {
    let mut bytes = vec![0; Kind::Contest.size()];
    let mut contest = ContestMut::begin(&mut bytes, 255).unwrap();
    contest.set_creator(Key([1; 32]));
    contest.set_oracle(Key([9; 32]));
    contest.set_mint(Key([7; 32]));
    contest.set_token_program(Key([8; 32]));
    contest.set_escrow(Key([21; 32]));
    contest.set_bond_vault(Key([22; 32]));
    contest.set_treasury(Key([23; 32]));
    contest.set_terms_hash([24; 32]);
    contest.set_bond(5_000);
    contest.set_created_at_ms(NOW_MS);
    contest.set_elimination_interval_s(60);
    contest.set_duration_s(600);
    write(&mut contest);
    let account = Account { owner: LOCAL_PROGRAM, lamports: 1, data: bytes };
    HeldContest::read(&LOCAL_PROGRAM, wallet(20), Some(account)).unwrap()
}

fn entry(write: impl FnOnce(&mut EntryMut<'_>)) -> HeldEntry {
    let mut bytes = vec![0; Kind::Entry.size()];
    let mut entry = EntryMut::begin(&mut bytes, 255).unwrap();
    entry.set_agent(Key([2; 32]));
    entry.set_contest(Key([20; 32]));
    entry.set_amount(1_000);
    entry.set_entered_at_ms(NOW_MS + 1);
    write(&mut entry);
    let account = Account { owner: LOCAL_PROGRAM, lamports: 1, data: bytes };
    HeldEntry::read(&LOCAL_PROGRAM, wallet(30), Some(account)).unwrap()
}

fn page() -> Page {
    let mark = |is_eliminated, score: Option<i64>| Mark { is_eliminated, score: score.and_then(Score::new) };
    Page {
        round: 3,
        page: 2,
        last: true,
        actions_root: Some([5; 32]),
        marks: vec![(wallet(40), mark(true, None)), (wallet(41), mark(false, Some(-7)))],
    }
}

/// One action of each instruction, by tag.
fn all() -> Vec<Action> {
    let at = Addresses::of(LOCAL_PROGRAM);
    let (contest, entry, me) = (contest(|_| {}), entry(|_| {}), wallet(2));
    vec![
        at.init_protocol(&me),
        at.set_authority(&me, &wallet(3)),
        at.open_treasury(&me, &wallet(7), &wallet(8)),
        at.register_profile(&me, "Ada").unwrap(),
        at.create_contest(&me, [6; 16], "Cup", &terms()).unwrap(),
        at.enter(&contest, &me),
        at.leave(&contest, &me),
        at.start(&contest, &wallet(9)),
        at.submit_page(&contest, &wallet(9), &page()).unwrap(),
        at.finalize(&contest, &wallet(9), 4, Some("seed"), &[wallet(40)]).unwrap(),
        at.cancel(&contest),
        at.abandon(&contest),
        at.claim_prize(&contest, &me),
        at.pay_creator_fee(&contest),
        at.return_bond(&contest),
        at.pay_protocol_fee(&contest),
        at.refund(&contest, &me),
        at.record_result(&entry),
        at.close_entry(&entry),
        at.close_contest(&contest),
        at.withdraw_treasury(&me, &wallet(7), &wallet(8), &wallet(3), 77, 5),
    ]
}

#[test]
fn every_instruction_has_an_action_with_its_tag_and_the_accounts_of_the_table() {
    let actions = all();
    assert_eq!(actions.len(), INSTRUCTIONS.len());
    for (spec, action) in INSTRUCTIONS.iter().zip(&actions) {
        let [instruction] = action.instructions.as_slice() else { unreachable!("one each") };
        assert_eq!(action.name, spec.name);
        assert_eq!(instruction.program_id, LOCAL_PROGRAM);
        assert_eq!(instruction.data.first(), Some(&spec.tag), "{}", spec.name);
        let roles = spec.accounts.iter().chain(spec.rest.iter().cycle());
        assert!(instruction.accounts.len() >= spec.accounts.len());
        assert_eq!(spec.rest.is_some(), instruction.accounts.len() > spec.accounts.len(), "{}", spec.name);
        for (meta, row) in instruction.accounts.iter().zip(roles) {
            let Role { is_signer, is_writable, .. } = row.role;
            let place = (spec.name, row.name);
            assert_eq!((meta.is_signer, meta.is_writable), (is_signer, is_writable), "{place:?}");
        }
    }
}

#[test]
fn accounts_stand_in_the_rows_that_they_belong_to() {
    let actions = all();
    let (at, me) = (Addresses::of(LOCAL_PROGRAM), wallet(2));
    let tokens = crate::associated(&me, &wallet(8), &wallet(7));
    let rows: &[(Tag, &str, Address)] = &[
        (Tag::InitProtocol, "protocol", at.protocol()),
        (Tag::InitProtocol, "program_data", at.program_data()),
        (Tag::OpenTreasury, "treasury", at.treasury(&wallet(7))),
        (Tag::RegisterProfile, "profile", at.profile(&me)),
        (Tag::CreateContest, "contest", at.contest(&me, &[6; 16])),
        (Tag::CreateContest, "escrow", at.escrow(&at.contest(&me, &[6; 16]))),
        (Tag::CreateContest, "bond_vault", at.bond_vault(&at.contest(&me, &[6; 16]))),
        (Tag::CreateContest, "creator_tokens", tokens),
        (Tag::Enter, "entry", at.entry(&wallet(20), &me)),
        (Tag::Enter, "agent_tokens", tokens),
        (Tag::Enter, "escrow", wallet(21)),
        (Tag::Leave, "entry", at.entry(&wallet(20), &me)),
        (Tag::Abandon, "bond_vault", wallet(22)),
        (Tag::Abandon, "treasury", wallet(23)),
        (Tag::ClaimPrize, "agent", me),
        (Tag::ClaimPrize, "profile", at.profile(&me)),
        (Tag::PayCreatorFee, "creator", wallet(1)),
        (Tag::PayCreatorFee, "creator_tokens", crate::associated(&wallet(1), &wallet(8), &wallet(7))),
        (Tag::ReturnBond, "bond_vault", wallet(22)),
        (Tag::PayProtocolFee, "treasury", wallet(23)),
        (Tag::Refund, "agent_tokens", tokens),
        (Tag::CloseEntry, "entry", wallet(30)),
        (Tag::CloseContest, "bond_vault", wallet(22)),
        (Tag::WithdrawTreasury, "destination", wallet(3)),
        (Tag::SubmitPage, "oracle", wallet(9)),
    ];
    for (tag, name, expected) in rows {
        let spec = INSTRUCTIONS[*tag as usize];
        let row = spec.accounts.iter().position(|row| row.name == *name).unwrap();
        assert_eq!(actions[*tag as usize].instructions[0].accounts[row].pubkey, *expected, "{tag:?} {name}");
    }
}

#[test]
fn arguments_read_as_they_were_given() {
    let actions = all();
    let data = |tag: Tag| &actions[tag as usize].instructions[0].data[1..];
    let created =
        args::whole(data(Tag::CreateContest), |reader: &mut Reader<'_>| args::CreateContest::read(reader))
            .unwrap();
    assert_eq!((created.id, created.title), ([6; 16], "Cup"));
    assert_eq!(
        (created.terms.entry_fee, created.terms.bond, created.terms.oracle),
        (1_000, 5_000, Some(Key([9; 32])))
    );
    assert_eq!((created.terms.min_completed, created.terms.min_wins, created.terms.min_age_s), (1, 2, 3));
    assert_eq!(created.terms.prize_split_bps.as_slice(), [6_000, 4_000]);
    assert_eq!((created.terms.action_schema, created.terms.seed_commitment), (Some("a move"), None));
    assert_eq!(created.terms.check(), Ok(()));
    let entered = args::whole(data(Tag::Enter), |reader: &mut Reader<'_>| args::Enter::read(reader)).unwrap();
    assert_eq!(entered.terms_hash, [24; 32], "the terms that the contest has");
    let sent =
        args::whole(data(Tag::SubmitPage), |reader: &mut Reader<'_>| args::SubmitPage::read(reader)).unwrap();
    assert_eq!((sent.round, sent.page, sent.last, sent.actions_root), (3, 2, true, Some([5; 32])));
    let marks: Vec<Mark> = sent.marks.iter().map(Option::unwrap).collect();
    assert_eq!(marks, page().marks.into_iter().map(|(_, mark)| mark).collect::<Vec<_>>());
    let last =
        args::whole(data(Tag::Finalize), |reader: &mut Reader<'_>| args::Finalize::read(reader)).unwrap();
    assert_eq!((last.placed, last.seed), (4, Some("seed")));
    let out = args::whole(data(Tag::WithdrawTreasury), |reader: &mut Reader<'_>| {
        args::WithdrawTreasury::read(reader)
    });
    assert_eq!(out.map(|out| (out.amount, out.number)), Some((77, 5)));
}

#[test]
fn the_marked_entries_follow_the_accounts_in_their_order() {
    let action = &all()[Tag::SubmitPage as usize];
    let named: Vec<Address> = action.instructions[0].accounts[2..].iter().map(|meta| meta.pubkey).collect();
    assert_eq!(named, [wallet(40), wallet(41)]);
}

#[test]
fn terms_that_differ_have_another_hash() {
    let hash = terms().hash(&wallet(1)).unwrap();
    let mut others = [terms(), terms(), terms(), terms()];
    others[0].mint = wallet(1);
    others[1].oracle = None;
    others[2].terms.gates.min_wins = 3;
    others[3].terms.action_schema = None;
    for other in others {
        assert_ne!(other.hash(&wallet(1)).unwrap(), hash);
    }
    assert_eq!(terms().hash(&wallet(1)).unwrap(), hash);
    assert!(terms().check().is_ok());
    let mut large = terms();
    large.terms.max_agents = 101;
    assert!(large.check().unwrap_err().to_string().contains("at most 100 on the chain"));
}

#[test]
fn only_the_programs_own_accounts_of_the_right_kind_are_read() {
    let good = |owner, data| Some(Account { owner, lamports: 1, data });
    let mut bytes = vec![0; Kind::Entry.size()];
    EntryMut::begin(&mut bytes, 1).unwrap();
    assert!(HeldEntry::read(&LOCAL_PROGRAM, wallet(1), good(LOCAL_PROGRAM, bytes.clone())).is_ok());
    assert!(HeldEntry::read(&LOCAL_PROGRAM, wallet(1), good(wallet(3), bytes.clone())).is_err());
    assert!(HeldContest::read(&LOCAL_PROGRAM, wallet(1), good(LOCAL_PROGRAM, bytes)).is_err());
    assert!(HeldEntry::read(&LOCAL_PROGRAM, wallet(1), None).is_err());
}

#[test]
fn the_accounts_show_what_is_done() {
    let actions = all();
    let shows = |tag: Tag, account: Option<&Account>| actions[tag as usize].shows(account);
    let of_contest = |write: &dyn Fn(&mut ContestMut<'_>)| {
        let held = contest(|contest| write(contest));
        account(&held)
    };
    let none = of_contest(&|_| {});
    for tag in [Tag::Start, Tag::SubmitPage, Tag::Finalize, Tag::Cancel, Tag::Abandon, Tag::PayCreatorFee] {
        assert!(!shows(tag, Some(&none)), "{tag:?}");
    }
    assert!(shows(Tag::Start, Some(&of_contest(&|contest| contest.set_started_at_ms(1)))));
    let ended = |status: Status| {
        of_contest(&move |contest| {
            contest.set_status(status_number(status));
            contest.set_ended_at_ms(1);
        })
    };
    for (status, cancelled, abandoned) in
        [(Status::Cancelled, true, false), (Status::Abandoned, false, true), (Status::Finished, false, false)]
    {
        assert_eq!(shows(Tag::Cancel, Some(&ended(status))), cancelled, "{status}");
        assert_eq!(shows(Tag::Abandon, Some(&ended(status))), abandoned, "{status}");
    }
    let paged = |round, number, hash| {
        of_contest(&move |contest| {
            contest.set_last_page_round(round);
            contest.set_last_page(number);
            contest.set_last_page_hash(hash);
        })
    };
    let (same, other) = (page().hash(), Page { actions_root: None, ..page() }.hash());
    for (round, number, hash, done) in [
        (3, 2, same, true),
        (3, 2, other, false),
        (2, 2, same, false),
        (3, 1, same, false),
        (3, 3, other, false),
        (4, 1, other, false),
    ] {
        assert_eq!(shows(Tag::SubmitPage, Some(&paged(round, number, hash))), done, "{round} {number}");
    }
    assert!(shows(Tag::ReturnBond, Some(&of_contest(&|contest| contest.set_bond_fate(1)))));
    assert!(!shows(Tag::ReturnBond, Some(&of_contest(&|contest| contest.set_bond_fate(2)))));
    assert!(shows(Tag::Leave, None) && !shows(Tag::Enter, None));
    assert!(!shows(Tag::WithdrawTreasury, Some(&none)), "nothing shows what can be done twice");
}

fn account(held: &HeldContest) -> Account {
    Account { owner: LOCAL_PROGRAM, lamports: 1, data: held.bytes().to_vec() }
}

#[test]
fn the_way_out_follows_the_contests_status_and_clock() {
    use arena_core::contest::ExitAction as Exit;
    let day = 86_400_000;
    let started = NOW_MS + 1_000;
    let at = |status: Status| {
        contest(|contest| {
            contest.set_status(status_number(status));
            contest.set_started_at_ms(started);
            contest.set_last_submission_at_ms(started);
            contest.set_ended_at_ms(started + 5);
            contest.set_prizes([800, 200, 0, 0, 0, 0, 0, 0, 0, 0]);
            contest.set_tied([2, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        })
    };
    let entered = entry(|entry| {
        entry.set_standing(1);
        entry.set_before(1);
    });
    let way = |status, now_ms| exits::of_entry(&at(status), &entered, now_ms).unwrap();
    let seen = |status, now_ms| {
        let way = way(status, now_ms);
        (way.action, way.amount, way.is_open)
    };
    assert_eq!(seen(Status::Registration, NOW_MS + 10), (Exit::Leave, 1_000, true));
    assert_eq!(seen(Status::Registration, NOW_MS + 3 * day), (Exit::Refund, 1_000, true));
    assert_eq!(seen(Status::Active, started + 119_999), (Exit::Abandon, 1_000, false));
    assert_eq!(seen(Status::Eliminating, started + 120_000), (Exit::Abandon, 1_000, true));
    assert_eq!(seen(Status::Finished, started + 5), (Exit::Prize, 500, true), "a tie shares");
    assert_eq!(seen(Status::Cancelled, started + 5), (Exit::Refund, 1_000, true));
    let gives_up = |status, now_ms| way(status, now_ms).gives_up;
    assert!(gives_up(Status::Registration, NOW_MS + 10));
    assert!(!gives_up(Status::Registration, NOW_MS + 3 * day), "nobody plays it any more");
    assert!(!gives_up(Status::Active, started + 120_000) && !gives_up(Status::Cancelled, NOW_MS));
    let paid = entry(|entry| entry.set_is_paid(1));
    assert_eq!(exits::of_entry(&at(Status::Cancelled), &paid, NOW_MS), None);
    let creator: Vec<Exit> =
        exits::of_creator(&at(Status::Cancelled), NOW_MS).iter().map(|way| way.action).collect();
    assert_eq!(creator, [Exit::Bond]);
    let cancelling = |now_ms| exits::of_creator(&at(Status::Registration), now_ms).remove(0);
    assert_eq!((cancelling(NOW_MS).action, cancelling(NOW_MS).gives_up), (Exit::Cancel, true));
    assert!(!cancelling(NOW_MS + 3 * day).gives_up);
    assert_eq!(exits::of_creator(&at(Status::Abandoned), NOW_MS), []);
}

#[test]
fn what_is_shown_has_the_hash_that_is_kept_or_nobody_agrees_to_it() {
    let held = |fee| {
        contest(|contest| {
            contest.set_entry_fee(fee);
            contest.set_min_agents(2);
            contest.set_max_agents(8);
            contest.set_places(2);
            contest.set_prize_split_bps([6_000, 4_000, 0, 0, 0, 0, 0, 0, 0, 0]);
            contest.set_creator_fee_bps(500);
            contest.set_rules_hash(*Hash::of(b"rules").as_bytes());
            contest.set_has_rules_hash(1);
            contest.set_min_completed(1);
            contest.set_min_wins(2);
            contest.set_min_age_s(3);
            let mut terms = terms();
            terms.terms.action_schema = Some(String::new());
            contest.set_terms_hash(*terms.hash(&wallet(1)).unwrap().as_bytes());
        })
    };
    assert_eq!(held(1_000).terms_hash().unwrap().as_bytes(), &held(1_000).view().terms_hash());
    assert!(held(900_000).terms_hash().unwrap_err().to_string().contains("do not enter it"));
}

#[test]
fn addresses_are_keys_in_other_words() {
    assert_eq!(address(key(&wallet(3))), wallet(3));
}
