//! People in what is written: who is told of it, who is named in it.

use crate::model::apply::mentions;
use crate::model::exchange::Tell;
use crate::model::ids::PersonId;
use crate::model::person::Person;

use super::super::ages::Op;
use super::super::ids::ShortId;
use super::super::rich_text::Mentions;
use super::now::{GoalNow, id_at, list, text_at};
use super::{Step, Stop, invalid};

/// `send_notifications_to_everyone` and `subscriber_ids`. Both always go along:
/// what a server does without them changed from nobody to everybody.
pub(super) fn told(tell: &Tell, now: &GoalNow, me: ShortId) -> Result<(bool, Vec<String>), Stop> {
    let ids: Vec<ShortId> = match tell {
        Tell::Everyone => return Ok((true, Vec::new())),
        Tell::Nobody => Vec::new(),
        Tell::Responsible => [&now.champion, &now.reviewer]
            .into_iter()
            .flatten()
            .map(|person| person.id)
            .collect(),
        Tell::These(people) => people
            .iter()
            .map(|person| {
                ShortId::of_ours(person.as_str()).ok_or_else(|| {
                    invalid(
                        "somebody who shall be told of it is not known to Operately",
                        "choose the people again (e)",
                    )
                })
            })
            .collect::<Result<_, _>>()?,
    };
    let mut once: Vec<String> = Vec::new();
    for id in ids.into_iter().filter(|id| *id != me) {
        let id = id.to_string();
        if !once.contains(&id) {
            once.push(id);
        }
    }
    Ok((false, once))
}

/// The people a text may name: everybody by full name, and those it names in our
/// short ways (`@ana`, `@ana.silva`) as they are written there. A name that two of
/// them have is nobody's: it would tell the wrong one.
pub(super) fn named(text: &str, people: &[Person]) -> Mentions {
    let id = |person: &PersonId| ShortId::of_ours(person.as_str()).map(|id| id.to_string());
    let mut all = Mentions::default();
    for word in text.split('@').skip(1) {
        let word: String = word
            .chars()
            .take_while(|letter| letter.is_alphanumeric() || ".-_".contains(*letter))
            .collect();
        let word = word.trim_end_matches(['.', '-', '_']);
        let short = format!("@{word}");
        let mut meant = people
            .iter()
            .filter(|person| !mentions(&short, std::slice::from_ref(*person)).is_empty());
        if let (Some(person), None) = (meant.next(), meant.next())
            && let Some(id) = id(&person.id)
        {
            all.insert(word, &id);
        }
    }
    for person in people {
        let is_only = people
            .iter()
            .filter(|other| other.name == person.name)
            .count()
            == 1;
        if let Some(id) = id(&person.id).filter(|_| is_only) {
            all.insert(&person.name, &id);
        }
    }
    all
}

impl Step<'_> {
    /// Mentions for a text; asks for the people only if it names somebody.
    pub(super) async fn mentions(&self, text: &str) -> Result<Mentions, Stop> {
        if !text.contains('@') {
            return Ok(Mentions::default());
        }
        let told = match self.read(Op::People, &[]).await {
            // Who may not see people names nobody.
            Err(Stop::Refused(_)) => return Ok(Mentions::default()),
            told => told?,
        };
        let people: Vec<Person> = list(&told, "people")
            .map_err(Stop::Refused)?
            .iter()
            .filter_map(|person| {
                Some(Person {
                    id: PersonId::new(id_at(person, "id")?.within(self.desk.account)),
                    account: self.desk.account.clone(),
                    name: text_at(person, "full_name")?.to_owned(),
                    handle: String::new(),
                })
            })
            .collect();
        Ok(named(text, &people))
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::rich_text::{mentioned, to_document};
    use super::super::tests::{goal_now, id};
    use super::*;
    use crate::model::ids::AccountName;

    fn person(name: &str, short: &str) -> Person {
        Person {
            id: PersonId::new(format!("work:{short}")),
            account: AccountName::new("work"),
            name: name.to_owned(),
            handle: String::new(),
        }
    }

    #[test]
    fn who_is_told_is_always_said_and_never_the_author() {
        let now = goal_now();
        let (champion, reviewer) = (now.champion.clone().unwrap(), now.reviewer.clone().unwrap());
        let told = |tell: Tell, me| told(&tell, &now, me).unwrap();
        assert_eq!(
            told(Tell::Responsible, champion.id),
            (false, vec![reviewer.id.to_string()])
        );
        assert_eq!(told(Tell::Nobody, champion.id), (false, Vec::new()));
        assert_eq!(told(Tell::Everyone, champion.id), (true, Vec::new()));
        let these = vec![
            PersonId::new(reviewer.id.within(&AccountName::new("work"))),
            PersonId::new(champion.id.within(&AccountName::new("work"))),
            PersonId::new(reviewer.id.within(&AccountName::new("work"))),
        ];
        assert_eq!(
            told(Tell::These(these), champion.id),
            (false, vec![reviewer.id.to_string()])
        );
    }

    #[test]
    fn people_are_named_in_full_and_in_our_short_ways() {
        let people = [
            person("Lena O'Neil", "Cll61Qqn6otWBiXoU8cECC"),
            person("Ada Brandt", "DfKZxzfwDcFxCELa6yDoN"),
        ];
        let text = "@Lena O'Neil and @ada.brandt, not ada@example.test";
        let document = to_document(text, &named(text, &people));
        assert_eq!(
            mentioned(&document),
            [id("Cll61Qqn6otWBiXoU8cECC"), id("DfKZxzfwDcFxCELa6yDoN")]
        );
    }

    #[test]
    fn a_name_that_two_people_have_tells_neither() {
        let people = [
            person("Ada Brandt", "DfKZxzfwDcFxCELa6yDoN"),
            person("Ada Novak", "Cll61Qqn6otWBiXoU8cECC"),
            person("Wei Chen", "BeKqUHbZMIv4IcimJ7Gfsm"),
            person("Wei Chen", "FO2mIELV0dHhOVCyHRb3gg"),
        ];
        let told = |text: &str| mentioned(&to_document(text, &named(text, &people)));
        assert_eq!(told("@Ada, or @ada? @Wei Chen, @wei.chen"), []);
        assert_eq!(
            told("@ada.novak and @Ada Brandt"),
            [id("Cll61Qqn6otWBiXoU8cECC"), id("DfKZxzfwDcFxCELa6yDoN")]
        );
    }
}
