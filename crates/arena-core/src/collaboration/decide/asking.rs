//! Who asks and whether it may: membership and existence, `If-Match`, the arena's status, permission, the handle's step.

use super::{
    super::{
        aggregate::SharedArena,
        commands::{Caller, Command, Context},
        permissions::{HandlePermissions, Permission},
        rejection::Rejection,
        step::Step,
        types::Role,
    },
    reach::Reach,
    window::Window,
};
use crate::{
    ids::{AgentId, Sequence, StepNumber},
    time::Timestamp,
};

/// A command's caller before an arena whose passed deadlines have passed.
#[derive(Debug)]
pub(super) struct Asking<'a> {
    pub(super) arena: &'a SharedArena,
    pub(super) context: &'a Context<'a>,
    /// The caller's live role.
    role: Option<Role>,
    /// What the live role and the token both allow.
    permissions: HandlePermissions,
}

impl<'a> Asking<'a> {
    /// Lets a command through to its rule, or refuses in the order that is part of the contract.
    pub(super) fn admit(
        arena: &'a SharedArena,
        head: Sequence,
        command: &Command,
        context: &'a Context<'a>,
    ) -> Result<Self, Rejection> {
        let role =
            context.caller.agent_id().and_then(|agent| arena.participant(agent)).map(|found| found.role);
        let of_role = role.map_or(HandlePermissions::NONE, HandlePermissions::of_role);
        let permissions = of_role.intersection(context.caller.at_most());
        let asking = Self { arena, context, role, permissions };
        asking.check_known(command)?;
        if let Some(expected) = context.if_match.filter(|expected| *expected != head) {
            return Err(Rejection::SequenceMismatch { current: head, expected });
        }
        let window = Window::of(command);
        if !window.allows(arena.status) {
            return Err(Rejection::WrongStatus { current: arena.status, expected: window.statuses() });
        }
        asking.check_permitted(command)?;
        asking.check_only_step(command)?;
        Ok(asking)
    }

    /// A stranger learns nothing; a participant is told which thing is not there.
    fn check_known(&self, command: &Command) -> Result<(), Rejection> {
        let stranger = match self.context.caller {
            Caller::Agent { agent_id, .. } => {
                self.role.is_none() && !(self.arena.open && command.is_join_of(agent_id))
            }
            Caller::Operator { .. } | Caller::System => false,
        };
        if stranger {
            return Err(Rejection::NotFound { what: "arena" });
        }
        if command.step().is_some_and(|step| self.arena.step(step).is_none()) {
            return Err(Rejection::NotFound { what: "step" });
        }
        if let Command::RemoveParticipant { agent_id } | Command::ChangeRole { agent_id, .. } = command {
            if self.arena.participant(agent_id).is_none() {
                return Err(Rejection::NotFound { what: "participant" });
            }
        }
        Ok(())
    }

    fn check_permitted(&self, command: &Command) -> Result<(), Rejection> {
        match command {
            Command::Activate
            | Command::ChangeRole { .. }
            | Command::UpdateGoal { .. }
            | Command::AddSteps { .. }
            | Command::EditStep { .. }
            | Command::CancelStep { .. }
            | Command::ApproveStep { .. }
            | Command::ReopenStep { .. }
            | Command::AdoptResult { .. } => self.needs(Permission::Coordinate),
            Command::ClaimStep { .. }
            | Command::RenewLease { .. }
            | Command::ReleaseStep { .. }
            | Command::CompleteStep { .. }
            | Command::FailStep { .. }
            | Command::PutArtifact { .. } => self.needs(Permission::Write),
            Command::PutFact { .. } | Command::SendMessage { .. } => self.needs(Permission::Share),
            Command::AddParticipant { agent_id, role } => self.check_may_add(agent_id, *role),
            Command::RemoveParticipant { agent_id } => match self.role {
                Some(role) if self.is_caller(agent_id) => self.covers(role),
                _ if self.is_operator() => Ok(()),
                _ => self.needs(Permission::Coordinate),
            },
            Command::Settle if self.is_operator() => Ok(()),
            Command::Settle => self.needs(Permission::Coordinate),
            Command::Archive => match self.context.caller {
                Caller::Operator { .. } => Ok(()),
                Caller::Agent { .. } if self.is_drained() => self.needs(Permission::Read),
                // The timer, which has no permissions, seals by `PassDeadlines` and in no other way.
                Caller::System | Caller::Agent { .. } => self.needs(Permission::Coordinate),
            },
            Command::PassDeadlines => match self.context.caller {
                Caller::System => Ok(()),
                Caller::Agent { .. } | Caller::Operator { .. } => {
                    Err(Rejection::Forbidden { missing: Permission::Coordinate })
                }
            },
        }
    }

    fn check_may_add(&self, agent_id: &AgentId, role: Role) -> Result<(), Rejection> {
        if !self.is_caller(agent_id) {
            return self.needs(Permission::Coordinate);
        }
        match self.role {
            // Named below as one who takes part already.
            Some(_) => Ok(()),
            None if !self.arena.open => self.needs(Permission::Coordinate),
            None if role == Role::Coordinator => Err(Rejection::RoleNotOpen),
            None => self.covers(role),
        }
    }

    /// A handle that is good for one step touches no other, and nothing that concerns the arena as a whole.
    fn check_only_step(&self, command: &Command) -> Result<(), Rejection> {
        let Some(only) = self.context.caller.only_step() else { return Ok(()) };
        let allowed = match command.reach() {
            Reach::Step(step) => step == only,
            Reach::Contents => true,
            Reach::Arena => false,
        };
        if allowed {
            Ok(())
        } else {
            Err(Rejection::OtherStep { only })
        }
    }

    pub(super) fn needs(&self, missing: Permission) -> Result<(), Rejection> {
        if self.allows(missing) {
            Ok(())
        } else {
            Err(Rejection::Forbidden { missing })
        }
    }

    pub(super) fn allows(&self, permission: Permission) -> bool {
        self.permissions.allows(permission)
    }

    /// Joining and leaving need a token that allows all that the role does.
    fn covers(&self, role: Role) -> Result<(), Rejection> {
        let at_most = self.context.caller.at_most();
        match HandlePermissions::of_role(role).iter().find(|permission| !at_most.allows(*permission)) {
            None => Ok(()),
            Some(missing) => Err(Rejection::Forbidden { missing }),
        }
    }

    /// The caller as an agent that takes part, and its role.
    pub(super) fn participant(&self) -> Result<(&'a AgentId, Role), Rejection> {
        let missing = Permission::Read;
        self.context.caller.agent_id().zip(self.role).ok_or(Rejection::Forbidden { missing })
    }

    pub(super) fn is_caller(&self, agent_id: &AgentId) -> bool {
        self.context.caller.agent_id() == Some(agent_id)
    }

    fn is_operator(&self) -> bool {
        matches!(self.context.caller, Caller::Operator { .. })
    }

    /// Whether the settle deadline has passed.
    pub(super) fn is_drained(&self) -> bool {
        self.arena.settle_deadline.is_some_and(|deadline| self.now() >= deadline)
    }

    pub(super) const fn now(&self) -> Timestamp {
        self.context.now
    }

    /// A step that was found to exist.
    pub(super) fn step(&self, step: StepNumber) -> Result<&'a Step, Rejection> {
        self.arena.step(step).ok_or(Rejection::NotFound { what: "step" })
    }
}
