//! What this machine itself keeps in the demo: what was looked at, folded and put
//! off, one unfinished check-in, and one that could not be sent.

use std::collections::BTreeMap;

use crate::model::check_in::CheckIn;
use crate::model::entry::{Draft, DraftKey, Entry, EntryState, Form, Mark, Records, Seen};
use crate::model::exchange::{Change, Signature, Tell};
use crate::model::ids::{AccountName, GoalId, ResultId};
use crate::model::status::Status;
use crate::model::time::Now;

use super::calendar::Calendar;
use super::company::{CHURN, LAUNCH, QUESTION_PUT_OFF, REWRITE, ROUND, RUST, SUPPORT, person};
use super::{DOCS, WORK, signed_out};

/// The note of the unfinished check-in: 112 words.
const UNFINISHED: &str = "\
What moved: the median first answer is down to about thirty hours, and on good days we are below a \
day already. Jo has taken over the night queue and writes most of the saved answers now. Monday \
mornings are still bad: everything from the weekend waits until ten, and then the three of us answer \
the oldest first and never get to the new ones before noon.

Blockers: the phone plan does not let us forward calls at night, so people who call write a mail as \
well and we answer both.

Next: ask two people to try Monday from seven, move the phone plan, write down who decides about \
refunds.
";

/// Everything that is kept here when the demo starts.
pub fn records(now: Now) -> Records {
    let days = Calendar::new(now);
    Records {
        entries: vec![refused(&days)],
        drafts: vec![unfinished(&days)],
        marks: marks(&days),
    }
}

fn marks(days: &Calendar) -> Vec<Mark> {
    let values = [
        ("work:t-91", 3.80),
        ("work:t-92", 38.0),
        ("work:t-93", 44.0),
    ];
    let seen = Seen {
        status: Status::AtRisk.words().code.to_owned(),
        progress: Some(0.26),
        due: Some(days.day(12, 31)),
        champion: Some(person(WORK, "ana")),
        reviewer: Some(Some(person(WORK, "me"))),
        values: BTreeMap::from(values.map(|(id, value)| (ResultId::new(id), value))),
    };
    let mut marks = vec![
        Mark::Looked {
            goal: GoalId::new(CHURN),
            at: days.at(11, 13, 17, 20),
            seen,
        },
        // Asked under last week's check-in and put off: the check-in form shows it
        // as open, the queue does not.
        Mark::Later {
            item: format!("asked {QUESTION_PUT_OFF}"),
            until: days.next_monday(),
        },
    ];
    marks.extend([LAUNCH, RUST, ROUND].map(|goal| Mark::Folded {
        goal: GoalId::new(goal),
        folded: true,
    }));
    marks
}

fn unfinished(days: &Calendar) -> Draft {
    Draft {
        key: DraftKey {
            goal: Some(GoalId::new(SUPPORT)),
            form: Form::CheckIn,
        },
        fields: BTreeMap::from([("note".to_owned(), UNFINISHED.to_owned())]),
        focus: "note".to_owned(),
        cursor: (4, 0),
        scroll: 0,
        saved_at: days.at(11, 19, 16, 2),
    }
}

fn refused(days: &Calendar) -> Entry {
    let at = days.at(11, 19, 17, 5);
    let mut check_in = CheckIn::new("docs:c-mine".into(), person(DOCS, "me"), at);
    check_in.status = Some(Status::OnTrack);
    "For Bo, who is away until Monday: the billing guide is written and waits for pictures."
        .clone_into(&mut check_in.note);
    Entry {
        id: "c3k9wd7hq2xm".into(),
        seq: u64::try_from(at.timestamp_micros()).unwrap_or_default(),
        signature: Signature {
            by: person(DOCS, "me"),
            account: AccountName::new(DOCS),
            at,
        },
        change: Change::CheckIn {
            goal: GoalId::new(REWRITE),
            check_in,
            tell: Tell::default(),
        },
        draft: None,
        state: EntryState::Refused {
            fault: signed_out(),
        },
        attempts: 1,
        undo: None,
        base: None,
        trail: None,
        origin: None,
        rev: 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_unfinished_note_has_as_many_words_as_the_outbox_says() {
        assert_eq!(UNFINISHED.split_whitespace().count(), 112);
    }
}
