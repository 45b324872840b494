//! The ledger's rows that a store promises to keep: transfers by account, balances, counters, contests in their lists.

use arena_runtime::{
    Account, ArenaId, ArenaStorage, Position,
    contest::{Counters, Status},
    storage::{
        Breach, Change, ContestFilter, LedgerItem, LedgerStorage, SqliteStorage, Totals, TransferFilter,
        TransferRow, ViewChange, Writes,
    },
};

use crate::{
    contract::{Appender, Row, arena, each},
    cup::coins,
    fixture::id,
};

fn wallet(name: &str) -> Account {
    Account::Wallet(id(name))
}

/// Appends an event for each of these movements and stores them with it.
fn put(appender: &mut Appender, store: &dyn ArenaStorage, views: Vec<ViewChange>) {
    let row = [Row::new(ArenaId::SYSTEM, "deposited", "operator")];
    appender.append(store, &row, Writes { views, ..Writes::default() }).unwrap();
}

fn transfer(number: u64, debit: Account, credit: Account, reference: Option<&str>) -> TransferRow {
    TransferRow {
        transfer: Position::new(number),
        debit,
        credit,
        amount: coins(number),
        reason: serde_json::from_str("\"deposit\"").unwrap(),
        arena_id: reference.is_none().then(|| arena(1)),
        reference: reference.map(str::to_owned),
    }
}

/// A transfer at each position: two deposits, then money goes in and out of two contests.
fn some_transfers() -> Vec<TransferRow> {
    let (escrow, other) = (Account::Escrow(arena(1)), Account::Escrow(arena(2)));
    vec![
        transfer(1, Account::External, wallet("alice"), Some("one")),
        transfer(2, Account::External, wallet("bob"), Some("two")),
        transfer(3, wallet("alice"), escrow.clone(), None),
        transfer(4, wallet("bob"), other.clone(), None),
        transfer(5, escrow.clone(), wallet("bob"), None),
        transfer(6, wallet("bob"), Account::Bond(arena(1)), None),
        transfer(7, other, Account::Treasury, None),
        transfer(8, escrow, wallet("alice"), None),
    ]
}

fn filled(store: &dyn ArenaStorage) {
    let mut appender = Appender::default();
    for row in some_transfers() {
        put(&mut appender, store, vec![ViewChange::Transfer(row)]);
    }
}

fn found(store: &dyn ArenaStorage, accounts: &[Account], after: u64, limit: usize) -> Vec<u64> {
    let filter = TransferFilter { accounts: accounts.to_vec(), after: Position::new(after), limit };
    store.transfers(&filter).unwrap().iter().map(|row| row.transfer.get()).collect()
}

#[test]
fn transfers_come_back_as_they_were_by_account_and_in_pages() {
    each(|store| {
        filled(store);
        let all = TransferFilter { limit: 99, ..TransferFilter::default() };
        assert_eq!(store.transfers(&all).unwrap(), some_transfers());
        assert_eq!(found(store, &[], 3, 2), [4, 5]);
        assert_eq!(found(store, &[wallet("bob")], 0, 99), [2, 4, 5, 6]);
        assert_eq!(found(store, &[wallet("bob")], 2, 2), [4, 5]);
        assert_eq!(found(store, &[Account::Escrow(arena(1)), Account::Bond(arena(1))], 0, 99), [3, 5, 6, 8]);
        // What moves between two of the accounts asked for is one transfer.
        assert_eq!(found(store, &[wallet("alice"), Account::Escrow(arena(1))], 0, 99), [1, 3, 5, 8]);
        assert_eq!(found(store, &[wallet("carol")], 0, 99), [0; 0]);
        assert_eq!(found(store, &[Account::External], 1, 9), [2]);
    });
}

#[test]
fn a_reference_leads_to_its_transfer() {
    each(|store| {
        filled(store);
        assert_eq!(store.transfer_of("two").unwrap(), Some(some_transfers().swap_remove(1)));
        assert_eq!(store.transfer_of("three").unwrap(), None);
    });
}

