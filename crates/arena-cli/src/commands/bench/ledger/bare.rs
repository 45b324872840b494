//! The yardstick: the events, transfers and balances that the ledger stored, inserted with nothing around them.

use std::{collections::BTreeMap, path::Path, sync::Arc};

use arena_core::{AgentId, ArenaId, Hash, Position, Sequence, ledger::Account};
use arena_runtime::{
    EventQuery, Principal, StorageError, StoredEvent, TransferRow,
    storage::{BareBatch, BareStore},
};

use super::super::{
    clock::Stopwatch,
    failed,
    store::{Folder, Store},
};
use crate::failure::Failure;

/// More than the events of one contest when its samples are taken.
const EVENTS: usize = 10_000;

/// A second store with the same tables, and rows to fill it with.
pub(super) struct BareLedger {
    store: Arc<BareStore>,
    /// An entering and a leaving of each agent.
    samples: Vec<[Sample; 2]>,
    /// The last sequence of each contest.
    sequences: BTreeMap<ArenaId, u64>,
    /// Rows made so far.
    made: u64,
    _folder: Folder,
}

/// An event and the transfer that it made.
#[derive(Clone)]
struct Sample {
    event: StoredEvent,
    transfer: TransferRow,
}

impl BareLedger {
    /// An empty one; what its rows look like is taken from `like`, where each agent entered its contest and left it once.
    pub(super) async fn open(
        root: &Path,
        like: &Store,
        agents: &[AgentId],
        contests: &[ArenaId],
    ) -> Result<Self, Failure> {
        let folder = Folder::new(root, &format!("bare-ledger-{}", contests.len()))?;
        let store = Arc::new(BareStore::open(folder.path()).map_err(failed)?);
        let mut found = BTreeMap::new();
        for contest in contests {
            samples(like, *contest, &mut found).await?;
        }
        let missing = || failed("an agent did not enter and leave");
        let of_each = agents.iter().map(|agent_id| {
            let both = found.remove(agent_id).ok_or_else(missing)?;
            <[Sample; 2]>::try_from(both).map_err(|_| missing())
        });
        let samples = of_each.collect::<Result<_, _>>()?;
        Ok(Self { store, samples, sequences: BTreeMap::new(), made: 0, _folder: folder })
    }

    /// Inserts the rows of so many transfers, `batch` a transaction; answers transfers a second.
    pub(super) async fn insert(&mut self, transfers: u64, batch: u64) -> Result<f64, Failure> {
        let batch = batch.max(1);
        let batches: Vec<BareBatch> = (0..transfers.div_ceil(batch))
            .map(|index| self.batch(batch.min(transfers - index * batch)))
            .collect();
        let store = self.store.clone();
        let inserted = tokio::task::spawn_blocking(move || {
            let whole = Stopwatch::start();
            batches.iter().try_for_each(|batch| store.insert(batch))?;
            Ok::<_, StorageError>(whole.elapsed())
        });
        let took = inserted.await.map_err(failed)?.map_err(failed)?;
        Ok(transfers as f64 / took.as_secs_f64())
    }

    /// The next rows, made before the time is taken: agent after agent, entering and leaving by turns.
    fn batch(&mut self, transfers: u64) -> BareBatch {
        let agents = u64::try_from(self.samples.len()).unwrap_or(1).max(1);
        let (mut events, mut rows, mut balances) = (Vec::new(), Vec::new(), BTreeMap::new());
        for number in self.made..self.made + transfers {
            let index = usize::try_from(number % agents).unwrap_or_default();
            let Some([entered, left]) = self.samples.get(index) else { continue };
            let sample = if (number / agents).is_multiple_of(2) { entered } else { left };
            let Sample { event, transfer } = sample.clone();
            let sequence = self.sequences.entry(event.arena_id).or_default();
            *sequence += 1;
            let position = Position::new(number + 1);
            let hash = Hash::of(&position.get().to_be_bytes());
            for account in [&transfer.debit, &transfer.credit] {
                balances.insert(account.clone(), i64::try_from(number).unwrap_or(i64::MAX));
            }
            events.push(StoredEvent { sequence: Sequence::new(*sequence), position, hash, ..event });
            rows.push(TransferRow { transfer: position, ..transfer });
        }
        self.made += transfers;
        let balances: Vec<(Account, i64)> = balances.into_iter().collect();
        BareBatch::new(&events).with_money(&rows, &balances)
    }
}

/// Adds the first entering and the first leaving of each agent in a contest.
async fn samples(
    store: &Store,
    contest: ArenaId,
    found: &mut BTreeMap<AgentId, Vec<Sample>>,
) -> Result<(), Failure> {
    let operator = Principal::Operator;
    let transfers = store.manager.contest_transfers(&operator, contest).await.map_err(failed)?;
    let transfers: BTreeMap<Position, TransferRow> =
        transfers.into_iter().map(|row| (row.transfer, row)).collect();
    let kinds = vec!["agent_entered".to_owned(), "entry_withdrawn".to_owned()];
    let query = EventQuery { limit: EVENTS, kinds, ..EventQuery::default() };
    let events = store.manager.contest_events(&operator, contest, query).await.map_err(failed)?;
    for event in events.items {
        let transfer = transfers.get(&event.position).cloned();
        let transfer = transfer.ok_or_else(|| failed("an entry moved no money"))?;
        let of_agent = found.entry(event.actor.clone()).or_default();
        of_agent.push(Sample { event, transfer });
    }
    Ok(())
}
