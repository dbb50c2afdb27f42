//! Companies to start with: a small one with one of each trap, and one of any
//! size.

use std::collections::{BTreeMap, HashMap};

use chrono::{Days, NaiveDate, TimeDelta};
use serde_json::{Value, json};

use super::age::Age;
use super::ids::Id;
use super::world::{
    About, Access, Activity, Check, CheckCopy, CheckIn, Closed, Comment, Contributor, Dice, Goal,
    Jobs, Milestone, Notification, Person, Project, Reaction, ShownDate, Space, State,
    Subscription, Target, TargetCopy, Time, Timeframe, Token, World, copy_id, doc,
    first_of_next_month, midnight,
};
use super::writes::reference;

/// Noon of a day.
pub fn noon(year: i32, month: u32, day: u32) -> Time {
    midnight(NaiveDate::from_ymd_opt(year, month, day).expect("a day")) + TimeDelta::hours(12)
}

/// The states of tasks a space starts with.
pub fn statuses(world: &mut World) -> Vec<Value> {
    [
        ("Not started", "pending", "gray", false),
        ("In progress", "in_progress", "blue", false),
        ("Done", "done", "green", true),
        ("Canceled", "canceled", "red", true),
    ]
    .into_iter()
    .enumerate()
    .map(|(index, (label, value, color, closed))| {
        json!({"id": world.new_id("status").to_string(), "label": label, "value": value,
            "color": color, "index": index, "closed": closed})
    })
    .collect()
}

impl World {
    /// A company with nobody in it, on Saturday, 21 November 2026, at noon.
    pub fn empty(age: Age) -> World {
        let mut world = World {
            age,
            now: noon(2026, 11, 21),
            company: Id::nil(),
            company_sid: "fjord-0bf3".into(),
            company_name: "Fjord".into(),
            company_space: Id::nil(),
            other_companies: vec![],
            people: BTreeMap::new(),
            tokens: vec![],
            spaces: BTreeMap::new(),
            goals: BTreeMap::new(),
            projects: BTreeMap::new(),
            check_ins: BTreeMap::new(),
            tasks: BTreeMap::new(),
            comments: vec![],
            reactions: vec![],
            threads: vec![],
            activities: vec![],
            notifications: vec![],
            jobs: vec![],
            jobs_mode: Jobs::After(1),
            names: HashMap::new(),
            version: None,
            billing_read_only: false,
            next_ids: HashMap::new(),
            shuffles: true,
            dice: Dice(20_261_121),
        };
        world.company = world.new_id("company");
        let general = world.add_space("General", &[]);
        let space = world.spaces.get_mut(&general).expect("just made");
        space.of_company = true;
        space.mission = Some("Organization-wide announcements and resources".into());
        world.company_space = general;
        world
    }

    /// A person with a full token and a read-only one, member of General.
    pub fn add_person(&mut self, key: &str, name: &str, title: Option<&str>) -> Id {
        let id = self.new_id("person");
        self.people.insert(
            id,
            Person {
                id,
                key: key.into(),
                name: name.into(),
                email: format!("{key}@example.test"),
                title: title.map(str::to_owned),
                timezone: None,
                manager: None,
                company_access: 10,
                suspended: false,
                kind: "human".into(),
                open_invitation: false,
            },
        );
        for (value, read_only) in [(token(key), false), (read_only_token(key), true)] {
            self.tokens.push(Token {
                value,
                person: id,
                read_only,
                revoked: false,
            });
        }
        let general = self.company_space;
        if let Some(space) = self.spaces.get_mut(&general) {
            space.members.push((id, 70));
        }
        id
    }

    /// A space of the company with these members; the first manages it.
    pub fn add_space(&mut self, name: &str, members: &[Id]) -> Id {
        let id = self.new_id("space");
        let statuses = statuses(self);
        let level = |n: usize| if n == 0 { 100 } else { 70 };
        self.spaces.insert(
            id,
            Space {
                id,
                name: name.into(),
                mission: None,
                of_company: false,
                private: false,
                members: members
                    .iter()
                    .enumerate()
                    .map(|(n, p)| (*p, level(n)))
                    .collect(),
                access: Access {
                    public: 0,
                    company: 10,
                    space: 0,
                },
                statuses,
            },
        );
        id
    }

