//! When check-ins are asked for, and what is due, late or outdated.

use chrono::{Datelike, Days, NaiveDate, Weekday};
use serde::{Deserialize, Serialize};

use super::goal::Goal;
use super::status::Status;
use super::time::Now;

/// More days past due than this and the last status no longer says anything.
const OUTDATED_AFTER: i64 = 3;

/// How often a check-in is asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum Cadence {
    /// Never.
    #[default]
    None,
    /// Every week on this day.
    Weekly(Weekday),
    /// Every second week on this day.
    Biweekly(Weekday),
    /// On this day of every month (1–31; the month's last day if it has fewer).
    Monthly(u8),
    /// On this day of the first month of every quarter.
    Quarterly(u8),
}

impl std::fmt::Display for Cadence {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let day = |day: &Weekday| day.to_string().to_lowercase();
        match self {
            Cadence::None => f.write_str("none"),
            Cadence::Weekly(on) => write!(f, "weekly:{}", day(on)),
            Cadence::Biweekly(on) => write!(f, "biweekly:{}", day(on)),
            Cadence::Monthly(on) => write!(f, "monthly:{on}"),
            Cadence::Quarterly(on) => write!(f, "quarterly:{on}"),
        }
    }
}

impl From<Cadence> for String {
    fn from(cadence: Cadence) -> Self {
        cadence.to_string()
    }
}

impl TryFrom<String> for Cadence {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl std::str::FromStr for Cadence {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let plain = text.trim().to_lowercase();
        let (word, on) = plain.split_once(':').unwrap_or((&plain, ""));
        let weekday = || match on {
            "" => Ok(Weekday::Fri),
            on => on
                .parse()
                .map_err(|_| format!("no day of the week: \"{on}\"; write mon, tue, … sun")),
        };
        let day = || match on {
            "" => Ok(1),
            on => on
                .parse()
                .ok()
                .filter(|day| (1..=31).contains(day))
                .ok_or_else(|| format!("no day of a month: \"{on}\"; write 1 to 31")),
        };
        match word {
            "none" if on.is_empty() => Ok(Cadence::None),
            "weekly" => weekday().map(Cadence::Weekly),
            "biweekly" => weekday().map(Cadence::Biweekly),
            "monthly" => day().map(Cadence::Monthly),
            "quarterly" => day().map(Cadence::Quarterly),
            _ => Err(format!(
                "no cadence: \"{text}\"; write weekly:fri, biweekly:mon, monthly:1, quarterly:1 or none"
            )),
        }
    }
}

impl Cadence {
    /// How many days before its due day a check-in already counts for it: a weekly
    /// one written on Tuesday is not the one for Friday week, but a monthly one of
    /// the 27th is meant for the 1st.
    pub fn early_days(self) -> u64 {
        match self {
            Cadence::None => 0,
            Cadence::Weekly(_) | Cadence::Biweekly(_) => 3,
            Cadence::Monthly(_) | Cadence::Quarterly(_) => 7,
        }
    }

    /// The first due day on or after `from`; every second week counts from the
    /// first due day on or after `anchor`. None without a cadence and at the end
    /// of the calendar.
    pub fn first_from(self, from: NaiveDate, anchor: NaiveDate) -> Option<NaiveDate> {
        match self {
            Cadence::None => None,
            Cadence::Weekly(on) => next_weekday(from, on),
            Cadence::Biweekly(on) => {
                let first = next_weekday(anchor, on)?;
                let past = u64::try_from((from - first).num_days()).unwrap_or(0);
                first.checked_add_days(Days::new(past.div_ceil(14) * 14))
            }
            Cadence::Monthly(on) => next_in_months(from, on, 1),
            Cadence::Quarterly(on) => next_in_months(from, on, 3),
        }
    }
}

fn next_weekday(from: NaiveDate, on: Weekday) -> Option<NaiveDate> {
    from.checked_add_days(Days::new(u64::from(on.days_since(from.weekday()))))
}

/// This day of the first month of a stretch of `months` (counted from January),
/// or the month's last day if it is shorter.
fn next_in_months(from: NaiveDate, on: u8, months: u32) -> Option<NaiveDate> {
    let (mut year, mut month) = (from.year(), from.month0() / months * months + 1);
    loop {
        let first = NaiveDate::from_ymd_opt(year, month, 1)?;
        let on = u32::from(on).clamp(1, u32::from(first.num_days_in_month()));
        let due = first.with_day(on)?;
        if due >= from {
            return Some(due);
        }
        month += months;
        if month > 12 {
            (year, month) = (year + 1, month - 12);
        }
    }
}

