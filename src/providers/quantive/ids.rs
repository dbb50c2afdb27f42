//! Our ids of their things: `ACCOUNT:g:ID` for goals, `k` key results, `u` users
//! and teams, `h` check-ins.

use std::collections::HashMap;

use crate::model::exchange::{Fault, FaultKind};
use crate::model::ids::AccountName;

/// Makes ours of theirs.
pub fn ours(account: &AccountName, sort: char, id: &str) -> String {
    format!("{account}:{sort}:{id}")
}

/// Theirs of ours; none for what was made here and for ids of another sort.
pub fn theirs<'a>(account: &AccountName, sort: char, id: &'a str) -> Option<&'a str> {
    let rest = id.strip_prefix(account.as_str())?.strip_prefix(':')?;
    let rest = rest.strip_prefix(sort)?.strip_prefix(':')?;
    (!rest.is_empty()).then_some(rest)
}

/// As [`theirs`], for writing.
///
/// # Errors
/// Quantive does not know it, or the id does not name one thing.
pub fn writable<'a>(account: &AccountName, sort: char, id: &'a str) -> Result<&'a str, Fault> {
    let Some(theirs) = theirs(account, sort, id) else {
        return Err(Fault::new(
            FaultKind::Gone,
            "Quantive does not know it (yet)",
            "drop this entry (D) or copy its text (y)",
        ));
    };
    if is_repeated(theirs) {
        return Err(Fault::new(
            FaultKind::Unsupported,
            "Quantive gave several things this same id, so it cannot be told which is meant",
            "do it on Quantive's own page, or drop this entry (D)",
        ));
    }
    Ok(theirs)
}

/// Whether it was given to the second thing with an id, or a later one.
fn is_repeated(id: &str) -> bool {
    id.rsplit_once('~').is_some_and(|(_, number)| {
        !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
    })
}

/// Ids that were given away in one answer.
#[derive(Debug, Default)]
pub struct Given(HashMap<String, usize>);

impl Given {
    /// The id itself for the first thing that has it, `ID~2` for the second.
    pub fn give(&mut self, id: &str) -> String {
        let count = self.0.entry(id.to_owned()).or_default();
        *count += 1;
        match *count {
            1 => id.to_owned(),
            count => format!("{id}~{count}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_go_there_and_back() {
        let account = AccountName::new("work");
        let goal = ours(&account, 'g', "64f0:x");
        assert_eq!(theirs(&account, 'g', &goal), Some("64f0:x"));
        assert_eq!(theirs(&account, 'k', &goal), None);
        assert_eq!(theirs(&AccountName::new("wor"), 'g', &goal), None);
        let made_here = "work:g01234abcde";
        assert_eq!(
            writable(&account, 'g', made_here).unwrap_err().kind,
            FaultKind::Gone
        );
    }

    #[test]
    fn the_second_thing_with_an_id_is_shown_and_not_written_to() {
        let account = AccountName::new("work");
        let mut given = Given::default();
        let names: Vec<String> = (0..3).map(|_| given.give("string")).collect();
        assert_eq!(names, ["string", "string~2", "string~3"]);
        let second = ours(&account, 'g', &names[1]);
        let refused = writable(&account, 'g', &second).unwrap_err();
        assert_eq!(refused.kind, FaultKind::Unsupported);
        assert!(writable(&account, 'g', "work:g:a~b").is_ok());
    }
}
