//! What the configuration file may say, and what is said of a wrong one.

use std::path::Path;

use chrono::TimeDelta;

use super::nearest;
use crate::config::file::{
    Account, Binding, Config, Glyphs, Loaded, MarkRead, Notify, Start, Style,
};
use crate::config::{Environment, add_account, print_default};
use crate::model::cadence::Cadence;
use crate::model::progress::{Guardrails, Source};

fn parse(text: &str) -> Loaded {
    Loaded::parse(text, &Environment::default())
}

#[test]
fn empty_file_gives_the_defaults() {
    let loaded = parse("");
    assert_eq!(loaded, Loaded::default());
    assert_eq!(loaded.config.hold, TimeDelta::seconds(10));
    assert!(
        loaded
            .config
            .default_note()
            .starts_with("## What moved\n\n## Blockers")
    );
}

#[test]
fn printed_example_is_valid_and_changes_nothing() {
    let loaded = parse(print_default());
    assert_eq!(loaded, Loaded::default());
    // Commented lines are valid too once the sign is taken away.
    let open: String = print_default()
        .lines()
        .map(|line| match line.strip_prefix("# ") {
            Some(rest) if !rest.contains(',') || rest.contains(" = ") || rest.starts_with('[') => {
                rest.to_owned()
            }
            _ => line.to_owned(),
        })
        .skip(3)
        .map(|line| line + "\n")
        .filter(|line| {
            !["One table", "An account", "where it"]
                .iter()
                .any(|start| line.starts_with(start))
        })
        .collect();
    let loaded = parse(&open);
    assert_eq!((loaded.warnings, loaded.errors), (vec![], vec![]), "{open}");
    assert_eq!(loaded.config.accounts.len(), 5);
}

#[test]
fn every_key_is_read() {
    let loaded = parse(
        r#"
start = "goals"
theme = "dusk"
mouse = true
notify = "osc9"
glyphs = "ascii"
hold = "1m"
refresh = 0
editor = "nvim -c 'set tw=72'"
mark_read = "manual"
default_template = "mine"
[rollup]
source = "both"
guardrails = "count"
[pace]
early = 0.2
behind = 0.15
far_behind = 1
[[account]]
name = "local"
provider = "local"
as = "Ana Silva"
cadence = "biweekly:mon"
[[account]]
name = "team_2"
provider = "local"
[keys]
style = "plain"
layout_fallback = false
acknowledge = ["a", "ctrl-y"]
leave = []
[keys.check_in]
post = "esc p"
[templates]
mine = "yes"
[themes.dusk]
base = "dark"
off_track = "208 bold"
"#,
    );
    assert_eq!((loaded.warnings, loaded.errors), (vec![], vec![]));
    let config = loaded.config;
    assert_eq!(config.theme, "dusk");
    assert_eq!((config.mouse, config.notify), (true, Notify::Osc9));
    assert_eq!(config.themes.len(), 1);
    assert_eq!(config.start, Start::Goals);
    assert_eq!(
        (config.glyphs, config.mark_read),
        (Glyphs::Ascii, MarkRead::Manual)
    );
    assert_eq!(
        (config.hold, config.refresh),
        (TimeDelta::seconds(60), None)
    );
    assert_eq!(config.default_note(), "yes");
    assert_eq!(config.rules.source, Source::Both);
    assert_eq!(config.rules.guardrails, Guardrails::Count);
    assert!((config.rules.far_behind - 1.0).abs() < 1e-9);
    assert_eq!(config.accounts[0].acts_as.as_deref(), Some("Ana Silva"));
    assert_eq!(
        config.accounts[0].cadence,
        Cadence::Biweekly(chrono::Weekday::Mon)
    );
    assert_eq!(
        config.accounts[1].cadence,
        Cadence::Weekly(chrono::Weekday::Fri)
    );
    assert_eq!(config.keys.style, Style::Plain);
    assert!(!config.keys.layout_fallback);
    let binding = |scope: &str, command: &str, keys: &[&str], line| Binding {
        scope: scope.into(),
        command: command.into(),
        keys: keys.iter().map(|key| (*key).to_owned()).collect(),
        line,
    };
    assert_eq!(
        config.keys.bindings,
        [
            binding("", "acknowledge", &["a", "ctrl-y"], 30),
            binding("", "leave", &[], 31),
            binding("check_in", "post", &["esc p"], 33),
        ]
    );
}

#[test]
fn a_file_that_is_no_toml_names_line_and_key() {
    let said = |text: &str| parse(text).errors[0].to_string();
    assert!(said("start = \"goals\"\ntheme = \"auto\n").starts_with("line 2, column 14: theme: "));
    assert!(said("[pace]\nearly = = 1\n").starts_with("line 2, column 9: pace.early: "));
    assert!(said("start\n").starts_with("line 1, column "));
}

