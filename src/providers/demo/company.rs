//! The made-up company: eleven weeks of fourteen goals, told day by day.

use crate::model::cadence::Cadence;
use crate::model::check_in::{Acknowledged, CheckIn, Comment, DueMoved, Reaction, ValueChange};
use crate::model::goal::Goal;
use crate::model::ids::{AccountName, CheckInId, CommentId, GoalId, PersonId, ResultId};
use crate::model::key_result::{Guardrail, KeyResult, Kind, Milestone, Reading};
use crate::model::memory_shelf::MemoryShelf;
use crate::model::notification::{Notification, Reason};
use crate::model::person::Person;
use crate::model::status::Status;
use crate::model::time::{Now, Time};

use super::calendar::Calendar;
use super::{DOCS, LOCAL, WORK};

/// The goals other files speak of.
pub const CHURN: &str = "work:g-7f3";
/// See [`CHURN`].
pub const LAUNCH: &str = "local:g-2b8";
/// See [`CHURN`].
pub const SUPPORT: &str = "work:g-4c2";
/// See [`CHURN`].
pub const REWRITE: &str = "docs:g-1e4";
/// See [`CHURN`].
pub const RUST: &str = "local:g-5d0";
/// See [`CHURN`].
pub const ROUND: &str = "work:g-8a6";
const SUMMER: &str = "work:g-1a0";
const DATA_ROOM: &str = "work:g-9c1";
const PILOT: &str = "work:g-3b1";

/// What people do after the import: asked of you, put off until Monday.
pub const QUESTION_PUT_OFF: &str = "local:n-61";

/// Everything there is.
pub fn shelf(now: Now) -> MemoryShelf {
    let days = Calendar::new(now);
    let mut goals = vec![
        profitable(&days),
        churn(&days),
        launch(&days),
        referral_pilot(&days),
        docs_rewrite(&days),
        support(&days),
        learn_rust(&days),
        office_move(&days),
        read_a_book(&days),
        ready_for_the_round(&days),
        data_room(&days),
        close_the_books(&days),
        security_review(&days),
        reference_customers(&days),
    ];
    for (position, goal) in (0..).zip(&mut goals) {
        goal.position = position;
    }
    MemoryShelf::new(goals, people(), inbox(&days))
}

/// Everybody, as every account knows them.
pub fn people() -> Vec<Person> {
    let everybody = [
        ("me", "Mara Engel", "mara"),
        ("ana", "Ana Silva", "ana"),
        ("bo", "Bo Larsen", "bo"),
        ("ivo", "Ivo Kranz", "ivo"),
        ("mei", "Mei Ito", "mei"),
    ];
    let known = [
        (WORK, &["me", "ana", "bo", "ivo", "mei"][..]),
        (LOCAL, &["me", "mei"]),
        (DOCS, &["me", "bo"]),
    ];
    let mut people = Vec::new();
    for (account, ids) in known {
        people.extend(everybody.iter().filter(|(id, ..)| ids.contains(id)).map(
            |(id, name, handle)| Person {
                id: person(account, id),
                account: AccountName::new(account),
                name: (*name).to_owned(),
                handle: (*handle).to_owned(),
            },
        ));
    }
    people
}

/// A person of an account.
pub fn person(account: &str, id: &str) -> PersonId {
    PersonId::new(format!("{account}:{id}"))
}

fn account_of(id: &str) -> &str {
    id.split_once(':').map_or(id, |(account, _)| account)
}

/// A goal under construction, with the words a story needs.
struct Story {
    goal: Goal,
    account: String,
}

impl Story {
    fn new(id: &str, name: &str, made: Time) -> Self {
        let account = account_of(id).to_owned();
        let mut goal = Goal::new(GoalId::new(id), AccountName::new(&account), name, made);
        if account == WORK {
            let own = id.trim_start_matches("work:");
            goal.link = format!("https://app.operately.example/acme/goals/{own}");
        }
        Self { goal, account }
    }

