//! Writes a settings file so that it is there whole or not at all, and only we
//! may read it.

use std::io::{Error, ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// Puts `text` into a file in place of what it held. The file is ours alone
/// afterwards (0600), folders that are missing are made so too (0700). A link
/// stays a link: what it leads to is replaced.
///
/// # Errors
/// The folder cannot be made or written to; the old file is untouched then.
pub fn save(path: &Path, text: &[u8]) -> std::io::Result<()> {
    let path = target(path)?;
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        _ => PathBuf::from("."),
    };
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(&folder)?;
    // A temporary file is 0600 from its first byte.
    let mut file = tempfile::Builder::new()
        .prefix(".goaldeck-")
        .tempfile_in(&folder)?;
    file.write_all(text)?;
    file.as_file()
        .set_permissions(std::fs::Permissions::from_mode(0o600))?;
    file.as_file().sync_all()?;
    file.persist(&path).map_err(|error| error.error)?;
    // The name must survive a power cut too. A folder that cannot be synced has
    // the file all the same.
    let _best_effort = std::fs::File::open(&folder).and_then(|folder| folder.sync_all());
    Ok(())
}

/// Where links lead.
fn target(path: &Path) -> std::io::Result<PathBuf> {
    let mut path = path.to_owned();
    for _ in 0..16 {
        match std::fs::symlink_metadata(&path) {
            Ok(found) if found.is_symlink() => {
                let to = std::fs::read_link(&path)?;
                path = path.parent().unwrap_or(Path::new("")).join(to);
            }
            Ok(found) if found.is_dir() => return Err(ErrorKind::IsADirectory.into()),
            _ => return Ok(path),
        }
    }
    Err(Error::other("too many links"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(path: &Path) -> u32 {
        std::fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn a_file_is_replaced_whole_and_is_private_with_its_folder() {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("new/config.toml");
        save(&file, b"one").unwrap();
        assert_eq!((mode(&file), mode(file.parent().unwrap())), (0o600, 0o700));
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
        save(&file, b"two").unwrap();
        assert_eq!(
            (std::fs::read(&file).unwrap(), mode(&file)),
            (b"two".to_vec(), 0o600)
        );
        let left: Vec<_> = std::fs::read_dir(file.parent().unwrap()).unwrap().collect();
        assert_eq!(left.len(), 1, "{left:?}");
        assert!(save(home.path(), b"x").is_err());
    }

    #[test]
    fn a_link_stays_a_link() {
        let home = tempfile::tempdir().unwrap();
        let (file, link) = (
            home.path().join("dotfiles.toml"),
            home.path().join("config.toml"),
        );
        std::fs::write(&file, "old").unwrap();
        std::os::unix::fs::symlink("dotfiles.toml", &link).unwrap();
        save(&link, b"new").unwrap();
        assert!(std::fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(std::fs::read(&file).unwrap(), b"new");
    }
}
