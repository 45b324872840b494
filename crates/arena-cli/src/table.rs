//! Tables without lines: a bold header, columns two spaces apart.

use clap::builder::styling::{AnsiColor, Color as TextColor, Effects, Style};
use comfy_table::{Attribute, Cell, Color, ContentArrangement, Table, TableStyle};

/// A table in the making.
pub(crate) struct Rows(Table);

/// One cell of it.
pub(crate) struct Item(Cell);

impl Rows {
    /// An empty table with these column names.
    pub(crate) fn new(header: &[&str]) -> Self {
        let mut table = Table::new();
        table
            .load_style(TableStyle::new())
            .set_content_arrangement(ContentArrangement::Dynamic)
            .enforce_styling();
        table.style_text_only();
        table.set_header(header.iter().map(|name| Cell::new(name).add_attribute(Attribute::Bold)));
        for column in table.column_iter_mut() {
            column.set_padding((0, 2));
        }
        Self(table)
    }

    /// Adds a row.
    pub(crate) fn add<const N: usize>(&mut self, items: [Item; N]) {
        self.0.add_row(items.map(|item| item.0));
    }

    /// The text, a line a row.
    pub(crate) fn text(&self) -> String {
        let mut text = self.0.trim_fmt();
        text.push('\n');
        text
    }
}

/// A cell of text.
#[expect(clippy::needless_pass_by_value, reason = "what goes into a cell is mostly made for it")]
pub(crate) fn item(text: impl ToString) -> Item {
    Item(Cell::new(text.to_string()))
}

/// A cell of text in a style.
#[expect(clippy::needless_pass_by_value, reason = "what goes into a cell is mostly made for it")]
pub(crate) fn styled(style: Style, text: impl ToString) -> Item {
    let text = text.to_string();
    if text.is_empty() {
        return item(text);
    }
    let mut cell = Cell::new(text);
    if let Some(TextColor::Ansi(colour)) = style.get_fg_color() {
        cell = cell.fg(match colour {
            AnsiColor::Red => Color::DarkRed,
            AnsiColor::Green => Color::DarkGreen,
            AnsiColor::Yellow => Color::DarkYellow,
            _ => Color::DarkCyan,
        });
    }
    if style.get_effects().contains(Effects::BOLD) {
        cell = cell.add_attribute(Attribute::Bold);
    }
    if style.get_effects().contains(Effects::DIMMED) {
        cell = cell.add_attribute(Attribute::Dim);
    }
    Item(cell)
}
