//! Who is told of the check-in: the sheet to choose from and the words in the form.

use super::CheckInForm;
use crate::model::exchange::Tell;
use crate::model::goal::Goal;
use crate::model::ids::PersonId;
use crate::model::text;
use crate::screens::{Choice, Goto, Place, Reply, Scene, measure};
use crate::shown;
use crate::theme::Role;
use crate::widgets::line::Line;

/// What the sheet's answer is about.
pub const RECIPIENTS: &str = "recipients";

const RESPONSIBLE: &str = "responsible";
const EVERYONE: &str = "everyone";
const NOBODY: &str = "nobody";

impl CheckInForm {
    /// Opens the sheet. Choosing a person puts them on the list or takes them off.
    pub(super) fn ask_recipients(&self, scene: &Scene<'_>) -> Reply {
        let Some(goal) = scene.store.goal(&self.goal) else {
            return Reply::done();
        };
        let mut rows = vec![
            (
                RESPONSIBLE.to_owned(),
                format!("champion and reviewer{}", named(goal, scene)),
            ),
            (
                EVERYONE.to_owned(),
                "everyone who can see the goal in its space".to_owned(),
            ),
            (NOBODY.to_owned(), "nobody".to_owned()),
        ];
        let chosen: &[PersonId] = match &self.tell {
            Tell::These(people) => people,
            _ => &[],
        };
        let others = scene.store.people(&goal.account).into_iter();
        rows.extend(
            others
                .filter(|person| !scene.store.is_me(&person.id))
                .map(|person| {
                    let sign = if chosen.contains(&person.id) {
                        "[x]"
                    } else {
                        "[ ]"
                    };
                    (person.id.to_string(), format!("{sign} {}", person.name))
                }),
        );
        Reply::goto(Goto::Open(Place::Choose(Choice {
            title: "Who is told of it? People named in the note are told anyway.".to_owned(),
            about: RECIPIENTS.to_owned(),
            rows,
            filters: true,
        })))
    }

    /// Takes the sheet's answer; a person brings the sheet again.
    pub(super) fn choose_recipients(&mut self, key: &str, scene: &Scene<'_>) -> Reply {
        let again = match key {
            RESPONSIBLE => {
                self.tell = Tell::Responsible;
                false
            }
            EVERYONE => {
                self.tell = Tell::Everyone;
                false
            }
            NOBODY => {
                self.tell = Tell::Nobody;
                false
            }
            person => {
                let person = PersonId::new(person);
                let mut people = match std::mem::take(&mut self.tell) {
                    Tell::These(people) => people,
                    _ => Vec::new(),
                };
                match people.iter().position(|other| *other == person) {
                    Some(place) => {
                        people.remove(place);
                    }
                    None => people.push(person),
                }
                self.tell = if people.is_empty() {
                    Tell::Nobody
                } else {
                    Tell::These(people)
                };
                true
            }
        };
        let kept = self.changed(scene);
        if again {
            let mut sheet = self.ask_recipients(scene);
            sheet.commands = kept.commands;
            sheet
        } else {
            kept
        }
    }

    /// `tells Ana, Mei`, for the form.
    pub(super) fn told(&self, goal: &Goal, scene: &Scene<'_>) -> Line {
        let words = match &self.tell {
            Tell::Responsible => {
                let names = responsible(goal, scene);
                if names.is_empty() {
                    "tells nobody: no reviewer".to_owned()
                } else {
                    format!("tells {}", names.join(", "))
                }
            }
            Tell::Everyone => "tells everyone in the space".to_owned(),
            Tell::Nobody => "tells nobody".to_owned(),
            Tell::These(people) => match people.as_slice() {
                [one] => format!("tells {}", measure::first_name(one, scene.store)),
                many => format!("tells {} people", many.len()),
            },
        };
        Line::of(Role::Dim, shown!("{words}")).space(1)
    }
}

/// First names of champion and reviewer without me.
fn responsible(goal: &Goal, scene: &Scene<'_>) -> Vec<String> {
    let mut people: Vec<&PersonId> = Vec::new();
    for person in [&goal.champion, &goal.reviewer].into_iter().flatten() {
        if !scene.store.is_me(person) && !people.contains(&person) {
            people.push(person);
        }
    }
    people
        .into_iter()
        .map(|person| measure::first_name(person, scene.store).to_string())
        .collect()
}

fn named(goal: &Goal, scene: &Scene<'_>) -> String {
    let names = responsible(goal, scene);
    if names.is_empty() {
        return String::new();
    }
    text::line(&format!(" ({})", names.join(", "))).to_string()
}