    /// An open goal of 1 February 2026, due at the end of the year, its next
    /// check-in due on the first of next month.
    pub fn add_goal(
        &mut self,
        name: &str,
        space: Id,
        champion: Option<Id>,
        reviewer: Option<Id>,
    ) -> Id {
        let id = self.new_id("goal");
        let made = noon(2026, 2, 1);
        let next = midnight(first_of_next_month(self.now.date_naive()));
        self.goals.insert(
            id,
            Goal {
                id,
                name: name.into(),
                space,
                champion,
                reviewer,
                parent: None,
                description: None,
                timeframe: Some(Timeframe {
                    start: Some(ShownDate::day(made.date_naive())),
                    end: Some(ShownDate::quarter_end(2026, 4)),
                }),
                targets: vec![],
                checks: vec![],
                check_ins: vec![],
                next_update: Some(next),
                inserted: made,
                updated: made,
                closed: None,
                access: Access::INTERNAL,
                members: BTreeMap::new(),
                reviewer_since: None,
            },
        );
        id
    }

    pub fn add_target(
        &mut self,
        goal: Id,
        name: &str,
        from: f64,
        to: f64,
        value: f64,
        unit: &str,
    ) -> Id {
        let id = self.new_id("target");
        let g = self.goals.get_mut(&goal).expect("a goal of the fake");
        g.targets.push(Target {
            id,
            copy: copy_id(id),
            index: g.targets.len() as i64,
            name: name.into(),
            from,
            to,
            value,
            unit: unit.into(),
            inserted: g.inserted,
            updated: g.inserted,
        });
        id
    }

    pub fn add_check(&mut self, goal: Id, name: &str, completed: bool) -> Id {
        let id = self.new_id("check");
        let g = self.goals.get_mut(&goal).expect("a goal of the fake");
        g.checks.push(Check {
            id,
            index: g.checks.len() as i64 + 1,
            name: name.into(),
            completed,
            completed_at: None,
            inserted: g.inserted,
            updated: g.inserted,
        });
        id
    }

    /// A published check-in of a goal that was written at a moment, with all
    /// targets and checks as they are now; people it was told to get a
    /// notification of that moment.
    pub fn add_check_in(
        &mut self,
        goal: Id,
        author: Id,
        at: Time,
        status: &str,
        message: Value,
        told: &[Id],
    ) -> Id {
        let id = self.new_id("check_in");
        let list = self.new_id("subscription");
        let g = &self.goals[&goal];
        let targets = g
            .targets
            .iter()
            .map(|t| TargetCopy {
                id: t.copy,
                index: t.index,
                name: t.name.clone(),
                from: t.from,
                to: t.to,
                unit: t.unit.clone(),
                value: t.value,
                previous: t.from,
            })
            .collect();
        let checks = g
            .checks
            .iter()
            .map(|c| CheckCopy {
                id: c.id,
                name: c.name.clone(),
                completed: c.completed,
                index: c.index,
            })
            .collect();
        let timeframe = g.timeframe.clone();
        let space = g.space;
        self.check_ins.insert(
            id,
            CheckIn {
                id,
                about: About::Goal(goal),
                author,
                status: status.into(),
                message,
                inserted: at,
                updated: at,
                state: State::Published,
                published: Some(at),
                scheduled: None,
                acknowledged: None,
                targets,
                checks,
                timeframe: timeframe.clone(),
                due: None,
                subscription: Subscription {
                    id: list,
                    everyone: true,
                    people: vec![author],
                },
            },
        );
        let g = self.goals.get_mut(&goal).expect("a goal of the fake");
        g.check_ins.push(id);
        g.updated = at;
        let frame = super::view::frame_ref(timeframe.as_ref());
        let content = json!({"goal": reference("goal", goal), "goal_id": reference("goal_sid", goal),
            "update": reference("update", id), "old_timeframe": frame, "new_timeframe": frame});
        let activity = self.add_activity("goal_check_in", "check-in", author, at, content);
        if let Some(a) = self.activities.last_mut() {
            a.goal = Some(goal);
            a.space = Some(space);
        }
        for person in told {
            self.add_notification(*person, activity, at);
        }
        id
    }

    pub fn add_activity(
        &mut self,
        action: &str,
        slug: &str,
        author: Id,
        at: Time,
        content: Value,
    ) -> Id {
        let id = self.new_id("activity");
        self.activities.push(Activity {
            id,
            slug: slug.into(),
            action: action.into(),
            author,
            at,
            content,
            goal: None,
            project: None,
            space: None,
            thread: None,
        });
        id
    }

