//! `arena handle narrow`: a token that can do less, made from one without asking anybody.

use std::io::Read;

use arena_api::narrow::{NarrowedHandle, Narrowing, NotNarrowed, narrow};
use arena_core::{Millis, StepNumber, Timestamp, collaboration::Permission, handles::HandleToken};
use arena_runtime::system_now;
use clap::Args;

use crate::{args::Global, exit::Exit, failure::Failure, output::Output, text::moment, values};

/// What the child may still do.
#[derive(Args, Debug)]
pub(crate) struct Narrow {
    /// The token of a handle, or `-` to read it from standard input; that of --token or ARENA_TOKEN when absent
    handle_token: Option<String>,
    /// What the child allows at most, of what its parent does: read, write, share, coordinate
    #[arg(long, alias = "permission", value_name = "PERMISSION", value_delimiter = ',', value_parser = values::permission)]
    permissions: Vec<Permission>,
    /// The only step it is good for
    #[arg(long, value_parser = values::step_number)]
    step: Option<StepNumber>,
    /// How long it is good by this machine's clock, and never longer than its parent
    #[arg(long, value_name = "LENGTH", value_parser = values::length)]
    ttl: Option<Millis>,
    /// When it ends, and never later than its parent
    #[arg(long, value_name = "MOMENT", value_parser = values::moment, conflicts_with = "ttl")]
    expires: Option<Timestamp>,
}

impl Narrow {
    /// Does it.
    pub(super) fn run(self, global: &Global, output: Output) -> Result<(), Failure> {
        let permissions = (!self.permissions.is_empty()).then(|| self.permissions.into_iter().collect());
        let expires_at = self.expires.or_else(|| self.ttl.map(|life| system_now().plus(life)));
        let by = Narrowing { permissions, step: self.step, expires_at };
        let token = token(self.handle_token.as_deref(), global)?;
        let child = narrow(&token, by).map_err(|why| refused(&why))?;
        output.answer(&child, child_text)
    }
}

/// The token, wherever it stands. It is not in any message.
fn token(given: Option<&str>, global: &Global) -> Result<String, Failure> {
    match given {
        Some("-") => {
            let mut text = String::new();
            // One byte more than a token has: enough to see that it is none.
            let most = u64::try_from(HandleToken::MAX_BYTES).unwrap_or(u64::MAX).saturating_add(2);
            let read = std::io::stdin().take(most).read_to_string(&mut text);
            read.map_err(|error| usage(format!("cannot read the token: {error}")))?;
            Ok(text)
        }
        Some(token) => Ok(token.to_owned()),
        None => global
            .token()
            .map(str::to_owned)
            .ok_or_else(|| usage("which token? name it, pipe it in with `-`, or set ARENA_TOKEN")),
    }
}

fn usage(detail: impl Into<String>) -> Failure {
    Failure::new(Exit::Usage, "usage", detail)
}

fn refused(why: &NotNarrowed) -> Failure {
    match why {
        NotNarrowed::NotAHandle | NotNarrowed::Nothing => usage(why.to_string()),
        NotNarrowed::Missing(_) | NotNarrowed::OtherStep(_) => {
            Failure::new(Exit::Denied, "forbidden", why.to_string())
        }
        NotNarrowed::Full => Failure::new(Exit::Refused, "limit_reached", why.to_string()),
    }
}

fn child_text(child: &NarrowedHandle) -> String {
    let may: Vec<&str> = child.permissions.iter().map(Permission::as_str).collect();
    let may = if may.is_empty() { "nothing".to_owned() } else { may.join(", ") };
    let step = child.step.map_or(String::new(), |step| format!(" on step {step}"));
    let end = moment(child.expires_at);
    format!("of handle {}: {} may {may}{step} until {end}\n{}\n", child.handle, child.agent_id, child.token)
}
