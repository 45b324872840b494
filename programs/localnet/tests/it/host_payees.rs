//! A payee who cannot be paid delays only itself, and the host pays for nobody else's token account.

use arena_chain::Signer;
use serde_json::json;

use crate::{
    host::{CUP, Hosting, holds_nothing, is_settled, the_contest},
    world::{World, on_a_chain},
};

/// Prizes for all four, one of whom is a stranger without a token account when it comes to paying, and another is frozen.
fn cup() -> String {
    CUP.replace("[terms]", "[terms]\nmax_agents = 4").replace("[60, 40]", "[40, 30, 20, 10]")
}

async fn frozen(world: &World, hosting: &Hosting, name: &str, state: &str) {
    let (wallet, mint) = (hosting.wallet(name).pubkey().to_string(), world.mint.to_string());
    world.surfnet("surfnet_setTokenAccount", json!([wallet, mint, { "state": state }])).await;
}

#[test]
fn delays_only_itself() {
    on_a_chain(1, async |world| {
        let mut hosting = Hosting::new(world, &cup());
        let (node, (_server, server)) = (hosting.line(), hosting.serve(&[]));
        let notes = hosting.notes();
        let comes = node.wait(move |asked| asked.is("simulateTransaction") && notes.has("create"));
        let child = hosting.start();
        comes.reached();
        world.enter(&the_contest(world).await, &world.bots).await;
        let is_over = server.wait(|asked| asked.what.ends_with("/finalize"));
        comes.go();
        is_over.reached();
        frozen(world, &hosting, "rocky", "frozen").await;
        world.lose_tokens(&world.bots[0]).await;
        is_over.go();
        let result = hosting.of(child).of_the_end();
        assert_eq!(result["outcome"], "finished");

        let unpaid = result["unpaid"].as_array().unwrap();
        assert_eq!(unpaid.len(), 2, "{result}");
        let of = |list: &str, name: &str| {
            let mut items = result[list].as_array().unwrap().iter();
            let found =
                items.find(|one| one["kind"] == "prize" && one["payee"].as_str().unwrap().starts_with(name));
            found.cloned().unwrap_or_default()
        };
        assert!(of("unpaid", "wallet-")["reason"].as_str().unwrap().contains("no token account"), "{result}");
        // The others have their prizes, on the chain and not in the mirror.
        for name in ["cycler", "randy"] {
            assert_eq!(world.held(&hosting.wallet(name)).await, of("paid", name)["amount"].as_u64().unwrap());
        }
        holds_nothing(&hosting, &["rocky", "cycler", "randy"]);
        let owed: u64 = unpaid.iter().map(|one| one["amount"].as_u64().unwrap()).sum();
        let escrow = format!("escrow:{}", result["arena_id"].as_str().unwrap());
        assert_eq!(
            hosting.answer(&["ledger", "balance", &escrow])["balance"],
            owed,
            "what is owed is owed there too"
        );
        let contest = the_contest(world).await;
        assert_eq!(result["chain"]["contest"], contest.to_string());
        assert_eq!(
            world.chain.entries(&contest).await.unwrap().len(),
            2,
            "the entries of the paid are closed"
        );

        // What is owed stays owed: each gets it once nothing is in its way any more.
        frozen(world, &hosting, "rocky", "initialized").await;
        hosting.chain(&["claim", &contest.to_string(), "--all"]);
        assert_eq!(
            world.held(&hosting.wallet("rocky")).await,
            of("unpaid", "rocky")["amount"].as_u64().unwrap()
        );
        assert_eq!(world.held(&world.bots[0]).await, of("unpaid", "wallet-")["amount"].as_u64().unwrap());
        hosting.chain(&["close", &contest.to_string()]);
        assert_eq!(world.chain.contests(None, None).await.unwrap().len(), 0);
    });
}

#[test]
fn whose_account_goes_while_its_payment_is_under_way_holds_up_nobody() {
    on_a_chain(1, async |world| {
        let mut hosting = Hosting::new(world, &cup());
        let (node, notes) = (hosting.line(), hosting.notes());
        let created = notes.clone();
        let comes = node.wait(move |asked| asked.is("simulateTransaction") && created.has("create"));
        let child = hosting.start();
        let process = child.id();
        comes.reached();
        world.enter(&the_contest(world).await, &world.bots).await;
        let told = node.end(false, move |asked| asked.is("sendTransaction") && notes.has("pay-prize-wallet"));
        told.send(process).unwrap();
        comes.go();
        assert!(!hosting.of(child).is_played, "it is ended at this payment");
        world.lose_tokens(&world.bots[0]).await;
        let result = hosting.ended();
        let unpaid = result["unpaid"].as_array().unwrap();
        assert_eq!(unpaid.len(), 1, "{result}");
        assert!(unpaid[0]["payee"].as_str().unwrap().starts_with("wallet-"));
        holds_nothing(&hosting, &["rocky", "cycler", "randy"]);
    });
}

#[test]
fn nobody_is_unpaid_since_the_host_has_no_sol() {
    on_a_chain(0, async |world| {
        let mut hosting = Hosting::new(world, CUP);
        let (_server, server) = hosting.serve(&[]);
        let own = world.creator.pubkey();
        let lamports = world.lamports(&[own]).await;
        let has = async |lamports: u64| {
            world.surfnet("surfnet_setAccount", json!([own.to_string(), { "lamports": lamports }])).await;
        };
        let is_over = server.wait(|asked| asked.what.ends_with("/finalize"));
        let said = hosting.meanwhile(is_over, async || has(0).await).await;
        assert!(!said.is_played && said.errors.contains("has no SOL"), "{} {}", said.result, said.errors);
        has(lamports).await;
        is_settled(world, &hosting, &hosting.ended()).await;
    });
}
