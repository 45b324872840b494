//! Mutants that answer a command otherwise than the rules do.

use arena_core::{
    Contest, ContestEvent, Hash, Millis, Timestamp,
    contest::{Command, Context, Obligation, ObligationStatus, Payee, PayoutKind, Rejection, Status},
};

use super::{
    super::rules::{Answer, real},
    Mutant,
};

const YEAR: Millis = Millis::from_secs(365 * 86_400);

impl Mutant {
    /// What the mutant answers.
    pub(in super::super) fn decide(
        self,
        contest: &Contest,
        command: &Command,
        context: &Context<'_>,
    ) -> Answer {
        let answer = real(contest, command, context);
        match self {
            Self::DoubleRefund => refunded_again(contest, command, context, answer),
            Self::RefundAfterClose => refunded_after_close(contest, command, context, answer),
            Self::StartAfterRefund => {
                let refunded = contest.obligations().iter().any(is_paid_refund);
                let starts = *command == Command::Start && contest.status() == Status::Cancelled;
                if starts && refunded {
                    let (entrants, timestamp) = (contest.entrants(), context.now);
                    return Ok(vec![ContestEvent::ContestStarted { entrants, timestamp }]);
                }
                answer
            }
            Self::BondBothWays => match command {
                Command::Payout { kind: PayoutKind::Bond, payee: Some(payee) }
                    if contest.status() == Status::Abandoned =>
                {
                    if *payee == Payee::Agent(contest.creator().clone()) {
                        return paid(PayoutKind::Bond, payee, contest.terms().bond.get(), context.now);
                    }
                    answer
                }
                _ => answer,
            },
            Self::ClaimByStranger => claimed(contest, command, context, answer),
            Self::TimeoutOffByOne => match (command, &answer) {
                (
                    Command::SubmitPage(_) | Command::Finalize { .. },
                    Err(Rejection::OracleTimedOut { timed_out_at }),
                ) if *timed_out_at == context.now => {
                    real(contest, command, &Context { now: just_before(*timed_out_at), ..context.clone() })
                }
                _ => answer,
            },
            Self::AbandonOffByOne => match (command, &answer) {
                (Command::Abandon, Err(Rejection::NotTimedOut { times_out_at }))
                    if just_before(*times_out_at) == context.now =>
                {
                    real(contest, command, &Context { now: *times_out_at, ..context.clone() })
                }
                _ => answer,
            },
            Self::ExpiryIgnored => match &answer {
                Err(Rejection::RegistrationExpired { ended_at }) => {
                    real(contest, command, &Context { now: just_before(*ended_at), ..context.clone() })
                }
                _ => answer,
            },
            Self::HardStopIgnored => hard_stop_ignored(contest, command, context, answer),
            Self::ClaimsExpire => match (command, contest.ended_at()) {
                (Command::Payout { kind, payee: Some(payee) }, Some(end))
                    if context.now >= end.plus(YEAR) =>
                {
                    Err(Rejection::NothingOwed { kind: *kind, payee: payee.clone() })
                }
                _ => answer,
            },
            Self::OracleAloneAbandons => match command {
                Command::Abandon if context.caller != contest.oracle() => {
                    Err(Rejection::Forbidden { who: "the oracle" })
                }
                _ => answer,
            },
            Self::PrizesInOrder => prizes_in_order(contest, command, answer),
            Self::ShortRefund => answer.map(|events| events.into_iter().map(short).collect()),
            Self::FinishAfterAbandon => match command {
                Command::Finalize { .. } if contest.status() == Status::Abandoned => {
                    finalized(contest, context.now)
                }
                _ => answer,
            },
            Self::AnyoneCancels => match command {
                Command::Cancel => {
                    real(contest, command, &Context { caller: contest.creator(), ..context.clone() })
                }
                _ => answer,
            },
            Self::TermsSwapped => answer.map(|events| events.into_iter().map(swapped).collect()),
            Self::BondKept
            | Self::RemainderForgotten
            | Self::RemainderMoved
            | Self::RankFromThinAir
            | Self::EntryOnCredit
            | Self::Overdraft
            | Self::OneLegged
            | Self::MoneyFromNowhere => answer,
        }
    }
}

fn just_before(limit: Timestamp) -> Timestamp {
    Timestamp::from_millis(limit.as_millis().saturating_sub(1))
}