    fn who(&self, id: &str) -> Option<PersonId> {
        (!id.is_empty()).then(|| person(&self.account, id))
    }

    fn people(mut self, champion: &str, reviewer: &str) -> Self {
        self.goal.champion = self.who(champion);
        self.goal.reviewer = self.who(reviewer);
        self
    }

    fn under(mut self, parent: &str) -> Self {
        self.goal.parent = Some(GoalId::new(parent));
        self
    }

    fn with(mut self, change: impl FnOnce(&mut Goal)) -> Self {
        change(&mut self.goal);
        self
    }

    fn period(mut self, start: chrono::NaiveDate, due: chrono::NaiveDate) -> Self {
        self.goal.start = Some(start);
        self.goal.due = Some(due);
        self
    }

    fn result(mut self, result: KeyResult) -> Self {
        self.goal.results.push(result);
        self
    }

    /// A check-in; `values` give the n-th key result a reading.
    fn told(
        mut self,
        by: &str,
        at: Time,
        status: Status,
        values: &[(usize, Reading)],
        note: &str,
    ) -> Self {
        let id = format!(
            "{}:c-{}-{}",
            self.account,
            self.goal.id.as_str().rsplit('-').next().unwrap_or_default(),
            self.goal.check_ins.len() + 1
        );
        let mut check_in = CheckIn::new(CheckInId::new(id), person(&self.account, by), at);
        check_in.status = Some(status);
        note.clone_into(&mut check_in.note);
        for (place, now) in values {
            if let Some(result) = self.goal.results.get_mut(*place) {
                let before = result.current.replace(now.clone());
                check_in.values.push(ValueChange {
                    result: result.id.clone(),
                    before,
                    now: now.clone(),
                });
            }
        }
        self.goal.status = status;
        self.goal.updated_at = at;
        self.goal.check_ins.push(check_in);
        self
    }

    /// Changes the last check-in.
    fn last(mut self, change: impl FnOnce(&mut CheckIn)) -> Self {
        if let Some(check_in) = self.goal.check_ins.last_mut() {
            change(check_in);
        }
        self
    }

    /// Somebody took note of the last check-in.
    fn seen(self, by: &str, at: Time) -> Self {
        let by = person(&self.account, by);
        self.last(|check_in| check_in.acknowledged = Some(Acknowledged { by, at }))
    }

    /// A reply to the last check-in.
    fn reply(self, id: &str, by: &str, at: Time, text: &str) -> Self {
        let comment = Comment {
            id: CommentId::new(id),
            author: person(&self.account, by),
            at,
            text: text.to_owned(),
        };
        self.last(|check_in| check_in.comments.push(comment))
    }
}

fn number(id: &str, name: &str, unit: &str, start: f64, target: f64) -> KeyResult {
    KeyResult {
        particulars: None,
        id: ResultId::new(id),
        name: name.to_owned(),
        kind: Kind::Number,
        unit: unit.to_owned(),
        start,
        target: Some(target),
        current: None,
        weight: 1.0,
        falling: target < start,
        phases: Vec::new(),
        sum_of: Vec::new(),
        status: None,
    }
}

fn of_kind(id: &str, name: &str, unit: &str, kind: Kind) -> KeyResult {
    KeyResult {
        kind,
        target: None,
        falling: false,
        ..number(id, name, unit, 0.0, 0.0)
    }
}

fn guardrail(id: &str, name: &str, unit: &str, limit: f64, above: bool) -> KeyResult {
    let rail = Guardrail {
        limit,
        above,
        critical: None,
        strict: false,
    };
    of_kind(id, name, unit, Kind::Guardrail(rail))
}

fn checklist(id: &str, name: &str, items: &[&str]) -> KeyResult {
    let items = items.iter().map(|item| (*item).to_owned()).collect();
    of_kind(
        id,
        name,
        "",
        Kind::Checklist {
            items,
            ids: Vec::new(),
        },
    )
}