/// The due day that waits for a check-in, past or coming; none for goals that are
/// closed or paused, and without a cadence.
///
/// - A check-in counts for a due day if it was written after the one before and at
///   the latest on the day, or up to [`Cadence::early_days`] before it; so the day
///   that waits is the first one more than that many days after the last check-in.
/// - Before the first check-in it is the first due day on or after the day the
///   goal began or was made, whichever came later: nobody is late for what was
///   asked before the goal was known.
/// - A provider's own next day goes before ours, until a check-in newer than its
///   reckoning (written on it, a day before it, or a week where months count)
///   has answered it. Where the provider tells when each key result was checked in
///   its day is that of the one that waits longest, which a check-in on another
///   does not answer.
pub fn next_due(goal: &Goal, now: &Now) -> Option<NaiveDate> {
    if !goal.is_open() || goal.status == Status::Paused {
        return None;
    }
    if goal.cadence == Cadence::None && goal.next_check_in.is_none() {
        return None;
    }
    let last = goal.last_check_in().map(|last| now.day_of(last.at));
    let mut from = None;
    if let Some(asked) = goal.next_check_in {
        let early = match goal.cadence {
            Cadence::Monthly(_) | Cadence::Quarterly(_) => 7,
            Cadence::None | Cadence::Weekly(_) | Cadence::Biweekly(_) => 1,
        };
        let mut results = goal.results.iter();
        let is_by_result = results.any(|result| result.particulars().checked_at.is_some());
        let answered = !is_by_result && last.is_some_and(|last| (asked - last).num_days() <= early);
        if !answered {
            return Some(asked);
        }
        from = asked.succ_opt();
    }
    if goal.cadence == Cadence::None {
        return None;
    }
    let anchor = goal.start.unwrap_or_else(|| now.day_of(goal.created_at));
    // Some providers tell when a key result was checked in, and no check-ins.
    let results = goal.results.iter();
    let told = results.filter_map(|result| result.particulars().checked_at);
    let ours = match last.max(told.max().map(|told| now.day_of(told))) {
        Some(last) => last
            .checked_add_days(Days::new(goal.cadence.early_days() + 1))?
            .max(anchor),
        None => anchor.max(now.day_of(goal.created_at)),
    };
    goal.cadence
        .first_from(from.map_or(ours, |from| from.max(ours)), anchor)
}

/// Whole days after the due day; 0 up to the end of it.
pub fn late_days(due: NaiveDate, today: NaiveDate) -> i64 {
    (today - due).num_days().max(0)
}

/// Whether a check-in is so late that the last status no longer shows: more than
/// three days.
pub fn is_outdated(late_days: i64) -> bool {
    late_days > OUTDATED_AFTER
}

#[cfg(test)]
mod tests {
    use chrono::{FixedOffset, NaiveDateTime};
    use proptest::prelude::*;

    use super::*;
    use crate::model::check_in::CheckIn;
    use crate::model::goal::Closing;
    use crate::model::time::Zone;

    fn zone() -> Zone {
        Zone::new(|_| FixedOffset::east_opt(3600).unwrap())
    }

    fn now(wall: &str) -> Now {
        Now::new(
            zone().moment(wall.parse::<NaiveDateTime>().unwrap()),
            zone(),
        )
    }

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    /// A goal made on Thursday 1 October 2026, with check-ins at noon of these days.
    fn goal(cadence: &str, check_ins: &[&str]) -> Goal {
        let made = now("2026-10-01T12:00:00").at;
        let mut goal = Goal::new("a:g".into(), "a".into(), "Goal", made);
        goal.start = Some(date("2026-10-01"));
        goal.status = Status::OnTrack;
        goal.cadence = cadence.parse().unwrap();
        for (number, day) in check_ins.iter().enumerate() {
            let at = now(&format!("{day}T12:00:00")).at;
            let id = format!("a:c{number}");
            goal.check_ins
                .push(CheckIn::new(id.as_str().into(), "a:p".into(), at));
        }
        goal
    }

    fn due(cadence: &str, check_ins: &[&str]) -> Option<String> {
        next_due(&goal(cadence, check_ins), &now("2026-11-20T10:42:00")).map(|due| due.to_string())
    }

