//! Events of the program, decoded from the logs of transactions.

use arena_escrow_interface::events::Event;
use base64::{Engine, prelude::BASE64_STANDARD};
use solana_address::Address;

/// The events that the program logged, in order; what other programs say in the same transaction is not listened to.
#[must_use]
pub fn decode(program: &Address, logs: &[String]) -> Vec<Event> {
    let name = program.to_string();
    let mut running: Vec<&str> = Vec::new();
    let mut events = Vec::new();
    for line in logs {
        if let Some(data) = line.strip_prefix("Program data: ") {
            if running.last() == Some(&name.as_str()) {
                events.extend(data.split(' ').filter_map(event));
            }
            continue;
        }
        let mut words = line.split(' ');
        match (words.next(), words.next(), words.next()) {
            (Some("Program"), Some(id), Some("invoke")) => running.push(id),
            (Some("Program"), Some(id), Some(word))
                if (word == "success" || word.starts_with("failed")) && running.last() == Some(&id) =>
            {
                running.pop();
            }
            _ => {}
        }
    }
    events
}

fn event(item: &str) -> Option<Event> {
    Event::decode(&BASE64_STANDARD.decode(item).ok()?)
}

#[cfg(test)]
mod tests {
    use arena_escrow_interface::Key;

    use super::*;
    use crate::addresses::LOCAL_PROGRAM;

    fn logged(event: Event) -> String {
        let mut room = [0; Event::MOST_BYTES];
        format!("Program data: {}", BASE64_STANDARD.encode(event.encode(&mut room).unwrap()))
    }

    #[test]
    fn only_what_the_program_itself_says_is_heard() {
        let started = |entrants| Event::ContestStarted { contest: Key([1; 32]), entrants, at_ms: 2 };
        let (ours, other) = (LOCAL_PROGRAM.to_string(), "11111111111111111111111111111111");
        let logs = [
            format!("Program {other} invoke [1]"),
            logged(started(1)),
            format!("Program {other} success"),
            format!("Program {ours} invoke [1]"),
            "Program log: Program 1 invoke [9]".to_owned(),
            logged(started(2)),
            format!("Program {other} invoke [2]"),
            logged(started(3)),
            format!("Program {other} success"),
            "Program data: AAAA AAAA".to_owned(),
            logged(started(4)),
            format!("Program {ours} consumed 100 of 200 compute units"),
            format!("Program {ours} success"),
            logged(started(5)),
        ];
        assert_eq!(decode(&LOCAL_PROGRAM, &logs), [started(2), started(4)]);
    }
}
