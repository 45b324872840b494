//! The addresses that the program derives: the interface's own seeds, with a mark in the place of each value.

use arena_escrow_interface::{seeds, Key, ASSOCIATED_TOKEN_PROGRAM, LOADER, LOCAL_PROGRAM_ID};
use serde_json::{json, Value};

use crate::nodes;

/// What stands for a value among the seeds: an address or an id that no constant is.
const FIRST: [u8; 32] = [0xA1; 32];
const SECOND: [u8; 32] = [0xA2; 32];
const ID: [u8; 16] = [0xA3; 16];

const THIRD: [u8; 32] = [0xA4; 32];
/// What stands for the program itself.
const PROGRAM: [u8; 32] = [0xA5; 32];

/// A derived address.
pub(crate) struct Pda {
    /// Its name.
    pub(crate) name: &'static str,
    /// What it is.
    doc: &'static str,
    /// The values among its seeds, in order: what each is called, and what it is.
    pub(crate) values: &'static [(&'static str, &'static str)],
    seeds: Vec<Vec<u8>>,
    /// The program that it is derived under, when that is another.
    program: Option<Key>,
}

/// Every derived address.
pub(crate) fn all() -> Vec<Pda> {
    let pda = |name, doc, values, seeds: &[&[u8]]| Pda {
        name,
        doc,
        values,
        seeds: seeds.iter().map(|seed| seed.to_vec()).collect(),
        program: None,
    };
    let of_another = |pda: Pda, program| Pda { program: Some(program), ..pda };
    vec![
        pda("protocol", "The protocol's account.", &[], &seeds::protocol()),
        pda(
            "treasury",
            "The treasury's token account of a mint.",
            &[("mint", "The mint.")],
            &seeds::treasury(&FIRST),
        ),
        pda("profile", "A wallet's profile.", &[("agent", "The wallet.")], &seeds::profile(&FIRST)),
        pda(
            "contest",
            "A contest, by its creator and the id that the creator gave it.",
            &[("creator", "Who made it."), ("id", "The id.")],
            &seeds::contest(&FIRST, &ID),
        ),
        pda(
            "entry",
            "An agent's entry in a contest.",
            &[("contest", "The contest."), ("agent", "The wallet.")],
            &seeds::entry(&FIRST, &SECOND),
        ),
        pda(
            "escrow",
            "The token account that holds a contest's entry fees.",
            &[("contest", "The contest.")],
            &seeds::escrow(&FIRST),
        ),
        pda(
            "bond",
            "The token account that holds a contest's bond.",
            &[("contest", "The contest.")],
            &seeds::bond(&FIRST),
        ),
        of_another(
            pda(
                "associatedTokens",
                "A wallet's associated token account of a mint.",
                &[("wallet", "The wallet."), ("tokenProgram", "The mint's program."), ("mint", "The mint.")],
                &seeds::associated(&FIRST, &SECOND, &THIRD),
            ),
            ASSOCIATED_TOKEN_PROGRAM,
        ),
        of_another(
            pda(
                "programData",
                "The loader's account of the program, which names who may upgrade it.",
                &[],
                &seeds::program_data(&PROGRAM),
            ),
            LOADER,
        ),
    ]
}

impl Pda {
    /// Its node.
    pub(crate) fn node(&self) -> Value {
        let mut values = self.values.iter();
        let seeds: Vec<Value> = self.seeds.iter().map(|seed| self.seed(seed, &mut values)).collect();
        assert!(values.next().is_none(), "{} has more values than seeds", self.name);
        let node =
            json!({ "kind": "pdaNode", "name": self.name, "docs": nodes::docs(self.doc), "seeds": seeds });
        match self.program {
            Some(program) => nodes::with(node, "programId", json!(nodes::address(program))),
            None => node,
        }
    }

    fn seed<'a>(&self, seed: &[u8], values: &mut impl Iterator<Item = &'a (&'a str, &'a str)>) -> Value {
        let ty = if [FIRST, SECOND, THIRD].iter().any(|value| value == seed) {
            json!({ "kind": "publicKeyTypeNode" })
        } else if seed == ID.as_slice() {
            nodes::bytes(ID.len())
        } else if seed == PROGRAM.as_slice() {
            let program =
                json!({ "kind": "publicKeyValueNode", "publicKey": nodes::address(LOCAL_PROGRAM_ID) });
            let ty = json!({ "kind": "publicKeyTypeNode" });
            return json!({ "kind": "constantPdaSeedNode", "type": ty, "value": program });
        } else {
            let word = std::str::from_utf8(seed).expect("constant seeds are words");
            return json!({
                "kind": "constantPdaSeedNode",
                "type": { "kind": "stringTypeNode", "encoding": "utf8" },
                "value": { "kind": "stringValueNode", "string": word },
            });
        };
        let (name, doc) = values.next().expect("each value among the seeds has a name");
        json!({ "kind": "variablePdaSeedNode", "name": name, "docs": nodes::docs(doc), "type": ty })
    }
}
