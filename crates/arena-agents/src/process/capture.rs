//! Captures what a process writes, within bounds: the head of its output, the tail of its errors.

use std::{mem, sync::Arc, time::Duration};

use parking_lot::Mutex;
use tokio::{
    io::{AsyncRead, AsyncReadExt},
    task::JoinHandle,
    time,
};

/// How long output is still read after the process has ended and its group was killed.
const DRAIN: Duration = Duration::from_secs(2);

/// What takes in output piece by piece.
pub(crate) trait Keep: Default + Send + 'static {
    /// Takes in the next bytes.
    fn push(&mut self, bytes: &[u8]);
}

/// The first bytes of an output, and how many there were.
#[derive(Debug, Default)]
pub(crate) struct Head {
    most: usize,
    pub(crate) bytes: Vec<u8>,
    pub(crate) total: u64,
}

impl Head {
    /// Keeps at most `most` bytes.
    pub(crate) fn of(most: usize) -> Self {
        Self { most, bytes: Vec::new(), total: 0 }
    }

    /// Whether not everything was kept.
    pub(crate) fn is_cut(&self) -> bool {
        u64::try_from(self.bytes.len()).is_ok_and(|kept| kept < self.total)
    }
}

impl Keep for Head {
    fn push(&mut self, bytes: &[u8]) {
        self.total = self.total.saturating_add(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
        let room = self.most.saturating_sub(self.bytes.len());
        self.bytes.extend(bytes.iter().take(room));
    }
}

/// The last bytes of an output.
#[derive(Debug, Default)]
pub(crate) struct Tail {
    most: usize,
    bytes: Vec<u8>,
}

impl Tail {
    /// Keeps at most `most` bytes.
    pub(crate) fn of(most: usize) -> Self {
        Self { most, bytes: Vec::new() }
    }

    /// What is left, as text; a character cut in two at the start is left out.
    pub(crate) fn text(&self) -> String {
        let (_, kept) = self.bytes.split_at(self.bytes.len().saturating_sub(self.most));
        let cut = kept.iter().take_while(|byte| kept.len() == self.most && **byte & 0xc0 == 0x80).count();
        String::from_utf8_lossy(kept.split_at(cut).1).into_owned()
    }
}

impl Keep for Tail {
    fn push(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
        if self.bytes.len() > self.most.saturating_mul(2) {
            self.bytes.drain(..self.bytes.len() - self.most);
        }
    }
}

/// Reads one output in the background; stops reading when it is dropped.
#[derive(Debug)]
pub(super) struct Capture<K> {
    kept: Arc<Mutex<K>>,
    reading: JoinHandle<()>,
}

impl<K: Keep> Capture<K> {
    /// Begins to read.
    pub(super) fn start(output: Option<impl AsyncRead + Unpin + Send + 'static>, keep: K) -> Self {
        let kept = Arc::new(Mutex::new(keep));
        let reading = tokio::spawn(read(output, Arc::clone(&kept)));
        Self { kept, reading }
    }

    /// What was read: everything, unless a process that left the group keeps the pipe open.
    pub(super) async fn finish(mut self) -> K {
        let _ = time::timeout(DRAIN, &mut self.reading).await;
        mem::take(&mut self.kept.lock())
    }
}

impl<K> Drop for Capture<K> {
    fn drop(&mut self) {
        self.reading.abort();
    }
}

async fn read<K: Keep>(output: Option<impl AsyncRead + Unpin>, kept: Arc<Mutex<K>>) {
    let Some(mut output) = output else { return };
    let mut buffer = vec![0; 64 << 10];
    while let Ok(length @ 1..) = output.read(&mut buffer).await {
        kept.lock().push(buffer.split_at(length).0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_head_is_kept_and_all_is_counted() {
        let mut head = Head::of(3);
        head.push(b"ab");
        head.push(b"cde");
        assert_eq!((head.bytes.as_slice(), head.total, head.is_cut()), (b"abc".as_slice(), 5, true));
    }

    #[test]
    fn the_tail_is_kept_and_begins_with_a_whole_character() {
        let mut tail = Tail::of(4);
        for piece in ["abc", "de", "fghijk", "x", "äöü"] {
            tail.push(piece.as_bytes());
        }
        assert_eq!(tail.text(), "öü");
        tail.push(b"z");
        assert_eq!(tail.text(), "üz");
    }
}
