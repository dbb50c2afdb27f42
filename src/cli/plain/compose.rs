//! Text line by line, kept as a draft with every line; replies and remarks.

use std::collections::BTreeMap;

use crate::model::entry::{Draft, DraftKey, Form};
use crate::model::exchange::Change;
use crate::model::ids::{CheckInId, CommentId, GoalId};
use crate::model::text::{self, Shown};
use crate::model::time::Time;

use super::{Plain, Turn, words};

/// The field of a reply's draft, as the screens name it.
const TEXT: &str = "text";

/// How the writing of a text ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wrote {
    /// With a full stop.
    Done,
    /// To be written on later.
    Later,
    /// Not to be kept.
    Discard,
    /// Back to what comes before it.
    Back,
}

/// Makes the draft that keeps a text while it is written.
pub(super) type Keeper<'k> = &'k dyn Fn(&str, Time) -> Draft;

impl Plain<'_> {
    /// Takes lines until a single full stop; each is kept at once.
    pub(super) fn lines(&mut self, written: &mut String, keeper: Keeper<'_>) -> Turn<Wrote> {
        loop {
            let line = self.read(&Shown::default())?;
            match line.trim_end() {
                "." => return Ok(Wrote::Done),
                ".q" => return Ok(Wrote::Later),
                ".x" => return Ok(Wrote::Discard),
                ".b" => return Ok(Wrote::Back),
                ".c" => written.clear(),
                "e" | ".e" => {
                    if let Some(edited) = self.edit(written)? {
                        *written = edited;
                        let at = self.now().at;
                        self.keep(keeper(written, at));
                        return Ok(Wrote::Done);
                    }
                    continue;
                }
                typed => {
                    // A line that begins with a full stop is typed with two.
                    let typed = match typed.strip_prefix("..") {
                        Some(rest) => format!(".{rest}"),
                        None => typed.to_owned(),
                    };
                    if !written.is_empty() {
                        written.push('\n');
                    }
                    written.push_str(&text::editable(&typed));
                }
            }
            let at = self.now().at;
            self.keep(keeper(written, at));
        }
    }

    /// A reply to a check-in, or a remark on the goal.
    pub(super) fn reply(&mut self, goal: &GoalId, check_in: Option<&CheckInId>) -> Turn {
        let Some(goal) = self.goal(goal)? else {
            return Ok(());
        };
        let known = self.store().account(&goal.account);
        let ability = known.map(|known| match check_in {
            Some(_) => known.setup.abilities.comment,
            None => known.setup.abilities.remark,
        });
        if let Some(ability) = ability
            && self.is_refused(&goal.account, ability)?
        {
            return Ok(());
        }
        let kind = check_in.map_or(Form::Comment, |id| Form::Reply(id.clone()));
        let key = DraftKey {
            goal: Some(goal.id.clone()),
            form: kind,
        };
        let to = check_in
            .and_then(|id| goal.check_in(id))
            .map(|found| words::who(self.store(), &found.author));
        let lead = match to {
            Some(to) => format!("Reply to {to} on {}.", goal.name),
            None => format!("Remark on {}.", goal.name),
        };
        self.say(&text::line(&lead))?;
        let draft = self.store().draft(&key);
        let mut written = draft
            .and_then(|draft| draft.fields.get(TEXT).cloned())
            .unwrap_or_default();
        self.say_restored(&written)?;
        self.say(&Shown::fixed(
            "Write line by line. A single full stop ends it, e opens your editor.",
        ))?;
        let keeper = |text: &str, at: Time| Draft {
            key: key.clone(),
            fields: BTreeMap::from([(TEXT.to_owned(), text.to_owned())]),
            focus: TEXT.to_owned(),
            cursor: (usize::MAX, 0),
            scroll: 0,
            saved_at: at,
        };
        let mut wrote = self.lines(&mut written, &keeper)?;
        loop {
            match wrote {
                Wrote::Later | Wrote::Back => return self.keep_or_drop(&key, &written),
                Wrote::Discard => {
                    if self.throws_away(&key, &written)? {
                        return Ok(());
                    }
                }
                Wrote::Done => {}
            }
            let question = "p post, m more lines, e editor, d draft, x discard: ";
            let answer = self.ask(&Shown::fixed(question))?;
            wrote = match answer.trim().to_lowercase().as_str() {
                "p" if written.trim().is_empty() => {
                    self.say(&Shown::fixed("Nothing is written yet."))?;
                    Wrote::Done
                }
                "p" => {
                    let change = Change::Comment {
                        goal: goal.id.clone(),
                        check_in: check_in.cloned(),
                        id: CommentId::new(self.session.new_id(&goal.account, 'm')),
                        text: written.trim().to_owned(),
                    };
                    self.post(&goal.account, change, Some(key.clone()), "Posted.")?;
                    return Ok(());
                }
                "m" => self.lines(&mut written, &keeper)?,
                "e" => {
                    if let Some(edited) = self.edit(&written)? {
                        written = edited;
                        let at = self.now().at;
                        self.keep(keeper(&written, at));
                    }
                    Wrote::Done
                }
                "d" => Wrote::Later,
                "x" => Wrote::Discard,
                other => {
                    self.say(&crate::shown!("No choice {other}; nothing changed."))?;
                    Wrote::Done
                }
            };
        }
    }

    /// Reads what a draft kept.
    pub(super) fn say_restored(&mut self, written: &str) -> Turn {
        let lines = words::noted("Your draft", written, usize::MAX);
        self.say_all(&lines)
    }

    /// Leaves a form: its draft stays if there is anything in it.
    pub(super) fn keep_or_drop(&mut self, key: &DraftKey, written: &str) -> Turn {
        if written.trim().is_empty() {
            self.begin(vec![crate::store::effect::Command::Discard(key.clone())]);
            return Ok(());
        }
        self.say(&Shown::fixed("Kept as a draft."))
    }

    /// Throws a draft away, after asking; whether it did.
    pub(super) fn throws_away(&mut self, key: &DraftKey, written: &str) -> Turn<bool> {
        let question = Shown::fixed("Throw away what you wrote?");
        if !written.trim().is_empty() && !self.agrees(&question)? {
            return Ok(false);
        }
        self.begin(vec![crate::store::effect::Command::Discard(key.clone())]);
        self.say(&Shown::fixed("Thrown away."))?;
        Ok(true)
    }
}