#[test]
fn a_second_transfer_under_one_reference_is_no_row_of_sqlite() {
    let dir = tempfile::tempdir().unwrap();
    let store = SqliteStorage::open(dir.path()).unwrap();
    filled(&store);
    let mut appender = Appender::default();
    let again = ViewChange::Transfer(transfer(9, Account::External, wallet("alice"), Some("one")));
    let row = [Row::new(arena(9), "deposited", "operator")];
    assert!(appender.append(&store, &row, Writes { views: vec![again], ..Writes::default() }).is_err());
    assert_eq!(found(&store, &[], 8, 9), [0; 0]);
}

fn set(account: Account, before: i64, after: i64) -> ViewChange {
    ViewChange::Balance { account, change: Change { before, after } }
}

#[test]
fn balances_and_counters_are_the_last_ones_written() {
    each(|store| {
        let mut appender = Appender::default();
        let counters =
            Counters { entered: 3, completed: 2, wins: 1, top_three: 2, eliminations: 1, earnings: 1 << 52 };
        assert_eq!(store.balance(&wallet("alice")).unwrap(), 0);
        assert_eq!(store.counters(&id("alice")).unwrap(), Counters::default());
        put(
            &mut appender,
            store,
            vec![
                set(wallet("alice"), 0, 70),
                set(Account::External, 0, -70),
                ViewChange::Counters { agent_id: id("alice"), counters: Counters::default() },
            ],
        );
        put(
            &mut appender,
            store,
            vec![
                set(wallet("alice"), 70, 20),
                set(Account::Treasury, 0, 50),
                ViewChange::Counters { agent_id: id("alice"), counters },
            ],
        );
        assert_eq!(store.balance(&wallet("alice")).unwrap(), 20);
        assert_eq!(store.balance(&Account::External).unwrap(), -70);
        assert_eq!(store.counters(&id("alice")).unwrap(), counters);
        assert_eq!(store.totals().unwrap(), Totals { inside: 70, external: -70, lowest: 0 });
        assert_eq!(store.contradictions(), []);
        let mut shown = Vec::new();
        store.walk(&mut |item| shown.push(item)).unwrap();
        let accounts: Vec<_> = shown
            .iter()
            .filter_map(|item| match item {
                LedgerItem::Account(account, balance) => Some((account.to_string(), *balance)),
                _ => None,
            })
            .collect();
        assert_eq!(accounts.len(), 3);
        assert!(accounts.contains(&("external".to_owned(), -70)), "{accounts:?}");
    });
}

#[test]
fn a_balance_that_is_not_what_was_left_there_is_told_and_set_right() {
    let dir = tempfile::tempdir().unwrap();
    let store = SqliteStorage::open(dir.path()).unwrap();
    let mut appender = Appender::default();
    put(&mut appender, &store, vec![set(wallet("alice"), 0, 70)]);
    put(&mut appender, &store, vec![set(wallet("alice"), 60, 50)]);
    let told = store.contradictions();
    assert_eq!(told.len(), 1);
    assert_eq!((&told[0].account, told[0].expected, told[0].found), (&wallet("alice"), 60, 70));
    assert_eq!(store.contradictions(), [], "it is told once");
    assert_eq!(store.balance(&wallet("alice")).unwrap(), 50);
}

