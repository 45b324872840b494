//! Arenas that nobody uses leave nothing in memory: the live heap of the process is counted, byte by byte.
//!
//! A program of its own, because it counts what all of its threads hold.

use std::time::Duration;

use arena_runtime::{ArenaConfig, ArenaId, ArenaManager, Options, collaboration::NewStep};

#[global_allocator]
static COUNTED: dhat::Alloc = dhat::Alloc;

/// Arenas made at a time.
const ARENAS: usize = 500;

#[test]
fn an_idle_arena_takes_no_memory() {
    let _counting = dhat::Profiler::builder().testing().build();
    let dir = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let manager = ArenaManager::open(Options {
            test_clock: true,
            idle_after: Duration::from_secs(3_600),
            hot_arenas: 64 * ARENAS,
            ..Options::in_dir(dir.path())
        })
        .unwrap();
        make(&manager).await;
        let used = live();
        manager.shutdown().await;

        let manager = ArenaManager::open(Options {
            test_clock: true,
            idle_after: Duration::ZERO,
            ..Options::in_dir(dir.path())
        })
        .unwrap();
        make(&manager).await;
        let before = idle(&manager).await;
        for _ in 0..3 {
            make(&manager).await;
        }
        let after = idle(&manager).await;
        manager.shutdown().await;

        assert!(used > 1_000 * ARENAS, "arenas in use are counted: {used} bytes");
        let grown = after.saturating_sub(before);
        assert!(grown < 8 * 3 * ARENAS, "{before} bytes became {after} with {} arenas more", 3 * ARENAS);
    });
}

/// Makes arenas of three steps.
async fn make(manager: &ArenaManager) {
    for _ in 0..ARENAS {
        let steps = ["read", "count", "report"].map(NewStep::titled).to_vec();
        manager.create(ArenaConfig { steps, ..ArenaConfig::new("count words") }).await.expect("it is made");
    }
}

/// What the process holds once no arena is in memory: the committer forgets what is idle at its next turn.
async fn idle(manager: &ArenaManager) -> usize {
    let absent = manager.operator(ArenaId::from_bytes([7; 16]));
    while manager.health().hot_arenas > 0 {
        absent.activate().await.expect_err("there is no such arena");
    }
    live()
}

fn live() -> usize {
    dhat::HeapStats::get().curr_bytes
}
