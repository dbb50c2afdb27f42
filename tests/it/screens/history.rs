//! How a goal went: charts, the list of what happened, one check-in against the one
//! before it; and what changed since the last look.

use goaldeck::model::entry::{Mark, Seen};
use goaldeck::model::figures;
use goaldeck::model::goal::Goal;
use goaldeck::model::ids::{GoalId, PersonId};
use goaldeck::model::key_result::Reading;
use goaldeck::model::past::{Past, Recall, Recollection, headline};
use goaldeck::model::status::Status;
use goaldeck::screens::Place;
use goaldeck::store::effect::{Command, Effect, Outcome};
use goaldeck::theme::{Glyphs, ThemeName};

use super::{Looks, NARROW, WIDE, demo, demo_at};
use crate::rig::{Rig, friday};

const CHURN: &str = "2 j t";

fn churn(rig: &Rig) -> Goal {
    let mut goals = rig.store().goals();
    let goal = goals.find(|goal| goal.name == "Reduce churn to 2 %");
    goal.expect("the goal of the story").clone()
}

/// This machine remembers how a goal was until so many hours ago.
fn remembers(rig: &mut Rig, states: Vec<(i64, Goal)>) {
    let Some(id) = states.first().map(|(_, goal)| goal.id.clone()) else {
        return;
    };
    let kept = states.into_iter().map(|(hours, goal)| Past {
        goal: id.clone(),
        until: friday().at - chrono::TimeDelta::hours(hours),
        was: Some(Box::new(headline(&goal))),
    });
    let past = Recollection {
        kept: kept.collect(),
        since: Some(friday().at - chrono::TimeDelta::days(60)),
    };
    let recall = Recall::Goal(id);
    rig.outcome(Outcome::Recalled { recall, past });
}

/// Five days ago the first value moved without a check-in; until this morning the
/// goal had another due day and no reviewer.
fn moved_without_a_word(rig: &mut Rig, value: f64) {
    let mut was = churn(rig);
    was.check_ins.pop();
    was.due = "2027-01-15".parse().ok();
    was.reviewer = None;
    let state = |value: f64| {
        let mut was = was.clone();
        was.results[0].current = Some(Reading::Number(value));
        was
    };
    remembers(rig, vec![(120, state(3.80)), (3, state(value))]);
}

#[test]
fn older_and_newer_step_through_the_check_ins() {
    for size in [WIDE, NARROW] {
        let mut rig = demo_at(size);
        rig.keys(CHURN)
            .sees("History of Reduce churn to 2 %")
            .sees("1 of 9")
            .sees("was ▲ At risk on 13 Nov")
            .sees("3.80 → 3.66 %")
            .sees("+7 points");
        rig.keys("H").sees("2 of 9").sees("3.84 → 3.80 %");
        rig.keys("L L")
            .sees("there is no newer check-in")
            .sees("1 of 9");
        rig.keys("G").sees("9 of 9");
        rig.keys("H")
            .sees("there is no older check-in")
            .sees("9 of 9");
        rig.keys("esc").sees_no("History of");
    }
}

#[test]
fn a_note_is_shown_against_the_one_before_it() {
    let mut rig = demo_at(WIDE);
    rig.keys(CHURN)
        .sees("- Onboarding went well")
        .sees("+ Two large accounts left because of the old")
        .sees("Bo, today 10:02: \u{201c}finance has the numbers\u{201d}")
        .sees("not acknowledged, waits for you");
}

#[test]
fn every_key_result_has_its_chart() {
    let mut rig = demo_at(WIDE);
    rig.keys(CHURN)
        .sees("expected today 2.95; 4.10 → 2.00 %")
        .sees("target 2.00 ┤")
        .sees("start 4.10 ┤⠈⠉")
        .sees("limit 40 ┤─────")
        .sees("1 Oct                  20 Nov              31 Dec");
    let mut rig = demo_at(NARROW);
    rig.keys(CHURN).sees("Monthly churn").sees("2.00 ┤");
}

#[test]
fn charts_scroll_when_they_have_the_focus() {
    let mut rig = demo_at(NARROW);
    rig.keys(CHURN).sees_no("40 ┤");
    rig.keys("tab G").sees("40 ┤");
    rig.keys("tab j").sees("2 of 9");
    let mut rig = demo_at((60, 16));
    rig.keys("2 j t").sees_no("●╌").keys("tab").sees("●╌");
    rig.keys("H").sees("2 of 9").sees_no("●╌");
}

