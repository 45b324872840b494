//! A handle's token narrowed by whoever holds it: no server is asked, and none needs to know.

use std::fmt;

use arena_core::{
    AgentId, ArenaId, HandleId, HandlePermissions, StepNumber, Timestamp,
    collaboration::Permission,
    handles::{Caveat, Grant, HandleToken},
};
use serde::{Deserialize, Serialize};

/// How a token is to be narrowed; what is absent stays as it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Narrowing {
    /// What the child may do at most, of what the parent may.
    pub permissions: Option<HandlePermissions>,
    /// The only step.
    pub step: Option<StepNumber>,
    /// From when on the child is void, if the parent is not before.
    pub expires_at: Option<Timestamp>,
}

/// A child of a handle's token. It is revoked with the handle, whose id it has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NarrowedHandle {
    /// The handle's id, by which it is revoked together with its parent.
    pub handle: HandleId,
    /// What to send as `Authorization: Bearer TOKEN`.
    pub token: String,
    /// The only arena.
    pub arena_id: ArenaId,
    /// The agent it acts as.
    pub agent_id: AgentId,
    /// What it may do at most.
    pub permissions: HandlePermissions,
    /// The only step it may work on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<StepNumber>,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// Why a token was not narrowed. The server would refuse a child that asks for more; this says so before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotNarrowed {
    /// It is not a handle's token that this version understands.
    NotAHandle,
    /// The parent has not this permission itself.
    Missing(Permission),
    /// The parent is good for another step only.
    OtherStep(StepNumber),
    /// The child would be its parent.
    Nothing,
    /// It was narrowed as often as a token can be.
    Full,
}

impl fmt::Display for NotNarrowed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAHandle => {
                let begins = HandleToken::PREFIX;
                write!(
                    f,
                    "this is no handle's token, or one of a later version; a handle's begins with {begins}"
                )
            }
            Self::Missing(permission) => {
                write!(f, "the token does not allow {permission} itself; a child allows only less")
            }
            Self::OtherStep(only) => write!(f, "the token is good for step {only} only"),
            Self::Nothing => {
                f.write_str("this takes nothing away; name fewer permissions, a step or an earlier end")
            }
            Self::Full => f.write_str(
                "the token was narrowed as often as it can be; narrow its parent, or issue a handle",
            ),
        }
    }
}

impl std::error::Error for NotNarrowed {}

/// Makes a child of a handle's token that can do less. Whether the parent is still good only the server knows.
///
/// # Errors
/// [`NotNarrowed`].
pub fn narrow(token: &str, by: Narrowing) -> Result<NarrowedHandle, NotNarrowed> {
    let mut child: HandleToken = token.trim().parse().map_err(|_| NotNarrowed::NotAHandle)?;
    let issued: Grant = serde_json::from_slice(child.grant()).map_err(|_| NotNarrowed::NotAHandle)?;
    let mut grant = issued.under_all(child.caveats()).ok_or(NotNarrowed::NotAHandle)?;
    let caveats = caveats(&grant, by)?;
    if caveats.is_empty() {
        return Err(NotNarrowed::Nothing);
    }
    for caveat in caveats {
        child = child.narrowed(caveat).ok_or(NotNarrowed::Full)?;
        grant = grant.under(caveat).ok_or(NotNarrowed::Nothing)?;
    }
    let Grant { handle, arena_id, agent_id, permissions, step, expires_at } = grant;
    Ok(NarrowedHandle { handle, token: child.to_string(), arena_id, agent_id, permissions, step, expires_at })
}

/// What takes something away from the parent.
fn caveats(parent: &Grant, by: Narrowing) -> Result<Vec<Caveat>, NotNarrowed> {
    let mut caveats = Vec::new();
    if let Some(permissions) = by.permissions.filter(|permissions| *permissions != parent.permissions) {
        if let Some(more) = permissions.iter().find(|one| !parent.permissions.allows(*one)) {
            return Err(NotNarrowed::Missing(more));
        }
        caveats.push(Caveat::May(permissions));
    }
    match (by.step, parent.step) {
        (Some(step), Some(only)) if step != only => return Err(NotNarrowed::OtherStep(only)),
        (Some(step), None) => caveats.push(Caveat::Step(step)),
        (Some(_) | None, _) => {}
    }
    if let Some(end) = by.expires_at.filter(|end| *end < parent.expires_at) {
        caveats.push(Caveat::Until(end));
    }
    Ok(caveats)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: [u8; 32] = [7; 32];

    fn issued() -> String {
        let grant = Grant {
            handle: HandleId::from_bytes([1; 16]),
            arena_id: ArenaId::from_bytes([2; 16]),
            agent_id: "alice".parse().unwrap(),
            permissions: HandlePermissions::ALL,
            step: None,
            expires_at: Timestamp::from_millis(1_000),
        };
        HandleToken::issue(&KEY, serde_json::to_vec(&grant).unwrap()).to_string()
    }

    fn permissions(some: &[Permission]) -> Option<HandlePermissions> {
        Some(some.iter().copied().collect())
    }

    #[test]
    fn a_child_is_signed_by_its_parent_and_says_what_is_left() {
        let two = permissions(&[Permission::Read, Permission::Write]);
        let first = narrow(&issued(), Narrowing { permissions: two, ..Narrowing::default() }).unwrap();
        let second = Narrowing { step: StepNumber::new(2), ..Narrowing::default() };
        let second = narrow(&first.token, second).unwrap();
        let end = Some(Timestamp::from_millis(500));
        let third = narrow(&second.token, Narrowing { expires_at: end, ..Narrowing::default() }).unwrap();
        assert_eq!((Some(third.permissions), third.step), (two, StepNumber::new(2)));
        assert_eq!(third.expires_at, Timestamp::from_millis(500));
        let token: HandleToken = third.token.parse().unwrap();
        assert!(token.comes_from(&KEY));
        assert_eq!(token.caveats().len(), 3);
    }

    #[test]
    fn a_child_that_would_be_more_or_the_same_is_not_made() {
        let reader = Narrowing { permissions: permissions(&[Permission::Read]), ..Narrowing::default() };
        let of_step = Narrowing { step: StepNumber::new(2), ..reader };
        let parent = narrow(&issued(), of_step).unwrap().token;
        let writer = Narrowing { permissions: permissions(&[Permission::Write]), ..Narrowing::default() };
        assert_eq!(narrow(&parent, writer), Err(NotNarrowed::Missing(Permission::Write)));
        let other = Narrowing { step: StepNumber::new(3), ..Narrowing::default() };
        assert_eq!(narrow(&parent, other), Err(NotNarrowed::OtherStep(StepNumber::new(2).unwrap())));
        let later = Narrowing { expires_at: Some(Timestamp::from_millis(1_000)), ..of_step };
        assert_eq!(narrow(&parent, later), Err(NotNarrowed::Nothing));
        assert_eq!(narrow(&parent, Narrowing::default()), Err(NotNarrowed::Nothing));
        assert_eq!(narrow("arena_agent_x", reader), Err(NotNarrowed::NotAHandle));
    }

    #[test]
    fn a_token_is_narrowed_so_often_and_no_more() {
        let ends = (0..).map(|less| Narrowing {
            expires_at: Some(Timestamp::from_millis(999 - less)),
            ..Narrowing::default()
        });
        let mut token = issued();
        for by in ends.take(HandleToken::MAX_CAVEATS) {
            token = narrow(&token, by).unwrap().token;
        }
        let once_more = Narrowing { expires_at: Some(Timestamp::from_millis(1)), ..Narrowing::default() };
        assert_eq!(narrow(&token, once_more), Err(NotNarrowed::Full));
    }
}
