//! Whether a file is ours alone. What a settings file says is run as a program
//! only if nobody else can have written it.

use std::os::unix::fs::MetadataExt;
use std::path::Path;

/// Whether a file belongs to us (or to the system's owner) and others can neither
/// read nor change it. A file that is not there is fine.
///
/// # Errors
/// Why not, half a sentence, and what to do.
pub fn check(path: &Path) -> Result<(), (String, String)> {
    let Ok(found) = std::fs::metadata(path) else {
        return Ok(());
    };
    let shown = path.display();
    let me = rustix::process::geteuid().as_raw();
    if found.uid() != me && found.uid() != 0 {
        return Err((
            format!("{shown} belongs to somebody else"),
            "copy it to a file of your own and use that with --config".to_owned(),
        ));
    }
    if found.is_file() && found.mode() & 0o077 != 0 {
        return Err((
            format!("others may read or change {shown}"),
            format!("run: chmod 600 {shown}"),
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_file_that_others_may_touch_is_not_private() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("config.toml");
        assert_eq!(check(&file), Ok(()));
        std::fs::write(&file, "").unwrap();
        for (mode, is_private) in [(0o600, true), (0o400, true), (0o644, false), (0o620, false)] {
            std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).unwrap();
            assert_eq!(check(&file).is_ok(), is_private, "{mode:o}");
        }
        let (_, remedy) = check(&file).unwrap_err();
        assert_eq!(remedy, format!("run: chmod 600 {}", file.display()));
    }
}
