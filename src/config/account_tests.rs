//! What an account of a server may say, and how accounts come into a file and go.

use crate::config::file::{Account, Config, Loaded, ProviderKind};
use crate::config::{Environment, add_account, change_account, first_account, remove_account};
use crate::model::cadence::Cadence;
use crate::model::sign_in::{SignIn, TokenSource};
use crate::model::status::Status;
use crate::model::system::{AuthScheme, Special};

fn parse(text: &str) -> Loaded {
    Loaded::parse(text, &Environment::default())
}

fn sign_in(account: &str, token: TokenSource) -> SignIn {
    SignIn {
        account: account.into(),
        url: "https://a.example".into(),
        token,
        ca_file: None,
        insecure: false,
    }
}

fn with(lines: &str) -> String {
    format!(
        "[[account]]\nname = \"work\"\nprovider = \"operately\"\nurl = \"https://a.example\"\n{lines}\n"
    )
}

#[track_caller]
fn token(lines: &str) -> TokenSource {
    let loaded = parse(&with(lines));
    assert_eq!(
        (loaded.warnings, loaded.errors),
        (vec![], vec![]),
        "{lines}"
    );
    loaded.config.accounts[0].sign_in.clone().unwrap().token
}

#[test]
fn every_key_of_an_account_on_a_server_is_read() {
    let loaded = parse(&with(
        "token_env = \"T\"\nca_file = \"~/ca.pem\"\ninsecure = true\nhold = \"1m\"\nrefresh = 0\n\
         cadence = \"monthly:1\"\n[account.status_map]\n\"Amber\" = \"at_risk\"\nDone = \"achieved\"",
    ));
    assert_eq!((loaded.warnings, loaded.errors), (vec![], vec![]));
    let account = &loaded.config.accounts[0];
    assert_eq!(account.provider, ProviderKind::Operately);
    assert_eq!(
        account.sign_in,
        Some(SignIn {
            ca_file: Some("~/ca.pem".into()),
            insecure: true,
            ..sign_in("work", TokenSource::Env("T".into()))
        })
    );
    assert_eq!(account.hold, Some(chrono::TimeDelta::minutes(1)));
    assert_eq!(account.refresh, Some(chrono::TimeDelta::zero()));
    assert_eq!(account.cadence, Cadence::Monthly(1));
    assert_eq!(account.status_map["Amber"], Status::AtRisk);
    assert_eq!(account.status_map["Done"], Status::Achieved);
    let plain = parse(&with("token_env = \"T\""));
    assert_eq!(plain.config.accounts[0].cadence, Cadence::None);
}

#[test]
fn a_token_comes_from_one_of_four_places() {
    let words = |words: &[&str]| {
        TokenSource::Command(words.iter().map(|word| (*word).to_owned()).collect())
    };
    assert_eq!(
        token("token_command = \"pass show 'my work'\""),
        words(&["pass", "show", "my work"])
    );
    assert_eq!(
        token("token_command = [\"sh\", \"-c\", \"cat $X\"]"),
        words(&["sh", "-c", "cat $X"])
    );
    assert_eq!(
        token("token_env = \"WORK_TOKEN\""),
        TokenSource::Env("WORK_TOKEN".into())
    );
    assert_eq!(
        token("token_file = \"tokens/work\""),
        TokenSource::File("tokens/work".into())
    );
    assert_eq!(
        token("token_keyring = true"),
        TokenSource::Keyring("work".into())
    );
    assert_eq!(
        token("token_keyring = false\ntoken_env = \"T\""),
        TokenSource::Env("T".into())
    );
}

