//! Whole contests against a real server, with real processes as bots.

use std::{fs, future::pending, path::PathBuf, time::Duration};

use arena_agents::contest::{Cup, Ending, Host, HostError, HostOptions, HostReport, Show, receipt};
use arena_api::{
    Code,
    agents::RegisterAgent,
    client::Client,
    contests::CreateContest,
    ledger::{MoveMoney, TransferQuery},
    receipt::Receipt,
};
use arena_core::{
    AgentId, ArenaId,
    amount::Amount,
    contest::Status,
    ledger::{Account, Reason},
};

use crate::house::House;

/// Answers every turn with the first choice.
const FIRST: &str = r#"read -r hello; echo '{"ready":true}'; n=0; while read -r line; do n=$((n+1)); c=${line#*choices\":[\"}; echo '{"round":'$n',"action":"'"${c%%\"*}"'"}'; done"#;

fn bot(name: &str, script: &str) -> String {
    format!("[[bots]]\nname = '{name}'\ncommand = ['sh', '-c', '''{script}''']\n")
}

/// A cup of rock, paper, scissors with a fee of 100 and a bond of 30.
fn cup(rounds: u32, bots: &[String]) -> String {
    format!(
        "title = 'a cup'\nfund = true\nseed = 'fixed'\n[game]\nname = 'rock-paper-scissors'\nrounds = {rounds}\nstage = 2\n\
         [terms]\nentry_fee = 100\nbond = 30\nprize_split = [60, 40]\ncreator_fee_bps = 500\n{}",
        bots.concat()
    )
}

fn options(house: &House) -> HostOptions {
    HostOptions {
        state: house.file("hosting"),
        program: "/no/arena/here".into(),
        receipt: Some(house.file("receipt.json")),
        anew: false,
        pace: Duration::ZERO,
    }
}

fn open(house: &House, text: &str) -> Result<Host, HostError> {
    let path = house.file("cup.toml");
    fs::write(&path, text).unwrap();
    Host::open(&house.client, Cup::load(&path).unwrap(), options(house), Show::silent())
}

async fn hosted(house: &House, text: &str) -> HostReport {
    open(house, text).unwrap().drive(pending()).await.unwrap_or_else(|error| panic!("{error}"))
}

fn the_receipt(house: &House) -> Receipt {
    let file = fs::read(house.file("receipt.json")).unwrap();
    receipt::check(&file, None).unwrap();
    Receipt::open(&file).unwrap()
}

async fn balance(client: &Client, account: Account) -> u64 {
    client.account(&account).await.unwrap().balance.get()
}

fn agent(name: &str) -> AgentId {
    name.parse().unwrap()
}

