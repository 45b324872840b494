//! Makes very many arenas, by many callers at once.

use arena_core::{ArenaConfig, ArenaId};
use arena_runtime::{ArenaManager, RuntimeError};
use tokio::task::JoinSet;

use super::{Pace, clock::Stopwatch, failed, store::plan};
use crate::failure::Failure;

/// How many make arenas at once.
const MAKERS: usize = 256;
/// After how many of its own a maker says how far all are.
const SAY_EVERY: usize = 50;

/// Makes `count` arenas with so many steps each, or fewer when the time since `whole` began runs out.
pub(crate) async fn make(
    manager: &ArenaManager,
    count: usize,
    steps: usize,
    pace: &Pace,
    whole: Stopwatch,
) -> Result<Vec<ArenaId>, Failure> {
    let makers = MAKERS.min(count);
    let mut tasks = JoinSet::new();
    for maker in 0..makers {
        let (manager, pace) = (manager.clone(), pace.clone());
        let share = count / makers + usize::from(maker < count % makers);
        tasks.spawn(async move {
            let config = ArenaConfig { steps: plan(steps), ..ArenaConfig::new("one of many") };
            let mut made = Vec::with_capacity(share);
            while made.len() < share && whole.elapsed() < pace.filling {
                made.push(manager.create(config.clone()).await?);
                if maker == 0 && made.len() % SAY_EVERY == 0 {
                    pace.say(&format!("about {} of {count} arenas made", made.len() * makers));
                }
            }
            Ok::<_, RuntimeError>(made)
        });
    }
    let mut made = Vec::with_capacity(count);
    while let Some(done) = tasks.join_next().await {
        made.extend(done.map_err(failed)?.map_err(failed)?);
    }
    Ok(made)
}