fn read(value: f64) -> Reading {
    Reading::Number(value)
}

fn profitable(days: &Calendar) -> Goal {
    Story::new(SUMMER, "Profitable by summer", days.at(9, 21, 9, 0))
        .people("mei", "ana")
        .period(days.day(10, 1), days.day(6, 30))
        .with(|goal| {
            goal.space = "Company".to_owned();
            goal.description = "Twelve months of money are enough if churn falls and people can \
                                start without us."
                .to_owned();
            goal.cadence = Cadence::Weekly(days.weekday(11, 18));
        })
        .told(
            "mei",
            days.at(10, 28, 15, 0),
            Status::OnTrack,
            &[],
            "Costs are where we planned them; revenue follows the two goals below.",
        )
        .seen("ana", days.at(10, 28, 16, 10))
        .told(
            "mei",
            days.at(11, 4, 14, 30),
            Status::OnTrack,
            &[],
            "No change. The hosting bill is down by a tenth.",
        )
        .seen("ana", days.at(11, 5, 8, 45))
        .told(
            "mei",
            days.at(11, 11, 15, 20),
            Status::AtRisk,
            &[],
            "If churn stays above 3.5 % we miss June by two months.",
        )
        .seen("ana", days.at(11, 11, 17, 5))
        .goal
}

fn churn(days: &Calendar) -> Goal {
    let mut story = Story::new(CHURN, "Reduce churn to 2 %", days.at(9, 21, 9, 30))
        .people("ana", "me")
        .under(SUMMER)
        .period(days.day(10, 1), days.day(12, 31))
        .with(|goal| {
            goal.space = "Growth".to_owned();
            goal.weight = 1.1;
            goal.provider_progress = Some(0.31);
            goal.cadence = Cadence::Monthly(1);
            goal.next_check_in = Some(days.day(12, 1));
        })
        .result(number("work:t-91", "Monthly churn", "%", 4.10, 2.00))
        .result(number("work:t-92", "Onboarding calls", "", 0.0, 100.0))
        .result(guardrail("work:t-93", "NPS at least 40", "", 40.0, true))
        .told(
            "ana",
            days.at(10, 1, 9, 30),
            Status::OnTrack,
            &[],
            "Plan agreed with support and finance.",
        )
        .seen("me", days.at(10, 1, 11, 0));
    let weeks = [
        (10, 2, 4.10, 10.0, 41.0, "First numbers of the quarter."),
        (
            10,
            9,
            4.02,
            17.0,
            42.0,
            "Calls started with the newest accounts.",
        ),
        (
            10,
            16,
            3.98,
            18.0,
            42.0,
            "Two people were ill, hardly any calls.",
        ),
        (
            10,
            23,
            3.90,
            25.0,
            43.0,
            "The checklist for the first call helps.",
        ),
        (
            10,
            30,
            3.93,
            27.0,
            43.0,
            "One account left at the month's end.",
        ),
        (
            11,
            6,
            3.84,
            29.0,
            43.0,
            "Calls are back to normal next week.",
        ),
    ];
    for (month, day, rate, calls, nps, note) in weeks {
        let values = [(0, read(rate)), (1, read(calls)), (2, read(nps))];
        story = story
            .told(
                "ana",
                days.at(month, day, 9, 20),
                Status::OnTrack,
                &values,
                note,
            )
            .seen("me", days.at(month, day, 14, 0));
    }
    story
        .told(
            "ana",
            days.at(11, 13, 9, 40),
            Status::AtRisk,
            &[(0, read(3.80)), (1, read(38.0)), (2, read(44.0))],
            "Onboarding went well; churn moved a little; two large accounts ask for a refund.",
        )
        .seen("me", days.at(11, 14, 11, 0))
        .reply(
            "work:n-40",
            "me",
            days.at(11, 14, 11, 5),
            "what would the refund rule cost us?",
        )
        .told(
            "ana",
            days.at(11, 20, 9, 12),
            Status::OffTrack,
            &[(0, read(3.66)), (1, read(41.0)), (2, read(44.0))],
            "Two large accounts left because of the old contract. Legal has had the new one \
             since Monday.\nBlockers: refund rule undecided, I need your word by Wednesday.\n\
             Next: call the eight accounts whose contract ends in January.",
        )
        .reply(
            "work:n-44",
            "bo",
            days.at(11, 20, 10, 2),
            "finance has the numbers",
        )
        .last(|check_in| {
            check_in.reactions.push(Reaction {
                by: person(WORK, "bo"),
                sign: "+1".to_owned(),
            });
        })
        .goal
}

