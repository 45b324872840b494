//! Bearer tokens: the operator's, agents' (stored hashed), and handles (a chain of HMACs over what they grant).

use arena_core::{
    AgentId, ArenaId, HandleId, HandlePermissions, Hash, StepNumber, Timestamp, collaboration::Caller,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use subtle::ConstantTimeEq;

use crate::ids;

/// What an operator's token begins with.
pub(crate) const OPERATOR: &str = "arena_operator";
/// What an agent's token begins with.
pub(crate) const AGENT: &str = "arena_agent";
/// What a handle's token begins with.
const HANDLE: &str = "arena_handle_";

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

    /// Whether its token is good for `arena_id` at all.
    pub(crate) fn reaches(&self, arena_id: ArenaId) -> bool {
        match self {
            Self::Operator | Self::Agent(_) => true,
            Self::Handle(grant) => grant.arena_id == arena_id,
        }
    }
}

/// What a handle's token grants: upper bounds, met with the live role at each call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grant {
    /// The handle's id, by which it is revoked.
    pub handle: HandleId,
    /// The only arena.
    pub arena_id: ArenaId,
    /// The agent it acts as.
    pub agent_id: AgentId,
    /// What it may do at most.
    pub permissions: HandlePermissions,
    /// The only step it may work on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<StepNumber>,
    /// From when on it is void.
    pub expires_at: Timestamp,
}

/// The key that handle tokens are signed with: the content of `DIR/handle.key`.
#[derive(Clone)]
pub(crate) struct HandleKey([u8; 32]);

impl HandleKey {
    pub(crate) const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The token of a grant: its JSON and the HMAC over it, the first link of the chain.
    pub(crate) fn sign(&self, grant: &Grant) -> String {
        let body = serde_json::to_vec(grant).expect("a grant has a JSON form");
        let signature = self.link(&body);
        format!("{HANDLE}{}.{}", URL_SAFE_NO_PAD.encode(body), URL_SAFE_NO_PAD.encode(signature))
    }

    /// The grant of a token that this key signed. Expiry and revocation are the caller's to check.
    pub(crate) fn open(&self, token: &str) -> Option<Grant> {
        let (body, signature) = token.strip_prefix(HANDLE)?.split_once('.')?;
        let body = URL_SAFE_NO_PAD.decode(body).ok()?;
        let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
        if self.link(&body).ct_eq(signature.as_slice()).into() {
            serde_json::from_slice(&body).ok()
        } else {
            None
        }
    }

    fn link(&self, block: &[u8]) -> [u8; 32] {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes keys of any length");
        mac.update(b"arena/handle/v1");
        mac.update(block);
        mac.finalize().into_bytes().into()
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
    use super::*;

    fn grant() -> Grant {
        Grant {
            handle: HandleId::from_bytes([1; 16]),
            arena_id: ArenaId::from_bytes([2; 16]),
            agent_id: "alice".parse().unwrap(),
            permissions: HandlePermissions::ALL,
            step: StepNumber::new(3),
            expires_at: Timestamp::from_millis(1_000),
        }
    }

    #[test]
    fn a_token_opens_to_its_grant_under_its_own_key_only() {
        let key = HandleKey::new([7; 32]);
        let token = key.sign(&grant());
        assert_eq!(key.open(&token), Some(grant()));
        assert_eq!(HandleKey::new([8; 32]).open(&token), None);
    }

    #[test]
    fn a_token_changed_anywhere_opens_to_nothing() {
        let key = HandleKey::new([7; 32]);
        let token = key.sign(&grant());
        let (body, signature) = token.strip_prefix(HANDLE).unwrap().split_once('.').unwrap();
        let widened = serde_json::to_vec(&Grant { step: None, ..grant() }).unwrap();
        assert_eq!(key.open(&format!("{HANDLE}{}.{signature}", URL_SAFE_NO_PAD.encode(widened))), None);
        for index in 0..body.len() {
            let mut changed = body.as_bytes().to_vec();
            changed[index] = if changed[index] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            assert_eq!(key.open(&format!("{HANDLE}{changed}.{signature}")), None, "byte {index}");
        }
    }
}