#[test]
fn what_can_be_done_to_a_check_in_is_done_to_the_one_under_the_cursor() {
    let mut rig = demo_at(WIDE);
    rig.keys(CHURN).keys("H +").sees("+1, u undoes");
    let goal = churn(&rig);
    let signs = |back: usize| goal.check_ins[goal.check_ins.len() - back].reactions.len();
    assert_eq!((signs(2), signs(1)), (1, 1));
    rig.keys("L a").sees("acknowledged, u undoes");
    rig.keys("a")
        .sees("nothing here waits for your acknowledgement");
    rig.keys("r").sees("Reply").keys("esc esc");
    let mut rig = demo_at(WIDE);
    rig.keys(CHURN).keys("c").sees("Check-in · Reduce churn");
    let mut rig = demo_at(WIDE);
    rig.keys(CHURN).keys("enter").sees("Why it needs attention");
    rig.keys("t")
        .sees("History of")
        .keys("t")
        .sees_no("History of");
}

#[test]
fn the_history_is_copied_as_markdown() {
    let mut rig = demo_at(WIDE);
    rig.keys(CHURN).keys("Y").sees("history copied as Markdown");
    let copied = rig.front.iter().find_map(|effect| match effect {
        Effect::Copy(text) => Some(text.clone()),
        _ => None,
    });
    insta::assert_snapshot!(copied.expect("a copy"));
}

#[test]
fn what_moved_without_a_check_in_is_in_list_and_charts() {
    let mut rig = demo_at(WIDE);
    rig.keys(CHURN);
    moved_without_a_word(&mut rig, 3.72);
    rig.sees("1 of 11")
        .sees("seen here: Monthly churn 3.80 → 3.72");
    rig.keys("j")
        .sees("Seen here, today 07:42: changed without a check-in")
        .sees("due 15 Jan 2027 → 31 Dec 2026")
        .sees("reviewer nobody → you");
    rig.keys("H")
        .sees("4 of 11")
        .sees("check-in by Ana Silva, 13 Nov");
}

#[test]
fn a_goal_without_check_ins_has_the_history_this_machine_saw() {
    for size in [WIDE, NARROW] {
        let mut rig = demo_at(size);
        let rust = {
            let mut goals = rig.store().goals();
            let goal = goals.find(|goal| goal.name.starts_with("Learn Rust"));
            goal.expect("a goal without check-ins").clone()
        };
        assert!(rust.check_ins.is_empty());
        rig.keys("2")
            .write("/learn\n")
            .keys("t")
            .sees("No check-in yet");
        let mut was = rust.clone();
        was.status = Status::Paused;
        was.due = None;
        remembers(&mut rig, vec![(72, was)]);
        rig.sees("seen here: ")
            .sees("status Paused → Not started")
            .sees("due open →");
        rig.keys("H").sees("there is no older check-in");
    }
}

#[test]
fn sparklines_take_in_what_this_machine_saw() {
    let mut rig = demo_at(WIDE);
    let spark = |rig: &mut Rig| {
        let screen = rig.screen();
        let row = screen.lines().find(|row| row.contains("3.66 %"));
        let row = row.map(|row| row.trim_end().to_owned());
        row.and_then(|row| row.split_whitespace().last().map(str::to_owned))
    };
    rig.keys("2 j");
    assert_eq!(spark(&mut rig).as_deref(), Some("██████▇▇"));
    moved_without_a_word(&mut rig, 2.1);
    assert_eq!(spark(&mut rig).as_deref(), Some("█████▇▁▇"));
}

#[test]
fn a_history_opens_from_wherever_a_goal_shows() {
    let mut rig = demo_at(WIDE);
    rig.keys("t").sees("History of ");
    let mut rig = demo_at(WIDE);
    rig.keys("3 t").sees("History of ");
    // A check-in that waits opens at itself.
    let mut rig = demo_at(WIDE);
    rig.keys("j j t").sees("History of Two reference customers");
}

#[test]
fn ascii_and_mono_histories_look_as_drawn() {
    for (size, name) in [(WIDE, "120x40"), (NARROW, "80x24")] {
        let mut rig = demo(Looks {
            size,
            glyphs: Glyphs::Ascii,
            theme: ThemeName::Mono,
            ..Looks::default()
        });
        rig.keys(CHURN);
        let screen = rig.screen();
        assert!(screen.is_ascii(), "{screen}");
        insta::assert_snapshot!(format!("history-{name}-ascii"), screen);
    }
}