fn launch(days: &Calendar) -> Goal {
    let mut story = Story::new(LAUNCH, "Launch self-serve", days.at(9, 24, 10, 0))
        .people("me", "mei")
        .under(SUMMER)
        .period(days.day(10, 1), days.day(12, 31))
        .with(|goal| goal.cadence = Cadence::Weekly(days.weekday(11, 20)))
        .result(number("local:r-21", "Sign-ups a week", "", 40.0, 200.0))
        .result(number("local:r-22", "Setup time, minutes", "", 30.0, 10.0))
        .result(guardrail(
            "local:r-23",
            "Error rate under 1 %",
            "",
            1.0,
            false,
        ));
    let weeks = [
        (
            10,
            2,
            45.0,
            30.0,
            0.8,
            6,
            "Form is live for a tenth of the visitors.",
        ),
        (
            10,
            9,
            62.0,
            29.0,
            0.7,
            6,
            "Half of the visitors see it now.",
        ),
        (
            10,
            16,
            78.0,
            27.0,
            0.9,
            6,
            "Import of contacts works, slowly.",
        ),
        (
            10,
            23,
            95.0,
            25.0,
            0.6,
            6,
            "Everybody sees it; first bills paid.",
        ),
        (10, 30, 112.0, 23.0, 0.5, 7, "Shorter mail after sign-up."),
        (11, 6, 131.0, 20.0, 0.5, 7, "Setup skips the team step now."),
    ];
    for (month, day, signed, minutes, errors, confidence, note) in weeks {
        let values = [(0, read(signed)), (1, read(minutes)), (2, read(errors))];
        story = story
            .told(
                "me",
                days.at(month, day, 16, 30),
                Status::OnTrack,
                &values,
                note,
            )
            .last(|check_in| check_in.confidence = Some(confidence))
            .seen("mei", days.at(month, day, 18, 0));
    }
    story
        .told(
            "me",
            days.at(11, 13, 16, 40),
            Status::OnTrack,
            &[(0, read(150.0)), (1, read(18.0)), (2, read(0.4))],
            "Pricing page out on Tuesday. Setup still slow for spreadsheets.\n\nBlockers: none\n\n\
             ## Next\n- [x] pricing page\n- [ ] guided import for spreadsheets",
        )
        .last(|check_in| check_in.confidence = Some(7))
        .seen("mei", days.at(11, 14, 10, 20))
        .reply(
            QUESTION_PUT_OFF,
            "mei",
            days.at(11, 14, 10, 25),
            "what do people do after the import?",
        )
        .goal
}

