//! The answers of writes with a key: given again, a write is not done again and answers as before, whatever became of the contest since.

use std::{fs, io, path::PathBuf};

use arena_chain::{Alone, ChainError, Signer, write_durably};
use arena_core::Hash;
use serde::{Deserialize, Serialize};

use super::reach::Session;
use crate::{exit::Exit, failure::Failure};

/// The answer that a write was given under its key.
#[derive(Debug, Serialize, Deserialize)]
struct Answered {
    /// Of what was asked for, by whom and of which program.
    request: Hash,
    json: String,
    text: String,
}

impl Session {
    /// Prints the answer that this write was given before under its key, if it was; remembers what is asked for, and that nobody else asks
    /// meanwhile.
    pub(crate) async fn is_answered(&self, request: String) -> Result<bool, Failure> {
        let Some(path) = self.answer_file() else { return Ok(false) };
        let alone = Alone::with(path.with_extension("lock")).await?;
        let (request, _) = self.request.get_or_init(|| (request, alone));
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
            Err(error) => return Err(Failure::file("read", &path, &error)),
        };
        let damaged = |_| Failure::new(Exit::Refused, "file", format!("{} is damaged", path.display()));
        let answered: Answered = serde_json::from_slice(&bytes).map_err(damaged)?;
        if answered.request != self.request(request)? {
            return Err(ChainError::OtherAction { path }.into());
        }
        if self.output.is_json() {
            self.output.line(&answered.json)?;
        } else {
            self.output.text(&answered.text)?;
        }
        Ok(true)
    }

    /// Prints the answer of a write, and keeps it under the key.
    pub(crate) fn answer<T: Serialize>(
        &self,
        value: &T,
        text: impl FnOnce(&T) -> String,
    ) -> Result<(), Failure> {
        let text = text(value);
        if let (Some(path), Some((request, _))) = (self.answer_file(), self.request.get()) {
            let json = serde_json::to_string(value).unwrap_or_default();
            let answered = Answered { request: self.request(request)?, json, text: text.clone() };
            write_durably(&path, &serde_json::to_vec(&answered).unwrap_or_default())?;
        }
        self.output.answer(value, |_| text)
    }

    /// Prints what was done of several things. Where one was refused that is no answer to keep: given again, the rest is tried again.
    pub(crate) fn answer_unless<T: Serialize>(
        &self,
        value: &T,
        text: impl FnOnce(&T) -> String,
        refused: Option<Failure>,
    ) -> Result<(), Failure> {
        let Some(refused) = refused else { return self.answer(value, text) };
        self.output.answer(value, text)?;
        Err(refused)
    }

    fn answer_file(&self) -> Option<PathBuf> {
        let key = self.key.as_ref()?;
        Some(self.notes.join(format!("answer-{}.json", Hash::of(key.as_bytes()))))
    }

    fn request(&self, request: &str) -> Result<Hash, Failure> {
        let (program, own) = (self.chain.at().program(), self.wallet()?.pubkey());
        Ok(Hash::of(format!("{program}\n{own}\n{request}").as_bytes()))
    }
}
