//! What is known about the terminal without asking it anything: the
//! environment, whether it is one, and its size as the kernel tells it.

use std::io::IsTerminal;

/// Most columns and rows that are drawn; a terminal that claims 65535 x 65535
/// would need more memory than there is.
pub const LARGEST: (u16, u16) = (500, 200);

/// What is drawn for if the size is not known.
pub const USUAL: (u16, u16) = (80, 24);

/// What the environment says about the terminal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Caps {
    /// Input and output are both a terminal.
    pub is_terminal: bool,
    /// `TERM` is `dumb` or missing: no cursor addressing, so no screen.
    pub dumb: bool,
    /// `NO_COLOR` has a value: no colour is to be sent.
    pub no_color: bool,
    /// The locale's characters are UTF-8.
    pub utf8: bool,
    /// The terminal is a pane of tmux.
    pub inside_tmux: bool,
}

impl Caps {
    /// Reads what `variable` gives for names of environment variables, and
    /// whether standard input and output are a terminal.
    pub fn read(variable: impl Fn(&str) -> Option<String>) -> Self {
        let is_terminal = std::io::stdin().is_terminal() && std::io::stdout().is_terminal();
        Self::of(is_terminal, variable)
    }

    /// As [`Self::read`], with the terminal's presence given.
    pub fn of(is_terminal: bool, variable: impl Fn(&str) -> Option<String>) -> Self {
        let value = |name: &str| variable(name).filter(|value| !value.is_empty());
        // The first of these that is set decides, as everywhere.
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(value);
        let utf8 = locale.is_some_and(|locale| {
            let locale = locale.to_ascii_lowercase();
            locale.contains("utf-8") || locale.contains("utf8")
        });
        Self {
            is_terminal,
            dumb: value("TERM").is_none_or(|term| term == "dumb"),
            no_color: value("NO_COLOR").is_some(),
            utf8,
            inside_tmux: value("TMUX").is_some(),
        }
    }

    /// Whether a full screen can be drawn here at all.
    pub fn can_draw(&self) -> bool {
        self.is_terminal && !self.dumb
    }
}

/// Columns and rows of the terminal on standard output (else input), clamped.
pub fn size() -> (u16, u16) {
    let told = rustix::termios::tcgetwinsize(rustix::stdio::stdout())
        .or_else(|_| rustix::termios::tcgetwinsize(rustix::stdio::stdin()));
    told.map_or(USUAL, |size| clamp(size.ws_col, size.ws_row))
}

/// A size that can be drawn: none means [`USUAL`], too much means [`LARGEST`].
pub fn clamp(columns: u16, rows: u16) -> (u16, u16) {
    let or = |told: u16, usual: u16| if told == 0 { usual } else { told };
    (
        or(columns, USUAL.0).min(LARGEST.0),
        or(rows, USUAL.1).min(LARGEST.1),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caps(set: &[(&str, &str)]) -> Caps {
        Caps::of(true, |name| {
            let found = set.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn sizes_are_clamped() {
        for (told, drawn) in [
            ((80, 24), (80, 24)),
            ((0, 0), (80, 24)),
            ((0, 50), (80, 50)),
            ((1, 1), (1, 1)),
            ((500, 200), (500, 200)),
            ((501, 201), (500, 200)),
            ((65535, 65535), (500, 200)),
        ] {
            assert_eq!(clamp(told.0, told.1), drawn, "{told:?}");
        }
    }

    #[test]
    fn first_locale_variable_that_is_set_decides() {
        assert!(caps(&[("LANG", "de_DE.UTF-8")]).utf8);
        assert!(caps(&[("LC_CTYPE", "C.utf8")]).utf8);
        assert!(caps(&[("LC_ALL", ""), ("LANG", "en_US.UTF-8")]).utf8);
        assert!(!caps(&[("LC_ALL", "C"), ("LANG", "en_US.UTF-8")]).utf8);
        assert!(!caps(&[]).utf8);
    }

    #[test]
    fn dumb_or_unknown_terminals_are_not_drawn_on() {
        assert!(!caps(&[("TERM", "dumb")]).can_draw());
        assert!(!caps(&[]).can_draw());
        assert!(caps(&[("TERM", "xterm")]).can_draw());
        assert!(
            !Caps {
                is_terminal: false,
                ..caps(&[("TERM", "xterm")])
            }
            .can_draw()
        );
    }

    #[test]
    fn empty_no_color_means_colour() {
        assert!(!caps(&[("NO_COLOR", "")]).no_color);
        assert!(caps(&[("NO_COLOR", "1")]).no_color);
    }
}
