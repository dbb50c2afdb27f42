//! Why a goal needs attention: which reasons are true (as data, also behind the
//! attention score) and how each is worded. And which questions wait for whom.

use std::slice;

use chrono::NaiveDate;

use super::apply;
use super::check_in::{CheckIn, Comment};
use super::dates;
use super::figures::{Context, Figures};
use super::forecast::{self, Forecast};
use super::goal::{Goal, Nature};
use super::ids::{CheckInId, CommentId, PersonId};
use super::key_result::{Guardrail, KeyResult, Kind, Reading};
use super::pace;
use super::person::Person;
use super::progress;
use super::status::Status;
use super::time::{Now, Time};
use super::values;

/// Days in which a fall of the status counts.
const FALL_DAYS: i64 = 21;
/// Days after which a question without an answer counts.
const QUESTION_DAYS: i64 = 3;
/// Days after which a check-in without acknowledgement counts.
const WAITING_DAYS: i64 = 7;
/// So many check-ins without a move count.
const UNCHANGED: usize = 3;
/// From this gap on, behind is a reason.
const BEHIND: f64 = 0.10;

/// One reason in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Why {
    /// `behind`, `off_track`, … as in JSON.
    pub code: &'static str,
    /// 1 is the most serious, 13 the least.
    pub rank: u8,
    /// Points behind, where that is the reason.
    pub points: Option<i64>,
    /// The whole sentence, without a full stop. Names and quotes in it are foreign
    /// text.
    pub text: String,
    /// The same without its details, for narrow places.
    pub short: String,
}

/// A reason that is true, as data. The order of the variants is their rank.
#[derive(Clone, Debug, PartialEq)]
pub enum Reason<'a> {
    /// A guardrail does not hold.
    GuardrailBroken {
        /// Which; the first of them.
        result: &'a KeyResult,
        /// What it reads.
        reading: &'a Reading,
        /// How many more are broken.
        more: usize,
    },
    /// The due day is past and the goal still open.
    PastDue {
        /// Whole days after it.
        days: i64,
        /// The day.
        due: NaiveDate,
    },
    /// A check-in is overdue.
    Late {
        /// Whole days after its due day.
        days: i64,
    },
    /// Nobody answers for it.
    NoChampion,
    /// Somebody says it is off track.
    OffTrack {
        /// The check-in that said so first; none if only the provider knows.
        by: Option<&'a CheckIn>,
    },
    /// At least ten points behind what is expected.
    Behind {
        /// Done, 0–1.
        done: f64,
        /// Expected, 0–1.
        expected: f64,
    },
    /// The last two moves of a key result went against its direction.
    WrongWay {
        /// Which; the first of them.
        result: &'a KeyResult,
        /// Its last three values, oldest first.
        values: [f64; 3],
    },
    /// A key result that is behind will not reach its target this way.
    Forecast {
        /// Which; the one that ends lowest.
        result: &'a KeyResult,
        /// Where it ends.
        forecast: Forecast,
    },
    /// The status got worse within three weeks, and has not come back.
    StatusFell {
        /// What it fell from each time, oldest first.
        from: Vec<Status>,
    },
    /// Confidence is at least 2 lower than in the check-in before.
    ConfidenceFell {
        /// Before.
        from: u8,
        /// Now.
        to: u8,
    },
    /// A key result that is not reached has not moved for three check-ins.
    Unchanged {
        /// Which; the one that rests longest.
        result: &'a KeyResult,
        /// For how many check-ins.
        check_ins: usize,
    },
    /// A question has no answer for more than three days.
    Question {
        /// The oldest of them.
        comment: &'a Comment,
        /// For how many days.
        days: i64,
    },
    /// A check-in waits for its acknowledgement for more than seven days.
    Waiting {
        /// The oldest of them.
        check_in: &'a CheckIn,
        /// For how many days.
        days: i64,
    },
}

