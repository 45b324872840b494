//! Arenas come into memory on a reader's thread: also for who commands one, so that the one writer need not wait for it.

use std::sync::atomic::Ordering;

use arena_core::ArenaId;

use crate::{cache::Hot, error::RuntimeError, manager::ArenaManager, stream::load};

impl ArenaManager {
    /// An arena of either kind; a cold one is loaded on a reader's thread, to the end even when who asked goes away.
    pub(crate) async fn hot(&self, arena_id: ArenaId) -> Result<Option<Hot>, RuntimeError> {
        if let Some(hot) = self.shared().cache.get(arena_id) {
            return Ok(Some(hot));
        }
        let loaded = self.on_reader(move |shared| {
            // Another has loaded it while this one waited for its turn.
            if let Some(hot) = shared.cache.get(arena_id) {
                return Ok(Some(hot));
            }
            let ticket = shared.cache.begin_load(arena_id);
            let loaded = load(shared.storage.as_ref(), arena_id);
            let state = loaded.as_ref().ok().and_then(Option::as_ref).cloned();
            shared.cache.finish_load(arena_id, ticket, state);
            loaded
        });
        loaded.await
    }

    /// Sees to it that an arena is in memory before a command to it is queued: a long stream would hold up everyone behind
    /// it if the writer had to load it. Should it leave memory again before its turn, the writer loads it all the same.
    ///
    /// # Errors
    /// When it is there and cannot be loaded. One that is not there is refused in its turn.
    pub(crate) async fn warm(&self, arena_id: ArenaId) -> Result<(), RuntimeError> {
        let shared = self.shared();
        // The registry is never cold; and what is closed says so when the command is queued.
        if arena_id == ArenaId::SYSTEM || shared.closing.load(Ordering::Relaxed) {
            return Ok(());
        }
        self.hot(arena_id).await.map(|_| ())
    }
}

#[cfg(test)]
mod tests {
    use std::{future::poll_fn, pin::pin, sync::mpsc::channel, task::Poll};

    use arena_core::{ArenaConfig, collaboration, contest};

    use super::*;
    use crate::{Ask, NewContest, Options, Principal, Reply};

    fn terms() -> contest::Terms {
        contest::Terms {
            entry_fee: arena_core::Amount::ZERO,
            bond: arena_core::Amount::ZERO,
            min_agents: 2,
            max_agents: 10,
            prize_split_bps: vec![10_000],
            creator_fee_bps: 0,
            elimination_interval_s: 60,
            duration_s: 3_600,
            action_schema: None,
            rules_hash: None,
            seed_commitment: None,
            oracle: None,
            creator_may_enter: true,
            gates: contest::Gates::default(),
        }
    }

    /// With the one reader busy, a command to a cold arena waits, and nobody else does.
    async fn waits_for_a_reader(
        manager: &ArenaManager,
        newcomer: &str,
        command: impl Future<Output = Result<Reply, RuntimeError>>,
    ) {
        let (let_go, held) = channel::<()>();
        let busy = manager.reading(move |_| {
            let _ = held.recv();
            Ok(())
        });
        let (mut busy, mut command) = (pin!(busy), pin!(command));
        poll_fn(|context| {
            assert!(busy.as_mut().poll(context).is_pending());
            assert!(command.as_mut().poll(context).is_pending());
            Poll::Ready(())
        })
        .await;
        let newcomer = newcomer.parse().unwrap();
        manager.register_agent(Ask::by(Principal::Operator), newcomer, None).await.unwrap();
        // Whatever was in the queue before is answered by now, and has loaded what it needs.
        assert_eq!(manager.health().hot_arenas, 0);
        let_go.send(()).unwrap();
        busy.await.unwrap();
        command.await.unwrap();
        assert_eq!(manager.health().hot_arenas, 1);
    }

    #[tokio::test]
    async fn a_cold_arena_is_loaded_by_a_reader_before_its_command_is_queued() {
        let dir = tempfile::tempdir().unwrap();
        let open = || ArenaManager::open(Options { readers: 1, ..Options::in_dir(dir.path()) }).unwrap();
        let manager = open();
        let shared = manager.create(ArenaConfig::new("wait")).await.unwrap();
        let new = NewContest { title: "cup".to_owned(), terms: terms() };
        let contest = manager.open_contest(Principal::Operator, new).await.unwrap().arena_id;
        manager.shutdown().await;

        let ask = || Ask::by(Principal::Operator);
        let manager = open();
        let command = collaboration::Command::Activate;
        waits_for_a_reader(&manager, "alice", manager.submit(ask(), shared, command, |_| Vec::new())).await;
        manager.shutdown().await;
        let manager = open();
        let command = contest::Command::Enter;
        let command = manager.submit_contest(ask(), contest, command, |_, _| Vec::new());
        waits_for_a_reader(&manager, "bob", command).await;
        manager.shutdown().await;
    }
}
