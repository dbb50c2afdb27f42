//! The recordings of real servers, for the tests of this folder.

use std::path::{Path, PathBuf};

use serde_json::Value;

/// Every recorded exchange of both ages that lies under `tests/recordings`.
pub(super) fn recordings() -> Vec<Value> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recordings");
    let mut files: Vec<PathBuf> = ["operately-flat", "operately-namespaced"]
        .iter()
        .flat_map(|age| std::fs::read_dir(root.join(age)).unwrap())
        .map(|file| file.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "json"))
        .collect();
    files.sort();
    files
        .iter()
        .map(|path| serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap())
        .collect()
}