impl Reason<'_> {
    /// 1 is the most serious, 13 the least.
    pub fn rank(&self) -> u8 {
        match self {
            Reason::GuardrailBroken { .. } => 1,
            Reason::PastDue { .. } => 2,
            Reason::Late { .. } => 3,
            Reason::NoChampion => 4,
            Reason::OffTrack { .. } => 5,
            Reason::Behind { .. } => 6,
            Reason::WrongWay { .. } => 7,
            Reason::Forecast { .. } => 8,
            Reason::StatusFell { .. } => 9,
            Reason::ConfidenceFell { .. } => 10,
            Reason::Unchanged { .. } => 11,
            Reason::Question { .. } => 12,
            Reason::Waiting { .. } => 13,
        }
    }

    /// The word in JSON.
    pub fn code(&self) -> &'static str {
        match self {
            Reason::GuardrailBroken { .. } => "guardrail_broken",
            Reason::PastDue { .. } => "past_due",
            Reason::Late { .. } => "late",
            Reason::NoChampion => "no_champion",
            Reason::OffTrack { .. } => "off_track",
            Reason::Behind { .. } => "behind",
            Reason::WrongWay { .. } => "wrong_way",
            Reason::Forecast { .. } => "forecast",
            Reason::StatusFell { .. } => "status_fell",
            Reason::ConfidenceFell { .. } => "confidence_fell",
            Reason::Unchanged { .. } => "unchanged",
            Reason::Question { .. } => "question",
            Reason::Waiting { .. } => "waiting",
        }
    }
}

/// How much a goal needs attention: Σ 2^(13−rank) of its reasons, so that a more
/// serious one outweighs all lesser ones together. Closed goals 0.
pub fn attention(goal: &Goal, figures: &Figures, context: &Context<'_>) -> u32 {
    let mut score = 0;
    each_reason(goal, figures, context, |reason| {
        score += 1 << (13 - u32::from(reason.rank()));
    });
    score
}

/// The reasons that are true, most serious first, each at most once. Of closed
/// goals none; of paused ones none that time alone brings.
pub fn reasons<'a>(goal: &'a Goal, figures: &Figures, context: &Context<'_>) -> Vec<Reason<'a>> {
    let mut reasons = Vec::new();
    each_reason(goal, figures, context, |reason| reasons.push(reason));
    reasons
}

/// Finds the reasons one by one, without a list: scores need none.
fn each_reason<'a>(
    goal: &'a Goal,
    figures: &Figures,
    context: &Context<'_>,
    mut found: impl FnMut(Reason<'a>),
) {
    if !goal.is_open() || goal.nature == Nature::Folder {
        return;
    }
    let now = context.now;
    let goes_on = goal.status != Status::Paused;
    let results = !goal.results.is_empty();
    let said = !goal.check_ins.is_empty();
    let mut tell = |reason: Option<Reason<'a>>| {
        if let Some(reason) = reason {
            found(reason);
        }
    };
    if results {
        tell(guardrail_broken(goal));
    }
    if goes_on {
        tell(past_due(goal, figures, now));
        let days = figures.late_days;
        tell((days > 0).then_some(Reason::Late { days }));
    }
    tell(goal.champion.is_none().then_some(Reason::NoChampion));
    if goal.status == Status::OffTrack {
        let by = first_said(goal, Status::OffTrack);
        tell(Some(Reason::OffTrack { by }));
    }
    if goes_on {
        tell(behind(figures));
        if results && said {
            tell(wrong_way(goal));
        }
        if results {
            tell(will_miss(goal, context));
        }
    }
    if said {
        tell(status_fell(goal, now));
        tell(confidence_fell(goal));
        if goes_on && results {
            tell(unchanged(goal));
        }
    }
    if said || !goal.comments.is_empty() {
        tell(question(goal, now));
    }
    if said {
        tell(waiting(goal, now));
    }
}

fn guardrail_broken(goal: &Goal) -> Option<Reason<'_>> {
    let mut broken = goal.results.iter().filter_map(|result| {
        let reading = result.current.as_ref()?;
        (progress::is_held(result, reading) == Some(false)).then_some((result, reading))
    });
    let (result, reading) = broken.next()?;
    Some(Reason::GuardrailBroken {
        result,
        reading,
        more: broken.count(),
    })
}

fn past_due<'a>(goal: &Goal, figures: &Figures, now: &Now) -> Option<Reason<'a>> {
    let due = goal.due.filter(|_| figures.elapsed >= Some(1.0))?;
    let days = (now.today() - due).num_days();
    (days > 0).then_some(Reason::PastDue { days, due })
}