/// Every line that was recorded, as JSON.
fn lines(receipt: &Receipt) -> Vec<serde_json::Value> {
    let rounds = receipt.rounds.iter().flat_map(|round| round.actions.as_ref().unwrap());
    rounds.map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The faults of a bot, round by round.
fn faults(receipt: &Receipt, name: &str) -> Vec<String> {
    let lines = lines(receipt).into_iter().filter(|line| line["agent_id"] == name);
    lines.map(|line| line["fault"].as_str().unwrap_or("none").to_owned()).collect()
}

#[tokio::test]
async fn a_paid_contest_goes_from_deposits_to_claimed_prizes_and_leaves_nothing_behind() {
    let house = House::new().await;
    let report =
        hosted(&house, &cup(4, &[bot("one", FIRST), bot("two", FIRST), bot("three", "exit 1")])).await;
    assert_eq!((report.outcome, report.rounds), (Ending::Finished, 4));
    let arena_id = report.arena_id.unwrap();
    // 300 in the pot: 3 for the treasury, 15 for the creator, and two share 60 and 40 per cent of 282.
    let prizes: Vec<u64> = report.standings.iter().map(|bot| bot.prize.unwrap().get()).collect();
    assert_eq!(prizes, [141, 141, 0]);
    for (account, held) in [
        (Account::Escrow(arena_id), 0),
        (Account::Bond(arena_id), 0),
        (Account::Treasury, 3),
        (Account::Wallet(agent("one")), 141),
        (Account::Wallet(agent("three")), 0),
        (Account::Wallet(agent("operator")), 30 + 15),
    ] {
        assert_eq!(balance(&house.client, account.clone()).await, held, "{account}");
    }
    let audit = house.client.audit().await.unwrap();
    assert!(audit.ok && audit.checked > 0, "{audit:?}");
    assert_eq!(house.client.agent(&agent("one")).await.unwrap().wins, 1);
    // The file in which all of it stands is for its owner alone.
    let mode = std::os::unix::fs::PermissionsExt::mode(
        &fs::metadata(house.file("receipt.json")).unwrap().permissions(),
    );
    assert_eq!(mode & 0o777, 0o600);
}

#[tokio::test]
async fn each_fault_is_told_apart_and_recorded_with_the_round() {
    let house = House::new().await;
    let sleeper = r#"read -r hello; echo '{"ready":true}'; sleep 600"#;
    let illegal = r#"read -r hello; echo '{"ready":true}'; n=0; while read -r line; do n=$((n+1)); echo '{"round":'$n',"action":"well"}'; done"#;
    let text = cup(
        2,
        &[bot("good", FIRST), bot("sleeper", sleeper), bot("illegal", illegal), bot("crash", "exit 7")],
    );
    let text = text.replace("[terms]", "[time]\nbank = '300ms'\nincrement = '10ms'\n[terms]");
    // The good bot has to answer within its bank on any machine, so only it is given what it needs.
    let report = hosted(&house, &text.replace("bank = '300ms'", "bank = '2s'")).await;
    let receipt = the_receipt(&house);
    for (name, fault) in
        [("good", "none"), ("sleeper", "timeout"), ("illegal", "illegal"), ("crash", "crash")]
    {
        assert_eq!(faults(&receipt, name), [fault, fault], "{name}");
    }
    let of = |name: &str| report.standings.iter().find(|bot| bot.agent_id == agent(name)).unwrap();
    assert_eq!(of("crash").faults, [("crash", 2)].into());
    assert!(of("good").faults.is_empty());
    assert_eq!(of("good").standing, Some(1));
    let reason = lines(&receipt).into_iter().find(|line| line["agent_id"] == "illegal").unwrap();
    assert_eq!(reason["reason"], "the action is none of rock, paper, scissors");
    assert_eq!(reason.get("action"), None);
}

#[tokio::test]
async fn a_host_that_lost_its_round_files_goes_on_from_what_the_server_has() {
    let house = House::new().await;
    // The second bot stops the host in the third round: it waits until it may go on.
    let waits = FIRST.replace(
        "n=$((n+1));",
        "n=$((n+1)); if [ $n = 3 ]; then echo x > HERE/third; until [ -e HERE/go ]; do sleep 0.01; done; fi;",
    );
    let waits = waits.replace("HERE", &house.file("").display().to_string());
    // Started again, it has not counted the turns: it takes the round from the turn.
    let counts = "n=$(echo \"$line\" | sed 's/.*\"round\":\\([0-9]*\\).*/\\1/');";
    let text = cup(
        5,
        &[
            bot("one", &FIRST.replace("n=$((n+1));", counts)),
            bot("two", &waits.replace("n=$((n+1));", counts)),
        ],
    );
    let host = open(&house, &text).unwrap();
    let stopped = async {
        house.appears("third").await;
    };
    let report = host.drive(stopped).await.unwrap();
    assert_eq!(report.outcome, Ending::Interrupted);
    let arena_id = report.arena_id.unwrap();
    assert_eq!(house.client.contest(arena_id).await.unwrap().round, 2);
    let mut removed = 0;
    let within =
        |folder: PathBuf| fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path());
    for run in within(house.file("hosting")).flat_map(within) {
        for name in ["round-000001.json", "round-000002.json"] {
            removed += usize::from(fs::remove_file(run.join(name)).is_ok());
        }
    }
    assert_eq!(removed, 2);
    fs::write(house.file("go"), "").unwrap();
    let report = hosted(&house, &text).await;
    assert_eq!((report.outcome, report.arena_id, report.rounds), (Ending::Finished, Some(arena_id), 5));
    assert_eq!(the_receipt(&house).arena_id, arena_id);
}

