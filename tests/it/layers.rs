//! The direction of imports is the architecture, so it is a test; so are the
//! words that must not stand below the layer they belong to.

use std::path::{Path, PathBuf};

/// Which of our modules a module may import.
const ALLOWED: &[(&str, &[&str])] = &[
    ("actions", &[]),
    ("model", &["model"]),
    ("store", &["store", "model"]),
    ("keys", &["keys", "actions"]),
    ("theme", &["model"]),
    (
        "widgets",
        &[
            "widgets",
            "theme",
            "actions",
            "model::text",
            "model::status",
        ],
    ),
    (
        "screens",
        &[
            "screens", "model", "store", "actions", "keys", "widgets", "theme",
        ],
    ),
    ("term", &["term", "keys", "model::text"]),
    ("disk", &["disk", "model"]),
    ("providers", &["providers", "model"]),
    ("config", &["config", "model", "keys", "theme"]),
    ("log", &["model"]),
    (
        "run",
        &[
            "run",
            "screens",
            "store",
            "model",
            "keys",
            "actions",
            "widgets",
            "theme",
            "term",
            "disk",
            "providers",
            "config",
            "log",
        ],
    ),
    (
        "cli",
        &[
            "cli",
            "run",
            "store",
            "model",
            "config",
            "actions",
            "keys",
            "disk",
            "providers",
            "log",
        ],
    ),
    (
        "main",
        &[
            "cli",
            "run",
            "config",
            "log",
            "model",
            "disk",
            "providers",
            "store",
        ],
    ),
];

fn sources(dir: &Path, into: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(dir).expect("src").flatten() {
        let path = entry.path();
        if path.is_dir() {
            sources(&path, into);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            into.push(path);
        }
    }
}

/// Every source file with its top module and its text without test modules.
fn files() -> Vec<(PathBuf, String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut paths = Vec::new();
    sources(&root, &mut paths);
    paths.sort();
    paths
        .into_iter()
        .filter(|path| !path.ends_with("lib.rs") && !path.ends_with("tests.rs"))
        .map(|path| {
            let inside = path.strip_prefix(&root).expect("below src");
            let top = inside
                .components()
                .next()
                .expect("a name")
                .as_os_str()
                .to_string_lossy();
            let top = top.trim_end_matches(".rs").to_owned();
            let text = std::fs::read_to_string(&path).expect("a source file");
            let text = text
                .split("#[cfg(test)]\nmod tests")
                .next()
                .unwrap_or_default()
                .to_owned();
            (inside.to_owned(), top, text)
        })
        .collect()
}

#[test]
fn imports_go_one_way() {
    let mut wrong = Vec::new();
    for (path, top, text) in files() {
        let allowed = ALLOWED
            .iter()
            .find(|(name, _)| *name == top)
            .map(|(_, allowed)| *allowed);
        let allowed =
            allowed.unwrap_or_else(|| panic!("{} has no place in the layers", path.display()));
        for piece in text.split("crate::").skip(1) {
            let target: String = piece
                .chars()
                .take_while(|c| c.is_alphanumeric() || "_:".contains(*c))
                .collect();
            // The macro `shown!` is the cleaner's own.
            let fine = target == "shown"
                || allowed
                    .iter()
                    .any(|name| target == *name || target.starts_with(&format!("{name}::")));
            if !fine {
                wrong.push(format!("{} imports {target}", path.display()));
            }
        }
    }
    wrong.dedup();
    assert!(
        wrong.is_empty(),
        "imports against the layers:\n{}",
        wrong.join("\n")
    );
}

#[test]
fn words_stay_in_their_layer() {
    // Word, and the modules that may use it.
    let rules: &[(&str, &[&str])] = &[
        ("Utc::now", &["run"]),
        ("Local::now", &["run"]),
        ("Instant::now", &["run", "disk", "term"]),
        ("SystemTime::now", &["run", "disk", "log"]),
        ("println!", &["cli", "main"]),
        // The terminal spells colours; it chooses none.
        ("Color::", &["theme", "term"]),
        ("KeyCode", &["term"]),
        ("thread_local", &[]),
        ("Mutex<", &["log", "disk", "term", "providers"]),
        ("unsafe ", &[]),
        (".await", &["run", "disk", "providers", "term"]),
        ("std::fs", &["run", "disk", "term", "config", "cli", "log"]),
    ];
    let mut wrong = Vec::new();
    for (path, top, text) in files() {
        let code: String = text
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"))
            .collect::<Vec<_>>()
            .join("\n");
        for (word, allowed) in rules {
            if code.contains(word) && !allowed.contains(&top.as_str()) {
                wrong.push(format!("{} uses {word}", path.display()));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "words in the wrong layer:\n{}",
        wrong.join("\n")
    );
}

#[test]
fn one_version_of_the_screen_libraries() {
    let lock = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.lock"))
        .expect("Cargo.lock");
    for name in ["ratatui", "crossterm", "rusqlite", "tokio", "chrono"] {
        let versions = lock.matches(&format!("name = \"{name}\"\n")).count();
        assert_eq!(versions, 1, "{name} is in the tree {versions} times");
    }
}
