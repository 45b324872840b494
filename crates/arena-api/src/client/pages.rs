//! A whole list, read page by page.

use super::{Call, Error};
use crate::list::{List, PageQuery};

/// How many things one page holds: as many as any.
const PAGE: u32 = 1_000;

/// Reads everything that a list holds; `call` asks for one page of it.
///
/// # Errors
/// As the calls.
pub async fn all_pages<T: Send + 'static>(
    call: impl Fn(PageQuery) -> Call<List<T>>,
) -> Result<Vec<T>, Error> {
    let mut page = PageQuery { limit: Some(PAGE), cursor: None };
    let mut all = Vec::new();
    loop {
        let found = call(page.clone()).await?;
        all.extend(found.items);
        page.cursor = found.next_cursor;
        if page.cursor.is_none() {
            return Ok(all);
        }
    }
}