/// The oldest of the latest check-ins that all say this status.
fn first_said(goal: &Goal, status: Status) -> Option<&CheckIn> {
    let mut first = None;
    for check_in in goal.check_ins.iter().rev() {
        match check_in.status {
            Some(said) if said == status => first = Some(check_in),
            Some(_) => break,
            None => {}
        }
    }
    first
}

fn behind<'a>(figures: &Figures) -> Option<Reason<'a>> {
    let (gap, expected, done) = (figures.gap?, figures.expected?, figures.done()?);
    let gap = (gap * 1e9).round() / 1e9;
    (gap <= -BEHIND && figures.pace? != pace::Pace::TooEarly)
        .then_some(Reason::Behind { done, expected })
}

/// Whether a key result has been reached, so that it may rest or turn.
fn is_reached(result: &KeyResult) -> bool {
    progress::of_result(result).is_some_and(|progress| progress.p >= 1.0)
}

fn wrong_way(goal: &Goal) -> Option<Reason<'_>> {
    goal.results.iter().find_map(|result| {
        let falling = progress::is_falling(result)?;
        if is_reached(result) {
            return None;
        }
        let mut readings = goal
            .check_ins
            .iter()
            .rev()
            .filter_map(|check_in| check_in.value_of(&result.id))
            .map(Reading::number);
        let (last, middle, first) = (readings.next()?, readings.next()?, readings.next()?);
        let is_worse = |from: f64, to: f64| if falling { to > from } else { to < from };
        (is_worse(first, middle) && is_worse(middle, last)).then_some(Reason::WrongWay {
            result,
            values: [first, middle, last],
        })
    })
}

fn will_miss<'a>(goal: &'a Goal, context: &Context<'_>) -> Option<Reason<'a>> {
    goal.results
        .iter()
        .filter(|result| result.kind.is_ranged())
        .filter(|result| {
            pace::of_result(goal, result, context.now, context.rules)
                .is_some_and(|pace| pace.pace.is_behind())
        })
        .filter_map(|result| {
            let forecast = forecast::forecast(goal, result, context.now)?;
            (forecast.progress < 1.0).then_some((result, forecast))
        })
        .min_by(|(_, one), (_, other)| one.progress.total_cmp(&other.progress))
        .map(|(result, forecast)| Reason::Forecast { result, forecast })
}

fn status_fell<'a>(goal: &Goal, now: &Now) -> Option<Reason<'a>> {
    let present = goal.status.rank()?;
    let mut from = Vec::new();
    let mut later: Option<(u8, Time)> = None;
    for check_in in goal.check_ins.iter().rev() {
        let Some((status, rank)) = check_in
            .status
            .and_then(|status| Some((status, status.rank()?)))
        else {
            continue;
        };
        if let Some((after, at)) = later {
            if now.days_since(at) > FALL_DAYS {
                break;
            }
            if after < rank {
                from.push(status);
            }
        }
        later = Some((rank, check_in.at));
    }
    from.reverse();
    let highest = from.iter().filter_map(|status| status.rank()).max()?;
    (present < highest).then_some(Reason::StatusFell { from })
}

fn confidence_fell<'a>(goal: &Goal) -> Option<Reason<'a>> {
    let mut said = goal
        .check_ins
        .iter()
        .rev()
        .filter_map(|check_in| check_in.confidence);
    let (to, from) = (said.next()?, said.next()?);
    (from >= to.saturating_add(2)).then_some(Reason::ConfidenceFell { from, to })
}

fn unchanged(goal: &Goal) -> Option<Reason<'_>> {
    goal.results
        .iter()
        .filter(|result| {
            // Yes/no moves only once, a guardrail and a baseline may rest.
            progress::is_falling(result).is_some()
                && result.kind != Kind::YesNo
                && !is_reached(result)
        })
        .map(|result| (result, rests_for(goal, result)))
        .filter(|(_, check_ins)| *check_ins >= UNCHANGED)
        .max_by_key(|(_, check_ins)| *check_ins)
        .map(|(result, check_ins)| Reason::Unchanged { result, check_ins })
}

