//! The door into the runtime: opens a store, takes commands to the committer, shuts down in order.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc::{Receiver, SyncSender, TrySendError, sync_channel},
    },
    thread::JoinHandle,
    time::Duration,
};

use arena_core::{
    AgentId, ArenaConfig, ArenaId, Millis, Timestamp,
    collaboration::{Rejection, Status},
};
use parking_lot::{Mutex, RwLock};
use tokio::sync::{Semaphore, oneshot};

use crate::{
    ask::Ask,
    batch::{Done, Job, Submission},
    cache::Cache,
    clock::{Clock, system_now},
    committer::{self, Message},
    deadlines::Deadlines,
    error::{RuntimeError, StorageError},
    feed::Feed,
    handle::ArenaHandle,
    ids::{self, IdSource},
    ledger::Ledger,
    options::{Data, Options},
    secrets::{OPERATOR_TOKEN, Secrets},
    shared::{Counters, Health, Shared},
    storage::{ArenaFilter, ArenaStorage, DATABASE, MemoryStorage, Opening, SqliteStorage},
    stream::load_registry,
    timer,
    tokens::{Principal, equal, token_hash},
};

/// Runs all arenas of one store. Clones are the same manager; the last one dropped stops it.
///
/// ```
/// use arena_runtime::{ArenaConfig, ArenaManager, Options};
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// let manager = ArenaManager::open(Options::in_memory())?;
/// let arena_id = manager.create(ArenaConfig::new("ship it")).await?;
/// let handle = manager.operator(arena_id);
/// handle.activate().await?;
/// assert_eq!(manager.active_arenas_for(&arena_runtime::operator()).await?, [arena_id]);
/// # manager.shutdown().await;
/// # Ok::<(), arena_runtime::RuntimeError>(()) }).unwrap();
/// ```
#[derive(Clone)]
pub struct ArenaManager {
    inner: Arc<Inner>,
}

struct Inner {
    shared: Arc<Shared>,
    queue: SyncSender<Message>,
    secrets: Secrets,
    readers: Arc<Semaphore>,
    /// Held by who moves the stopped clock.
    clock_hand: tokio::sync::Mutex<()>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

impl ArenaManager {
    /// Opens a store, making it when there is none, and begins to work on it.
    ///
    /// # Errors
    /// [`RuntimeError::Storage`] when it cannot be opened, is damaged at its end, or was used with the other kind of clock.
    pub fn open(options: Options) -> Result<Self, RuntimeError> {
        let (storage, secrets): (Box<dyn ArenaStorage>, Secrets) = match options.data {
            Data::Dir(dir) => {
                require_whole(&dir)?;
                (Box::new(SqliteStorage::open(&dir)?), Secrets::in_dir(&dir)?)
            }
            Data::Memory => (Box::<MemoryStorage>::default(), Secrets::fleeting()?),
        };
        let opening = storage.opening()?;
        let clock = clock(storage.as_ref(), &opening, options.test_clock)?;
        let registry = load_registry(storage.as_ref())?;
        let ledger = Ledger::open(storage.as_ref())?;
        let is_new = !registry.registry.is_registered(&ids::operator());
        let shared = Arc::new(Shared {
            cache: Cache::new(options.hot_arenas),
            registry: RwLock::new(Arc::new(registry)),
            clock,
            ids: IdSource::after(opening.last_arena),
            deadlines: Deadlines::new(opening.deadlines),
            feed: Feed::default(),
            live: Arc::default(),
            ledger,
            limits: options.limits,
            open_registration: options.open_registration,
            counters: Counters::at(opening.position),
            closing: AtomicBool::new(false),
            storage,
        });
        let (queue, commands) = sync_channel(options.queue.max(1));
        let threads = start(&shared, &queue, commands, options.idle_after)?;
        let readers = Arc::new(Semaphore::new(options.readers.max(1)));
        let manager = Self {
            inner: Arc::new(Inner {
                shared,
                queue,
                secrets,
                readers,
                clock_hand: tokio::sync::Mutex::default(),
                threads: Mutex::new(threads),
            }),
        };
        if is_new {
            manager.register_operator()?;
        }
        Ok(manager)
    }

    /// The store's first event.
    fn register_operator(&self) -> Result<(), RuntimeError> {
        let answer = self.send(Ask::by(Principal::Operator), Job::RegisterOperator)?;
        answer.wait_on_this_thread().map(|_| ())
    }

    /// Finishes every command that waits, puts the store in order and closes it. Later commands are refused as `Closed`.
    pub async fn shutdown(&self) {
        let inner = self.inner.clone();
        // The threads are joined where waiting hurts nobody.
        let _ = tokio::task::spawn_blocking(move || inner.stop()).await;
    }