#[test]
fn a_goal_that_goes_away_under_its_history_leaves_a_sentence() {
    let mut rig = demo_at(WIDE);
    rig.keys("2").write("/learn\n").keys("t");
    let id = {
        let mut goals = rig.store().goals();
        goals
            .find(|goal| goal.name.starts_with("Learn Rust"))
            .map(|goal| goal.id.clone())
            .expect("it is there")
    };
    rig.keys("esc D y");
    let place = Place::History(id.clone(), None);
    assert_eq!(place, Place::History(id, None));
    rig.sees_no("History of");
}

/// What a look at a goal saw, with one thing otherwise.
fn looked(rig: &mut Rig, id: &GoalId, with: impl FnOnce(&mut Seen)) {
    let mut seen = {
        let goal = rig.store().goal(id).expect("a goal");
        let figures = rig.store().figures(id).expect("figures");
        figures::seen(goal, figures)
    };
    with(&mut seen);
    let at = friday().at - chrono::TimeDelta::days(7);
    rig.command(Command::Put(Mark::Looked {
        goal: id.clone(),
        at,
        seen,
    }));
}

#[test]
fn everything_that_changed_since_the_last_look_is_marked_and_told() {
    type Change = fn(&mut Seen);
    let changes: [(&str, Change); 6] = [
        ("", |_| {}),
        ("Monthly churn 3.80 → 3.66", |seen| {
            for value in seen.values.values_mut() {
                if (*value - 3.66).abs() < 1e-9 {
                    *value = 3.80;
                }
            }
        }),
        ("status On track → Off track", |seen| {
            seen.status = "on_track".into()
        }),
        ("due 15 Dec → 31 Dec", |seen| {
            seen.due = "2026-12-15".parse().ok()
        }),
        ("champion nobody → Ana", |seen| seen.champion = None),
        ("reviewer nobody → ", |seen| seen.reviewer = Some(None)),
    ];
    for size in [WIDE, NARROW] {
        for (words, with) in changes {
            let mut rig = demo_at(size);
            let id = churn(&rig).id;
            looked(&mut rig, &id, with);
            rig.keys("2 j");
            let screen = rig.screen();
            let mut rows = screen.lines();
            let row = rows.find(|row| row.contains("■ Reduce churn to 2 %"));
            let is_marked = row.is_some_and(|row| row.contains(" * "));
            assert_eq!(is_marked, !words.is_empty(), "{words}\n{screen}");
            rig.keys("enter G");
            let screen = rig.screen();
            assert_eq!(
                screen.contains("Since you looked"),
                !words.is_empty(),
                "{screen}"
            );
            let joined: Vec<&str> = screen.split_whitespace().collect();
            assert!(joined.join(" ").contains(words), "{words}\n{screen}");
        }
    }
}

#[test]
fn a_look_of_before_reviewers_were_remembered_flags_nothing() {
    let mut rig = demo_at(WIDE);
    let id = churn(&rig).id;
    looked(&mut rig, &id, |seen| {
        let mut old = serde_json::to_value(&*seen).expect("JSON");
        let fields = old.as_object_mut().expect("an object");
        assert!(fields.remove("reviewer").is_some());
        *seen = serde_json::from_value(old).expect("an old look");
        assert_eq!(seen.reviewer, None);
    });
    rig.keys("2 j enter").sees_no("Since you looked");
    let nobody = Seen {
        reviewer: Some(None),
        ..Seen::default()
    };
    let text = serde_json::to_string(&nobody).expect("JSON");
    let back: Seen = serde_json::from_str(&text).expect("the same");
    assert_eq!(back.reviewer, Some(None::<PersonId>));
}

#[test]
fn the_providers_own_numbers_come_and_go() {
    for size in [WIDE, NARROW] {
        let mut rig = demo_at(size);
        rig.keys("2 j")
            .sees_no("itself says")
            .keys("i")
            .sees("itself says")
            .sees("progress")
            .keys("i")
            .sees_no("itself says");
        rig.keys("enter i")
            .sees("itself says")
            .sees("next check-in");
        // What is kept here has no numbers of another system.
        rig.keys("esc")
            .write("/learn\n")
            .keys("i")
            .sees("there are no numbers of another");
    }
}