fn referral_pilot(days: &Calendar) -> Goal {
    Story::new(PILOT, "Referral pilot", days.at(10, 8, 11, 0))
        .people("mei", "me")
        .under(LAUNCH)
        .period(days.day(10, 12), days.day(12, 15))
        .with(|goal| {
            goal.space = "Growth".to_owned();
            goal.cadence = Cadence::Weekly(days.weekday(11, 18));
        })
        .result(number("work:t-31", "Referred trials", "", 0.0, 60.0))
        .result(number("work:t-32", "Partners signed", "", 0.0, 8.0))
        .result(guardrail(
            "work:t-33",
            "Reward for each at most 50 EUR",
            "EUR",
            50.0,
            false,
        ))
        .told(
            "mei",
            days.at(11, 11, 15, 0),
            Status::OnTrack,
            &[(0, read(27.0)), (1, read(4.0)), (2, read(40.0))],
            "Partners bring better trials than ads do.",
        )
        .seen("me", days.at(11, 12, 9, 0))
        .told(
            "mei",
            days.at(11, 18, 15, 20),
            Status::OnTrack,
            &[(0, read(38.0)), (1, read(5.0))],
            "Five of eight partners signed. Two of them start in December, so I moved the due \
             date by two weeks.",
        )
        .last(|check_in| {
            check_in.due_moved = Some(DueMoved {
                from: Some(days.day(11, 30)),
                to: Some(days.day(12, 15)),
            });
        })
        .goal
}

fn docs_rewrite(days: &Calendar) -> Goal {
    let step = |name: &str, weight: f64| Milestone {
        name: name.to_owned(),
        weight,
    };
    let guides = Kind::Milestones {
        steps: vec![
            step("Start in ten minutes", 2.0),
            step("Import", 2.0),
            step("Billing", 1.0),
            step("Everything else", 2.0),
        ],
    };
    let ticks = |ticks: [bool; 4]| Reading::Ticks(ticks.to_vec());
    Story::new(REWRITE, "Docs rewrite", days.at(9, 28, 13, 0))
        .people("bo", "me")
        .under(LAUNCH)
        .period(days.day(10, 1), days.day(12, 31))
        .with(|goal| goal.space = "Docs".to_owned())
        .result(number("docs:t-11", "Pages rewritten", "", 0.0, 120.0))
        .result(of_kind("docs:t-12", "Guides", "", guides))
        .result(KeyResult {
            kind: Kind::Percent,
            ..number("docs:t-13", "Search finds the right page", "%", 40.0, 90.0)
        })
        .told(
            "bo",
            days.at(11, 4, 11, 30),
            Status::OnTrack,
            &[
                (0, read(61.0)),
                (1, ticks([true, false, false, false])),
                (2, read(66.0)),
            ],
            "Half of the pages are through.",
        )
        .seen("me", days.at(11, 4, 13, 0))
        .told(
            "bo",
            days.at(11, 18, 11, 40),
            Status::OnTrack,
            &[
                (0, read(80.0)),
                (1, ticks([true, true, false, false])),
                (2, read(72.0)),
            ],
            "Import guide is out; support says fewer people ask.",
        )
        .goal
}

fn support(days: &Calendar) -> Goal {
    let mut story = Story::new(SUPPORT, "Support answers in a day", days.at(9, 22, 9, 0))
        .people("me", "bo")
        .period(days.day(10, 1), days.day(12, 31))
        .with(|goal| {
            goal.space = "Support".to_owned();
            goal.cadence = Cadence::Weekly(days.weekday(11, 13));
        })
        .result(number("work:t-41", "Median first answer", "h", 48.0, 8.0))
        .result(of_kind("work:t-42", "Hire a lead", "", Kind::YesNo));
    let weeks = [
        (10, 9, 46.0, false, "Counting properly for the first time."),
        (10, 16, 44.0, false, "Three good candidates for the lead."),
        (10, 23, 40.0, true, "Jo signed and starts in November!"),
        (10, 30, 37.0, true, "Saved answers help on Mondays."),
    ];
    for (month, day, hours, hired, note) in weeks {
        let mut values = vec![(0, read(hours))];
        if day == 16 || day == 23 {
            values.push((1, Reading::Yes(hired)));
        }
        story = story
            .told(
                "me",
                days.at(month, day, 17, 0),
                Status::OnTrack,
                &values,
                note,
            )
            .seen("bo", days.at(month, day, 18, 30));
    }
    story
        .told(
            "me",
            days.at(11, 6, 16, 30),
            Status::OnTrack,
            &[(0, read(32.0))],
            "Jo answers the night queue since Wednesday.",
        )
        .seen("bo", days.at(11, 19, 14, 5))
        .reply(
            "work:n-43",
            "bo",
            days.at(11, 17, 10, 50),
            "can we move the due date?",
        )
        .goal
}