#[test]
fn wrong_accounts_say_where_and_what_to_write_and_repeat_no_token() {
    let cases = [
        (
            "",
            "line 1, column 1: account.token_command: is missing for \"work\": token_command = ",
        ),
        (
            "token_env = \"A\"\ntoken_file = \"b\"",
            "line 6, column 14: account.token_file: there is token_env too",
        ),
        (
            "token_env = \"A\"\ntoken_keyring = true",
            "there is token_env too",
        ),
        (
            "token = \"opk_CANARY\"",
            "line 5, column 9: account.token: a token does not stand in this file",
        ),
        (
            "token_env = \"opk_CANARY\"",
            "the name of an environment variable",
        ),
        (
            "token_env = \"two words\"",
            "the name of an environment variable",
        ),
        (
            "token_file = \"opk_CANARY\"",
            "the name of a file that holds the token",
        ),
        (
            "token_command = \"echo opk_CANARY\"",
            "should be a command like",
        ),
        (
            "token_command = \"a 'b\"",
            "account.token_command: has a quote that is not closed",
        ),
        ("token_command = []", "should be a command like"),
        ("token_command = [\"a\", 1]", "should be a command like"),
        ("token_keyring = \"yes\"", "should be true or false"),
        (
            "token_env = \"T\"\ninsecure = \"no\"",
            "line 6, column 12: account.insecure: \"no\" should be true or false",
        ),
        (
            "token_env = \"T\"\nca_file = 1",
            "account.ca_file: 1 should be a file's name",
        ),
        (
            "token_env = \"T\"\nhold = \"2h\"",
            "account.hold: \"2h\" should be a time from",
        ),
        (
            "token_env = \"T\"\nrefresh = \"1s\"",
            "account.refresh: \"1s\" should be a time of",
        ),
        (
            "token_env = \"T\"\nstatus_map = 1",
            "account.status_map: 1 should be a table",
        ),
        (
            "token_env = \"T\"\nstatus_map = { Amber = \"at_rsk\" }",
            "account.status_map.Amber: \"at_rsk\" should be one of",
        ),
    ];
    for (lines, wanted) in cases {
        let loaded = parse(&with(lines));
        assert_eq!(loaded.config, Config::default(), "{lines}");
        let said: Vec<String> = loaded.errors.iter().map(ToString::to_string).collect();
        assert!(
            said.iter().any(|said| said.contains(wanted)),
            "{lines}: {said:?}"
        );
        assert!(!said.concat().contains("CANARY"), "{said:?}");
    }
    let text = "[[account]]\nname = \"work\"\nprovider = \"operately\"\ntoken_env = \"T\"\n";
    let said = parse(text).errors[0].to_string();
    assert!(
        said.starts_with("line 1, column 1: account.url: is missing for \"work\": url = "),
        "{said}"
    );
}

#[test]
fn keys_that_mean_nothing_for_a_provider_are_named_and_ignored() {
    let loaded = parse(&with("token_env = \"T\"\nas = \"Ana\""));
    assert_eq!(loaded.errors, []);
    let said = loaded.warnings[0].to_string();
    assert!(
        said.contains("account.as: is ignored: the token says who you are"),
        "{said}"
    );
    assert_eq!(loaded.config.accounts[0].acts_as, None);
    let loaded =
        parse("[[account]]\nname = \"l\"\nprovider = \"local\"\nurl = \"https://a.example\"\n");
    assert!(
        loaded.warnings[0]
            .to_string()
            .contains("a local account has no server")
    );
    assert_eq!(loaded.config.accounts, [Account::local("l")]);
}

#[test]
fn an_open_file_with_a_token_command_is_warned_of() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("config.toml");
    let read = |lines: &str, mode| {
        std::fs::write(&file, with(lines)).unwrap();
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).unwrap();
        let loaded = Loaded::read(&file, &Environment::default());
        assert_eq!(loaded.errors, []);
        loaded.warnings.first().map(ToString::to_string)
    };
    assert_eq!(read("token_command = \"pass\"", 0o600), None);
    assert_eq!(read("token_env = \"T\"", 0o666), None);
    let said = read("token_command = \"pass\"", 0o666).unwrap();
    assert!(
        said.contains("is not run: others may read or change") && said.contains("chmod 600"),
        "{said}"
    );
}

