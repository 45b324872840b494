//! Live streams over real sockets: every event once and in order, from anywhere, whoever reads how.

mod endings;
mod reader;
mod shapes;
mod tails;

pub(crate) use self::reader::Reader;