/// How many check-ins were written since a key result moved last. A check-in that
/// does not name it left it as it was; those before it was first named do not
/// count, since it may not have been there.
fn rests_for(goal: &Goal, result: &KeyResult) -> usize {
    let (mut count, mut sure) = (0, 0);
    for (place, check_in) in goal.check_ins.iter().enumerate().rev() {
        let Some(change) = check_in
            .values
            .iter()
            .find(|change| change.result == result.id)
        else {
            count += usize::from(check_in.occasion.is_regular());
            continue;
        };
        let before = change.before.as_ref().or_else(|| {
            let earlier = goal.check_ins.get(..place).unwrap_or_default();
            earlier
                .iter()
                .rev()
                .find_map(|earlier| earlier.value_of(&result.id))
        });
        if before != Some(&change.now) {
            return count;
        }
        count += usize::from(check_in.occasion.is_regular());
        sure = count;
    }
    sure
}

/// Everything written on a goal: who and when.
pub(super) fn writings(goal: &Goal) -> impl Iterator<Item = (&PersonId, Time)> {
    let said = goal.check_ins.iter();
    said.map(|check_in| (&check_in.author, check_in.at))
        .chain(comments(goal).map(|(_, comment)| (&comment.author, comment.at)))
}

/// Every comment on a goal, with the check-in it is under.
pub(super) fn comments(goal: &Goal) -> impl Iterator<Item = (Option<&CheckIn>, &Comment)> {
    let under = goal.check_ins.iter().flat_map(|check_in| {
        let comments = check_in.comments.iter();
        comments.map(move |comment| (Some(check_in), comment))
    });
    under.chain(goal.comments.iter().map(|comment| (None, comment)))
}

/// Whether a comment asks something: its last letter is a question mark.
pub(super) fn asks(text: &str) -> bool {
    text.trim_end_matches(|letter: char| {
        letter.is_whitespace() || matches!(letter, '*' | '_' | '"' | '”' | '\'' | '’' | ')')
    })
    .ends_with(['?', '？', '؟', '\u{37e}'])
}

/// The oldest question to which nobody but the asker has written since, older than
/// three days.
fn question<'a>(goal: &'a Goal, now: &Now) -> Option<Reason<'a>> {
    let days = |comment: &Comment| now.days_since(comment.at);
    comments(goal)
        .map(|(_, comment)| comment)
        .filter(|comment| days(comment) > QUESTION_DAYS && asks(&comment.text))
        .filter(|comment| {
            !writings(goal).any(|(author, at)| at > comment.at && author != &comment.author)
        })
        .min_by_key(|comment| comment.at)
        .map(|comment| Reason::Question {
            comment,
            days: days(comment),
        })
}

fn waiting<'a>(goal: &'a Goal, now: &Now) -> Option<Reason<'a>> {
    goal.check_ins
        .iter()
        .filter(|check_in| now.days_since(check_in.at) > WAITING_DAYS)
        .find(|check_in| check_in.waits() && goal.acknowledger(check_in).is_some())
        .map(|check_in| Reason::Waiting {
            check_in,
            days: now.days_since(check_in.at),
        })
}

/// The reasons in words, most serious first; screens show five. `me` is who reads,
/// `names` gives a person's full name.
pub fn why(
    goal: &Goal,
    figures: &Figures,
    context: &Context<'_>,
    me: Option<&PersonId>,
    names: &dyn Fn(&PersonId) -> String,
) -> Vec<Why> {
    let words = Words {
        goal,
        now: context.now,
        me,
        names,
    };
    reasons(goal, figures, context)
        .iter()
        .map(|reason| words.of(reason))
        .collect()
}

struct Words<'a> {
    goal: &'a Goal,
    now: &'a Now,
    me: Option<&'a PersonId>,
    names: &'a dyn Fn(&PersonId) -> String,
}

