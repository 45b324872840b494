//! Finds programs before anything is started, so that a missing one is said at once.

use std::{
    env,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

/// The file that a command's first word stands for: on the search path, or from `directory` when it has a slash.
pub(crate) fn find(program: &str, directory: &Path) -> Option<PathBuf> {
    if program.contains('/') {
        return Some(directory.join(program)).filter(|path| is_executable(path));
    }
    let path = env::var_os("PATH")?;
    env::split_paths(&path)
        .map(|folder| directory.join(folder).join(program))
        .find(|path| is_executable(path))
}

fn is_executable(path: &Path) -> bool {
    path.metadata().is_ok_and(|file| file.is_file() && file.permissions().mode() & 0o111 != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_found_on_the_path_or_from_the_folder() {
        assert!(find("sh", Path::new("/")).is_some_and(|path| path.is_absolute()));
        assert_eq!(find("bin/sh", Path::new("/")), Some("/bin/sh".into()));
        assert_eq!(find("no-such-program-anywhere", Path::new("/")), None);
        assert_eq!(find("./etc/passwd", Path::new("/")), None);
    }
}
