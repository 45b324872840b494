//! A receipt is refused after any change, and the first divergence is named.