impl Words<'_> {
    fn of(&self, reason: &Reason<'_>) -> Why {
        let mut points = None;
        // The sentence, and how it goes on where there is room.
        let (short, rest) = match reason {
            Reason::GuardrailBroken {
                result,
                reading,
                more,
            } => broken_words(result, reading, *more),
            Reason::PastDue { days, due } => (
                format!("{} past its due date", dates::days(*days)),
                format!(", {}", dates::day(*due, self.now)),
            ),
            Reason::Late { days } => (
                format!("check-in {} late", dates::days(*days)),
                String::new(),
            ),
            Reason::NoChampion => ("no champion".to_owned(), String::new()),
            Reason::OffTrack { by: None } => ("it is Off track".to_owned(), String::new()),
            Reason::OffTrack { by: Some(said) } => {
                let (who, when) = (self.who(&said.author), dates::on_day(said.at, self.now));
                (format!("{who} set it Off track {when}"), String::new())
            }
            Reason::Behind { done, expected } => {
                let behind = -progress::points(done - expected);
                points = Some(behind);
                let done = progress::percent_spaced(*done);
                let expected = progress::percent_spaced(*expected);
                (
                    format!("behind pace by {behind} points"),
                    format!(" ({done} done, {expected} expected)"),
                )
            }
            Reason::WrongWay { result, values } => wrong_words(result, values),
            Reason::Forecast { result, forecast } => forecast_words(result, forecast),
            Reason::StatusFell { from } => {
                let times = match from.len() {
                    1 => "once".to_owned(),
                    2 => "twice".to_owned(),
                    times => format!("{times} times"),
                };
                let was: Vec<&str> = from.iter().map(|status| status.words().word).collect();
                (
                    format!("status fell {times} in 3 weeks"),
                    format!(" (was {})", was.join(", ")),
                )
            }
            Reason::ConfidenceFell { from, to } => (
                format!("confidence fell from {from} to {to}"),
                String::new(),
            ),
            Reason::Unchanged { result, check_ins } => (
                format!("{}: unchanged for {check_ins} check-ins", result.name),
                String::new(),
            ),
            Reason::Question { comment, days } => self.question_words(comment, *days),
            Reason::Waiting { check_in, days } => {
                let reader = self.goal.acknowledger(check_in);
                let reader = reader.map_or_else(|| "nobody".to_owned(), |reader| self.who(reader));
                (
                    format!("not acknowledged for {}", dates::days(*days)),
                    format!(", waits for {reader}"),
                )
            }
        };
        Why {
            code: reason.code(),
            rank: reason.rank(),
            points,
            text: format!("{short}{rest}"),
            short,
        }
    }

    fn who(&self, person: &PersonId) -> String {
        if self.me == Some(person) {
            "you".to_owned()
        } else {
            (self.names)(person)
        }
    }

    fn question_words(&self, comment: &Comment, days: i64) -> (String, String) {
        let asker = self.who(&comment.author);
        let waits = if self.me.is_some() && self.me == self.goal.champion.as_ref() {
            "you have not answered"
        } else {
            "no answer yet"
        };
        let mut line: String = comment.text.lines().next().unwrap_or_default().to_owned();
        if line.chars().count() > 60 {
            line = line.chars().take(59).chain(['…']).collect();
        }
        (
            format!("{asker} asked {} ago, {waits}", dates::days(days)),
            format!(": \"{line}\""),
        )
    }
}

fn broken_words(result: &KeyResult, reading: &Reading, more: usize) -> (String, String) {
    let Kind::Guardrail(Guardrail {
        limit,
        above,
        strict,
        ..
    }) = result.kind
    else {
        return (format!("{}: broken", result.name), String::new());
    };
    let side = match (above, strict) {
        (true, false) => "at least",
        (true, true) => "above",
        (false, false) => "at most",
        (false, true) => "below",
    };
    let value = values::show(result, reading);
    let limit = values::show(result, &Reading::Number(limit));
    let more = match more {
        0 => String::new(),
        more => format!(", and {more} more"),
    };
    (
        format!("{}: broken at {value}", result.name),
        format!(" (must be {side} {limit}){more}"),
    )
}

fn wrong_words(result: &KeyResult, readings: &[f64; 3]) -> (String, String) {
    let places = readings.iter().map(|value| values::decimals(*value));
    let places = places.max().unwrap_or(0);
    let row: Vec<String> = readings
        .iter()
        .map(|value| values::fixed(*value, places))
        .collect();
    (
        format!("{}: moved the wrong way twice", result.name),
        format!(", {}", values::with_unit(result, row.join(" → "))),
    )
}

/// `this trend ends at 37 % (33–40 %); needs −0.28 a week, trend −0.06 a week`.
pub fn outlook_words(forecast: &Forecast) -> String {
    let (end, weeks) = forecast_halves(forecast);
    end + &weeks
}

fn forecast_words(result: &KeyResult, forecast: &Forecast) -> (String, String) {
    let (end, weeks) = forecast_halves(forecast);
    (format!("{}: {end}", result.name), weeks)
}

