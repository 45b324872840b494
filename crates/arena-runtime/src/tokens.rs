//! Bearer tokens: the operator's, agents' (stored hashed), and handles (a chain of HMACs over what they grant).

use arena_core::{
    AgentId, ArenaId, HandlePermissions, Hash,
    collaboration::Caller,
    handles::{Caveat, Grant, HandleToken},
};
use subtle::ConstantTimeEq;

use crate::ids;

/// What an operator's token begins with.
pub(crate) const OPERATOR: &str = "arena_operator";
/// What an agent's token begins with.
pub(crate) const AGENT: &str = "arena_agent";

/// Who is calling, as the token says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Principal {
    /// The operator, who also acts as the agent `operator`.
    Operator,
    /// A registered agent.
    Agent(AgentId),
    /// An agent in one arena, with less than all its role allows.
    Handle(Grant),
}

impl Principal {
    /// The agent that acts.
    #[must_use]
    pub fn agent_id(&self) -> AgentId {
        match self {
            Self::Operator => ids::operator(),
            Self::Agent(agent_id) => agent_id.clone(),
            Self::Handle(grant) => grant.agent_id.clone(),
        }
    }

    /// Whether it is the operator.
    #[must_use]
    pub const fn is_operator(&self) -> bool {
        matches!(self, Self::Operator)
    }

    /// How the rules see it.
    pub(crate) fn caller(&self) -> Caller {
        match self {
            Self::Operator => Caller::Operator { agent_id: ids::operator() },
            Self::Agent(agent_id) => {
                Caller::Agent { agent_id: agent_id.clone(), at_most: HandlePermissions::ALL, only_step: None }
            }
            Self::Handle(grant) => Caller::Agent {
                agent_id: grant.agent_id.clone(),
                at_most: grant.permissions,
                only_step: grant.step,
            },
        }
    }

    /// What its token allows at most, its time apart; `None` for who is bounded by the role alone.
    pub(crate) fn bounds(&self) -> Option<String> {
        match self {
            Self::Operator | Self::Agent(_) => None,
            Self::Handle(Grant { handle: _, arena_id, agent_id: _, permissions, step, expires_at: _ }) => {
                let step = step.map_or(String::new(), |step| Caveat::Step(step).to_string());
                Some(format!("{arena_id} {} {step}", Caveat::May(*permissions)))
            }
        }
    }

    /// Whether its token is good for `arena_id` at all.
    pub(crate) fn reaches(&self, arena_id: ArenaId) -> bool {
        match self {
            Self::Operator | Self::Agent(_) => true,
            Self::Handle(grant) => grant.arena_id == arena_id,
        }
    }
}

/// The key that handle tokens are signed with: the content of `DIR/handle.key`.
#[derive(Clone)]
pub(crate) struct HandleKey([u8; 32]);

impl HandleKey {
    pub(crate) const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The token of a grant, as JSON.
    pub(crate) fn sign(&self, grant: &Grant) -> String {
        let grant = serde_json::to_vec(grant).expect("a grant has a JSON form");
        HandleToken::issue(&self.0, grant).to_string()
    }

    /// What a token that comes from this key grants, all its caveats met. Expiry and revocation are the caller's to check.
    pub(crate) fn open(&self, token: &str) -> Option<Grant> {
        let token: HandleToken = token.parse().ok()?;
        if !token.comes_from(&self.0) {
            return None;
        }
        let issued: Grant = serde_json::from_slice(token.grant()).ok()?;
        issued.under_all(token.caveats())
    }
}

/// What is stored of an agent's token.
pub(crate) fn token_hash(token: &str) -> Hash {
    Hash::of(token.as_bytes())
}

/// Whether two secrets are equal, in a time that does not tell where they differ.
pub(crate) fn equal(one: &str, other: &str) -> bool {
    one.as_bytes().ct_eq(other.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use arena_core::{HandleId, StepNumber, Timestamp, collaboration::Permission};

    use super::*;

    fn grant() -> Grant {
        Grant {
            handle: HandleId::from_bytes([1; 16]),
            arena_id: ArenaId::from_bytes([2; 16]),
            agent_id: "alice".parse().unwrap(),
            permissions: HandlePermissions::ALL,
            step: None,
            expires_at: Timestamp::from_millis(1_000),
        }
    }

    fn narrowed(token: &str, caveats: &[Caveat]) -> String {
        let token: HandleToken = token.parse().unwrap();
        caveats.iter().fold(token, |token, caveat| token.narrowed(*caveat).unwrap()).to_string()
    }

    #[test]
    fn a_token_opens_to_its_grant_under_its_own_key_only() {
        let key = HandleKey::new([7; 32]);
        let token = key.sign(&grant());
        assert_eq!(key.open(&token), Some(grant()));
        assert_eq!(HandleKey::new([8; 32]).open(&token), None);
    }

    #[test]
    fn a_child_opens_to_what_is_left_under_its_caveats() {
        let key = HandleKey::new([7; 32]);
        let reader = HandlePermissions::NONE.with(Permission::Read);
        let step = StepNumber::new(3).unwrap();
        let (sooner, later) = (Timestamp::from_millis(900), Timestamp::from_millis(2_000));
        let child = narrowed(&key.sign(&grant()), &[Caveat::May(reader), Caveat::Step(step)]);
        let child = narrowed(&child, &[Caveat::Until(later), Caveat::May(HandlePermissions::ALL)]);
        let left = Grant { permissions: reader, step: Some(step), ..grant() };
        assert_eq!(key.open(&child), Some(left.clone()));
        let child = narrowed(&child, &[Caveat::Until(sooner), Caveat::Until(later)]);
        assert_eq!(key.open(&child), Some(Grant { expires_at: sooner, ..left }));
        assert_eq!(HandleKey::new([8; 32]).open(&child), None);
        assert_eq!(key.open(&narrowed(&child, &[Caveat::Step(StepNumber::new(4).unwrap())])), None);
    }

    #[test]
    fn a_grant_with_what_is_not_known_opens_to_nothing() {
        let key = HandleKey::new([7; 32]);
        let mut body = serde_json::to_value(grant()).unwrap();
        body["also"] = "this".into();
        let token = HandleToken::issue(&[7; 32], serde_json::to_vec(&body).unwrap());
        assert_eq!(key.open(&token.to_string()), None);
    }
}
