//! The local workspace as a provider: goals kept on this machine, shared by the
//! people and programs that use one data directory. Keeps nothing itself; the
//! workspace behind it does everything once per key.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use tokio::sync::OnceCell;

use super::{Provider, Sink};
use crate::model::exchange::{
    Abilities, Ability, Answer, Batch, Change, Fault, FaultKind, Letter, Query, Signature,
};
use crate::model::ids::{AccountName, EntryId, PersonId};
use crate::model::person::Person;
use crate::model::workspace::Workspace;

/// As whom the workspace is used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Who {
    /// As the person whose machine it is, `ACCOUNT:me`; made with this name at
    /// first use.
    Owner(String),
    /// As somebody who is there already (`as` in the configuration, `--as`): a
    /// name, first name or handle, in any case.
    Named(String),
}

/// One account of the local workspace.
pub struct Local {
    workspace: Arc<dyn Workspace>,
    account: AccountName,
    who: Who,
    me: OnceCell<PersonId>,
}

impl std::fmt::Debug for Local {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Local")
            .field("account", &self.account)
            .field("who", &self.who)
            .finish_non_exhaustive()
    }
}

impl Local {
    /// An account on a workspace; asks it nothing yet.
    pub fn new(workspace: Arc<dyn Workspace>, account: AccountName, who: Who) -> Self {
        Self {
            workspace,
            account,
            who,
            me: OnceCell::new(),
        }
    }

    /// Who uses it; makes the owner at first use.
    ///
    /// # Errors
    /// Nobody of that name is there (the fault lists who is), or the disk fails.
    pub async fn me(&self) -> Result<PersonId, Fault> {
        self.me
            .get_or_try_init(|| async {
                let people = self.workspace.people().await?;
                let people: Vec<Person> = people
                    .into_iter()
                    .filter(|person| person.account == self.account)
                    .collect();
                match &self.who {
                    Who::Named(name) => named(&people, name),
                    Who::Owner(name) => self.owner(&people, name).await,
                }
            })
            .await
            .cloned()
    }

    async fn owner(&self, people: &[Person], name: &str) -> Result<PersonId, Fault> {
        let me = PersonId::new(format!("{}:me", self.account));
        if people.iter().any(|person| person.id == me) {
            return Ok(me);
        }
        let person = Person {
            id: me.clone(),
            account: self.account.clone(),
            name: name.to_owned(),
            handle: String::new(),
        };
        let signature = Signature {
            by: me.clone(),
            account: self.account.clone(),
            // No moment shows anywhere for a person; a fixed one needs no clock.
            at: chrono::DateTime::UNIX_EPOCH,
        };
        let key = EntryId::new(format!("first use of {me}"));
        self.workspace
            .carry_out(Change::PutPerson { person }, signature, key)
            .await?;
        Ok(me)
    }
}

/// The one person a name means.
fn named(people: &[Person], name: &str) -> Result<PersonId, Fault> {
    let wanted = name.trim().trim_start_matches('@').to_lowercase();
    let by = |says: &dyn Fn(&Person) -> String| -> Vec<&Person> {
        people
            .iter()
            .filter(|person| says(person).to_lowercase() == wanted)
            .collect()
    };
    let mut found = by(&|person| person.name.clone());
    if found.is_empty() {
        found = by(&|person| person.handle.clone());
        found.retain(|person| !person.handle.is_empty());
    }
    if found.is_empty() {
        found = by(&|person| person.first_name().to_owned());
    }
    if let [only] = found.as_slice() {
        return Ok(only.id.clone());
    }
    let names: Vec<&str> = people.iter().map(|person| person.name.as_str()).collect();
    let here = if names.is_empty() {
        "nobody is here yet".to_owned()
    } else {
        format!("choose one of: {}", names.join(", "))
    };
    Err(Fault::new(
        FaultKind::Invalid,
        if found.is_empty() {
            format!("nobody here is called \"{name}\"")
        } else {
            format!("\"{name}\" could be more than one person")
        },
        here,
    ))
}

/// What of a batch belongs to an account: several may share one workspace.
fn only(account: &AccountName, mut batch: Batch) -> Batch {
    batch.goals.retain(|goal| &goal.account == account);
    batch.people.retain(|person| &person.account == account);
    batch.notifications.retain(|line| &line.account == account);
    batch
}

impl Provider for Local {
    fn abilities(&self) -> Abilities {
        let native = Ability::Native;
        Abilities {
            check_in: native,
            edit_check_in: native,
            edit_within: None,
            retract: native,
            status: native,
            confidence: native,
            tell: Ability::No("this workspace tells the reviewer and who is named in the note"),
            acknowledge: native,
            unacknowledge: native,
            comment: native,
            remark: native,
            react: native,
            edit_goals: native,
            pause: native,
            projects: native,
            close: native,
            review: Ability::No("this workspace has no approvals of goals"),
            together: false,
            inbox: native,
            unread: native,
            done: native,
            people: native,
            immediate: true,
            idempotent: true,
            provider: "the local workspace",
            short: "local",
        }
    }

