//! How the ledger looks on the wire.

use arena_api::ledger::Transfer;
use arena_runtime::storage::TransferRow;

/// A transfer.
pub(crate) fn transfer(row: TransferRow) -> Transfer {
    Transfer {
        transfer: row.transfer,
        debit: row.debit,
        credit: row.credit,
        amount: row.amount,
        reason: row.reason,
        arena_id: row.arena_id,
        position: row.transfer,
        reference: row.reference,
    }
}