fn learn_rust(days: &Calendar) -> Goal {
    let exercises = ["ownership", "errors", "traits", "threads"];
    Story::new(RUST, "Learn Rust", days.at(11, 15, 20, 0))
        .people("me", "")
        .period(days.day(11, 16), days.day(3, 31))
        .with(|goal| {
            goal.cadence = Cadence::Monthly(1);
            goal.next_check_in = Some(days.day(12, 1));
        })
        .result(number("local:r-51", "Chapters of the book", "", 0.0, 20.0))
        .result(number("local:r-52", "Small tools shipped", "", 0.0, 3.0))
        .result(checklist("local:r-53", "Exercises", &exercises))
        .with(|goal| {
            for result in &mut goal.results {
                result.current = Some(match &result.kind {
                    Kind::Checklist { items, .. } => Reading::Ticks(vec![false; items.len()]),
                    _ => read(0.0),
                });
            }
        })
        .goal
}

fn office_move(days: &Calendar) -> Goal {
    Story::new("work:g-6e7", "Office move", days.at(9, 14, 9, 0))
        .people("ana", "ivo")
        .told(
            "ana",
            days.at(10, 2, 12, 0),
            Status::AtRisk,
            &[],
            "The landlord lets us stay another year; we wait for the spring.",
        )
        .seen("ivo", days.at(10, 2, 13, 0))
        .with(|goal| {
            goal.space = "Company".to_owned();
            goal.provider_progress = Some(0.10);
            goal.status = Status::Paused;
        })
        .goal
}

fn read_a_book(days: &Calendar) -> Goal {
    Story::new(
        "local:g-7a9",
        "Read \"Churn is a habit\"",
        days.at(11, 2, 21, 0),
    )
    .people("me", "")
    .result(of_kind("local:r-71", "Finished", "", Kind::YesNo))
    .with(|goal| {
        for result in &mut goal.results {
            result.current = Some(Reading::Yes(false));
        }
    })
    .goal
}

fn ready_for_the_round(days: &Calendar) -> Goal {
    Story::new(ROUND, "Ready for the round", days.at(10, 5, 9, 0))
        .people("ivo", "mei")
        .with(|goal| goal.space = "Company".to_owned())
        .told(
            "ivo",
            days.at(11, 9, 10, 0),
            Status::OnTrack,
            &[],
            "All four parts have started.",
        )
        .seen("mei", days.at(11, 9, 12, 0))
        .goal
}

fn data_room(days: &Calendar) -> Goal {
    let folders = [
        "company",
        "people",
        "finance",
        "tax",
        "contracts",
        "product",
        "security",
        "disputes",
    ];
    let ticked = |count: usize| Reading::Ticks((0..folders.len()).map(|n| n < count).collect());
    Story::new(DATA_ROOM, "Data room ready", days.at(10, 16, 9, 0))
        .people("me", "ivo")
        .under(ROUND)
        .period(days.day(10, 19), days.day(12, 18))
        .with(|goal| {
            goal.space = "Finance".to_owned();
            goal.cadence = Cadence::Weekly(days.weekday(11, 23));
        })
        .result(checklist("work:t-81", "Folders complete", &folders))
        .result(number("work:t-82", "Contracts uploaded", "", 0.0, 140.0))
        .result(of_kind("work:t-83", "Cap table agreed", "", Kind::YesNo))
        .result(KeyResult {
            unit: "EUR".to_owned(),
            ..guardrail("work:t-84", "Auditor below 25 000 EUR", "", 25_000.0, false)
        })
        .told(
            "me",
            days.at(10, 26, 9, 10),
            Status::AtRisk,
            &[
                (0, ticked(1)),
                (1, read(12.0)),
                (2, Reading::Yes(false)),
                (3, read(18_000.0)),
            ],
            "Late start: nobody knows where the old contracts are.",
        )
        .seen("ivo", days.at(10, 26, 10, 0))
        .told(
            "me",
            days.at(11, 9, 9, 15),
            Status::AtRisk,
            &[(0, ticked(3)), (1, read(58.0)), (2, Reading::Yes(true))],
            "Cap table is agreed. Found the contracts in the old office.",
        )
        .seen("ivo", days.at(11, 9, 10, 30))
        .told(
            "me",
            days.at(11, 16, 9, 5),
            Status::AtRisk,
            &[(0, ticked(4)), (1, read(83.0)), (3, read(21_000.0))],
            "I would show the room to the first two on 7 December, not before.",
        )
        .seen("ivo", days.at(11, 16, 11, 0))
        .reply("work:n-42", "ivo", days.at(11, 19, 9, 30), "agreed")
        .told(
            "ivo",
            days.at(11, 19, 13, 15),
            Status::AtRisk,
            &[(0, ticked(5)), (1, read(96.0))],
            "Tax folder is done. The auditor wants the two licence contracts from 2023; I am \
             asking the old lawyers.",
        )
        .goal
}