#[test]
fn unknown_keys_warn_with_place_and_nearest_and_the_rest_counts() {
    let loaded =
        parse("thme = \"mono\"\nglyphs = \"ascii\"\n[pace]\n  erly = 0.2\nnonsense_here = 1\n");
    assert_eq!(loaded.errors, []);
    assert_eq!(loaded.config.glyphs, Glyphs::Ascii);
    let said: Vec<String> = loaded.warnings.iter().map(ToString::to_string).collect();
    assert_eq!(
        said,
        [
            "line 1, column 1: thme: no such key, it is ignored; did you mean \"theme\"?",
            "line 4, column 3: pace.erly: no such key, it is ignored; did you mean \"early\"?",
            "line 5, column 1: pace.nonsense_here: no such key, it is ignored",
        ]
    );
}

#[test]
fn wrong_values_are_errors_and_leave_the_defaults() {
    let cases = [
        (
            "theme = \"mon\"",
            "line 1, column 9: theme: \"mon\" should be one of \"auto\", \"mono\", \"dark\", \"light\", \"blue-orange\", \"contrast\"; did you mean \"mono\"?",
        ),
        ("hold = 10", "line 1, column 8: hold: 10 should be a time"),
        ("hold = \"2h\"", "\"0s\" to \"1h\""),
        ("refresh = \"1s\"", "at least \"10s\""),
        ("editor = [\"vi\"]", "should be text in quotes"),
        ("[pace]\nearly = 2", "line 2, column 9: pace.early: 2"),
        (
            "[pace]\nbehind = 0.5",
            "pace.far_behind: should not be smaller",
        ),
        ("pace = 1", "should be a table: [pace]"),
        ("keys = { a = 1 }", "should be a list of keys"),
        (
            "[keys]\nstyle = \"plan\"",
            "line 2, column 9: keys.style: \"plan\" should be one of \"vim\", \"plain\"; did you mean \"plain\"?",
        ),
        ("account = 3", "should be written as [[account]]"),
        (
            "[[account]]\nprovider = \"local\"",
            "account.name: is missing",
        ),
        ("[[account]]\nname = \"x\"", "account.provider: is missing"),
        (
            "[[account]]\nname = \"a:b\"\nprovider = \"local\"",
            "a word of letters",
        ),
        (
            "[[account]]\nname = \"x\"\nprovider = \"jira\"",
            "line 3, column 12: account.provider: \"jira\" should be one of \"local\", \"operately\"",
        ),
        (
            "[[account]]\nname = \"x\"\nprovider = \"local\"\ncadence = \"weakly\"",
            "line 4, column 11: account.cadence: \"weakly\" should be like",
        ),
        (
            "[[account]]\nname = \"x\"\nprovider = \"local\"\n[[account]]\nname = \"x\"\nprovider = \"local\"",
            "\"x\" is there twice",
        ),
        ("theme = \"auto", "line 1, column"),
        ("a = 1\na = 2", "line 2, column 1"),
    ];
    for (text, wanted) in cases {
        let loaded = parse(&format!("{text}\n"));
        assert_eq!(loaded.config, Config::default(), "{text}");
        let said: Vec<String> = loaded.errors.iter().map(ToString::to_string).collect();
        assert!(
            said.iter().any(|said| said.contains(wanted)),
            "{text}: {said:?}"
        );
    }
}

#[test]
fn all_errors_are_listed_not_the_first_alone() {
    let loaded = parse("start = 1\ntheme = 2\nhold = true\n");
    assert_eq!(loaded.errors.len(), 3);
}

#[test]
fn environment_beats_the_file_even_a_broken_one() {
    let environment = Environment::of([
        ("GOALDECK_THEME", "mono"),
        ("GOALDECK_PACE_EARLY", "0.3"),
        ("GOALDECK_KEYS_LAYOUT_FALLBACK", "false"),
        ("GOALDECK_REFRESH", "0"),
        ("GOALDECK_GLYPHS", "fancy"),
        ("GOALDECK_START", ""),
    ]);
    for text in ["theme = \"auto\"\nglyphs = \"ascii\"", "theme = nothing"] {
        let loaded = Loaded::parse(text, &environment);
        assert_eq!(loaded.config.theme, "mono");
        assert!((loaded.config.rules.early - 0.3).abs() < 1e-9);
        assert!(!loaded.config.keys.layout_fallback);
        assert_eq!(loaded.config.refresh, None);
        assert_eq!(
            loaded.warnings[0].to_string(),
            "GOALDECK_GLYPHS: \"fancy\" does not count; it should be one of \"auto\", \"unicode\", \"ascii\""
        );
    }
}