    pub fn add_notification(&mut self, person: Id, activity: Id, at: Time) -> Id {
        let id = self.new_id("notification");
        self.notifications.push(Notification {
            id,
            person,
            activity,
            at,
            read_at: None,
            unlisted: false,
        });
        id
    }

    pub fn add_comment(&mut self, on: Id, author: Id, at: Time, text: &str) -> Id {
        let id = self.new_id("comment");
        self.comments.push(Comment {
            id,
            on,
            author,
            content: doc(text),
            at,
        });
        id
    }

    pub fn add_reaction(&mut self, on: Id, person: Id, emoji: &str) -> Id {
        let id = self.new_id("reaction");
        self.reactions.push(Reaction {
            id,
            on,
            person,
            emoji: Some(emoji.into()),
        });
        id
    }

    /// An active project with a champion and a reviewer.
    pub fn add_project(
        &mut self,
        name: &str,
        space: Id,
        goal: Option<Id>,
        champion: Id,
        reviewer: Id,
    ) -> Id {
        let id = self.new_id("project");
        let list = self.new_id("subscription");
        let contributors = [(champion, "champion"), (reviewer, "reviewer")]
            .into_iter()
            .map(|(person, role)| Contributor {
                id: self.new_id("contributor"),
                person,
                role: role.into(),
                responsibility: None,
            })
            .collect();
        let made = noon(2026, 8, 18);
        let statuses = self.spaces[&space].statuses.clone();
        self.projects.insert(
            id,
            Project {
                id,
                name: name.into(),
                space,
                goal,
                contributors,
                state: "active".into(),
                success: None,
                timeframe: Timeframe {
                    start: Some(ShownDate::day(made.date_naive())),
                    end: None,
                },
                next_check_in: Some(midnight(
                    NaiveDate::from_ymd_opt(2026, 11, 20).expect("a day"),
                )),
                description: None,
                inserted: made,
                updated: made,
                closed_at: None,
                check_ins: vec![],
                milestones: vec![],
                statuses,
                access: Access::INTERNAL,
                subscription: Subscription {
                    id: list,
                    everyone: false,
                    people: vec![champion, reviewer],
                },
            },
        );
        id
    }

