//! The ages of a server and what differs between them.

/// A release of the server, oldest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Age {
    /// The main line up to 2026-03-12: flat names.
    Flat,
    /// Release 1.5.0, the first with namespaced names.
    V1_5,
    V1_6,
    /// Release 1.7.0: drafts, deletion of check-ins, fresh answers of edits.
    V1_7,
    /// Release 1.8.0: scheduling, `__typename`, any editor acknowledges.
    V1_8,
    /// The main line after 1.8.0, as recorded on 2026-08-21.
    Later,
}

impl Age {
    /// Every age, for tests that go through all of them.
    pub const ALL: [Age; 6] = [
        Age::Flat,
        Age::V1_5,
        Age::V1_6,
        Age::V1_7,
        Age::V1_8,
        Age::Later,
    ];

    pub fn namespaced(self) -> bool {
        self > Age::Flat
    }

    /// The text of `x-operately-version`, none on flat servers.
    pub fn version(self) -> Option<&'static str> {
        match self {
            Age::Flat => None,
            Age::V1_5 => Some("2026-04-01-1a2b3c4"),
            Age::V1_6 => Some("2026-05-18-2b3c4d5"),
            Age::V1_7 => Some("2026-07-08-3c4d5e6"),
            Age::V1_8 => Some("2026-07-16-4d5e6f7"),
            Age::Later => Some("2026-08-21-5e6f708"),
        }
    }

    /// Comments come as `{"message": document}`.
    pub fn wraps_comments(self) -> bool {
        self <= Age::V1_5
    }

    /// The review list comes in three groups.
    pub fn groups_assignments(self) -> bool {
        self >= Age::V1_6
    }

    /// Everybody in the space hears of a check-in when nothing is said.
    pub fn tells_everyone_by_default(self) -> bool {
        self >= Age::V1_6
    }

    /// Drafts, and the answer of an edit shows the state after it.
    pub fn drafts(self) -> bool {
        self >= Age::V1_7
    }

    pub fn schedules(self) -> bool {
        self >= Age::V1_8
    }

    pub fn typenames(self) -> bool {
        self >= Age::V1_8
    }

    /// Any editor but the author acknowledges, and a second time is silent.
    pub fn editors_acknowledge(self) -> bool {
        self >= Age::V1_8
    }

    pub fn knows_uuids(self) -> bool {
        self.namespaced()
    }

    /// The age a word of the declarations stands for (`1.7`, `later`).
    pub fn since(word: &str) -> Age {
        match word {
            "1.6" => Age::V1_6,
            "1.7" => Age::V1_7,
            "1.8" => Age::V1_8,
            "later" => Age::Later,
            other => panic!("no age called {other}"),
        }
    }
}