    /// Who a bearer token stands for.
    ///
    /// # Errors
    /// [`RuntimeError::Unauthenticated`].
    pub fn authenticate(&self, token: &str) -> Result<Principal, RuntimeError> {
        if equal(token, &self.inner.secrets.operator) {
            return Ok(Principal::Operator);
        }
        let registry = self.inner.shared.registry.read().clone();
        if let Some(agent_id) = registry.registry.agent_of_token(&token_hash(token)) {
            return Ok(Principal::Agent(agent_id.clone()));
        }
        let grant = self.inner.secrets.handles.open(token).ok_or(RuntimeError::Unauthenticated)?;
        let principal = Principal::Handle(grant);
        if self.is_live(&principal) { Ok(principal) } else { Err(RuntimeError::Unauthenticated) }
    }

    /// Whether who was known once still is: a handle may have ended or been revoked since, an agent removed.
    pub(crate) fn is_live(&self, principal: &Principal) -> bool {
        let registry = self.inner.shared.registry.read().clone();
        match principal {
            Principal::Operator => true,
            Principal::Agent(agent_id) => registry.registry.is_registered(agent_id),
            Principal::Handle(grant) => {
                registry.registry.handle(&grant.handle).is_some() && self.now() < grant.expires_at
            }
        }
    }

    /// The operator's token: the content of `DIR/operator.token`.
    #[must_use]
    pub fn operator_token(&self) -> &str {
        &self.inner.secrets.operator
    }

    /// Rule time.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.inner.shared.clock.now()
    }

    /// Whether rule time stands still until it is moved.
    #[must_use]
    pub fn has_test_clock(&self) -> bool {
        self.inner.shared.clock.is_stopped()
    }

    /// Moves a stopped clock, and answers when every deadline it passed was carried out.
    ///
    /// # Errors
    /// [`RuntimeError::OperatorOnly`], [`RuntimeError::NotTestClock`], [`RuntimeError::Storage`].
    pub async fn advance_clock(&self, principal: &Principal, by: Millis) -> Result<Timestamp, RuntimeError> {
        if !principal.is_operator() {
            return Err(RuntimeError::OperatorOnly);
        }
        if !self.has_test_clock() {
            return Err(RuntimeError::NotTestClock);
        }
        let _one_at_a_time = self.inner.clock_hand.lock().await;
        let now = self.now().plus(by);
        if now.since(self.now()) != by {
            let reason = "the clock ends with the year 9999".to_owned();
            return Err(Rejection::Invalid { field: "advance_ms".to_owned(), reason }.into());
        }
        self.reading(move |storage| storage.set_test_clock(now)).await?;
        self.inner.shared.clock.raise(now);
        self.inner.shared.deadlines.passed(now).await;
        Ok(now)
    }

    /// Makes a shared arena as the operator.
    ///
    /// # Errors
    /// [`RuntimeError`].
    pub async fn create(&self, config: ArenaConfig) -> Result<ArenaId, RuntimeError> {
        self.create_as(Principal::Operator, config).await
    }

    /// The arenas in `Active` where `agent` takes part, sorted; costs as much as the agent has arenas.
    ///
    /// # Errors
    /// [`RuntimeError::Storage`].
    pub async fn active_arenas_for(&self, agent: &AgentId) -> Result<Vec<ArenaId>, RuntimeError> {
        let filter = ArenaFilter {
            status: Some(Status::Active),
            agent: Some(agent.clone()),
            ..ArenaFilter::default()
        };
        self.reading(move |storage| storage.arenas(&filter)).await
    }

    /// A principal's view of one arena.
    #[must_use]
    pub fn handle(&self, principal: Principal, arena_id: ArenaId) -> ArenaHandle {
        ArenaHandle::new(self.clone(), principal, arena_id)
    }

    /// The operator's view of one arena.
    #[must_use]
    pub fn operator(&self, arena_id: ArenaId) -> ArenaHandle {
        self.handle(Principal::Operator, arena_id)
    }

    /// The counters.
    #[must_use]
    pub fn health(&self) -> Health {
        self.inner.shared.health()
    }

    /// Bounds the store's size in bytes; what would grow it further is refused as `storage_unavailable`.
    ///
    /// # Errors
    /// [`RuntimeError::Storage`].
    pub async fn limit_size(&self, bytes: Option<u64>) -> Result<(), RuntimeError> {
        self.reading(move |storage| storage.limit_size(bytes)).await
    }

    pub(crate) fn shared(&self) -> &Arc<Shared> {
        &self.inner.shared
    }

    pub(crate) fn secrets(&self) -> &Secrets {
        &self.inner.secrets
    }

    /// Puts a command into the committer's queue.
    pub(crate) fn send(&self, ask: Ask, job: Job) -> Result<Answer, RuntimeError> {
        if self.inner.shared.closing.load(Ordering::Relaxed) {
            return Err(RuntimeError::Closed);
        }
        let (reply, answer) = oneshot::channel();
        let counters = &self.inner.shared.counters;
        counters.enter();
        match self.inner.queue.try_send(Message::Command(Submission { ask, job, reply })) {
            Ok(()) => Ok(Answer(answer)),
            Err(refused) => {
                counters.leave();
                Err(match refused {
                    TrySendError::Full(_) => RuntimeError::Overloaded,
                    TrySendError::Disconnected(_) => RuntimeError::Closed,
                })
            }
        }
    }