    #[test]
    fn a_check_in_on_one_key_result_does_not_answer_for_another() {
        use crate::model::key_result::{KeyResult, Kind, Particulars};
        let mut goal = goal("none", &["2026-11-19"]);
        goal.next_check_in = Some(date("2026-11-13"));
        let today = now("2026-11-20T10:42:00");
        assert_eq!(next_due(&goal, &today), None);
        goal.results.push(KeyResult {
            id: "a:r".into(),
            name: "Calls".into(),
            kind: Kind::Number,
            unit: String::new(),
            start: 0.0,
            target: Some(1.0),
            current: None,
            weight: 1.0,
            falling: false,
            phases: Vec::new(),
            sum_of: Vec::new(),
            status: None,
            particulars: Some(Box::new(Particulars {
                checked_at: Some(today.at),
                ..Particulars::default()
            })),
        });
        assert_eq!(next_due(&goal, &today), Some(date("2026-11-13")));
    }

    #[test]
    fn cadences_are_read_and_written() {
        for (typed, written) in [
            ("weekly", "weekly:fri"),
            ("Weekly:Mon", "weekly:mon"),
            ("biweekly:monday", "biweekly:mon"),
            ("biweekly", "biweekly:fri"),
            ("monthly", "monthly:1"),
            (" monthly:31 ", "monthly:31"),
            ("quarterly", "quarterly:1"),
            ("none", "none"),
        ] {
            assert_eq!(typed.parse::<Cadence>().unwrap().to_string(), written);
        }
        for typed in [
            "",
            "daily",
            "weekly:foo",
            "monthly:0",
            "monthly:32",
            "none:1",
        ] {
            assert!(typed.parse::<Cadence>().is_err(), "{typed}");
        }
    }

    #[test]
    fn a_weekly_check_in_counts_up_to_three_days_before() {
        // 2026-11-20 is a Friday.
        assert_eq!(due("weekly:fri", &["2026-11-16"]).unwrap(), "2026-11-20");
        assert_eq!(due("weekly:fri", &["2026-11-17"]).unwrap(), "2026-11-27");
        assert_eq!(due("weekly:fri", &["2026-11-20"]).unwrap(), "2026-11-27");
        assert_eq!(due("weekly:fri", &["2026-11-21"]).unwrap(), "2026-11-27");
        assert_eq!(due("weekly:fri", &["2026-11-06"]).unwrap(), "2026-11-13");
        assert_eq!(due("weekly:fri", &[]).unwrap(), "2026-10-02");
    }

    #[test]
    fn every_second_week_counts_from_the_beginning() {
        // First Monday on or after the start: 5 October; then 19 October, 2, 16 and 30 November.
        assert_eq!(due("biweekly:mon", &[]).unwrap(), "2026-10-05");
        assert_eq!(due("biweekly:mon", &["2026-10-05"]).unwrap(), "2026-10-19");
        assert_eq!(due("biweekly:mon", &["2026-11-12"]).unwrap(), "2026-11-16");
        assert_eq!(due("biweekly:mon", &["2026-11-13"]).unwrap(), "2026-11-30");
    }

    #[test]
    fn months_and_quarters_count_a_week_early() {
        assert_eq!(due("monthly:1", &[]).unwrap(), "2026-10-01");
        assert_eq!(due("monthly:1", &["2026-10-24"]).unwrap(), "2026-11-01");
        assert_eq!(due("monthly:1", &["2026-10-25"]).unwrap(), "2026-12-01");
        assert_eq!(due("monthly:31", &["2026-10-31"]).unwrap(), "2026-11-30");
        assert_eq!(due("quarterly:1", &["2026-10-02"]).unwrap(), "2027-01-01");
        assert_eq!(due("quarterly:31", &["2026-10-31"]).unwrap(), "2027-01-31");
        assert_eq!(due("quarterly:15", &[]).unwrap(), "2026-10-15");
    }

    #[test]
    fn nothing_is_due_before_the_goal_is_known() {
        let mut late = goal("weekly:fri", &[]);
        late.created_at = now("2026-11-18T12:00:00").at;
        let now = now("2026-11-20T10:42:00");
        assert_eq!(next_due(&late, &now), Some(date("2026-11-20")));
        late.start = Some(date("2027-01-01"));
        assert_eq!(next_due(&late, &now), Some(date("2027-01-01")));
        late.start = None;
        assert_eq!(next_due(&late, &now), Some(date("2026-11-20")));
    }

