//! A bar for the whole run and a line for each running step, drawn on a terminal.

use std::{collections::BTreeMap, time::Duration};

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
    whole: ProgressBar,
    running: Mutex<BTreeMap<StepNumber, ProgressBar>>,
}

impl Bars {
    /// An empty one.
    pub(super) fn new() -> Self {
        let all = MultiProgress::new();
        let whole = all.add(ProgressBar::new(0));
        whole.set_style(style("[{bar:30}] {pos} of {len} steps, {elapsed}").progress_chars("=> "));
        Self { all, whole, running: Mutex::new(BTreeMap::new()) }
    }

    /// Draws what happened, with a line above the bars for what is worth keeping.
    pub(super) fn show(&self, happening: &Happening<'_>) {
        match *happening {
            Happening::Counted { completed, total } => {
                if self.whole.length() == Some(0) {
                    self.whole.enable_steady_tick(TICK);
                }
                self.whole.set_length(total.into());
                self.whole.set_position(completed.into());
            }
            Happening::StepStarted { step, title, agent, attempt } => {
                let bar = self.all.insert_before(&self.whole, ProgressBar::new_spinner());
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
                self.whole.finish_and_clear();
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

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}
