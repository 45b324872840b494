//! Contests: tables, money, random plays against an auditor, and what everybody gets out in the end.

mod auditor;
mod exits;
mod liveness;
mod matrix;
mod money;
mod plays;
mod precedence;
mod registration;
mod rounds;
mod scale;
mod settling;
mod shared;
mod terms;
mod timeouts;
mod totality;
mod world;