fn paid(kind: PayoutKind, payee: &Payee, units: u64, timestamp: Timestamp) -> Answer {
    let amount = arena_core::Amount::at_most(units);
    Ok(vec![ContestEvent::ObligationPaid { kind, payee: payee.clone(), amount, timestamp }])
}

fn is_paid_refund(owed: &Obligation) -> bool {
    owed.kind == PayoutKind::Refund && owed.status == ObligationStatus::Paid
}

fn refunded_again(contest: &Contest, command: &Command, context: &Context<'_>, answer: Answer) -> Answer {
    match (command, &answer) {
        (
            Command::Payout { kind: PayoutKind::Refund, payee: Some(payee) },
            Err(Rejection::AlreadyPaid { .. }),
        ) => paid(PayoutKind::Refund, payee, contest.terms().entry_fee.get(), context.now),
        _ => answer,
    }
}

fn refunded_after_close(
    contest: &Contest,
    command: &Command,
    context: &Context<'_>,
    answer: Answer,
) -> Answer {
    let Command::Payout { kind: PayoutKind::Refund, payee: Some(payee) } = command else { return answer };
    match payee {
        Payee::Agent(agent_id)
            if contest.status() == Status::Finished && contest.entry(agent_id).is_some() =>
        {
            paid(PayoutKind::Refund, payee, contest.terms().entry_fee.get(), context.now)
        }
        Payee::Agent(_) | Payee::Treasury => answer,
    }
}

/// The first open prize goes to whoever asks for one that he has not won.
fn claimed(contest: &Contest, command: &Command, context: &Context<'_>, answer: Answer) -> Answer {
    match (command, &answer) {
        (
            Command::Payout { kind: PayoutKind::Prize, payee: Some(payee) },
            Err(Rejection::NothingOwed { .. }),
        ) => {
            let is_open =
                |owed: &&Obligation| owed.kind == PayoutKind::Prize && owed.status == ObligationStatus::Open;
            let obligations = contest.obligations();
            let Some(prize) = obligations.iter().find(is_open) else { return answer };
            paid(PayoutKind::Prize, payee, prize.amount.get(), context.now)
        }
        _ => answer,
    }
}

/// Where the hard stop alone has timed the oracle out, it has not.
fn hard_stop_ignored(contest: &Contest, command: &Command, context: &Context<'_>, answer: Answer) -> Answer {
    let Err(Rejection::OracleTimedOut { timed_out_at }) = &answer else { return answer };
    let interval = Millis::from_secs(u64::from(contest.terms().elimination_interval_s));
    let silent_at = contest.last_submission_at().map(|last| last.plus(interval).plus(interval));
    if silent_at.is_some_and(|silent_at| context.now < silent_at) {
        return real(contest, command, &Context { now: just_before(*timed_out_at), ..context.clone() });
    }
    answer
}

fn prizes_in_order(contest: &Contest, command: &Command, answer: Answer) -> Answer {
    let Command::Payout { kind: PayoutKind::Prize, payee: Some(payee) } = command else { return answer };
    let obligations = contest.obligations();
    let mut before = obligations.iter().take_while(|owed| owed.payee != *payee);
    if before.any(|owed| owed.status == ObligationStatus::Open) {
        return Err(Rejection::NothingOwed { kind: PayoutKind::Prize, payee: payee.clone() });
    }
    answer
}

fn short(event: ContestEvent) -> ContestEvent {
    match event {
        ContestEvent::ObligationPaid { kind: PayoutKind::Refund, payee, amount, timestamp } => {
            let amount = arena_core::Amount::at_most(amount.get().saturating_sub(1));
            ContestEvent::ObligationPaid { kind: PayoutKind::Refund, payee, amount, timestamp }
        }
        other => other,
    }
}

fn swapped(event: ContestEvent) -> ContestEvent {
    match event {
        ContestEvent::AgentEntered { agent_id, number, amount, timestamp, .. } => {
            let terms_hash = Hash::of(b"other terms");
            ContestEvent::AgentEntered { agent_id, number, amount, terms_hash, timestamp }
        }
        other => other,
    }
}

fn finalized(contest: &Contest, timestamp: Timestamp) -> Answer {
    let pot = contest.pot();
    let division = arena_core::contest::payout::division(pot.get(), contest.terms().creator_fee_bps);
    Ok(vec![ContestEvent::ContestFinalized {
        seed: None,
        pot,
        protocol_fee: arena_core::Amount::at_most(division.protocol_fee),
        creator_fee: arena_core::Amount::at_most(division.creator_fee),
        timestamp,
    }])
}