fn forecast_halves(forecast: &Forecast) -> (String, String) {
    let needed = forecast.needed_per_week;
    let largest = needed.unwrap_or(0.0).abs().max(forecast.per_week.abs());
    let places = if largest < 0.1 { 4 } else { 2 };
    let a_week = |value: f64| {
        let text = values::number(values::rounded(value, places));
        let (sign, digits) = match text.strip_prefix('-') {
            Some(digits) => ("−", digits),
            None if text == "0" => ("", text.as_str()),
            None => ("+", text.as_str()),
        };
        format!("{sign}{digits} a week")
    };
    let (by, moves) = if forecast.rough {
        ("the mean pace so far", "so far")
    } else {
        ("this trend", "trend")
    };
    let needs = needed.map_or_else(String::new, |needed| format!("needs {}, ", a_week(needed)));
    (
        format!("{by} ends at {}", forecast.percent_words()),
        format!("; {needs}{moves} {}", a_week(forecast.per_week)),
    )
}

/// A comment that waits for somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// Which comment.
    pub comment: CommentId,
    /// Under which check-in; none on the goal itself.
    pub check_in: Option<CheckInId>,
    /// When it was written.
    pub at: Time,
    /// Who wrote it.
    pub by: PersonId,
    /// The comment: foreign text.
    pub text: String,
}

/// The oldest comment on a goal that waits for my answer. It waits if somebody
/// else wrote it, I have written nothing on the goal since (neither comment nor
/// check-in), and it either names me with `@`, or ends in a question mark and is
/// meant for me: it stands under my check-in or on a goal I am champion of, I
/// wrote in the same thread before, or its author turns to me as the one who
/// acknowledges. `names` gives a person's full name, for `@`.
pub fn open_question(
    goal: &Goal,
    me: &PersonId,
    names: &dyn Fn(&PersonId) -> String,
) -> Option<Question> {
    // Most goals have no comment: nothing else is asked for them.
    comments(goal).next()?;
    let written = writings(goal)
        .filter(|(author, _)| *author == me)
        .map(|(_, at)| at)
        .max();
    let mut myself = None;
    comments(goal)
        .filter(|(_, comment)| &comment.author != me)
        .filter(|(_, comment)| written.is_none_or(|written| comment.at > written))
        .filter(|(check_in, comment)| is_asked_of(goal, *check_in, comment, me, &mut myself, names))
        .min_by_key(|(_, comment)| comment.at)
        .map(|(check_in, comment)| Question {
            comment: comment.id.clone(),
            check_in: check_in.map(|check_in| check_in.id.clone()),
            at: comment.at,
            by: comment.author.clone(),
            text: comment.text.clone(),
        })
}

/// Whether a comment of somebody else wants an answer of mine: it asks something
/// that is meant for me, or names me with `@`. `myself` is made when it is needed.
pub(super) fn is_asked_of(
    goal: &Goal,
    check_in: Option<&CheckIn>,
    comment: &Comment,
    me: &PersonId,
    myself: &mut Option<Person>,
    names: &dyn Fn(&PersonId) -> String,
) -> bool {
    if asks(&comment.text) && is_meant_for(goal, check_in, comment, me) {
        return true;
    }
    if !comment.text.contains('@') {
        return false;
    }
    let myself = myself.get_or_insert_with(|| Person {
        id: me.clone(),
        account: goal.account.clone(),
        name: names(me),
        handle: String::new(),
    });
    !apply::mentions(&comment.text, slice::from_ref(myself)).is_empty()
}

fn is_meant_for(goal: &Goal, check_in: Option<&CheckIn>, comment: &Comment, me: &PersonId) -> bool {
    let (owner, reader, thread) = match check_in {
        Some(check_in) => (
            Some(&check_in.author),
            goal.acknowledger(check_in),
            &check_in.comments,
        ),
        None => (
            goal.champion.as_ref(),
            goal.reviewer.as_ref(),
            &goal.comments,
        ),
    };
    owner == Some(me)
        || (owner == Some(&comment.author) && reader == Some(me))
        || thread
            .iter()
            .any(|other| &other.author == me && other.at < comment.at)
}

#[cfg(test)]
mod tests;