    /// Six people, three spaces, ten goals, one project: every trap once.
    ///
    /// | goal | what it is for |
    /// |---|---|
    /// | `Grow ARR` | rising and falling target, checks, unacknowledged check-in of amina, reviewer ada |
    /// | `Onboarding activation` | champion ada, due since 1 November |
    /// | `Fewer incidents` | champion ada, reviewer ingrid, check-in of today |
    /// | `Calm platform` | top goal, champion ingrid |
    /// | `Nobody owns this` | no champion, reviewer, targets, timeframe |
    /// | `Flat line` | `from == to` |
    /// | `Launch in Sweden` | closed, achieved, retrospective not acknowledged |
    /// | `秘密` (empty slug) | hidden from ada: only ingrid sees it |
    /// | `Child of a secret` | its parent is the hidden one |
    /// | `Red \u{1b}[31malert` | text with control characters, outdated |
    pub fn small(age: Age) -> World {
        let mut w = World::empty(age);
        let ada = w.add_person("ada", "Ada Brandt", Some("Head of Product"));
        let ingrid = w.add_person("ingrid", "Ingrid Solheim", Some("Founder & CEO"));
        let amina = w.add_person("amina", "Amina Diallo", None);
        let remi = w.add_person("remi", "Rémi Lefèvre", Some("Designer"));
        let lena = w.add_person("lena", "Lena O'Neil", Some("Operations"));
        let zed = w.add_person("zed", "Zed \u{1b}[31mRed", Some("Security"));
        w.people.get_mut(&ingrid).expect("made").company_access = 100;
        w.people.get_mut(&ada).expect("made").manager = Some(ingrid);
        w.people.get_mut(&ada).expect("made").timezone = Some("Europe/Berlin".into());
        let growth = w.add_space("Growth", &[amina, ada, ingrid]);
        let product = w.add_space("Product", &[ada, remi, ingrid, amina, zed]);
        let general = w.company_space;
        w.spaces
            .get_mut(&general)
            .expect("made")
            .members
            .retain(|(p, _)| *p != lena);

        let calm = w.add_goal("Calm platform", general, Some(ingrid), Some(ada));
        let arr = w.add_goal("Grow ARR", growth, Some(amina), Some(ada));
        w.add_target(arr, "ARR", 4_200_000.0, 12_500_000.0, 8_350_000.0, "EUR");
        w.add_target(arr, "Churn", 9.0, 3.0, 5.5, "%");
        w.add_check(arr, "Price list published", true);
        w.add_check(arr, "Partner contract signed", false);
        w.goals.get_mut(&arr).expect("made").parent = Some(calm);
        let at = noon(2026, 11, 16);
        let first = w.add_check_in(
            arr,
            amina,
            noon(2026, 10, 5),
            "caution",
            doc("Pipeline is thin."),
            &[],
        );
        w.check_ins.get_mut(&first).expect("made").acknowledged =
            Some((noon(2026, 10, 6), Some(ada)));
        let review = w.add_check_in(
            arr,
            amina,
            at,
            "off_track",
            doc("Forecast is short."),
            &[ada, ingrid],
        );
        let said = w.add_comment(review, ingrid, at + TimeDelta::hours(2), "What moves it?");
        w.add_reaction(review, remi, "👀");
        let content = json!({"goal": reference("goal", arr), "update": reference("update", review),
            "comment": reference("comment", said)});
        let talk = w.add_activity(
            "goal_check_in_commented",
            "check-in-commented",
            ingrid,
            at + TimeDelta::hours(2),
            content,
        );
        w.activities.last_mut().expect("made").goal = Some(arr);
        w.add_notification(ada, talk, at + TimeDelta::hours(2));
        w.add_notification(amina, talk, at + TimeDelta::hours(2));

        let board = w.add_goal("Onboarding activation", product, Some(ada), Some(ingrid));
        w.add_target(board, "Activated in week one", 35.0, 60.0, 46.0, "%");
        w.add_target(board, "Minutes to first goal", 40.0, 15.0, 28.0, "min");
        w.add_check(board, "Checklist in the sidebar", true);
        w.add_check(board, "Template gallery", false);
        let g = w.goals.get_mut(&board).expect("made");
        g.parent = Some(arr);
        g.next_update = Some(midnight(
            NaiveDate::from_ymd_opt(2026, 11, 19).expect("a day"),
        ));
        g.description = Some(doc("Activation = created a goal."));
        let old = w.add_check_in(
            board,
            ada,
            noon(2026, 10, 20),
            "on_track",
            doc("Shipped the list."),
            &[ingrid],
        );
        w.check_ins.get_mut(&old).expect("made").acknowledged =
            Some((noon(2026, 10, 21), Some(ingrid)));

        let calmer = w.add_goal("Fewer incidents", product, Some(ada), Some(ingrid));
        w.add_target(calmer, "Incidents", 12.0, 2.0, 6.0, "incidents");
        let today = w.now - TimeDelta::hours(3);
        w.add_check_in(calmer, ada, today, "on_track", doc("Halfway."), &[ingrid]);

        let nobody = w.add_goal("Nobody owns this", product, None, None);
        w.goals.get_mut(&nobody).expect("made").timeframe = None;
        let flat = w.add_goal("Flat line", product, Some(remi), Some(ada));
        w.add_target(flat, "Same", 5.0, 5.0, 5.0, "x");

        let sweden = w.add_goal("Launch in Sweden", growth, Some(amina), Some(ada));
        w.add_target(sweden, "Customers", 0.0, 25.0, 25.0, "customers");
        let closed_at = noon(2026, 7, 14);
        let content = json!({"goal": reference("goal", sweden), "success_status": "achieved"});
        let activity = w.add_activity("goal_closing", "closing", amina, closed_at, content);
        w.activities.last_mut().expect("made").goal = Some(sweden);
        w.goals.get_mut(&sweden).expect("made").closed = Some(Closed {
            at: closed_at,
            by: Some(amina),
            success: true,
            status: "achieved".into(),
            retrospective: doc("Sweden said yes."),
            activity,
            acknowledged: None,
        });

        let secret = w.add_goal("秘密", general, Some(ingrid), None);
        w.goals.get_mut(&secret).expect("made").access = Access::SECRET;
        let child = w.add_goal("Child of a secret", product, Some(remi), Some(ada));
        w.goals.get_mut(&child).expect("made").parent = Some(secret);
        let red = w.add_goal("Red \u{1b}[31malert", product, Some(zed), Some(remi));
        let g = w.goals.get_mut(&red).expect("made");
        g.next_update = Some(midnight(w.now.date_naive() - Days::new(20)));
        w.add_check_in(
            red,
            zed,
            noon(2026, 9, 30),
            "caution",
            doc("\u{1b}]0;owned\u{7}"),
            &[],
        );

        let billing = w.add_project("Billing rewrite", growth, Some(arr), amina, ada);
        let milestone = w.new_id("milestone");
        let p = w.projects.get_mut(&billing).expect("made");
        p.milestones.push(Milestone {
            id: milestone,
            title: "Invoice engine".into(),
            done: false,
            completed_at: None,
            timeframe: Timeframe {
                start: None,
                end: Some(ShownDate::day(
                    NaiveDate::from_ymd_opt(2026, 12, 11).expect("a day"),
                )),
            },
            inserted: p.inserted,
        });
        w.add_project_check_in(
            billing,
            amina,
            noon(2026, 11, 15),
            "off_track",
            doc("Tax rules."),
            &[ada],
        );
        w
    }

