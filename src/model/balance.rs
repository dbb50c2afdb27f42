//! Who waits for whom: check-ins that want an acknowledgement and questions that
//! want an answer, from the point of view of one person, and how long answers take.

use chrono::TimeDelta;

use super::check_in::{CheckIn, Comment};
use super::goal::Goal;
use super::ids::{CheckInId, PersonId};
use super::time::Time;
use super::why;

/// Something that waits, or waited, for an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turn {
    /// True: I am the one to answer; false: I am the one who waits.
    pub on_me: bool,
    /// The other one.
    pub with: PersonId,
    /// A question; otherwise a check-in.
    pub is_question: bool,
    /// When it was written.
    pub since: Time,
    /// When the one who is to answer first answered: acknowledged it or wrote back.
    pub answered: Option<Time>,
    /// It waits still. A check-in does until it is acknowledged.
    pub waits: bool,
}

/// Everything about a goal that waited for `me`, or of mine for somebody else.
/// `kept_here` tells when I acknowledged a check-in on this machine; `names` gives
/// full names, for mentions.
pub fn turns(
    goal: &Goal,
    me: &PersonId,
    kept_here: &dyn Fn(&CheckInId) -> Option<Time>,
    names: &dyn Fn(&PersonId) -> String,
) -> Vec<Turn> {
    let check_ins = goal.check_ins.iter();
    let mut turns: Vec<Turn> = check_ins
        .filter_map(|check_in| of_check_in(goal, check_in, me, kept_here))
        .collect();
    if why::comments(goal).next().is_some() {
        let mut myself = None;
        let questions = why::comments(goal).filter_map(|(check_in, comment)| {
            if &comment.author == me {
                return of_mine(goal, check_in, comment, me);
            }
            why::is_asked_of(goal, check_in, comment, me, &mut myself, names)
                .then(|| to_me(goal, comment, me))
        });
        turns.extend(questions);
    }
    turns
}

fn of_check_in(
    goal: &Goal,
    check_in: &CheckIn,
    me: &PersonId,
    kept_here: &dyn Fn(&CheckInId) -> Option<Time>,
) -> Option<Turn> {
    let reader = goal.acknowledger(check_in)?;
    let on_me = reader == me;
    if on_me == (&check_in.author == me) {
        return None;
    }
    let here = on_me.then(|| kept_here(&check_in.id)).flatten();
    let there = check_in.acknowledged.as_ref();
    let by_reader = there.filter(|there| &there.by == reader);
    let replies = check_in.comments.iter();
    let reply = replies
        .filter(|comment| &comment.author == reader)
        .map(|comment| comment.at)
        .min();
    let answers = [by_reader.map(|there| there.at), here, reply];
    Some(Turn {
        on_me,
        with: if on_me { &check_in.author } else { reader }.clone(),
        is_question: false,
        since: check_in.at,
        answered: answers
            .into_iter()
            .flatten()
            .filter(|at| *at >= check_in.at)
            .min(),
        waits: check_in.waits() && here.is_none(),
    })
}

/// A question of mine, to whom it stands under.
fn of_mine(
    goal: &Goal,
    check_in: Option<&CheckIn>,
    comment: &Comment,
    me: &PersonId,
) -> Option<Turn> {
    if !why::asks(&comment.text) {
        return None;
    }
    let asked = match check_in {
        Some(check_in) if &check_in.author != me => Some(&check_in.author),
        Some(check_in) => goal.acknowledger(check_in),
        None => [&goal.champion, &goal.reviewer]
            .into_iter()
            .flatten()
            .find(|person| *person != me),
    };
    let with = asked.filter(|person| *person != me)?.clone();
    let answers = why::writings(goal).filter(|(author, _)| *author != me);
    Some(asked_turn(false, with, comment, answers))
}

fn to_me(goal: &Goal, comment: &Comment, me: &PersonId) -> Turn {
    let answers = why::writings(goal).filter(|(author, _)| *author == me);
    asked_turn(true, comment.author.clone(), comment, answers)
}

fn asked_turn<'a>(
    on_me: bool,
    with: PersonId,
    comment: &Comment,
    answers: impl Iterator<Item = (&'a PersonId, Time)>,
) -> Turn {
    let answered = answers.map(|(_, at)| at).filter(|at| *at > comment.at);
    let answered = answered.min();
    Turn {
        on_me,
        with,
        is_question: true,
        since: comment.at,
        answered,
        waits: answered.is_none(),
    }
}

/// Somebody who waits for me, or for whom I wait.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// Who.
    pub with: PersonId,
    /// So many check-ins.
    pub check_ins: usize,
    /// So many questions.
    pub questions: usize,
    /// Since when the oldest of these.
    pub since: Time,
}

/// The middle of several times to answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Median {
    /// How many answers are behind it.
    pub count: usize,
    /// The middle one; of an even number the mean of the two in the middle. None
    /// without an answer.
    pub span: Option<TimeDelta>,
}

/// Times to answer over a week and over the four weeks that end with it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spans {
    /// Answers given in the week.
    pub week: Median,
    /// Answers given in the four weeks.
    pub month: Median,
}

/// One side against the other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Balance {
    /// Who waits for me, longest first.
    pub on_me: Vec<Waiting>,
    /// For whom I wait, longest first.
    pub on_others: Vec<Waiting>,
    /// How long I took to answer.
    pub mine: Spans,
    /// How long others took to answer me.
    pub theirs: Spans,
}

/// The balance of all turns. The week is `week.0` up to, not including, `week.1`;
/// `month` is when the four weeks begin.
pub fn balance(turns: &[Turn], week: (Time, Time), month: Time) -> Balance {
    let spans = |on_me: bool| Spans {
        week: median(turns, on_me, week),
        month: median(turns, on_me, (month, week.1)),
    };
    Balance {
        on_me: waiting(turns, true),
        on_others: waiting(turns, false),
        mine: spans(true),
        theirs: spans(false),
    }
}

fn median(turns: &[Turn], on_me: bool, (from, until): (Time, Time)) -> Median {
    let answered = turns.iter().filter(|turn| turn.on_me == on_me);
    let mut spans: Vec<TimeDelta> = answered
        .filter_map(|turn| Some((turn.answered?, turn.since)))
        .filter(|(at, _)| (from..until).contains(at))
        .map(|(at, since)| at - since)
        .collect();
    spans.sort_unstable();
    let upper = spans.get(spans.len() / 2).copied();
    let lower = spans.get(spans.len().saturating_sub(1) / 2).copied();
    Median {
        count: spans.len(),
        span: upper.zip(lower).map(|(upper, lower)| (upper + lower) / 2),
    }
}

fn waiting(turns: &[Turn], on_me: bool) -> Vec<Waiting> {
    let mut waiting: Vec<Waiting> = Vec::new();
    let open = turns
        .iter()
        .filter(|turn| turn.on_me == on_me && turn.waits);
    let mut places = std::collections::HashMap::new();
    for turn in open {
        let place = *places.entry(&turn.with).or_insert_with(|| {
            waiting.push(Waiting {
                with: turn.with.clone(),
                check_ins: 0,
                questions: 0,
                since: turn.since,
            });
            waiting.len() - 1
        });
        if let Some(one) = waiting.get_mut(place) {
            one.check_ins += usize::from(!turn.is_question);
            one.questions += usize::from(turn.is_question);
            one.since = one.since.min(turn.since);
        }
    }
    waiting.sort_by(|one, other| (one.since, &one.with).cmp(&(other.since, &other.with)));
    waiting
}

#[cfg(test)]
mod tests;
