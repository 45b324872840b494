//! The instructions, a file each.

mod abandon;
mod cancel;
mod claim_prize;
mod close_contest;
mod close_entry;
mod create_contest;
mod enter;
mod finalize;
mod init_protocol;
mod leave;
mod open_treasury;
mod pay_creator_fee;
mod pay_protocol_fee;
mod record_result;
mod refund;
mod register_profile;
mod return_bond;
mod set_authority;
mod start;
mod submit_page;
mod withdraw_treasury;

use arena_escrow_interface::instructions::Tag;

use crate::{call::Call, Answer};

/// Runs the instruction that was called.
pub(crate) fn run(call: &Call<'_>) -> Answer {
    match call.tag {
        Tag::InitProtocol => init_protocol::run(call),
        Tag::SetAuthority => set_authority::run(call),
        Tag::OpenTreasury => open_treasury::run(call),
        Tag::RegisterProfile => register_profile::run(call),
        Tag::CreateContest => create_contest::run(call),
        Tag::Enter => enter::run(call),
        Tag::Leave => leave::run(call),
        Tag::Start => start::run(call),
        Tag::SubmitPage => submit_page::run(call),
        Tag::Finalize => finalize::run(call),
        Tag::Cancel => cancel::run(call),
        Tag::Abandon => abandon::run(call),
        Tag::ClaimPrize => claim_prize::run(call),
        Tag::PayCreatorFee => pay_creator_fee::run(call),
        Tag::ReturnBond => return_bond::run(call),
        Tag::PayProtocolFee => pay_protocol_fee::run(call),
        Tag::Refund => refund::run(call),
        Tag::RecordResult => record_result::run(call),
        Tag::CloseEntry => close_entry::run(call),
        Tag::CloseContest => close_contest::run(call),
        Tag::WithdrawTreasury => withdraw_treasury::run(call),
    }
}