#[test]
fn contests_are_listed_in_order_by_status_and_their_ids_count_as_given_out() {
    each(|store| {
        let mut appender = Appender::default();
        for number in 1..=9u8 {
            let first = ViewChange::Contest { arena_id: arena(number), status: Status::Registration };
            let status = [Status::Active, Status::Finished, Status::Cancelled][usize::from(number % 3)];
            let last = ViewChange::Contest { arena_id: arena(number), status };
            put(&mut appender, store, vec![first, last]);
        }
        let entered = |number, agent| ViewChange::Entered { arena_id: arena(number), agent_id: id(agent) };
        let left = |number, agent| ViewChange::Withdrawn { arena_id: arena(number), agent_id: id(agent) };
        let entries = [1, 3, 4, 7].map(|number| entered(number, "alice"));
        put(&mut appender, store, entries.into_iter().chain([entered(3, "bob"), left(3, "alice")]).collect());
        let by = |agent: Option<&str>, status, after: Option<u8>, limit| -> Vec<u8> {
            let filter = ContestFilter { status, agent: agent.map(id), after: after.map(arena), limit };
            store.contests(&filter).unwrap().iter().map(|arena_id| arena_id.as_bytes()[0]).collect()
        };
        let listed = |status, after, limit| by(None, status, after, limit);
        assert_eq!(by(Some("alice"), None, None, None), [1, 4, 7], "3 was left again");
        assert_eq!(by(Some("alice"), None, Some(1), Some(1)), [4]);
        assert_eq!(by(Some("alice"), Some(Status::Finished), Some(1), None), [4, 7]);
        assert_eq!(by(Some("alice"), Some(Status::Active), None, None), [0; 0]);
        assert_eq!(by(Some("bob"), None, None, None), [3]);
        assert_eq!(by(Some("carol"), None, None, None), [0; 0]);
        assert_eq!(listed(None, None, None), [1, 2, 3, 4, 5, 6, 7, 8, 9]);
        assert_eq!(listed(None, Some(4), Some(2)), [5, 6]);
        assert_eq!(listed(Some(Status::Finished), None, None), [1, 4, 7]);
        assert_eq!(listed(Some(Status::Finished), Some(1), Some(1)), [4]);
        assert_eq!(listed(Some(Status::Registration), None, None), [0; 0]);
        assert_eq!(store.opening().unwrap().last_arena, arena(9));
        assert_eq!(store.arenas(&Default::default()).unwrap(), [], "they are no shared arenas");
    });
}

#[test]
fn a_breach_is_kept_until_it_is_taken_away() {
    each(|store| {
        let breach = Breach { position: Position::new(7), reason: "it \"does\" not fit".to_owned() };
        assert_eq!(store.breach().unwrap(), None);
        store.set_breach(Some(&breach)).unwrap();
        assert_eq!(store.breach().unwrap(), Some(breach));
        store.set_breach(None).unwrap();
        assert_eq!(store.breach().unwrap(), None);
    });
}

#[test]
fn a_batch_that_cannot_be_stored_leaves_nothing_of_the_ledger() {
    each(|store| {
        let mut appender = Appender::default();
        put(&mut appender, store, vec![set(wallet("alice"), 0, 70)]);
        store.limit_size(Some(1)).unwrap();
        let large = Row::new(arena(1), "goal_updated", "alice");
        let rows = vec![large; 2_000];
        let views = vec![
            ViewChange::Transfer(transfer(2, wallet("alice"), Account::Treasury, None)),
            set(wallet("alice"), 70, 68),
            ViewChange::Contest { arena_id: arena(1), status: Status::Active },
            ViewChange::Counters {
                agent_id: id("alice"),
                counters: Counters { wins: 1, ..Counters::default() },
            },
        ];
        assert!(appender.append(store, &rows, Writes { views, ..Writes::default() }).is_err());
        store.limit_size(None).unwrap();
        assert_eq!(found(store, &[], 0, 9), [0; 0]);
        assert_eq!(store.balance(&wallet("alice")).unwrap(), 70);
        assert_eq!(store.contests(&ContestFilter::default()).unwrap(), []);
        assert_eq!(store.counters(&id("alice")).unwrap(), Counters::default());
    });
}

#[tokio::test]
async fn a_store_of_before_the_ledger_is_verified_as_it_is_and_opens_with_one() {
    let dir = tempfile::tempdir().unwrap();
    crate::offline::furnished(dir.path()).await;
    let path = dir.path().join(arena_runtime::storage::DATABASE);
    rusqlite::Connection::open(&path)
        .unwrap()
        .execute_batch(
            "DROP TABLE transfers; DROP TABLE accounts; DROP TABLE profiles; DROP TABLE contests; DROP TABLE entrants;
             ALTER TABLE artifacts DROP COLUMN author; PRAGMA user_version = 1",
        )
        .unwrap();
    let before = std::fs::read(&path).unwrap();
    let found = arena_runtime::offline::verify(dir.path(), &[]).unwrap();
    assert!(found.ok, "{:?}", found.divergences);
    assert!(std::fs::read(&path).unwrap() == before, "verifying changes nothing");
    let manager = arena_runtime::ArenaManager::open(crate::fixture::in_dir(dir.path())).unwrap();
    crate::cup::deposit(&manager, "alice", 5).await;
    crate::cup::audited(&manager).await;
    crate::fixture::close(manager).await;
    assert!(arena_runtime::offline::verify(dir.path(), &[]).unwrap().ok);
}
