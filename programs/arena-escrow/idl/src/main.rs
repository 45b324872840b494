//! Writes the description of the program beside this crate: `cargo run -p arena-escrow-idl`.

fn main() -> std::io::Result<()> {
    for (path, value) in [
        (arena_escrow_idl::IDL, arena_escrow_idl::root()),
        (arena_escrow_idl::SAMPLES, arena_escrow_idl::samples()),
    ] {
        std::fs::write(path, arena_escrow_idl::text(&value))?;
        println!("wrote {path}");
    }
    Ok(())
}