    /// Runs a query on a reader's thread; at most a fixed number at once.
    pub(crate) async fn reading<T: Send + 'static>(
        &self,
        query: impl FnOnce(&dyn ArenaStorage) -> Result<T, StorageError> + Send + 'static,
    ) -> Result<T, RuntimeError> {
        self.on_reader(move |shared| query(shared.storage.as_ref())).await
    }

    /// The same for what needs more than the store.
    pub(crate) async fn on_reader<T: Send + 'static>(
        &self,
        query: impl FnOnce(&Shared) -> Result<T, StorageError> + Send + 'static,
    ) -> Result<T, RuntimeError> {
        let permit = self.inner.readers.clone().acquire_owned().await.map_err(|_| RuntimeError::Closed)?;
        let shared = self.inner.shared.clone();
        let read = tokio::task::spawn_blocking(move || {
            let answer = query(&shared);
            drop(permit);
            answer
        });
        Ok(read.await.map_err(|_| RuntimeError::Internal("a reader stopped"))??)
    }
}

/// An answer on its way.
pub(crate) struct Answer(oneshot::Receiver<Result<Done, RuntimeError>>);

impl Answer {
    /// Waits for it.
    pub(crate) async fn wait(self) -> Result<Done, RuntimeError> {
        self.0
            .await
            .map_err(|_| RuntimeError::Internal("the command was dropped; look whether it happened"))?
    }

    /// Waits for it on this thread, whether or not an async runtime runs here.
    fn wait_on_this_thread(self) -> Result<Done, RuntimeError> {
        let waiter = std::thread::spawn(move || self.0.blocking_recv());
        let answer =
            waiter.join().map_err(|_| RuntimeError::Internal("the first command could not be waited for"))?;
        answer.map_err(|_| RuntimeError::Internal("the first command was dropped"))?
    }
}

impl Inner {
    fn stop(&self) {
        self.shared.closing.store(true, Ordering::Relaxed);
        self.shared.deadlines.close();
        let _ = self.queue.send(Message::Stop);
        self.shared.live.stop();
        for thread in std::mem::take(&mut *self.threads.lock()) {
            let _ = thread.join();
        }
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.stop();
    }
}

/// A folder with a token had a store: an empty database in it was cut, and is not taken for a new one.
fn require_whole(dir: &Path) -> Result<(), RuntimeError> {
    let is_cut = std::fs::metadata(dir.join(DATABASE)).is_ok_and(|file| file.len() == 0);
    if is_cut && dir.join(OPERATOR_TOKEN).exists() {
        let place = dir.display();
        return Err(refused(&format!(
            "the database in {place} is empty but was not: restore a backup elsewhere"
        )));
    }
    Ok(())
}

/// The clock that the store was used with before, or the one asked for when it is new.
fn clock(storage: &dyn ArenaStorage, opening: &Opening, test_clock: bool) -> Result<Clock, RuntimeError> {
    let is_new = opening.position == arena_core::Position::ZERO;
    match (test_clock, opening.test_clock) {
        (false, None) => Ok(Clock::system(opening.last_recorded_at)),
        (true, Some(at)) => Ok(Clock::stopped_at(at.max(opening.last_recorded_at))),
        (true, None) if is_new => {
            let now = system_now();
            storage.set_test_clock(now)?;
            Ok(Clock::stopped_at(now))
        }
        (true, None) => Err(refused("the store was used with the machine's clock; leave --test-clock out")),
        (false, Some(_)) => {
            Err(refused("the store was used with a test clock and opens only with --test-clock"))
        }
    }
}

fn refused(why: &str) -> RuntimeError {
    StorageError::Refused(why.to_owned()).into()
}

fn start(
    shared: &Arc<Shared>,
    queue: &SyncSender<Message>,
    commands: Receiver<Message>,
    idle_after: Duration,
) -> Result<Vec<JoinHandle<()>>, RuntimeError> {
    let named = |name: &str| std::thread::Builder::new().name(name.to_owned());
    let failed =
        |error: std::io::Error| StorageError::Unavailable(format!("no thread could be started: {error}"));
    let committing = shared.clone();
    let commit = named("arena-commit")
        .spawn(move || committer::run(&committing, commands, idle_after))
        .map_err(failed)?;
    let (timer_shared, timer_queue) = (shared.clone(), queue.clone());
    let timer =
        named("arena-timer").spawn(move || timer::run(&timer_shared, &timer_queue)).map_err(failed)?;
    let relaying = shared.clone();
    let relay = named("arena-live").spawn(move || relaying.live.relay(&relaying.counters)).map_err(failed)?;
    Ok(vec![timer, commit, relay])
}