#[tokio::test]
async fn an_entrant_without_a_bot_here_forfeits_and_nobody_waits_for_it() {
    let house = House::new().await;
    let text = cup(2, &[bot("one", FIRST), bot("two", FIRST)]).replace("[terms]", "[terms]\nmax_agents = 3");
    let arena_id = made_only(&house, &text).await;
    let asked = RegisterAgent { agent_id: agent("stranger"), name: None };
    let stranger = house.client.with_token(&house.client.register_agent(&asked).await.unwrap().token);
    let fund = MoveMoney { agent_id: agent("stranger"), amount: Amount::at_most(100), reference: "s".into() };
    house.client.deposit(&fund).await.unwrap();
    stranger.enter(arena_id).await.unwrap();
    let report = hosted(&house, &text).await;
    assert_eq!((report.arena_id, report.outcome), (Some(arena_id), Ending::Finished));
    assert_eq!(faults(&the_receipt(&house), "stranger"), ["absent", "absent"]);
}

#[tokio::test]
async fn a_cancelled_contest_is_paid_back_and_said_to_be() {
    let house = House::new().await;
    let text = cup(2, &[bot("one", FIRST), bot("two", FIRST)]);
    let arena_id = made_only(&house, &text).await;
    house.client.cancel_contest(arena_id).await.unwrap();
    let report = hosted(&house, &text).await;
    assert_eq!(report.outcome, Ending::Cancelled);
    assert_eq!(balance(&house.client, Account::Escrow(arena_id)).await, 0);
    assert_eq!(balance(&house.client, Account::Bond(arena_id)).await, 0);
    assert_eq!(balance(&house.client, Account::Wallet(agent("operator"))).await, 30);
    assert_eq!(the_receipt(&house).status, Status::Cancelled);
    // What is over is not gone on with: the next host begins anew.
    let report = hosted(&house, &text).await;
    assert_eq!(report.outcome, Ending::Finished);
    assert_ne!(report.arena_id, Some(arena_id));
}

/// Hosts until the contest is made and known here, and no further.
async fn made_only(house: &House, text: &str) -> ArenaId {
    let host = open(house, text).unwrap();
    let within =
        |folder: PathBuf| fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path());
    let known = || {
        let mut runs = within(house.file("hosting")).flat_map(within);
        runs.any(|run| {
            fs::read_to_string(run.join("state.json")).is_ok_and(|facts| facts.contains("\"arena_id\":\""))
        })
    };
    let made = async {
        while !known() {
            tokio::task::yield_now().await;
        }
    };
    host.drive(made).await.unwrap();
    let contest = house.client.contests(&Default::default()).await.unwrap().items.remove(0);
    assert_eq!(contest.status, Status::Registration);
    contest.arena_id
}

#[tokio::test]
async fn an_agent_of_somebody_else_is_not_taken_over() {
    let house = House::new().await;
    let asked = RegisterAgent { agent_id: agent("one"), name: None };
    let issued = house.client.register_agent(&asked).await.unwrap();
    let text = cup(2, &[bot("one", FIRST), bot("two", FIRST)]);
    let error = open(&house, &text).unwrap().drive(pending()).await.unwrap_err();
    assert!(matches!(&error, HostError::NoToken { agent_id } if *agent_id == agent("one")), "{error}");
    assert!(
        house.client.with_token(&issued.token).agent(&agent("one")).await.is_ok(),
        "its token was replaced"
    );
    nothing_made(&house).await;
    // A file that is not there, and one with a token that is none, are found as early.
    let filed = text.replacen("name = 'one'\n", "name = 'one'\ntoken_file = 'one.token'\n", 1);
    let error = open(&house, &filed).unwrap().drive(pending()).await.unwrap_err();
    assert!(matches!(&error, HostError::File { .. }), "{error}");
    fs::write(house.file("one.token"), "wrong").unwrap();
    let error = open(&house, &filed).unwrap().drive(pending()).await.unwrap_err();
    assert_eq!(
        error.server().and_then(arena_api::client::Error::code),
        Some(Code::Unauthenticated),
        "{error}"
    );
    nothing_made(&house).await;
    fs::write(house.file("one.token"), format!("{}\n", issued.token)).unwrap();
    let text = text.replacen("name = 'one'\n", "name = 'one'\ntoken_file = 'one.token'\n", 1);
    assert_eq!(hosted(&house, &text).await.outcome, Ending::Finished);
}

/// No contest was made, and no bond paid in.
async fn nothing_made(house: &House) {
    assert_eq!(house.client.contests(&Default::default()).await.unwrap().items.len(), 0);
    assert_eq!(balance(&house.client, Account::Wallet(agent("operator"))).await, 0);
}

