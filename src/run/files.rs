//! Files that a person asks for: written whole or not at all, for their owner only,
//! and never over another one unless that was said.

use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

/// How writing a file ended.
#[derive(Debug, PartialEq, Eq)]
pub enum Written {
    /// It is there.
    Done,
    /// Something is there already, which was left alone.
    IsThere,
    /// It is not there, half a sentence why.
    Failed(String),
}

/// Writes a text to a file, 0600. `~/` at the start of a name is the home folder.
pub fn write(name: &str, text: &str, over: bool) -> Written {
    let path = match followed(whole(name)) {
        Ok(path) => path,
        Err(why) => return Written::Failed(why),
    };
    // A name that is taken is told before anything is written.
    if !over && path.symlink_metadata().is_ok() {
        return Written::IsThere;
    }
    match put(&path, text, over) {
        Ok(()) => Written::Done,
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Written::IsThere,
        // Without the name of the file that is written first and then takes its place.
        Err(error) => Written::Failed(error.kind().to_string()),
    }
}

/// The file a name leads to, where a file can be written; half a sentence where not.
fn followed(path: PathBuf) -> Result<PathBuf, String> {
    let is_link = path
        .symlink_metadata()
        .is_ok_and(|found| found.file_type().is_symlink());
    let path = match is_link {
        true => std::fs::canonicalize(&path)
            .map_err(|_| "that is a link which leads nowhere".to_owned())?,
        false => path,
    };
    match std::fs::metadata(&path) {
        Ok(found) if found.is_dir() => Err("that is a folder".to_owned()),
        Ok(found) if !found.is_file() => Err("that is no ordinary file".to_owned()),
        _ => match folder_of(&path) {
            folder if folder.is_dir() => Ok(path),
            folder => Err(format!("there is no folder {}", folder.display())),
        },
    }
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    }
}

fn whole(name: &str) -> PathBuf {
    match (name.strip_prefix("~/"), std::env::home_dir()) {
        (Some(rest), Some(home)) => home.join(rest),
        _ => PathBuf::from(name),
    }
}

fn put(path: &Path, text: &str, over: bool) -> std::io::Result<()> {
    let mut new = NamedTempFile::new_in(folder_of(path))?;
    new.write_all(text.as_bytes())?;
    new.as_file().sync_all()?;
    let kept = match over {
        true => new.persist(path),
        false => new.persist_noclobber(path),
    };
    kept.map(drop).map_err(|error| error.error)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_file_is_written_for_its_owner_and_nothing_is_written_over() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("week.md");
        let name = path.to_str().unwrap();
        assert_eq!(write(name, "one\n", false), Written::Done);
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(write(name, "two\n", false), Written::IsThere);
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "one\n");
        assert_eq!(write(name, "two\n", true), Written::Done);
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "two\n");
        // Nothing else is left behind.
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn what_cannot_be_written_says_why() {
        let folder = tempfile::tempdir().unwrap();
        let inside = folder.path().join("not/there.md");
        let missing = folder.path().join("not");
        assert_eq!(
            write(inside.to_str().unwrap(), "x", false),
            Written::Failed(format!("there is no folder {}", missing.display()))
        );
        let itself = folder.path().to_str().unwrap();
        for over in [false, true] {
            let folder = Written::Failed("that is a folder".into());
            assert_eq!(write(itself, "x", over), folder);
        }
        assert_eq!(
            write("/dev/null", "x", true),
            Written::Failed("that is no ordinary file".into())
        );
        let link = folder.path().join("link.md");
        std::os::unix::fs::symlink("/nowhere/at/all", &link).unwrap();
        assert_eq!(
            write(link.to_str().unwrap(), "x", true),
            Written::Failed("that is a link which leads nowhere".into())
        );
    }

    #[test]
    fn a_link_stays_one_and_leads_to_the_text() {
        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join("week.md"), folder.path().join("link.md"));
        std::fs::write(&file, "old").unwrap();
        std::os::unix::fs::symlink(&file, &link).unwrap();
        assert_eq!(
            write(link.to_str().unwrap(), "new", false),
            Written::IsThere
        );
        assert_eq!(write(link.to_str().unwrap(), "new", true), Written::Done);
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "new");
        assert!(link.symlink_metadata().unwrap().file_type().is_symlink());
    }
}
