//! Events and messages, one a line.

use arena_api::{events::Event, messages::Message};
use serde_json::Value;

use super::time_of_day;
use crate::paint::{self, paint, plain};

/// How many characters of a field's text are shown.
const TEXT: usize = 80;

/// One event: number, time, who, what, and its fields.
pub(crate) fn event(event: &Event) -> String {
    let fields = event.data::<Value>().unwrap_or_default();
    format!(
        "{:>6}  {}  {}  {}  {}\n",
        event.sequence,
        paint(paint::QUIET, time_of_day(event.recorded_at)),
        paint(paint::OPEN, format_args!("{:<12}", event.actor)),
        paint(paint::STRONG, format_args!("{:<18}", event.kind)),
        fields_in_line(&fields),
    )
}

/// `step 3, fence 7`: the fields but for the time, which stands in the line already.
fn fields_in_line(fields: &Value) -> String {
    let Some(fields) = fields.as_object() else { return String::new() };
    let one = |(name, value): (&String, &Value)| match value {
        Value::String(hash) if name == "sha256" || name.ends_with("_hash") => {
            format!("{name} {}", hash.chars().take(12).collect::<String>())
        }
        Value::String(text) => format!("{name} {}", shortened(text)),
        Value::Array(items) => format!("{name} ({})", items.len()),
        other => format!("{name} {other}"),
    };
    fields.iter().filter(|(name, _)| *name != "timestamp").map(one).collect::<Vec<_>>().join(", ")
}

/// The first line of a text, cut at a whole character.
fn shortened(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    let mut short: String = plain(line).chars().take(TEXT).collect();
    if short.chars().count() < text.chars().count() {
        short.push_str("...");
    }
    short
}

/// One message: number, time, who, to whom, and all of the text.
pub(crate) fn message(message: &Message) -> String {
    let to =
        if message.to.is_empty() { String::new() } else { format!(" to {}", super::listed(&message.to)) };
    format!(
        "{:>6}  {}  {}\n{}\n",
        message.sequence,
        paint(paint::QUIET, time_of_day(message.sent_at)),
        paint(paint::OPEN, format_args!("{}{to}", message.agent_id)),
        indented(&message.body),
    )
}

fn indented(text: &str) -> String {
    plain(text).lines().map(|line| format!("        {line}")).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn long_and_many_line_texts_are_shortened_at_whole_characters() {
        let line = fields_in_line(&json!({"body": "ä".repeat(200), "timestamp": "t", "step": 3}));
        assert!(line.starts_with("body ä") && line.ends_with("..., step 3"), "{line}");
        assert_eq!(shortened("one\ntwo"), "one...");
    }
}
