//! What each age declares: operations, their parameters, enums, the fields
//! that came later. Read from two text files beside this one.

use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;

use super::age::Age;

/// One parameter of an operation, or one field of an object that is sent.
#[derive(Debug, Clone)]
pub struct Param {
    pub name: String,
    pub kind: String,
    pub required: bool,
    pub nullable: bool,
    /// Required only before this age.
    pub required_before: Option<Age>,
    /// Known only before this age.
    pub known_before: Option<Age>,
    pub since: Option<Age>,
}

/// One operation under one name.
#[derive(Debug, Clone)]
pub struct Op {
    pub post: bool,
    pub name: String,
    /// The namespaced name, which is what the fake calls it everywhere.
    pub canon: String,
    pub since: Option<Age>,
    pub params: Vec<Param>,
}

/// All that one kind of server declares.
#[derive(Debug, Default)]
pub struct Declared {
    pub ops: HashMap<String, Op>,
    pub objects: HashMap<String, Vec<Param>>,
    pub enums: HashMap<String, Vec<String>>,
    pub ints: HashMap<String, Vec<i64>>,
    /// Every name the server knows anywhere.
    pub names: HashSet<String>,
}

fn param(text: &str) -> Param {
    let (name, rest) = text.split_once(':').expect("name:type");
    let end = rest.find(['!', '?']).expect("a mode");
    let kind = rest[..end].to_owned();
    let required = rest[end..].starts_with('!');
    let mut rest = &rest[end + 1..];
    let nullable = rest.starts_with('n');
    if nullable {
        rest = &rest[1..];
    }
    let mut one = Param {
        name: name.to_owned(),
        kind,
        required,
        nullable,
        required_before: None,
        known_before: None,
        since: None,
    };
    if let Some(word) = rest.strip_prefix('@') {
        one.since = Some(Age::since(word));
    } else if let Some(word) = rest.strip_prefix('<') {
        match word.strip_suffix('x') {
            Some(word) => one.known_before = Some(Age::since(word)),
            None => one.required_before = Some(Age::since(word)),
        }
    }
    one
}

fn parse(text: &str) -> Declared {
    let mut all = Declared::default();
    for line in text.lines() {
        let Some((head, rest)) = line.split_once(" |") else {
            continue;
        };
        let words: Vec<&str> = head.split(' ').collect();
        let items = || rest.split_whitespace();
        match words[..] {
            ["OBJECT", name] => {
                all.objects
                    .insert(name.to_owned(), items().map(param).collect());
            }
            ["ENUM", name] => {
                all.enums
                    .insert(name.to_owned(), items().map(str::to_owned).collect());
            }
            ["INTS", name] => {
                all.ints.insert(
                    name.to_owned(),
                    items().map(|n| n.parse().expect("a number")).collect(),
                );
            }
            ["NAMES"] => all.names = items().map(str::to_owned).collect(),
            [method, name, canon, ..] => {
                let since = words.get(3).map(|w| Age::since(w.trim_start_matches('@')));
                all.ops.insert(
                    name.to_owned(),
                    Op {
                        post: method == "POST",
                        name: name.to_owned(),
                        canon: canon.to_owned(),
                        since,
                        params: items().map(param).collect(),
                    },
                );
            }
            _ => panic!("cannot read the line {line}"),
        }
    }
    all
}

/// What servers with flat names declare.
pub fn flat() -> &'static Declared {
    static ONE: OnceLock<Declared> = OnceLock::new();
    ONE.get_or_init(|| parse(include_str!("declared/flat.txt")))
}

/// What servers with namespaced names declare, with since when.
pub fn namespaced() -> &'static Declared {
    static ONE: OnceLock<Declared> = OnceLock::new();
    ONE.get_or_init(|| parse(include_str!("declared/namespaced.txt")))
}

/// The fields of a type that an age does not have yet.
pub fn later_fields(type_name: &str) -> &'static [(&'static str, Age)] {
    type Fields = HashMap<&'static str, Vec<(&'static str, Age)>>;
    static ONE: OnceLock<Fields> = OnceLock::new();
    let all = ONE.get_or_init(|| {
        let mut all = Fields::new();
        for line in include_str!("declared/namespaced.txt").lines() {
            let words: Vec<&'static str> = line.split(' ').collect();
            if let ["FIELD", kind, field, since] = words[..] {
                all.entry(kind)
                    .or_default()
                    .push((field, Age::since(since)));
            }
        }
        all
    });
    all.get(type_name).map_or(&[], Vec::as_slice)
}
