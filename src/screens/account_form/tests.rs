//! The form driven as a person drives it: keys in, frames out; the server is what
//! the test says it said.

use super::*;
use crate::screens::check_in::tests::{Desk, launch};
use crate::store::effect::Command;

const TOKEN: &str = "opk_7Qw3rtyU1op";
const SIZES: [(u16, u16); 4] = [(80, 24), (60, 16), (120, 40), (20, 5)];

/// A form, the desk it is filled in at, and everything it ever said or showed.
struct Filling {
    desk: Desk,
    form: AccountForm,
    seen: String,
    effects: Vec<Effect>,
    commands: Vec<Command>,
    went: Option<Goto>,
}

impl Filling {
    fn new() -> Self {
        Self::of(ProviderKind::Operately)
    }

    fn of(kind: ProviderKind) -> Self {
        let desk = Desk::with(launch());
        let form = AccountForm::new(kind, &desk.scene());
        Self {
            desk,
            form,
            seen: String::new(),
            effects: Vec::new(),
            commands: Vec::new(),
            went: None,
        }
    }

    /// At the field of the token, with a server's address typed.
    fn at_token() -> Self {
        let mut filling = Self::new();
        filling.press("ctrl-u");
        filling.write("http://127.0.0.1:4000");
        filling.press("tab tab tab");
        filling
    }

    fn take(&mut self, replies: Vec<Reply>) -> &mut Self {
        for reply in replies {
            self.effects.extend(reply.effects);
            self.commands.extend(reply.commands);
            self.went = reply.goto.or(self.went.take());
        }
        for size in SIZES {
            let rows = self.desk.drawn(&self.form, size);
            self.seen.push_str(&rows.join("\n"));
        }
        self.seen.push_str(&format!("{:?}", self.form));
        self
    }

    fn press(&mut self, keys: &str) -> &mut Self {
        let replies = self.desk.press(&mut self.form, keys);
        self.take(replies)
    }

    fn write(&mut self, text: &str) -> &mut Self {
        for c in text.chars() {
            let reply = self.form.typed(&Edit::Insert(c), &self.desk.scene());
            self.take(vec![reply]);
        }
        self
    }

    /// What the form asks to meet, newest last.
    fn asked(&self) -> Vec<NewAccount> {
        let asked = self.effects.iter().filter_map(|effect| match effect {
            Effect::Meet(new) => Some((**new).clone()),
            _ => None,
        });
        asked.collect()
    }

    fn added(&self) -> Option<&NewAccount> {
        self.effects.iter().find_map(|effect| match effect {
            Effect::AddAccount(new) => Some(&**new),
            _ => None,
        })
    }

    fn answer(&mut self, about: &NewAccount, met: Result<Introduction, Fault>) -> &mut Self {
        self.form.met(about, &met);
        self.take(Vec::new())
    }

    #[track_caller]
    fn sees(&mut self, words: &str) -> &mut Self {
        let rows = self.desk.drawn(&self.form, (80, 24)).join("\n");
        assert!(rows.contains(words), "no \"{words}\" on\n{rows}");
        self
    }

    #[track_caller]
    fn sees_no(&mut self, words: &str) -> &mut Self {
        let rows = self.desk.drawn(&self.form, (80, 24)).join("\n");
        assert!(!rows.contains(words), "\"{words}\" is on\n{rows}");
        self
    }
}

fn ana() -> Introduction {
    Introduction {
        person: "Ana Silva".into(),
        company: "Acme".into(),
        server: "Operately 2026-08-21".into(),
        may_write: Some(true),
        spaces: Some(1),
        goals: 41,
    }
}

fn refused() -> Fault {
    Fault::new(
        crate::model::exchange::FaultKind::SignedOut,
        "the server does not know this token",
        "make a new one",
    )
}

#[test]
fn a_server_is_met_before_the_account_is_added() {
    let mut filling = Filling::at_token();
    filling.write(TOKEN).press("ctrl-s");
    let asked = filling.asked();
    assert_eq!(asked.len(), 1);
    assert_eq!(asked[0].sign_in.url, "http://127.0.0.1:4000");
    assert_eq!(asked[0].sign_in.account, "work".into());
    let file = TokenSource::File("tokens/work".into());
    assert_eq!(asked[0].sign_in.token, file);
    assert_eq!(asked[0].typed, Some(Typed::new(TOKEN)));
    filling.sees("asking http://127.0.0.1:4000 …");
    // Who presses it twice asks once.
    filling.press("ctrl-s");
    assert_eq!((filling.asked().len(), filling.added()), (1, None));
    filling.answer(&asked[0], Ok(ana()));
    filling.sees("signed in as Ana Silva at Acme, 1 space, 41 goals");
    filling.sees("Operately 2026-08-21");
    assert_eq!(filling.added(), None);
    filling.press("ctrl-s");
    assert_eq!(filling.added(), Some(&asked[0]));
}