    #[test]
    fn closed_and_paused_goals_are_never_due() {
        let now = now("2026-11-20T10:42:00");
        let mut paused = goal("weekly:fri", &[]);
        paused.status = Status::Paused;
        assert_eq!(next_due(&paused, &now), None);
        let mut closed = goal("weekly:fri", &[]);
        closed.closed = Some(Closing {
            at: now.at,
            score: None,
        });
        assert_eq!(next_due(&closed, &now), None);
        assert_eq!(due("none", &[]), None);
    }

    #[test]
    fn a_provider_asks_by_its_own_reckoning() {
        let now = now("2026-11-20T10:42:00");
        let mut asked = goal("weekly:fri", &["2026-11-17"]);
        asked.next_check_in = Some(date("2026-11-20"));
        assert_eq!(next_due(&asked, &now), Some(date("2026-11-20")));
        asked.check_ins = goal("none", &["2026-11-19"]).check_ins;
        assert_eq!(next_due(&asked, &now), Some(date("2026-11-27")));
        asked.cadence = Cadence::None;
        assert_eq!(next_due(&asked, &now), None);
        asked.check_ins.clear();
        assert_eq!(next_due(&asked, &now), Some(date("2026-11-20")));
    }

    #[test]
    fn days_are_those_of_the_zone() {
        // 23:30 UTC on Monday is Tuesday here: early enough for Friday.
        let mut goal = goal("weekly:fri", &["2026-11-16"]);
        goal.check_ins[0].at = "2026-11-16T23:30:00Z".parse().unwrap();
        let now = now("2026-11-20T10:42:00");
        assert_eq!(next_due(&goal, &now), Some(date("2026-11-27")));
        let utc = Now::new(now.at, Zone::utc());
        assert_eq!(next_due(&goal, &utc), Some(date("2026-11-20")));
    }

    #[test]
    fn late_is_after_the_day_and_outdated_after_three_more() {
        let due = date("2026-11-16");
        for (today, late, outdated) in [
            ("2026-11-15", 0, false),
            ("2026-11-16", 0, false),
            ("2026-11-17", 1, false),
            ("2026-11-19", 3, false),
            ("2026-11-20", 4, true),
        ] {
            let days = late_days(due, date(today));
            assert_eq!(days, late, "{today}");
            assert_eq!(is_outdated(days), outdated, "{today}");
        }
    }

    fn any_cadence() -> impl Strategy<Value = Cadence> {
        let weekday = (0..7_u8).prop_map(|day| Weekday::try_from(day).unwrap());
        prop_oneof![
            weekday.clone().prop_map(Cadence::Weekly),
            weekday.prop_map(Cadence::Biweekly),
            (1..=31_u8).prop_map(Cadence::Monthly),
            (1..=31_u8).prop_map(Cadence::Quarterly),
            Just(Cadence::None),
        ]
    }

    proptest! {
        #[test]
        fn a_due_day_is_the_first_of_its_kind(
            cadence in any_cadence(),
            from in 0..4000_i64,
            anchor in 0..4000_i64,
        ) {
            let day = |days| date("2020-01-01") + chrono::TimeDelta::days(days);
            let (from, anchor) = (day(from), day(anchor));
            let Some(due) = cadence.first_from(from, anchor) else {
                prop_assert_eq!(cadence, Cadence::None);
                return Ok(());
            };
            let longest = match cadence {
                Cadence::None | Cadence::Weekly(_) => 6,
                Cadence::Biweekly(_) => 4000,
                Cadence::Monthly(_) => 31,
                Cadence::Quarterly(_) => 93,
            };
            prop_assert!(due >= from && (due - from).num_days() <= longest);
            // Asking again from that day finds the same day, and the next one is later.
            prop_assert_eq!(cadence.first_from(due, anchor), Some(due));
            let after = cadence.first_from(due.succ_opt().unwrap(), anchor).unwrap();
            prop_assert!(after > due);
        }

        #[test]
        fn a_cadence_is_read_back(cadence in any_cadence()) {
            prop_assert_eq!(cadence.to_string().parse::<Cadence>(), Ok(cadence));
        }

        #[test]
        fn a_check_in_never_leaves_its_own_day_waiting(cadence in any_cadence(), on in 0..400_i64) {
            let mut goal = goal("none", &[]);
            goal.cadence = cadence;
            let at = now("2026-10-01T12:00:00").at + chrono::TimeDelta::days(on);
            goal.check_ins.push(CheckIn::new("a:c".into(), "a:p".into(), at));
            let now = Now::new(at, zone());
            if let Some(due) = next_due(&goal, &now) {
                prop_assert!(due > now.today());
            }
        }
    }
}