/// A file with comments everywhere.
const FILE: &str = "# mine\ntheme = \"mono\" # dark\n\n# my own goals\n[[account]] # first\nname = \"home\"\nprovider = \"local\" # here\n\n[[account]]\nname = \"work\"\nprovider = \"operately\"\nurl = \"https://a.example\"   # cloud\n# how\ntoken_env = \"OLD\" # old\nhold = \"1m\"\n[account.status_map]\nAmber = \"at_risk\"\n\n# keys below\n[keys]\nleave = [\"q\"]\n";

fn names(text: &str) -> Vec<String> {
    let loaded = parse(text);
    assert_eq!(loaded.errors, [], "{text}");
    loaded
        .config
        .accounts
        .iter()
        .map(|one| one.name.to_string())
        .collect()
}

#[test]
fn removing_an_account_takes_its_lines_and_no_others() {
    let shorter = remove_account(FILE, &"work".into()).unwrap();
    assert_eq!(
        shorter,
        "# mine\ntheme = \"mono\" # dark\n\n# my own goals\n[[account]] # first\nname = \"home\"\nprovider = \"local\" # here\n\n# keys below\n[keys]\nleave = [\"q\"]\n"
    );
    let other = remove_account(FILE, &"home".into()).unwrap();
    assert!(
        other.starts_with(
            "# mine\ntheme = \"mono\" # dark\n\n# my own goals\n\n[[account]]\nname = \"work\""
        ),
        "{other}"
    );
    assert_eq!(names(&other), ["work"]);
    let none = remove_account(&shorter, &"home".into()).unwrap();
    assert_eq!(
        none,
        "# mine\ntheme = \"mono\" # dark\n\n# my own goals\n\n# keys below\n[keys]\nleave = [\"q\"]\n"
    );
    let inline = "account = [{ name = \"home\", provider = \"local\" }]\n";
    assert!(
        remove_account(inline, &"home".into())
            .unwrap_err()
            .contains("by hand")
    );
    assert!(
        remove_account(FILE, &"nobody".into())
            .unwrap_err()
            .contains("not removed")
    );
    assert!(
        remove_account("theme = ", &"x".into())
            .unwrap_err()
            .contains("Mend")
    );
}

#[test]
fn the_first_account_is_moved_and_nothing_else() {
    let sorted = first_account(FILE, &"work".into()).unwrap();
    assert_eq!(names(&sorted), ["work", "home"]);
    assert!(
        sorted.contains("# my own goals\n[[account]]\nname = \"work\""),
        "{sorted}"
    );
    assert!(
        sorted.contains("Amber = \"at_risk\"\n\n[[account]] # first\n"),
        "{sorted}"
    );
    assert!(
        sorted.ends_with("provider = \"local\" # here\n\n# keys below\n[keys]\nleave = [\"q\"]\n"),
        "{sorted}"
    );
    let back = first_account(&sorted, &"home".into()).unwrap();
    assert_eq!(back, FILE);
    assert_eq!(first_account(FILE, &"home".into()).unwrap(), FILE);
    assert!(first_account(FILE, &"nobody".into()).is_err());
}

#[test]
fn another_token_leaves_the_rest_of_the_table_alone() {
    let account = |sign_in| Account::remote(ProviderKind::Operately, sign_in);
    let by_env = change_account(
        FILE,
        &account(sign_in("work", TokenSource::Env("NEW".into()))),
    )
    .unwrap();
    assert_eq!(by_env, FILE.replace("\"OLD\"", "\"NEW\""));
    let mut other = sign_in("work", TokenSource::File("tokens/work".into()));
    other.url = "https://b.example".into();
    other.insecure = true;
    let changed = change_account(FILE, &account(other.clone())).unwrap();
    let read = parse(&changed).config.accounts[1].clone();
    assert_eq!(read.sign_in, Some(other));
    assert_eq!(read.status_map["Amber"], Status::AtRisk);
    for kept in [
        "# mine",
        "# here",
        "url = \"https://b.example\"   # cloud",
        "hold = \"1m\"",
        "# keys below\n[keys]",
    ] {
        assert!(changed.contains(kept), "{kept}: {changed}");
    }
    assert!(!changed.contains("OLD"));
    assert!(
        change_account(
            FILE,
            &account(sign_in("nobody", TokenSource::Env("T".into())))
        )
        .is_err()
    );
}

