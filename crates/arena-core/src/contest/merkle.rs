//! The root of a round's actions: a Merkle tree as in RFC 6962.
//!
//! A leaf is `SHA-256(0x00, data)`, a node `SHA-256(0x01, left, right)`; a lone node is promoted; of nothing it is
//! `SHA-256` of nothing. The data of a leaf are the bytes of one JSON line without its newline.

use alloc::vec::Vec;

use sha2::{Digest, Sha256};

use crate::hash::Hash;

/// The hash of one line.
#[must_use]
pub fn leaf(data: &[u8]) -> Hash {
    Hash::from_bytes(Sha256::new().chain_update([0]).chain_update(data).finalize().into())
}

/// The hash of two neighbours.
#[must_use]
pub fn node(left: &Hash, right: &Hash) -> Hash {
    let digest = Sha256::new().chain_update([1]).chain_update(left.as_bytes()).chain_update(right.as_bytes());
    Hash::from_bytes(digest.finalize().into())
}

/// The root of some lines, in their order; reads them once, and keeps one hash for each level.
#[must_use]
pub fn root_of<'a>(lines: impl IntoIterator<Item = &'a [u8]>) -> Hash {
    // Complete trees from the left, each with the number of its levels, which only falls.
    let mut trees: Vec<(u32, Hash)> = Vec::new();
    for line in lines {
        let mut tree = (0, leaf(line));
        while let Some((level, left)) = trees.pop_if(|(level, _)| *level == tree.0) {
            tree = (level.saturating_add(1), node(&left, &tree.1));
        }
        trees.push(tree);
    }
    let Some((_, mut root)) = trees.pop() else { return Hash::of(&[]) };
    while let Some((_, left)) = trees.pop() {
        root = node(&left, &root);
    }
    root
}