#[test]
fn own_themes_are_read_line_by_line() {
    let text = "theme = \"mine\"\n\
                [themes.mine]\n\
                base = \"drak\"\n\
                of_track = \"red\"\n\
                at_risk = \"bold yelow\"\n\
                late = 5\n\
                good = \"green on\"\n\
                dim = \"245\"\n";
    let loaded = parse(text);
    assert_eq!(loaded.errors, vec![]);
    let said: Vec<String> = loaded.warnings.iter().map(ToString::to_string).collect();
    assert_eq!(
        said,
        [
            "line 4, column 1: themes.mine.of_track: no such role, it is ignored; did you mean \"off_track\"?",
            "line 5, column 11: themes.mine.at_risk: \"yelow\" is no colour and no modifier, the line is ignored; did you mean \"yellow\"?",
            "line 6, column 8: themes.mine.late: should be text in quotes like \"208 bold\", the line is ignored",
            "line 7, column 8: themes.mine.good: takes one colour and one after \"on\", the line is ignored",
            "line 3, column 8: themes.mine.base: there is no theme \"drak\", auto is the base; did you mean \"dark\"?",
        ]
    );
    // What is right counts all the same.
    assert_eq!(loaded.config.theme, "mine");
    let theme = loaded.config.all_themes().theme("mine").unwrap();
    assert_ne!(
        theme.style(crate::theme::Role::Dim),
        crate::theme::Theme::default().style(crate::theme::Role::Dim)
    );
    assert!(
        parse("themes = 3").errors[0]
            .to_string()
            .contains("[themes]")
    );
}

#[test]
fn own_theme_that_is_hard_to_read_is_told() {
    let loaded = parse("[themes.night]\nbackground = \"16\"\ntext = \"250\"\ndim = \"236\"\n");
    assert_eq!(
        loaded.warnings[0].to_string(),
        "line 4, column 7: themes.night.dim: contrast 1.6 on its background, 4.5 can be read well"
    );
    let environment = Environment::of([("GOALDECK_THEME", "nigt")]);
    let loaded = Loaded::parse(
        "theme = \"night\"\n[themes.night]\nabout = \"mine\"\n",
        &environment,
    );
    assert_eq!(loaded.config.theme, "night");
    assert_eq!(
        loaded.warnings[0].to_string(),
        "GOALDECK_THEME: there is no theme \"nigt\", it does not count; did you mean \"night\"?"
    );
}

#[test]
fn default_template_must_exist() {
    let loaded = parse("default_template = \"plan\"");
    assert_eq!(loaded.config.default_template, "moved");
    assert_eq!(loaded.warnings[0].nearest.as_deref(), Some("plans"));
    assert_eq!(parse("default_template = \"\"").config.default_note(), "");
}

#[test]
fn accounts_are_added_without_disturbing_the_rest() {
    let text = "# mine\ntheme = \"mono\" # dark room\n[keys]\nleave = [\"q\"]";
    let mut account = Account::local("home");
    account.acts_as = Some("Ana \"A\" Silva\u{1b}".into());
    account.cadence = Cadence::None;
    let longer = add_account(text, &account).unwrap();
    assert!(longer.starts_with(text));
    let loaded = parse(&longer);
    assert_eq!((loaded.warnings, loaded.errors), (vec![], vec![]));
    assert_eq!(loaded.config.accounts, [account.clone()]);
    let again = add_account(&longer, &Account::local("team")).unwrap();
    assert_eq!(parse(&again).config.accounts.len(), 2);
    assert!(add_account(&again, &account).unwrap_err().contains("twice"));
    assert!(add_account("account = []", &account).is_err());
    assert!(add_account("theme = ", &account).is_err());
    assert!(add_account("", &Account::local("a b")).is_err());
    assert!(
        add_account("", &account)
            .unwrap()
            .starts_with("[[account]]\n")
    );
}

#[test]
fn notices_quote_the_file_safely() {
    let loaded = parse("theme = \"\\u001b[31mred\"\n\"\\u001b]0;x\" = 1\n");
    for notice in loaded.errors.iter().chain(&loaded.warnings) {
        assert!(!notice.shown().as_str().contains('\u{1b}'));
    }
}

#[test]
fn missing_file_is_empty_and_unreadable_file_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let none = Environment::default();
    assert_eq!(
        Loaded::read(&folder.path().join("no.toml"), &none),
        Loaded::default()
    );
    assert_eq!(Loaded::read(folder.path(), &none).errors.len(), 1);
    assert_eq!(Loaded::read(Path::new("/dev/null"), &none).errors, []);
    let bad = folder.path().join("bad.toml");
    std::fs::write(&bad, b"theme = \"auto\"\n# \xff\n").unwrap();
    let said = Loaded::read(&bad, &none).errors[0].to_string();
    assert!(said.starts_with("line 2, column 3:"), "{said}");
}

#[test]
fn nearest_needs_likeness() {
    assert_eq!(nearest("colour", ["theme", "start"]), None);
    assert_eq!(nearest("strat", ["theme", "start"]), Some("start"));
    assert_eq!(
        nearest("default", ["default_template", "start"]),
        Some("default_template")
    );
}

proptest::proptest! {
    #[test]
    fn no_text_breaks_the_reader(text in "\\PC{0,60}") {
        let _ = parse(&text);
    }

    #[test]
    fn any_name_survives_being_added(name in "\\PC{1,20}") {
        let mut account = Account::local("x");
        account.acts_as = Some(name.trim().to_owned()).filter(|name| !name.is_empty());
        let text = add_account("", &account).unwrap();
        proptest::prop_assert_eq!(parse(&text).config.accounts, [account]);
    }
}
