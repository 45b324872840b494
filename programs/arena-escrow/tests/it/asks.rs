//! Instructions ready to be sent, each with the accounts that belong there.

use arena_core::contest::Score;
use arena_escrow_interface::{
    accounts::Contest,
    args,
    instructions::{
        AbandonAccounts, CancelAccounts, ClaimPrizeAccounts, CloseContestAccounts, CloseEntryAccounts,
        CreateContestAccounts, EnterAccounts, FinalizeAccounts, InitProtocolAccounts, LeaveAccounts, Meta,
        OpenTreasuryAccounts, PayCreatorFeeAccounts, PayProtocolFeeAccounts, RecordResultAccounts,
        RefundAccounts, RegisterProfileAccounts, ReturnBondAccounts, SetAuthorityAccounts, StartAccounts,
        SubmitPageAccounts, Tag, WithdrawTreasuryAccounts,
    },
    terms::Terms,
    wire::Writer,
    Key, Mark, Marks, SYSTEM_PROGRAM,
};

use crate::{
    chain::Asked,
    world::{Said, World},
};

impl World {
    pub(crate) fn ask_init_protocol(&self, authority: Key) -> Asked {
        let accounts = InitProtocolAccounts {
            authority,
            protocol: self.protocol(),
            program_data: self.chain.program_data(),
            system_program: SYSTEM_PROGRAM,
        };
        asked(Tag::InitProtocol, &accounts.metas(), |_| Some(()))
    }
    pub(crate) fn ask_set_authority(&self, authority: Key, next: Key) -> Asked {
        let program_data = self.chain.program_data();
        let accounts = SetAuthorityAccounts { authority, protocol: self.protocol(), program_data };
        asked(Tag::SetAuthority, &accounts.metas(), |writer| {
            args::SetAuthority { authority: next }.write(writer)
        })
    }
    pub(crate) fn ask_open_treasury(&self) -> Asked {
        let accounts = OpenTreasuryAccounts {
            payer: self.chain.deployer,
            protocol: self.protocol(),
            treasury: self.treasury(),
            mint: self.mint,
            token_program: self.token_program,
            system_program: SYSTEM_PROGRAM,
        };
        asked(Tag::OpenTreasury, &accounts.metas(), |_| Some(()))
    }
    pub(crate) fn ask_register(&self, agent: Key, name: &str) -> Asked {
        let accounts =
            RegisterProfileAccounts { agent, profile: self.profile(agent), system_program: SYSTEM_PROGRAM };
        asked(Tag::RegisterProfile, &accounts.metas(), |writer| args::RegisterProfile { name }.write(writer))
    }
    pub(crate) fn ask_create(&self, title: &str, terms: &Terms<'_>) -> Asked {
        let accounts = CreateContestAccounts {
            creator: self.creator,
            profile: self.profile(self.creator),
            contest: self.contest(),
            escrow: self.escrow(),
            bond_vault: self.bond_vault(),
            treasury: self.treasury(),
            mint: self.mint,
            creator_tokens: self.tokens_of(self.creator),
            token_program: self.token_program,
            system_program: SYSTEM_PROGRAM,
        };
        let args = args::CreateContest { id: self.id, title, terms: *terms };
        asked(Tag::CreateContest, &accounts.metas(), |writer| args.write(writer))
    }
    pub(crate) fn ask_enter(&self, agent: Key) -> Asked {
        let accounts = EnterAccounts {
            agent,
            profile: self.profile(agent),
            contest: self.contest(),
            entry: self.entry(agent),
            agent_tokens: self.tokens_of(agent),
            escrow: self.escrow(),
            mint: self.mint,
            token_program: self.token_program,
            system_program: SYSTEM_PROGRAM,
        };
        let terms_hash =
            Contest::read(&self.chain.data(self.contest())).map_or([0; 32], |it| it.terms_hash());
        asked(Tag::Enter, &accounts.metas(), |writer| args::Enter { terms_hash }.write(writer))
    }
    pub(crate) fn ask_leave(&self, agent: Key, of: Key) -> Asked {
        let accounts = LeaveAccounts {
            agent,
            profile: self.profile(agent),
            contest: self.contest(),
            entry: self.entry(of),
            agent_tokens: self.tokens_of(agent),
            escrow: self.escrow(),
            mint: self.mint,
            token_program: self.token_program,
        };
        asked(Tag::Leave, &accounts.metas(), |_| Some(()))
    }
    pub(crate) fn ask_start(&self, oracle: Key) -> Asked {
        let accounts = StartAccounts { oracle, contest: self.contest() };
        asked(Tag::Start, &accounts.metas(), |_| Some(()))
    }
    pub(crate) fn ask_page(&self, oracle: Key, page: Page<'_>) -> Asked {
        let accounts = SubmitPageAccounts { oracle, contest: self.contest() };
        let bytes: Vec<u8> = page.said.iter().flat_map(|said| mark(*said).to_bytes()).collect();
        let mut asked = asked(Tag::SubmitPage, &accounts.metas(), |writer| {
            args::SubmitPage {
                round: page.round,
                page: page.page,
                last: page.last,
                actions_root: page.actions_root,
                marks: Marks::new(&bytes).unwrap(),
            }
            .write(writer)
        });
        asked.metas.extend(page.said.iter().map(|(agent, ..)| written(self.entry(*agent))));
        asked
    }
    pub(crate) fn ask_finalize(&self, oracle: Key, placed: u32, seed: Option<&str>, agents: &[Key]) -> Asked {
        let accounts = FinalizeAccounts { oracle, contest: self.contest() };
        let mut asked =
            asked(Tag::Finalize, &accounts.metas(), |writer| args::Finalize { placed, seed }.write(writer));
        asked.metas.extend(agents.iter().map(|agent| written(self.entry(*agent))));
        asked
    }
    pub(crate) fn ask_cancel(&self, creator: Key) -> Asked {
        let accounts = CancelAccounts { creator, contest: self.contest() };
        asked(Tag::Cancel, &accounts.metas(), |_| Some(()))
    }
    pub(crate) fn ask_abandon(&self) -> Asked {
        let accounts = AbandonAccounts {
            contest: self.contest(),
            bond_vault: self.bond_vault(),
            treasury: self.treasury(),
            mint: self.mint,
            token_program: self.token_program,
        };
        asked(Tag::Abandon, &accounts.metas(), |_| Some(()))
    }
    pub(crate) fn ask_claim(&self, agent: Key) -> Asked {
        let accounts = ClaimPrizeAccounts {
            agent,
            profile: self.profile(agent),
            contest: self.contest(),
            entry: self.entry(agent),
            agent_tokens: self.tokens_of(agent),
            escrow: self.escrow(),
            mint: self.mint,
            token_program: self.token_program,
        };
        asked(Tag::ClaimPrize, &accounts.metas(), |_| Some(()))
    }
    pub(crate) fn ask_creator_fee(&self) -> Asked {
        let accounts = PayCreatorFeeAccounts {
            creator: self.creator,
            contest: self.contest(),
            creator_tokens: self.tokens_of(self.creator),
            escrow: self.escrow(),
            mint: self.mint,
            token_program: self.token_program,
        };
        asked(Tag::PayCreatorFee, &accounts.metas(), |_| Some(()))
    }
    pub(crate) fn ask_return_bond(&self) -> Asked {
        let accounts = ReturnBondAccounts {
            creator: self.creator,
            contest: self.contest(),
            creator_tokens: self.tokens_of(self.creator),
            bond_vault: self.bond_vault(),
            mint: self.mint,
            token_program: self.token_program,
        };
        asked(Tag::ReturnBond, &accounts.metas(), |_| Some(()))
    }
    pub(crate) fn ask_protocol_fee(&self) -> Asked {
        let accounts = PayProtocolFeeAccounts {
            contest: self.contest(),
            treasury: self.treasury(),
            escrow: self.escrow(),
            mint: self.mint,
            token_program: self.token_program,
        };
        asked(Tag::PayProtocolFee, &accounts.metas(), |_| Some(()))
    }
    pub(crate) fn ask_refund(&self, agent: Key) -> Asked {
        let accounts = RefundAccounts {
            agent,
            contest: self.contest(),
            entry: self.entry(agent),
            agent_tokens: self.tokens_of(agent),
            escrow: self.escrow(),
            mint: self.mint,
            token_program: self.token_program,
        };
        asked(Tag::Refund, &accounts.metas(), |_| Some(()))
    }
    pub(crate) fn ask_record(&self, agent: Key) -> Asked {
        let accounts = RecordResultAccounts {
            agent,
            profile: self.profile(agent),
            contest: self.contest(),
            entry: self.entry(agent),
        };
        asked(Tag::RecordResult, &accounts.metas(), |_| Some(()))
    }
    pub(crate) fn ask_close_entry(&self, agent: Key) -> Asked {
        let accounts = CloseEntryAccounts { agent, contest: self.contest(), entry: self.entry(agent) };
        asked(Tag::CloseEntry, &accounts.metas(), |_| Some(()))
    }
    pub(crate) fn ask_close_contest(&self) -> Asked {
        let accounts = CloseContestAccounts {
            creator: self.creator,
            contest: self.contest(),
            escrow: self.escrow(),
            bond_vault: self.bond_vault(),
            treasury: self.treasury(),
            mint: self.mint,
            token_program: self.token_program,
        };
        asked(Tag::CloseContest, &accounts.metas(), |_| Some(()))
    }
    pub(crate) fn ask_withdraw(&self, authority: Key, destination: Key, amount: u64, number: u64) -> Asked {
        let accounts = WithdrawTreasuryAccounts {
            authority,
            protocol: self.protocol(),
            treasury: self.treasury(),
            destination,
            mint: self.mint,
            token_program: self.token_program,
        };
        asked(Tag::WithdrawTreasury, &accounts.metas(), |writer| {
            args::WithdrawTreasury { amount, number }.write(writer)
        })
    }
}

/// A page to be submitted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Page<'a> {
    pub(crate) round: u32,
    pub(crate) page: u32,
    pub(crate) last: bool,
    pub(crate) actions_root: Option<[u8; 32]>,
    pub(crate) said: &'a [Said],
}

fn mark((_, is_eliminated, score): Said) -> Mark {
    Mark { is_eliminated, score: score.map(|score| Score::new(score).unwrap()) }
}

fn written(address: Key) -> Meta {
    Meta { address, is_signer: false, is_writable: true }
}

/// An instruction of a tag, its accounts and its arguments.
fn asked(tag: Tag, metas: &[Meta], write: impl FnOnce(&mut Writer<'_>) -> Option<()>) -> Asked {
    let mut room = vec![0; 1_232];
    room[0] = tag as u8;
    let mut writer = Writer::new(&mut room[1..]);
    write(&mut writer).unwrap();
    let length = writer.length() + 1;
    room.truncate(length);
    Asked { metas: metas.to_vec(), data: room }
}