/// A stranger enters, with the fee.
async fn stranger_enters(house: &House, name: &str, arena_id: ArenaId) {
    let asked = RegisterAgent { agent_id: agent(name), name: None };
    let stranger = house.client.with_token(&house.client.register_agent(&asked).await.unwrap().token);
    let fund = MoveMoney { agent_id: agent(name), amount: Amount::at_most(100), reference: name.into() };
    house.client.deposit(&fund).await.unwrap();
    stranger.enter(arena_id).await.unwrap();
}

#[tokio::test]
async fn a_stranger_that_takes_the_last_place_plays_without_a_bot_and_holds_nobody_up() {
    let house = House::new().await;
    let text = cup(2, &[bot("one", FIRST), bot("two", FIRST)]);
    let arena_id = made_only(&house, &text).await;
    stranger_enters(&house, "stranger", arena_id).await;
    let report = hosted(&house, &text).await;
    assert_eq!((report.arena_id, report.outcome), (Some(arena_id), Ending::Finished));
    assert_eq!(report.standings.len(), 2);
    assert_eq!(faults(&the_receipt(&house), "stranger"), ["absent", "absent"]);
    // The bot that found no place has its fee.
    assert_eq!(balance(&house.client, Account::Wallet(agent("two"))).await, 100);
}

#[tokio::test]
async fn a_contest_that_is_full_of_strangers_is_cancelled_with_everything_paid_back() {
    let house = House::new().await;
    let text = cup(2, &[bot("one", FIRST), bot("two", FIRST)]);
    let arena_id = made_only(&house, &text).await;
    stranger_enters(&house, "eve", arena_id).await;
    stranger_enters(&house, "mallory", arena_id).await;
    let report = hosted(&house, &text).await;
    assert_eq!((report.arena_id, report.outcome), (Some(arena_id), Ending::Cancelled));
    assert!(report.to_string().contains("because strangers took every place"), "{report}");
    for (account, held) in [
        (Account::Escrow(arena_id), 0),
        (Account::Bond(arena_id), 0),
        (Account::Wallet(agent("operator")), 30),
        (Account::Wallet(agent("eve")), 100),
        (Account::Wallet(agent("two")), 100),
    ] {
        assert_eq!(balance(&house.client, account.clone()).await, held, "{account}");
    }
}

#[tokio::test]
async fn a_contest_whose_gates_a_bot_does_not_meet_is_cancelled_with_everything_paid_back() {
    let house = House::new().await;
    let text = cup(2, &[bot("one", FIRST), bot("two", FIRST)])
        .replace("[terms]", "[terms]\ngates = { min_wins = 1 }");
    let report = hosted(&house, &text).await;
    assert_eq!(report.outcome, Ending::Cancelled);
    assert!(report.why.is_some_and(|why| why.starts_with("one cannot enter: ")));
    assert_eq!(balance(&house.client, Account::Wallet(agent("operator"))).await, 30);
}

#[tokio::test]
async fn a_host_that_comes_back_after_registration_is_over_has_everything_paid_back() {
    let house = House::with_test_clock().await;
    let text = cup(2, &[bot("one", FIRST), bot("two", FIRST)]);
    let arena_id = made_only(&house, &text).await;
    stranger_enters(&house, "eve", arena_id).await;
    let days = arena_api::clock::AdvanceClock { advance_ms: arena_core::Millis::from_secs(3 * 86_400) };
    house.client.advance_clock(&days).await.unwrap();
    let report = hosted(&house, &text).await;
    assert_eq!(report.outcome, Ending::Cancelled);
    assert!(report.why.is_some_and(|why| why.contains("registration was over")));
    assert_eq!(balance(&house.client, Account::Wallet(agent("eve"))).await, 100);
    assert_eq!(balance(&house.client, Account::Wallet(agent("operator"))).await, 30);
}

#[tokio::test]
async fn two_hosts_do_not_work_on_one_cup_and_a_changed_cup_is_refused() {
    let house = House::new().await;
    let text = cup(2, &[bot("one", FIRST), bot("two", FIRST)]);
    let first = open(&house, &text).unwrap();
    assert!(matches!(open(&house, &text), Err(HostError::Busy { .. })));
    drop(first);
    let arena_id = made_only(&house, &text).await;
    let changed = text.replace("entry_fee = 100", "entry_fee = 200");
    assert!(
        matches!(open(&house, &changed), Err(HostError::Changed { arena_id: Some(held) }) if held == arena_id)
    );
    let anew = HostOptions { anew: true, ..options(&house) };
    let cup = Cup::load(&house.file("cup.toml")).unwrap();
    let report =
        Host::open(&house.client, cup, anew, Show::silent()).unwrap().drive(pending()).await.unwrap();
    assert_ne!(report.arena_id, Some(arena_id));
}