fn close_the_books(days: &Calendar) -> Goal {
    let zones = Kind::Zones {
        commit: 60.0,
        target: 75.0,
        stretch: 90.0,
    };
    Story::new(
        "work:g-10d",
        "Close the books in five days",
        days.at(9, 25, 9, 0),
    )
    .people("ivo", "me")
    .under(ROUND)
    .period(days.day(10, 1), days.day(12, 31))
    .with(|goal| {
        goal.space = "Finance".to_owned();
        goal.cadence = Cadence::Weekly(days.weekday(11, 17));
    })
    .result(number(
        "work:t-85",
        "Days to close a month",
        "days",
        9.0,
        5.0,
    ))
    .result(number("work:t-86", "Bookings by hand", "", 60.0, 10.0))
    .result(of_kind("work:t-87", "Invoices matched by rule", "%", zones))
    .told(
        "ivo",
        days.at(11, 10, 17, 20),
        Status::OnTrack,
        &[(0, read(7.0)), (1, read(38.0)), (2, read(71.0))],
        "October took seven days.",
    )
    .seen("me", days.at(11, 11, 8, 30))
    .told(
        "ivo",
        days.at(11, 17, 17, 45),
        Status::OnTrack,
        &[(1, read(32.0)), (2, read(78.0))],
        "The bank's new file format saves an hour a day.",
    )
    .goal
}

fn security_review(days: &Calendar) -> Goal {
    let step = |name: &str, weight: f64| Milestone {
        name: name.to_owned(),
        weight,
    };
    let steps = vec![
        step("Scope", 1.0),
        step("Test", 2.0),
        step("Fixes", 3.0),
        step("Report", 1.0),
    ];
    let ticks = |ticks: [bool; 4]| Reading::Ticks(ticks.to_vec());
    let uptime = Guardrail {
        limit: 99.9,
        above: true,
        critical: Some(99.5),
        strict: false,
    };
    Story::new("work:g-11b", "Security review", days.at(9, 25, 10, 0))
        .people("bo", "me")
        .under(ROUND)
        .period(days.day(10, 1), days.day(12, 31))
        .with(|goal| {
            goal.space = "Product".to_owned();
            goal.cadence = Cadence::Weekly(days.weekday(11, 17));
        })
        .result(of_kind(
            "work:t-88",
            "Review",
            "",
            Kind::Milestones { steps },
        ))
        .result(number("work:t-89", "Open findings", "", 14.0, 0.0))
        .result(of_kind(
            "work:t-90",
            "Uptime during the test",
            "%",
            Kind::Guardrail(uptime),
        ))
        .told(
            "bo",
            days.at(11, 10, 9, 0),
            Status::OnTrack,
            &[
                (0, ticks([true, false, false, false])),
                (1, read(9.0)),
                (2, read(99.97)),
            ],
            "The testers found fourteen things, none of them bad.",
        )
        .seen("me", days.at(11, 10, 9, 40))
        .told(
            "bo",
            days.at(11, 17, 9, 5),
            Status::OnTrack,
            &[
                (0, ticks([true, true, false, false])),
                (1, read(5.0)),
                (2, read(99.95)),
            ],
            "Test is over. Five findings left, two of them need a new login page.",
        )
        .goal
}

