//! `--filter`, `--view` and `views` from outside.

use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

struct Machine(TempDir);

impl Machine {
    /// Three goals, one of them closed.
    fn new() -> Self {
        let machine = Self(tempfile::tempdir().unwrap());
        for (name, due) in [
            ("Reduce churn", "2030-12-31"),
            ("Docs rewrite", "2031-06-30"),
            ("Old thing", "2030-01-01"),
        ] {
            machine.fine(&["goals", "add", name, "--due", due, "--cadence", "none"]);
        }
        machine.fine(&["goals", "close", "Old thing", "--achieved"]);
        machine.fine(&[
            "checkin",
            "churn",
            "--status",
            "off_track",
            "--note",
            "Bad.",
        ]);
        machine
    }

    fn run(&self, arguments: &[&str]) -> (i32, String, String) {
        let output = Command::new(env!("CARGO_BIN_EXE_goaldeck"))
            .args(arguments)
            .env_clear()
            .env("HOME", self.0.path())
            .env("USER", "ana")
            .env("LANG", "C.UTF-8")
            .env("TZ", "UTC")
            .env("GOALDECK_CONFIG_DIR", self.0.path().join("config"))
            .env("GOALDECK_DATA_DIR", self.0.path().join("data"))
            .output()
            .unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        let code = output.status.code().unwrap();
        (code, text(output.stdout), text(output.stderr))
    }

    #[track_caller]
    fn fine(&self, arguments: &[&str]) -> String {
        let (code, out, err) = self.run(arguments);
        assert_eq!(code, 0, "{arguments:?}\n{out}\n{err}");
        out
    }

    /// Names of the goals listed.
    #[track_caller]
    fn names(&self, arguments: &[&str]) -> Vec<String> {
        let out = self.fine(arguments);
        let name = |line: &str| {
            line.split('\t')
                .next_back()
                .unwrap_or_default()
                .trim()
                .to_owned()
        };
        out.lines().map(name).collect()
    }

    fn config(&self) -> std::path::PathBuf {
        self.0.path().join("config/config.toml")
    }
}

#[test]
fn lists_take_filters_and_views() {
    let machine = Machine::new();
    let list = |more: &[&str]| machine.names(&[&["goals", "list"], more].concat());
    assert_eq!(list(&["--filter", "status:off"]), ["Reduce churn"]);
    assert_eq!(list(&["--filter", "due:>=2031"]), ["Docs rewrite"]);
    assert_eq!(list(&["--filter", "is:closed"]), ["Old thing"]);
    assert_eq!(list(&["--view", "closed"]), ["Old thing"]);
    assert_eq!(list(&["--view", "Off Track"]), ["Reduce churn"]);
    assert_eq!(
        list(&["--view", "mine", "--sort", "due"]),
        ["Reduce churn", "Docs rewrite"]
    );
    assert_eq!(
        list(&["--view", "mine", "--filter", "-status:off"]),
        ["Docs rewrite"]
    );
    let tree = machine.names(&["goals", "tree", "--filter", "is:mine docs"]);
    assert_eq!(tree, ["Docs rewrite"]);
    assert_eq!(machine.fine(&["queue", "--filter", "nothing"]), "");
    assert_eq!(machine.fine(&["inbox", "list", "--filter", "nothing"]), "");
}

#[test]
fn a_wrong_filter_is_told_under_the_word() {
    let machine = Machine::new();
    for list in [
        &["goals", "list"][..],
        &["goals", "tree"],
        &["queue"],
        &["inbox", "list"],
    ] {
        let arguments = [list, &["--filter", "is:mine stauts:off"]].concat();
        let (code, out, err) = machine.run(&arguments);
        assert_eq!((code, out.as_str()), (2, ""), "{arguments:?}");
        assert_eq!(
            err,
            "goaldeck: --filter: no key \"stauts\"; did you mean status:? Quotes make it a \
             plain word\n  is:mine stauts:off\n          ^^^^^^\n"
        );
    }
    // What may still be typed on a screen is no filter here.
    assert_eq!(machine.run(&["goals", "list", "--filter", "status:"]).0, 2);
    let (code, _, err) = machine.run(&["--json", "goals", "list", "--filter", "x is:lat"]);
    let error: Value = serde_json::from_str(&err).unwrap();
    let error = &error["error"];
    assert_eq!(code, 2);
    assert_eq!(error["code"], "usage");
    assert_eq!(error["why"], "is: knows no \"lat\"");
    assert_eq!(error["at"]["text"], "x is:lat");
    assert_eq!(
        (error["at"]["from"].as_u64(), error["at"]["to"].as_u64()),
        (Some(5), Some(8))
    );
    let (code, _, err) = machine.run(&["goals", "list", "--view", "lat"]);
    assert_eq!(code, 2);
    assert!(
        err.contains("no view is called \"lat\"; did you mean \"late\"?"),
        "{err}"
    );
}

#[test]
fn views_are_kept_in_the_configuration_and_leave_it_again() {
    let machine = Machine::new();
    let text = "# mine\nhold = \"5s\"\n";
    std::fs::create_dir_all(machine.config().parent().unwrap()).unwrap();
    std::fs::write(machine.config(), text).unwrap();
    machine.fine(&[
        "views",
        "save",
        "my reds",
        "--filter",
        "status:off",
        "--sort",
        "due",
    ]);
    let kept = std::fs::read_to_string(machine.config()).unwrap();
    assert!(kept.starts_with(text), "{kept}");
    assert!(
        kept.contains("[[view]]\nname = \"my reds\"\nfilter = \"status:off\"\nsort = \"due\"\n")
    );
    assert_eq!(
        machine.names(&["goals", "list", "--view", "my reds"]),
        ["Reduce churn"]
    );
    let listed = machine.fine(&["views", "list"]);
    assert!(listed.contains("my reds\tstatus:off\tdue\town"), "{listed}");
    let shown: Value =
        serde_json::from_str(&machine.fine(&["views", "show", "late", "--json"])).unwrap();
    assert_eq!(shown["view"]["filter"], "is:late");
    assert_eq!(shown["view"]["shipped"], true);
    assert_eq!(machine.run(&["views", "delete", "late"]).0, 1);
    machine.fine(&["views", "delete", "My Reds"]);
    assert_eq!(std::fs::read_to_string(machine.config()).unwrap(), text);
    assert_eq!(machine.run(&["views", "save", "x", "--filter", "is:"]).0, 2);
    assert_eq!(machine.run(&["views", "save", " "]).0, 2);
}

#[test]
fn the_check_of_the_configuration_names_line_and_word() {
    let machine = Machine::new();
    std::fs::create_dir_all(machine.config().parent().unwrap()).unwrap();
    std::fs::write(
        machine.config(),
        "start = \"my red\"\n\n[[view]]\nname = \"my reds\"\nfilter = \"is:mine stauts:off\"\n",
    )
    .unwrap();
    let said = machine.fine(&["config", "check"]);
    assert!(
        said.contains("line 5, column 19: view.filter: no key \"stauts\"; did you mean status:?"),
        "{said}"
    );
    assert!(
        said.contains("line 1, column 9: start: no screen or view is called \"my red\""),
        "{said}"
    );
    assert!(said.contains("did you mean \"my reds\"?"), "{said}");
    let (code, _, err) = machine.run(&["goals", "list", "--view", "my reds"]);
    assert_eq!(code, 2);
    assert!(err.contains("view \"my reds\": no key \"stauts\""), "{err}");
}
