//! Five systems at once: one machine with goals of its own and accounts at
//! Operately, ClickUp, Quantive and AchieveIt, in front of servers that keep to
//! their descriptions. One tree, one queue, a check-in to each.

mod by_hand;
mod command_line;
mod screen;
mod shared;
mod week;

use std::os::unix::fs::PermissionsExt;

use serde_json::Value;

use crate::terminal::Home;
use crate::{achieveit, clickup, operately, quantive};

const CLICKUP_TOKEN: &str = "pk_ada_1";

/// One machine and its five accounts.
pub struct Five {
    pub home: Home,
    pub operately: operately::Fake,
    pub clickup: clickup::fake::Fake,
    pub quantive: quantive::fake::Fake,
    pub achieveit: achieveit::fake::Fake,
}

/// The accounts in the order of the settings.
const ACCOUNTS: [&str; 5] = ["home", "work", "tasks", "okrs", "plans"];

impl Five {
    /// Signed in everywhere; one goal of its own. Nothing was read yet.
    pub fn new() -> Self {
        Self::with("", "")
    }

    /// The same with a line more for the accounts that ask for no check-ins by
    /// themselves, and one for the Quantive account.
    pub fn with(cadence: &str, due: &str) -> Self {
        let shape = clickup::fake::Shape::Live;
        let five = Self {
            home: Home::empty(),
            operately: operately::Fake::start(operately::Age::Later),
            clickup: clickup::fake::Fake::start(clickup::fake::World::small(shape)),
            quantive: quantive::fake::Fake::start(),
            achieveit: achieveit::fake::Fake::start(),
        };
        let path = five.home.done(&["config", "path"]);
        let config = std::path::PathBuf::from(path.trim());
        let folder = config.parent().expect("a folder");
        let put = |name: &str, text: &str| {
            std::fs::create_dir_all(folder).expect("a folder");
            let file = folder.join(name);
            std::fs::write(&file, text).expect("a file");
            let private = std::fs::Permissions::from_mode(0o600);
            std::fs::set_permissions(&file, private).expect("a mode");
        };
        put("work-token", &five.operately.token("ada"));
        put("tasks-token", CLICKUP_TOKEN);
        put("okrs-token", &five.quantive.token());
        put("plans-token", achieveit::fake::KEY);
        let account = |name: &str, provider: &str, url: &str, more: &str| {
            format!(
                "[[account]]\nname = \"{name}\"\nprovider = \"{provider}\"\nurl = \"{url}\"\n\
                 token_file = \"{name}-token\"\n{more}\n"
            )
        };
        let text = [
            "[[account]]\nname = \"home\"\nprovider = \"local\"\n".to_owned(),
            account("work", "operately", &five.operately.url, ""),
            account("tasks", "clickup", &five.clickup.url, cadence),
            account(
                "okrs",
                "quantive",
                &five.quantive.url,
                &format!("account_id = \"{}\"\n{due}", quantive::world::ACCOUNT),
            ),
            account(
                "plans",
                "achieveit",
                &five.achieveit.url,
                &format!(
                    "plans = [\"{}\"]\nme = \"Ada Moreno\"\n{cadence}",
                    achieveit::fake::PLAN
                ),
            ),
        ];
        put("config.toml", &text.concat());
        five.home
            .done(&["goals", "add", "Learn Rust", "--account", "home"]);
        five
    }

    pub fn json(&self, args: &[&str]) -> Value {
        let text = self.home.done(&[args, &["--json"]].concat());
        serde_json::from_str(&text).expect("JSON")
    }

    /// One goal as `goals show` tells it.
    pub fn goal(&self, name: &str) -> Value {
        self.json(&["goals", "show", name])["goals"][0].clone()
    }
}