fn reference_customers(days: &Calendar) -> Goal {
    Story::new(
        "work:g-12f",
        "Two reference customers",
        days.at(9, 28, 9, 0),
    )
    .people("mei", "me")
    .under(ROUND)
    .period(days.day(10, 1), days.day(12, 31))
    .with(|goal| {
        goal.space = "Growth".to_owned();
        goal.cadence = Cadence::Weekly(days.weekday(11, 16));
    })
    .result(number("work:t-94", "Calls with investors", "", 0.0, 6.0))
    .result(number("work:t-95", "Signed quotes", "", 0.0, 2.0))
    .result(of_kind("work:t-96", "Sales cycle", "days", Kind::Baseline))
    .told(
        "mei",
        days.at(11, 9, 16, 0),
        Status::OnTrack,
        &[(0, read(3.0)), (1, read(1.0)), (2, read(44.0))],
        "Harbour & Sons wrote a lovely quote.",
    )
    .seen("me", days.at(11, 9, 17, 0))
    .told(
        "mei",
        days.at(11, 16, 16, 45),
        Status::OnTrack,
        &[(0, read(4.0)), (2, read(41.0))],
        "Fourth call went well. The second quote waits for their lawyers.",
    )
    .goal
}

fn inbox(days: &Calendar) -> Vec<Notification> {
    let line =
        |id: &str, at: Time, reason: Reason, by: &str, goal: &str, text: &str| Notification {
            id: format!("work:i-{id}").as_str().into(),
            account: AccountName::new(WORK),
            to: person(WORK, "me"),
            at,
            reason,
            actor: Some(person(WORK, by)),
            goal: Some(GoalId::new(goal)),
            check_in: None,
            comment: None,
            text: text.to_owned(),
            read: false,
            done: false,
        };
    let moved = days.day(12, 15).format("%-d %b");
    let mut lines = vec![
        line(
            "6",
            days.at(11, 20, 10, 2),
            Reason::Mention,
            "bo",
            CHURN,
            "in Reduce churn to 2 %: \"finance has the numbers\"",
        ),
        line(
            "5",
            days.at(11, 20, 9, 12),
            Reason::CheckIn,
            "ana",
            CHURN,
            "checked in on Reduce churn to 2 %: Off track",
        ),
        line(
            "4",
            days.at(11, 19, 14, 5),
            Reason::Ack,
            "bo",
            SUPPORT,
            "acknowledged Support answers in a day",
        ),
        line(
            "3",
            days.at(11, 19, 9, 30),
            Reason::Comment,
            "ivo",
            DATA_ROOM,
            "in Data room ready: \"agreed\"",
        ),
        line(
            "2",
            days.at(11, 18, 15, 20),
            Reason::Changed,
            "mei",
            PILOT,
            &format!("moved due date of Referral pilot to {moved}"),
        ),
    ];
    let about = [
        (Some("work:c-7f3-9"), Some("work:n-44")),
        (Some("work:c-7f3-9"), None),
        (Some("work:c-4c2-5"), None),
        (Some("work:c-9c1-3"), Some("work:n-42")),
        (Some("work:c-3b1-2"), None),
    ];
    for (line, (check_in, comment)) in lines.iter_mut().zip(about) {
        line.check_in = check_in.map(CheckInId::new);
        line.comment = comment.map(CommentId::new);
        line.read = matches!(line.reason, Reason::Comment | Reason::Changed);
    }
    lines
}
