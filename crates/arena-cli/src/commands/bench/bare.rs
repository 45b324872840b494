//! The yardstick: the rows that the engine stored, inserted with nothing around it.

use std::{path::Path, sync::Arc};

use arena_core::{ArenaId, Hash, Position, Sequence};
use arena_runtime::{
    EventQuery, Principal, StoredEvent,
    storage::{BareBatch, BareStore},
};

use super::{
    clock::Stopwatch,
    failed,
    spread::Spread,
    store::{Folder, Store},
};
use crate::failure::Failure;

/// A second store with the same tables, and rows to fill it with.
pub(crate) struct Bare {
    store: Arc<BareStore>,
    /// A claim and a release of each arena.
    samples: Vec<[StoredEvent; 2]>,
    /// Rows made so far.
    made: u64,
    _folder: Folder,
}

impl Bare {
    /// An empty one; what its rows look like is taken from `like`, where one claim is made and released in each arena.
    pub(crate) async fn open(root: &Path, like: &Store) -> Result<Self, Failure> {
        let folder = Folder::new(root, "bare")?;
        let store = Arc::new(BareStore::open(folder.path()).map_err(failed)?);
        super::engine::call(
            &like.manager,
            &like.arenas,
            like.arenas.len(),
            std::time::Duration::from_nanos(1),
        )
        .await
        .map_err(failed)?;
        let mut samples = Vec::new();
        for arena_id in &like.arenas {
            samples.push(sample(like, *arena_id).await?);
        }
        Ok(Self { store, samples, made: 0, _folder: folder })
    }

    /// Inserts `rows` rows, `batch` a transaction; answers rows a second and how long each transaction took.
    pub(crate) async fn insert(&mut self, rows: u64, batch: u64) -> Result<(f64, Spread), Failure> {
        let batch = batch.max(1);
        let batches: Vec<BareBatch> =
            (0..rows.div_ceil(batch)).map(|index| self.batch(batch.min(rows - index * batch))).collect();
        let store = self.store.clone();
        let inserted = tokio::task::spawn_blocking(move || {
            let mut latency = Spread::default();
            let whole = Stopwatch::start();
            for batch in &batches {
                let one = Stopwatch::start();
                store.insert(batch)?;
                latency.add(one.elapsed());
            }
            Ok((whole.elapsed(), latency))
        });
        let inserted: Result<_, arena_runtime::StorageError> = inserted.await.map_err(failed)?;
        let (took, latency) = inserted.map_err(failed)?;
        Ok((rows as f64 / took.as_secs_f64(), latency))
    }

    /// The next rows, made before the time is taken.
    fn batch(&mut self, rows: u64) -> BareBatch {
        let arenas = u64::try_from(self.samples.len()).unwrap_or(1).max(1);
        let events: Vec<StoredEvent> = (self.made..self.made + rows)
            .filter_map(|number| {
                let turn = number / arenas;
                let samples = self.samples.get(usize::try_from(number % arenas).ok()?)?;
                let sample = samples.get(usize::from(turn % 2 == 1))?.clone();
                let [sequence, position] = [turn + 1, number + 1];
                let hash = Hash::of(&position.to_be_bytes());
                let (sequence, position) = (Sequence::new(sequence), Position::new(position));
                Some(StoredEvent { sequence, position, hash, ..sample })
            })
            .collect();
        self.made += rows;
        BareBatch::new(&events)
    }
}

/// The first claim and the first release of an arena.
async fn sample(store: &Store, arena_id: ArenaId) -> Result<[StoredEvent; 2], Failure> {
    let mut found = Vec::new();
    for kind in ["step_claimed", "step_released"] {
        let query = EventQuery { limit: 1, kinds: vec![kind.to_owned()], ..EventQuery::default() };
        let page = store.manager.events(&Principal::Operator, arena_id, query).await.map_err(failed)?;
        found.extend(page.items);
    }
    <[StoredEvent; 2]>::try_from(found).map_err(|_| failed("a claim and a release were not stored"))
}
