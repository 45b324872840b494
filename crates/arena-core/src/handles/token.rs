//! The token of a handle: the grant as it was issued, caveats, and the last link of the chain of HMACs over them.

use alloc::{string::ToString, vec::Vec};
use core::{fmt, str::FromStr};

use base64::{engine::general_purpose::URL_SAFE_NO_PAD, Engine};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::caveat::Caveat;

/// What goes before the grant in the first link.
const ISSUED: &[u8] = b"arena/handle/v1";
/// What goes before a caveat in its link.
const NARROWED: &[u8] = b"arena/handle/caveat/v1";

/// A token in its parts: `arena_handle_GRANT.CAVEAT.CAVEAT.TAG`, grant and tag in base64url without padding.
///
/// Whoever holds it can make a child by one more caveat; only who has the key can make one without. The text is
/// the secret; what is shown for debugging has no tag.
#[derive(Clone)]
pub struct HandleToken {
    /// The grant in the form that its issuer chose.
    grant: Vec<u8>,
    caveats: Vec<Caveat>,
    tag: [u8; 32],
}

/// Not the token of a handle: of another form, too long, or with a caveat that is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidToken;

impl fmt::Display for InvalidToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not the token of a handle, or with restrictions that this version does not know")
    }
}

impl core::error::Error for InvalidToken {}

impl HandleToken {
    /// What it begins with.
    pub const PREFIX: &'static str = "arena_handle_";
    /// How many caveats it has at most.
    pub const MAX_CAVEATS: usize = 32;
    /// How many bytes it has at most.
    pub const MAX_BYTES: usize = 4_096;

    /// The token of a grant under a server's key.
    #[must_use]
    pub fn issue(key: &[u8; 32], grant: Vec<u8>) -> Self {
        let tag = link(key, ISSUED, &grant).finalize().into_bytes().into();
        Self { grant, caveats: Vec::new(), tag }
    }

    /// The child that this caveat makes of it; `None` when it has as many as it can.
    #[must_use]
    pub fn narrowed(mut self, caveat: Caveat) -> Option<Self> {
        self.tag = link(&self.tag, NARROWED, caveat.to_string().as_bytes()).finalize().into_bytes().into();
        self.caveats.push(caveat);
        let fits = self.caveats.len() <= Self::MAX_CAVEATS && self.to_string().len() <= Self::MAX_BYTES;
        fits.then_some(self)
    }

    /// Whether it comes from this key by adding caveats; takes as long for one wrong tag as for another.
    #[must_use]
    pub fn comes_from(&self, key: &[u8; 32]) -> bool {
        let issued = link(key, ISSUED, &self.grant);
        let last = self.caveats.iter().fold(issued, |parent, caveat| {
            let parent: [u8; 32] = parent.finalize().into_bytes().into();
            link(&parent, NARROWED, caveat.to_string().as_bytes())
        });
        last.verify_slice(&self.tag).is_ok()
    }

    /// The grant as it was issued. Nothing is proven before [`comes_from`](Self::comes_from).
    #[must_use]
    pub fn grant(&self) -> &[u8] {
        &self.grant
    }

    /// What was added since, oldest first.
    #[must_use]
    pub fn caveats(&self) -> &[Caveat] {
        &self.caveats
    }
}

fn link(key: &[u8; 32], kind: &[u8], block: &[u8]) -> Hmac<Sha256> {
    let mut mac = Hmac::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(kind);
    mac.update(block);
    mac
}

impl FromStr for HandleToken {
    type Err = InvalidToken;

    /// There is one text for each token: base64 with bits left over, other alphabets and padding are refused.
    fn from_str(text: &str) -> Result<Self, InvalidToken> {
        let inside = text.strip_prefix(Self::PREFIX).filter(|_| text.len() <= Self::MAX_BYTES);
        let (grant, rest) = inside.and_then(|inside| inside.split_once('.')).ok_or(InvalidToken)?;
        let (caveats, tag) = match rest.rsplit_once('.') {
            Some((caveats, tag)) => (Some(caveats), tag),
            None => (None, rest),
        };
        let caveats = caveats.into_iter().flat_map(|caveats| caveats.split('.'));
        // One more than there may be: enough to refuse, and no more work than that.
        let caveats: Vec<Caveat> = caveats
            .take(Self::MAX_CAVEATS + 1)
            .map(str::parse)
            .collect::<Result<_, _>>()
            .map_err(|_| InvalidToken)?;
        if caveats.len() > Self::MAX_CAVEATS {
            return Err(InvalidToken);
        }
        let grant = URL_SAFE_NO_PAD.decode(grant).map_err(|_| InvalidToken)?;
        let tag = URL_SAFE_NO_PAD.decode(tag).map_err(|_| InvalidToken)?;
        let tag = tag.try_into().map_err(|_| InvalidToken)?;
        Ok(Self { grant, caveats, tag })
    }
}

impl fmt::Display for HandleToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}.", Self::PREFIX, URL_SAFE_NO_PAD.encode(&self.grant))?;
        self.caveats.iter().try_for_each(|caveat| write!(f, "{caveat}."))?;
        f.write_str(&URL_SAFE_NO_PAD.encode(self.tag))
    }
}

impl fmt::Debug for HandleToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HandleToken").field("caveats", &self.caveats).finish_non_exhaustive()
    }
}