#[test]
fn a_typed_token_is_stars_in_every_frame_and_in_no_log() {
    let mut filling = Filling::at_token();
    filling.write(TOKEN).press("ctrl-s");
    let asked = filling.asked();
    filling.answer(&asked[0], Err(refused()));
    filling.press("esc i enter esc enter");
    filling.answer(&asked[0], Ok(ana()));
    filling.sees(&"*".repeat(TOKEN.len()));
    let seen = format!(
        "{}{:?}{:?}",
        filling.seen, filling.effects, filling.commands
    );
    for part in [TOKEN, "opk_", "7Qw3"] {
        assert!(!seen.contains(part), "{part} is seen");
    }
    assert!(filling.commands.is_empty(), "a token is no draft");
}

#[test]
fn a_failure_is_said_in_words_and_may_be_tried_again() {
    let mut filling = Filling::at_token();
    filling.write(TOKEN).press("ctrl-s");
    let asked = filling.asked();
    filling.answer(&asked[0], Err(refused()));
    filling.sees("the server does not know this token; make a new one");
    filling.press("ctrl-s").sees("asking http");
    assert_eq!((filling.asked().len(), filling.added()), (2, None));
}

#[test]
fn what_is_edited_after_meeting_is_asked_again() {
    let mut filling = Filling::at_token();
    filling.write(TOKEN).press("ctrl-s");
    let first = filling.asked().remove(0);
    filling.answer(&first, Ok(ana())).sees("signed in as");
    filling.write("x").sees_no("signed in as");
    filling.press("ctrl-s");
    let second = filling.asked().remove(1);
    assert_ne!(first, second);
    assert_eq!(filling.added(), None);
    // The answer about what stood there before comes late.
    filling.answer(&first, Ok(ana()));
    filling.sees_no("signed in as").sees("asking http");
    filling
        .answer(&second, Err(refused()))
        .sees("does not know");
}

#[test]
fn enter_in_the_last_field_meets_and_never_adds() {
    let mut filling = Filling::at_token();
    filling.press("enter").press("tab tab tab");
    assert!(filling.asked().is_empty(), "nothing was typed yet");
    filling.write(TOKEN).press("enter");
    let asked = filling.asked();
    assert_eq!(asked.len(), 1);
    filling.answer(&asked[0], Ok(ana()));
    filling.press("enter tab enter enter enter enter");
    assert_eq!((filling.asked().len(), filling.added()), (1, None));
}

#[test]
fn another_way_empties_the_token() {
    let mut filling = Filling::at_token();
    filling.write(TOKEN).press("shift-tab space");
    assert!(filling.form.token.is_empty());
    filling.sees("in an environment variable").sees("Variable");
    filling.press("tab").write("WORK_TOKEN").press("ctrl-s");
    let env = filling.asked().remove(0);
    assert_eq!(env.sign_in.token, TokenSource::Env("WORK_TOKEN".into()));
    assert_eq!(env.typed, None);
    filling.press("shift-tab space tab").sees_no("WORK_TOKEN");
    filling.write("pass 'show x").press("ctrl-s");
    filling.sees("a quote in it is not closed");
    filling.write("'").press("ctrl-s");
    let command = filling.asked().remove(1).sign_in.token;
    let words = ["pass", "show x"].map(str::to_owned).to_vec();
    assert_eq!(command, TokenSource::Command(words));
    filling
        .press("shift-tab space tab")
        .write("t")
        .press("ctrl-s");
    let file = filling.asked().remove(2).sign_in.token;
    assert_eq!(file, TokenSource::File("t".into()));
    // Back at typing it: stars again, and nothing of the file's name.
    filling.press("shift-tab space tab").write("t").sees("[* ");
}