    fn fetch(&self, query: Query, mut sink: Sink) -> BoxFuture<'_, Result<(), Fault>> {
        Box::pin(async move {
            let me = self.me().await?;
            let account = self.account.clone();
            let sink = Box::new(move |batch| sink(only(&account, batch)));
            self.workspace.read(query, me, sink).await
        })
    }

    fn send(&self, letter: Letter) -> BoxFuture<'_, Answer> {
        Box::pin(async move {
            let Letter {
                change,
                signature,
                key,
                ..
            } = letter;
            match self.workspace.carry_out(change, signature, key).await {
                Ok((batch, undo)) => Answer::Accepted {
                    batch,
                    undo: undo.map(Box::new),
                },
                Err(fault) if fault.kind == FaultKind::Disk => Answer::Offline(fault.to_string()),
                Err(fault) => Answer::Refused(fault),
            }
        })
    }

    /// A write here is done once per key, so looking for it and doing it are the
    /// same question.
    fn look_for(&self, letter: Letter) -> BoxFuture<'_, Result<Option<Batch>, Fault>> {
        Box::pin(async move {
            let Letter {
                change,
                signature,
                key,
                ..
            } = letter;
            match self.workspace.carry_out(change, signature, key).await {
                Ok((batch, _)) => Ok(Some(batch)),
                Err(fault) if fault.kind == FaultKind::Disk => Err(fault),
                // Not done and not to be done: sending it again says why.
                Err(_) => Ok(None),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disk::{Disk, Options};
    use crate::model::goal::Goal;
    use crate::model::ids::GoalId;
    use std::sync::mpsc;

    fn time() -> crate::model::time::Time {
        "2026-11-21T09:12:00Z".parse().unwrap()
    }

    fn workspace(home: &tempfile::TempDir) -> Arc<dyn Workspace> {
        let opened = Disk::open(home.path(), &Options::new(time())).unwrap();
        Arc::new(opened.disk)
    }

    fn run<T>(work: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap()
            .block_on(work)
    }

    fn signed(by: &str) -> Signature {
        Signature {
            by: by.into(),
            account: "local".into(),
            at: time(),
        }
    }

    fn fetched(local: &Local, query: Query) -> Vec<Batch> {
        let (sender, receiver) = mpsc::channel();
        let sink: Sink = Box::new(move |batch| sender.send(batch).unwrap());
        run(local.fetch(query, sink)).unwrap();
        receiver.into_iter().collect()
    }

    #[test]
    fn first_use_makes_the_owner_and_the_second_finds_them() {
        let home = tempfile::tempdir().unwrap();
        let space = workspace(&home);
        for name in ["Ana Silva", "Somebody Else"] {
            let local = Local::new(space.clone(), "local".into(), Who::Owner(name.into()));
            assert_eq!(run(local.me()).unwrap(), PersonId::new("local:me"));
        }
        let people = run(space.people()).unwrap();
        assert_eq!(people.len(), 1);
        assert_eq!(people[0].name, "Ana Silva");
    }

    #[test]
    fn as_finds_people_by_name_and_lists_them_otherwise() {
        let home = tempfile::tempdir().unwrap();
        let space = workspace(&home);
        run(Local::new(
            space.clone(),
            "local".into(),
            Who::Owner("Ana Silva".into()),
        )
        .me())
        .unwrap();
        for name in ["ana silva", "Ana", "@ANA"] {
            let local = Local::new(space.clone(), "local".into(), Who::Named(name.into()));
            assert_eq!(run(local.me()).unwrap(), PersonId::new("local:me"));
        }
        let other = Local::new(space, "local".into(), Who::Named("Bo".into()));
        let fault = run(other.me()).unwrap_err();
        assert_eq!(
            fault.to_string(),
            "nobody here is called \"Bo\"; choose one of: Ana Silva"
        );
    }

    #[test]
    fn a_write_is_done_once_and_shows_only_in_its_account() {
        let home = tempfile::tempdir().unwrap();
        let space = workspace(&home);
        let local = Local::new(space.clone(), "local".into(), Who::Owner("Ana".into()));
        let other = Local::new(space, "second".into(), Who::Owner("Ana".into()));
        let id = GoalId::new("local:g1");
        let create = || Change::CreateGoal {
            goal: Box::new(Goal::new(id.clone(), "local".into(), "Grow", time())),
        };
        for _ in 0..2 {
            let answer = run(local.send(Letter::new("e1".into(), create(), signed("local:me"))));
            let Answer::Accepted { batch, undo } = answer else {
                panic!("{answer:?}");
            };
            assert_eq!(batch.goals.len(), 1);
            assert!(matches!(undo.as_deref(), Some(Change::DeleteGoal { .. })));
        }
        let found =
            run(local.look_for(Letter::new("e1".into(), create(), signed("local:me")))).unwrap();
        assert_eq!(found.unwrap().goals.len(), 1);
        assert_eq!(fetched(&local, Query::All)[0].goals.len(), 1);
        assert_eq!(fetched(&other, Query::All)[0].goals.len(), 0);
        let gone = Change::DeleteComment {
            goal: "local:none".into(),
            check_in: None,
            id: "c".into(),
        };
        let answer = run(local.send(Letter::new("e2".into(), gone, signed("local:me"))));
        assert!(matches!(answer, Answer::Refused(fault) if fault.kind == FaultKind::Gone));
    }
}
