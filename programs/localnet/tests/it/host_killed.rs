//! A host that is killed at one request after the other comes to the same end.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex},
};

use serde_json::Value;

use crate::{
    host::{CUP, Hosting, is_settled, names_the_transactions},
    host_line::{Asked, Line},
    world::on_a_chain,
};

/// More requests than any host here is killed at.
const MOST: usize = 200;

/// Starts the host again and again, ended at the next request that was not its end before, in turns before it arrives and when it was
/// carried out; `key` says which requests count, and which are the same. Returns those and what the last host said.
pub(crate) fn killed_at_each(
    hosting: &Hosting,
    line: &Line,
    key: impl Fn(&Asked) -> Option<String> + Clone + Send + 'static,
) -> (BTreeSet<String>, Value) {
    let seen = Arc::new(Mutex::new(BTreeSet::new()));
    for start in 0..MOST {
        let (key, before) = (key.clone(), seen.clone());
        let at = move |asked: &Asked| key(asked).is_some_and(|key| before.lock().unwrap().insert(key));
        let process = line.end(start % 2 == 0, at);
        if let Some(result) = hosting.cut_off(&process) {
            let seen = seen.lock().unwrap().clone();
            assert_eq!(seen.len(), start, "ended once at each");
            return (seen, result);
        }
    }
    panic!("it comes to no end");
}

#[test]
fn at_each_of_its_transactions() {
    on_a_chain(0, async |world| {
        let mut hosting = Hosting::new(world, CUP);
        let line = hosting.line();
        // Handed in again, it is the same transaction in another request.
        let key = |asked: &Asked| {
            let transaction = asked.body.split("\"params\":[\"").nth(1)?.split('"').next()?;
            asked.is("sendTransaction").then(|| transaction.to_owned())
        };
        let (kills, result) = killed_at_each(&hosting, &line, key);
        assert!(kills.len() > 20, "{kills:?}");
        is_settled(world, &hosting, &result).await;
        names_the_transactions(&hosting, &result);
    });
}

#[test]
fn at_each_of_its_writes_to_arena() {
    on_a_chain(0, async |world| {
        let mut hosting = Hosting::new(world, CUP);
        let (_server, line) = hosting.serve(&[]);
        let (kills, result) = killed_at_each(&hosting, &line, Asked::write);
        assert!(kills.len() > 20, "{kills:?}");
        is_settled(world, &hosting, &result).await;
        names_the_transactions(&hosting, &result);
    });
}

#[test]
fn at_questions_of_every_kind_to_its_node() {
    on_a_chain(0, async |world| {
        let mut hosting = Hosting::new(world, CUP);
        let line = hosting.line();
        let notes = hosting.notes();
        // Each kind of question once between any two steps would be hundreds: they take turns.
        let kinds = [
            "getMultipleAccounts",
            "getProgramAccounts",
            "simulateTransaction",
            "getLatestBlockhash",
            "getEpochInfo",
            "getSignatureStatuses",
        ];
        let key = move |asked: &Asked| {
            let steps = notes.names().len();
            let kind = kinds[steps % kinds.len()];
            asked.is(kind).then(|| format!("{kind} after {steps} steps"))
        };
        let (kills, result) = killed_at_each(&hosting, &line, key);
        assert!(kinds.iter().all(|kind| kills.iter().any(|kill| kill.starts_with(kind))), "{kills:?}");
        is_settled(world, &hosting, &result).await;
    });
}

#[test]
fn between_the_pages_of_a_cup_of_more_bots_than_fit_a_page() {
    on_a_chain(0, async |world| {
        let strategies = ["pattern", "cycle", "random"];
        let bots: Vec<String> = (0..20)
            .map(|number| {
                format!("[[bots]]\nname = 'bot{number:02}'\nstrategy = '{}'\n", strategies[number % 3])
            })
            .collect();
        let terms = CUP.split("[[bots]]").next().unwrap();
        let mut hosting = Hosting::new(world, &format!("{terms}{}", bots.concat()));
        let line = hosting.line();
        let notes = hosting.notes();
        let pages = ["round-1-1-page-1", "round-1-1", "round-2-1-page-1", "finalize-after-0", "finalize"];
        // At the transaction whose note is the newest.
        let key = move |asked: &Asked| {
            let noted = notes.names();
            let newest = pages.iter().rev().find(|page| noted.iter().any(|name| name == *page))?;
            asked.is("sendTransaction").then(|| (*newest).to_owned())
        };
        let (kills, result) = killed_at_each(&hosting, &line, key);
        assert_eq!(kills.len(), pages.len(), "once at each page");
        assert_eq!(result["outcome"], "finished");
        assert_eq!(result["standings"].as_array().unwrap().len(), 20);
        assert_eq!(world.chain.contests(None, None).await.unwrap().len(), 0, "closed, with its vaults");
        names_the_transactions(&hosting, &result);
    });
}