#[test]
fn what_is_missing_is_said_at_its_field_and_nobody_is_asked() {
    let mut filling = Filling::at_token();
    filling.press("ctrl-s").sees("it is missing");
    filling.press("shift-tab shift-tab ctrl-u").write("my work");
    filling.press("tab tab").write(TOKEN).press("ctrl-s");
    filling.sees("a word of letters, digits, - and _");
    // The focus went to what is wrong.
    filling.press("ctrl-u").write("local").press("ctrl-s");
    filling.sees("an account is called local already");
    filling
        .press("ctrl-u")
        .write("side")
        .press("shift-tab ctrl-u");
    filling.press("ctrl-s").sees("an address, like https://");
    assert!(filling.asked().is_empty());
}

#[test]
fn esc_x_leaves_nothing() {
    let mut filling = Filling::at_token();
    filling.write(TOKEN).press("ctrl-s");
    let asked = filling.asked();
    filling.answer(&asked[0], Ok(ana()));
    filling.press("esc x");
    assert_eq!(filling.went, Some(Goto::Close));
    assert!(filling.commands.is_empty());
    assert_eq!(filling.added(), None);
    let fresh = AccountForm::new(ProviderKind::Operately, &filling.desk.scene());
    assert!(fresh.token.is_empty());
}

#[test]
fn a_token_that_may_only_read_is_told_before_it_is_added() {
    let mut filling = Filling::at_token();
    filling.write(TOKEN).press("ctrl-s");
    let asked = filling.asked();
    let met = Introduction {
        may_write: Some(false),
        ..ana()
    };
    filling.answer(&asked[0], Ok(met));
    filling.sees("This token may only read");
}

#[test]
fn a_quantive_account_is_at_one_of_its_hosts_and_may_name_its_id() {
    let mut filling = Filling::of(ProviderKind::Quantive);
    filling.sees("Europe, older host");
    filling.sees("https://app.gtmhub.com/api");
    filling
        .press("space")
        .sees("https://app.quantive.com/results/api");
    filling
        .press("space space")
        .sees("https://app.us.quantive.com/results/api");
    filling.press("space space space space");
    filling.sees("https://app.gtmhub.com/api");
    filling.press("tab ctrl-u").write("http://127.0.0.1:4010");
    filling.sees("another, as the address says");
    filling
        .press("tab tab")
        .sees("may stay empty: most tokens tell it");
    filling.write("5f3d").press("tab").write("ana@acme.example");
    filling.press("tab tab").write("eyJx.y.z").press("ctrl-s");
    let asked = filling.asked().remove(0);
    assert_eq!(asked.kind, ProviderKind::Quantive);
    assert_eq!(asked.sign_in.url, "http://127.0.0.1:4010");
    assert_eq!(asked.sign_in.account, "quantive".into());
    let special = Special {
        workspace: Some("5f3d".into()),
        me: Some("ana@acme.example".into()),
        ..Special::default()
    };
    assert_eq!(asked.special, special);
}

#[test]
fn a_clickup_account_needs_a_token_and_nothing_else() {
    let mut filling = Filling::of(ProviderKind::ClickUp);
    filling
        .sees("https://api.clickup.com/api/v2")
        .sees("Workspace");
    filling.press("tab tab tab tab tab").write("pk_40_ABC");
    filling.sees("[*********").press("ctrl-s");
    let asked = filling.asked().remove(0);
    assert_eq!(asked.special, Special::default());
    assert_eq!(asked.typed, Some(Typed::new("pk_40_ABC")));
    // A token where a name was asked for is not taken, and not said again.
    filling.press("shift-tab shift-tab shift-tab shift-tab ctrl-u");
    filling.write("pk_40_ABC").press("ctrl-s");
    filling.sees("that looks like a token; it goes into its own field");
    assert_eq!(filling.asked().len(), 1);
}

#[test]
fn an_achieveit_account_names_plans_or_a_file_and_who_i_am() {
    let mut filling = Filling::of(ProviderKind::AchieveIt);
    filling
        .sees("API key")
        .press("tab tab")
        .sees("with commas between them");
    filling.write("p-1, p-2,").press("tab").write("items.csv");
    filling
        .press("tab")
        .write("Ana Silva")
        .press("tab tab")
        .write("k");
    filling.press("ctrl-s");
    let asked = filling.asked().remove(0);
    assert_eq!(asked.special.plans, ["p-1", "p-2"]);
    assert_eq!(asked.special.items_file, Some("items.csv".into()));
    assert_eq!(asked.special.me.as_deref(), Some("Ana Silva"));
}
