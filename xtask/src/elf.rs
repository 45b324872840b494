//! What a built program leaves to the chain to define: the undefined names in a 64-bit little-endian ELF file.

use std::collections::BTreeSet;

/// Kinds of sections.
const DYNAMIC_SYMBOLS: u32 = 11;
/// Bytes of a symbol.
const SYMBOL: usize = 24;
/// The section of a symbol that is defined nowhere in the file.
const UNDEFINED: u16 = 0;

/// A section's header.
struct Section {
    kind: u32,
    offset: usize,
    size: usize,
    link: usize,
}

/// The names that the file uses and does not define; `None` when it is no such file.
pub(crate) fn undefined_symbols(file: &[u8]) -> Option<BTreeSet<String>> {
    let sections = sections(file)?;
    let table = sections.iter().find(|section| section.kind == DYNAMIC_SYMBOLS)?;
    let names = sections.get(table.link)?;
    let symbols = file.get(table.offset..table.offset.checked_add(table.size)?)?;
    // The first symbol stands for none.
    symbols
        .chunks_exact(SYMBOL)
        .skip(1)
        .filter(|symbol| number(symbol, 6, 2) == Some(usize::from(UNDEFINED)))
        .map(|symbol| text(file, names.offset.checked_add(number(symbol, 0, 4)?)?))
        .collect()
}

fn sections(file: &[u8]) -> Option<Vec<Section>> {
    if !file.starts_with(b"\x7fELF\x02\x01") {
        return None;
    }
    let (offset, size, count) = (number(file, 40, 8)?, number(file, 58, 2)?, number(file, 60, 2)?);
    (0..count)
        .map(|index| {
            let header = file.get(offset.checked_add(index.checked_mul(size)?)?..)?;
            Some(Section {
                kind: u32::try_from(number(header, 4, 4)?).ok()?,
                offset: number(header, 24, 8)?,
                size: number(header, 32, 8)?,
                link: number(header, 40, 4)?,
            })
        })
        .collect()
}

/// A little-endian number of so many bytes.
fn number(bytes: &[u8], at: usize, width: usize) -> Option<usize> {
    let bytes = bytes.get(at..at.checked_add(width)?)?;
    usize::try_from(bytes.iter().rev().fold(0_u64, |number, byte| number << 8 | u64::from(*byte))).ok()
}

/// The text up to the next zero byte.
fn text(file: &[u8], at: usize) -> Option<String> {
    let bytes = file.get(at..)?;
    let end = bytes.iter().position(|byte| *byte == 0)?;
    String::from_utf8(bytes.get(..end)?.to_vec()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fixture_names_its_system_calls_and_other_files_name_nothing() {
        let fixture = crate::workspace::root().join("programs/arena-escrow/fixture/arena_escrow.so");
        let names = undefined_symbols(&std::fs::read(fixture).unwrap()).unwrap();
        assert!(names.contains("sol_invoke_signed_c"), "{names:?}");
        assert!(names.iter().all(|name| name.starts_with("sol_")), "{names:?}");
        assert_eq!(undefined_symbols(b"#!/bin/sh"), None);
        assert_eq!(undefined_symbols(b"\x7fELF\x02\x01"), None);
    }
}
