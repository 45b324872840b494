//! The files of the console, embedded.

use arena_core::Hash;
use axum::http::HeaderValue;

/// The page that loads all the others.
pub(super) const PAGE: &str = "index.html";

/// A file of the console.
#[derive(Debug)]
pub(super) struct File {
    name: &'static str,
    pub(super) content: &'static str,
}

impl File {
    /// By the ending of its name.
    pub(super) fn media_type(&self) -> &'static str {
        match self.name.rsplit_once('.').map(|(_, ending)| ending) {
            Some("html") => "text/html; charset=utf-8",
            Some("css") => "text/css; charset=utf-8",
            Some("svg") => "image/svg+xml",
            _ => "text/javascript; charset=utf-8",
        }
    }

    /// What the browser knows this content by.
    pub(super) fn tag(&self) -> HeaderValue {
        let hash = Hash::of(self.content.as_bytes());
        HeaderValue::try_from(format!("\"{hash}\"")).unwrap_or(HeaderValue::from_static("\"0\""))
    }
}

/// The file of this name.
pub(super) fn find(name: &str) -> Option<&'static File> {
    FILES.iter().find(|file| file.name == name)
}

macro_rules! files {
    ($($name:literal),* $(,)?) => {
        &[$(File { name: $name, content: include_str!(concat!("../../console/", $name)) }),*]
    };
}

const FILES: &[File] = files![
    "actions.js",
    "api.js",
    "arena.js",
    "arenas.js",
    "artifacts.js",
    "base.css",
    "board.js",
    "changed.js",
    "contest.js",
    "contests.js",
    "dice.js",
    "dom.js",
    "download.js",
    "event.js",
    "events.js",
    "facts.js",
    "field.js",
    "flow.js",
    "format.js",
    "handles.js",
    "health.js",
    "icon.svg",
    "index.html",
    "layers.js",
    "ledger.js",
    "lifecycle.js",
    "list.js",
    "live.js",
    "main.js",
    "messages.js",
    "money.js",
    "overview.js",
    "parts.js",
    "past.js",
    "people.js",
    "plan.js",
    "recent.js",
    "replay.js",
    "rounds.js",
    "session.js",
    "signin.js",
    "sized.js",
    "snakes.js",
    "standings.js",
    "step.js",
    "theme.js",
    "views.css",
    "virtual.js",
    "walks.js",
    "why.js",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_the_folder_is_served() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/console");
        let mut there: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        there.sort();
        let mut served: Vec<&str> = FILES.iter().map(|file| file.name).collect();
        served.sort_unstable();
        assert_eq!(served, there);
    }

    #[test]
    fn nothing_in_the_files_makes_elements_of_text_or_asks_another_machine() {
        for file in FILES {
            for forbidden in [
                "innerHTML",
                "outerHTML",
                "insertAdjacentHTML",
                "document.write",
                "eval(",
                "https://",
                "style=\"",
            ] {
                assert!(!file.content.contains(forbidden), "{}: {forbidden}", file.name);
            }
        }
    }
}