    /// A published check-in of a project.
    pub fn add_project_check_in(
        &mut self,
        project: Id,
        author: Id,
        at: Time,
        status: &str,
        message: Value,
        told: &[Id],
    ) -> Id {
        let id = self.new_id("check_in");
        let list = self.new_id("subscription");
        self.check_ins.insert(
            id,
            CheckIn {
                id,
                about: About::Project(project),
                author,
                status: status.into(),
                message,
                inserted: at,
                updated: at,
                state: State::Published,
                published: Some(at),
                scheduled: None,
                acknowledged: None,
                targets: vec![],
                checks: vec![],
                timeframe: None,
                due: None,
                subscription: Subscription {
                    id: list,
                    everyone: true,
                    people: vec![author],
                },
            },
        );
        let p = self
            .projects
            .get_mut(&project)
            .expect("a project of the fake");
        p.check_ins.push(id);
        let space = p.space;
        let content = json!({"project": reference("project", project),
            "check_in": reference("project_check_in_open", id)});
        let activity = self.add_activity(
            "project_check_in_submitted",
            "check-in-submitted",
            author,
            at,
            content,
        );
        let a = self.activities.last_mut().expect("just made");
        a.project = Some(project);
        a.space = Some(space);
        for person in told {
            self.add_notification(*person, activity, at);
        }
        id
    }

    /// The small company and so many goals more, four levels deep, each with
    /// two targets, two checks and a check-in.
    pub fn big(age: Age, goals: usize) -> World {
        let mut w = World::small(age);
        let people: Vec<Id> = ["ada", "ingrid", "amina", "remi", "zed"]
            .iter()
            .map(|key| w.who(key))
            .collect();
        let spaces: Vec<Id> = w.spaces.keys().copied().collect();
        let words = [
            "Grow", "Cut", "Launch", "Halve", "Win", "Keep", "Teach", "Ship",
        ];
        let things = [
            "revenue", "churn", "the app", "costs", "Sweden", "quality", "support",
        ];
        let mut made: Vec<Id> = Vec::with_capacity(goals);
        for n in 0..goals {
            let name = format!(
                "{} {} {n}",
                words[n % words.len()],
                things[n % things.len()]
            );
            let space = spaces[n % spaces.len()];
            let champion = people[n % people.len()];
            let reviewer = people[(n / 2 + 1) % people.len()];
            let id = w.add_goal(&name, space, Some(champion), Some(reviewer));
            w.add_target(id, "First", 0.0, 100.0, (n % 101) as f64, "%");
            w.add_target(id, "Second", 50.0, 10.0, (10 + n % 41) as f64, "h");
            w.add_check(id, "One", n % 2 == 0);
            w.add_check(id, "Two", n % 3 == 0);
            if n >= 10 {
                let parent = made[(n - 10) / 5];
                w.goals.get_mut(&id).expect("made").parent = Some(parent);
            }
            let status = ["on_track", "caution", "off_track"][n % 3];
            let at = noon(2026, 11, 1) + TimeDelta::minutes((n % 20_000) as i64);
            w.add_check_in(id, champion, at, status, doc("As planned."), &[]);
            made.push(id);
        }
        w
    }
}

/// The full token of a person of the seeded companies.
pub fn token(key: &str) -> String {
    let mut value = format!("opk_{key}_full_");
    while value.len() < 47 {
        value.push('x');
    }
    value
}

/// The read-only token of a person of the seeded companies.
pub fn read_only_token(key: &str) -> String {
    token(&format!("{key}_ro"))
}
