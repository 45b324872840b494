//! What a cup file may say, and what is said about one that is wrong.

use std::path::PathBuf;

use super::*;

const CUP: &str = "title = 'a cup'\n[game]\nname = 'snakes'\nwidth = 12\n[[bots]]\nname = 'one'\nstrategy = 'hunter'\n[[bots]]\nname = 'two'\ncommand = ['sh', 'bot.sh']\n";

fn cup(text: &str) -> Result<Cup, String> {
    check::check("cup.toml", PathBuf::from("/cups/cup.toml"), text).map_err(|error| error.to_string())
}

#[test]
fn what_is_left_out_has_a_default() {
    let cup = cup(CUP).unwrap();
    assert_eq!((cup.terms.max_agents, cup.terms.min_agents, cup.fund), (2, 2, false));
    assert_eq!(cup.terms.rules_hash, Some(cup.rules.hash()));
    assert_eq!(cup.terms.action_schema.unwrap(), cup.rules.text());
    assert_eq!(cup.time.bank.as_secs(), 10);
}

#[test]
fn a_mistake_is_named_with_its_line() {
    for (from, to, said) in [
        ("title", "titel", "cup.toml:1: "),
        ("'hunter'", "'fish'", "cup.toml:7: bots[0].strategy: snakes has the strategies hunter, space"),
        ("'two'", "'one'", "cup.toml:9: bots[1].name: two bots are named one"),
        ("'two'", "'Two'", "cup.toml:9: bots[1].name: \"Two\""),
        ("'two'", "'treasury'", "cup.toml:9: bots[1].name: \"treasury\" belongs to the system"),
        ("'two'", "'operator'", "cup.toml:9: bots[1].name: \"operator\" belongs to the system"),
        ("['sh', 'bot.sh']", "[]", "cup.toml:10: bots[1].command: names no program"),
        ("strategy", "command = ['x']\nstrategy", "cup.toml:6: bots[0]: a bot has either"),
        ("width = 12", "width = 1", "cup.toml:2: game: width is 1, and is between 5 and 64"),
        ("'snakes'", "'go'", "the games are"),
        ("[game]", "seed = ''\n[game]", "cup.toml:2: seed: a seed is a text of 1 to 128 bytes"),
        ("[game]", "[terms]\nmax_agents = 1\n[game]", "terms.max_agents: 2 bots are to enter"),
        ("[game]", "[terms]\nmax_agents = 65\n[game]", "terms.max_agents: is 65, and snakes is for 2 to 64"),
        ("'a cup'", "\"a\\ncup\"", "title: is one line"),
        ("[game]", "[terms]\nprize_split = [60]\n[game]", "terms"),
        ("[game]", "[terms]\nelimination_interval_s = 1\n[game]", "terms.elimination_interval_s"),
    ] {
        let text = CUP.replacen(from, to, 1);
        let error = cup(&text).unwrap_err();
        assert!(error.contains(said), "{to}: {error}");
    }
}

#[test]
fn commands_and_times_may_change_under_way_and_nothing_else() {
    let identity = |from: &str, to: &str| cup(&CUP.replacen(from, to, 1)).unwrap().identity();
    let before = identity("", "");
    assert_eq!(identity("bot.sh", "other.sh"), before);
    assert_eq!(identity("[game]", "[time]\nbank = '1s'\n[game]"), before);
    for (from, to) in
        [("a cup", "b cup"), ("12", "13"), ("'two'", "'three'"), ("[game]", "seed = 'x'\n[game]")]
    {
        assert_ne!(identity(from, to), before, "{to}");
    }
}