#[tokio::test]
async fn nothing_is_made_when_a_program_is_missing() {
    let house = House::new().await;
    let text = cup(2, &[bot("one", FIRST), "[[bots]]\nname = 'two'\ncommand = ['no-such-bot']\n".to_owned()]);
    let error = open(&house, &text).unwrap_err();
    assert!(error.to_string().contains("bot two: there is no program no-such-bot here"), "{error}");
    assert!(!house.file("hosting").exists());
}

#[tokio::test]
async fn bond_and_fees_are_funded_once_however_often_the_host_begins() {
    let house = House::new().await;
    let text = cup(2, &[bot("one", FIRST), bot("two", FIRST)]);
    made_only(&house, &text).await;
    hosted(&house, &text).await;
    let transfers =
        house.client.transfers(&TransferQuery { limit: Some(1_000), ..Default::default() }).await.unwrap();
    let deposits = transfers.items.iter().filter(|transfer| transfer.reason == Reason::Deposit);
    assert_eq!(deposits.map(|transfer| transfer.amount.get()).collect::<Vec<_>>(), [100, 100, 30]);
}

#[tokio::test]
async fn a_host_whose_time_is_over_says_that_anyone_may_abandon() {
    let house = House::with_test_clock().await;
    let text = cup(2, &[bot("one", FIRST), bot("two", FIRST)])
        .replace("[terms]", "[terms]\nelimination_interval_s = 10");
    let slow = text.replacen(
        "read -r hello;",
        &format!(
            "echo x > {}; until [ -e {} ]; do sleep 0.01; done; read -r hello;",
            house.file("begun").display(),
            house.file("go").display()
        ),
        1,
    );
    let host = open(&house, &slow).unwrap();
    let late = async {
        house.appears("begun").await;
        let later = arena_api::clock::AdvanceClock { advance_ms: arena_core::Millis::from_secs(20) };
        house.client.advance_clock(&later).await.unwrap();
        fs::write(house.file("go"), "").unwrap();
        pending::<()>().await;
    };
    let error = host.drive(late).await.unwrap_err();
    assert_eq!(
        error.server().and_then(arena_api::client::Error::code),
        Some(Code::OracleTimedOut),
        "{error}"
    );
    let contest = house.client.contests(&Default::default()).await.unwrap().items.remove(0);
    house.client.abandon_contest(contest.arena_id).await.unwrap();
    let report = hosted(&house, &slow).await;
    assert_eq!(report.outcome, Ending::Abandoned);
    assert_eq!(balance(&house.client, Account::Wallet(agent("one"))).await, 100);
    assert_eq!(balance(&house.client, Account::Treasury).await, 30);
    assert_eq!(the_receipt(&house).status, Status::Abandoned);
}

#[tokio::test]
async fn a_contest_that_was_made_by_hand_checks_without_a_game() {
    let house = House::new().await;
    let cup = Cup::load(&{
        let path: PathBuf = house.file("cup.toml");
        fs::write(&path, cup(2, &[bot("one", FIRST), bot("two", FIRST)])).unwrap();
        path
    })
    .unwrap();
    let mut terms = cup.terms;
    (terms.action_schema, terms.rules_hash) = (None, None);
    (terms.entry_fee, terms.bond) = (Amount::ZERO, Amount::ZERO);
    let made = house.client.create_contest(&CreateContest { title: "by hand".into(), terms }).await.unwrap();
    for name in ["left", "right"] {
        let asked = RegisterAgent { agent_id: agent(name), name: None };
        let token = house.client.register_agent(&asked).await.unwrap().token;
        house.client.with_token(&token).enter(made.arena_id).await.unwrap();
    }
    house.client.start_contest(made.arena_id).await.unwrap();
    let round = arena_api::rounds::SubmitRound {
        eliminated: vec![agent("left")],
        ..arena_api::rounds::SubmitRound::new(1)
    };
    house.client.submit_round(made.arena_id, &round).await.unwrap();
    house.client.finalize_contest(made.arena_id, &Default::default()).await.unwrap();
    let file = house.client.receipt(made.arena_id).await.unwrap();
    let checked = receipt::check(&file, None).unwrap();
    assert_eq!((checked.game, checked.rounds, checked.transfers), (None, 1, 0));
}