#[test]
fn an_account_with_everything_reads_back_as_it_was() {
    let mut account = Account::remote(
        ProviderKind::Operately,
        SignIn {
            ca_file: Some("/etc/a \"b\".pem".into()),
            insecure: true,
            ..sign_in(
                "work",
                TokenSource::Command(vec!["a".into(), "b c".into(), "\"".into()]),
            )
        },
    );
    account.hold = Some(chrono::TimeDelta::seconds(90));
    account.refresh = Some(chrono::TimeDelta::zero());
    account.cadence = Cadence::Monthly(1);
    account
        .status_map
        .insert("At \"risk\"".into(), Status::AtRisk);
    let text = add_account("", &account).unwrap();
    assert_eq!(parse(&text).config.accounts, [account]);
    for source in [
        TokenSource::Env("T".into()),
        TokenSource::File("~/t".into()),
        TokenSource::Keyring("work".into()),
    ] {
        let account = Account::remote(ProviderKind::Operately, sign_in("work", source));
        let text = add_account(FILE, &account).unwrap_err();
        assert!(text.contains("twice"), "{text}");
        let text = add_account("", &account).unwrap();
        assert_eq!(parse(&text).config.accounts, [account]);
    }
}

proptest::proptest! {
    #[test]
    fn what_is_added_can_be_taken_away_without_a_trace(
        lines in proptest::collection::vec("(#[ a-z]{0,9})?", 0..4),
        tail in "(\n\\[pace\\]\nearly = 0\\.2\n)?",
    ) {
        let mut text: String = lines.iter().map(|line| format!("{line}\n")).collect();
        text.push_str("theme = \"mono\"\n");
        text.push_str(&tail);
        let account = Account::remote(ProviderKind::Operately, sign_in("x", TokenSource::Env("T".into())));
        let longer = add_account(&text, &account).unwrap();
        proptest::prop_assert_eq!(remove_account(&longer, &account.name).unwrap(), text);
    }
}

#[test]
fn what_only_one_system_says_is_rewritten_with_the_rest() {
    let text = "[[account]] # mine\nname = \"space\"\nprovider = \"clickup\"\n\
                token_env = \"T\"\nworkspace = \"1\" # the old one\ncompleted = true\n\
                cadence = \"monthly:1\"\n";
    let mut account = parse(text).config.accounts[0].clone();
    assert!(account.special.completed);
    account.special = Special {
        workspace: Some("2".into()),
        me: Some("Ana".into()),
        auth_scheme: AuthScheme::Raw,
        ..Special::default()
    };
    let changed = change_account(text, &account).unwrap();
    assert!(
        changed.contains("workspace = \"2\" # the old one"),
        "{changed}"
    );
    assert!(!changed.contains("completed"), "{changed}");
    assert_eq!(parse(&changed).config.accounts, [account]);
}

#[test]
fn a_token_in_place_of_a_name_is_not_repeated() {
    for line in [
        "name = \"pk_4021_SECRET\"",
        "workspace = \"eyJSECRET.x.y\"",
        "me = \"pk_4021_SECRET\"",
    ] {
        let text = format!("[[account]]\nprovider = \"clickup\"\ntoken_env = \"T\"\n{line}\n");
        let loaded = parse(&text);
        let said = format!("{:?}", loaded.errors);
        assert!(said.contains("looks like a token"), "{said}");
        assert!(!said.contains("SECRET"), "{said}");
    }
}
