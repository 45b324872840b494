//! A bar for the whole run and a line for each running step, drawn on a terminal.

use std::{collections::BTreeMap, sync::OnceLock, time::Duration};

use arena_core::StepNumber;
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use parking_lot::Mutex;

use super::Happening;
use crate::spell;

const TICK: Duration = Duration::from_millis(120);

/// The drawing.
#[derive(Debug)]
pub(super) struct Bars {
    all: MultiProgress,
    /// Absent until it is known how many steps there are: a bar of none would be drawn full.
    whole: OnceLock<ProgressBar>,
    running: Mutex<BTreeMap<StepNumber, ProgressBar>>,
}

impl Bars {
    /// An empty one.
    pub(super) fn new() -> Self {
        Self { all: MultiProgress::new(), whole: OnceLock::new(), running: Mutex::new(BTreeMap::new()) }
    }

    /// Draws what happened, with a line above the bars for what is worth keeping.
    pub(super) fn show(&self, happening: &Happening<'_>) {
        match *happening {
            Happening::Counted { total: 0, .. } => {}
            Happening::Counted { completed, total } => {
                let whole = self.whole.get_or_init(|| self.all.add(whole(completed.into(), total.into())));
                whole.set_length(total.into());
                whole.set_position(completed.into());
                whole.enable_steady_tick(TICK);
            }
            Happening::StepStarted { step, title, agent, attempt } => {
                let bar = ProgressBar::new_spinner();
                let bar = match self.whole.get() {
                    Some(whole) => self.all.insert_before(whole, bar),
                    None => self.all.add(bar),
                };
                bar.set_style(style("{spinner} {msg}, {elapsed}"));
                let again = if attempt == 1 { String::new() } else { format!(", attempt {attempt}") };
                bar.set_message(spell::plain(&format!("step {step} {title} ({agent}{again})")));
                bar.enable_steady_tick(TICK);
                self.running.lock().insert(step, bar);
            }
            Happening::StepCompleted { step, .. } | Happening::StepFailed { step, .. } => {
                self.clear(step);
                self.line(&happening.to_string());
            }
            Happening::StepLeft { step } => self.clear(step),
            Happening::Begun { .. } | Happening::Stopping => self.line(&happening.to_string()),
            Happening::Ended => {
                self.running.lock().values().for_each(ProgressBar::finish_and_clear);
                self.whole.get().inspect(|whole| whole.finish_and_clear());
            }
        }
    }

    /// Writes a line above the bars.
    pub(super) fn line(&self, text: &str) {
        // A terminal that is gone shows nothing more; the run goes on.
        let _ = self.all.println(spell::plain(text));
    }

    fn clear(&self, step: StepNumber) {
        if let Some(bar) = self.running.lock().remove(&step) {
            bar.finish_and_clear();
        }
    }
}

/// The bar of the run.
fn whole(completed: u64, total: u64) -> ProgressBar {
    let bar = ProgressBar::new(total).with_position(completed);
    bar.with_style(style("[{bar:30}] {pos} of {len} steps, {elapsed}").progress_chars("=> "))
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_no_bar_until_the_steps_are_known() {
        let bars = Bars::new();
        bars.show(&Happening::Stopping);
        bars.show(&Happening::Counted { completed: 0, total: 0 });
        assert!(bars.whole.get().is_none());
        bars.show(&Happening::Counted { completed: 1, total: 3 });
        let whole = bars.whole.get().unwrap();
        assert_eq!((whole.position(), whole.length()), (1, Some(3)));
        bars.show(&Happening::Ended);
    }
}
