//! A line typed at the terminal that is not shown: stars stand for its
//! characters. The terminal is given back whatever happens.

use std::io::{Stdin, Write};

use rustix::termios::{
    LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcsetattr,
};
use secrecy::SecretString;
use secrecy::zeroize::Zeroizing;

use crate::model::text::Shown;

use super::failure::Failure;

/// Characters a line may have; what is typed beyond is not taken.
const LONGEST: usize = 8 * 1024;

const CTRL_C: u8 = 3;
const CTRL_D: u8 = 4;
const CTRL_H: u8 = 8;
const CTRL_U: u8 = 21;
const DELETE: u8 = 127;

/// The terminal while it shows nothing by itself.
struct Silent {
    stdin: Stdin,
    before: Termios,
}

impl Silent {
    fn new() -> std::io::Result<Self> {
        let stdin = std::io::stdin();
        let before = tcgetattr(&stdin)?;
        let mut silent = before.clone();
        // Not line by line, so that every key can be answered with a star; signals
        // come as keys, so that none ends us before the terminal is given back.
        silent
            .local_modes
            .remove(LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG);
        silent.special_codes[SpecialCodeIndex::VMIN] = 1;
        silent.special_codes[SpecialCodeIndex::VTIME] = 0;
        tcsetattr(&stdin, OptionalActions::Flush, &silent)?;
        Ok(Self { stdin, before })
    }

    fn key(&self) -> std::io::Result<Option<u8>> {
        let mut key = [0_u8; 1];
        loop {
            match rustix::io::read(&self.stdin, &mut key) {
                Ok(0) => return Ok(None),
                Ok(_) => return Ok(key.first().copied()),
                Err(rustix::io::Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
}

impl Drop for Silent {
    fn drop(&mut self) {
        // A terminal that is gone needs nothing back.
        let _gone = tcsetattr(&self.stdin, OptionalActions::Drain, &self.before);
    }
}

/// Asks for a line.
///
/// # Errors
/// There is no terminal to ask at, or the person does not want to.
pub fn read(prompt: &Shown) -> Result<SecretString, Failure> {
    let failed = |error: std::io::Error| {
        Failure::failed("token", format!("the terminal cannot be used: {error}"), "")
    };
    let silent = Silent::new().map_err(failed)?;
    let mut stderr = std::io::stderr();
    write!(stderr, "{prompt}")
        .and_then(|()| stderr.flush())
        .map_err(failed)?;
    let mut typed = Typed::default();
    let end = loop {
        let Some(key) = silent.key().map_err(failed)? else {
            break End::Gone;
        };
        let stars = typed.take(key);
        // Who does not see stars still types.
        let _unseen = stderr
            .write_all(stars.as_bytes())
            .and_then(|()| stderr.flush());
        if let Some(end) = typed.end {
            break end;
        }
    };
    let _unseen = stderr.write_all(b"\n");
    match end {
        End::Line => Ok(SecretString::from(typed.text.to_string())),
        End::Gone => Err(Failure::failed(
            "nothing was changed",
            "no token was given",
            "",
        )),
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Line,
    Gone,
}

/// What was typed so far. Characters of a token are ASCII; others are kept byte
/// by byte out of it and told afterwards by who reads the token.
#[derive(Default)]
struct Typed {
    text: Zeroizing<String>,
    end: Option<End>,
}

impl Typed {
    /// Takes a key; what the terminal is to show for it.
    fn take(&mut self, key: u8) -> String {
        match key {
            b'\r' | b'\n' => self.end = Some(End::Line),
            CTRL_C => self.end = Some(End::Gone),
            CTRL_D if self.text.is_empty() => self.end = Some(End::Gone),
            CTRL_H | DELETE => {
                let wiped = self.text.pop().map(|_| "\u{8} \u{8}");
                return wiped.unwrap_or_default().to_owned();
            }
            CTRL_U => {
                let count = self.text.chars().count();
                self.text.clear();
                return "\u{8} \u{8}".repeat(count);
            }
            key if key >= 0x20 && self.text.len() < LONGEST => {
                // Bytes above ASCII become letters that no token has.
                self.text.push(char::from(key));
                return "*".to_owned();
            }
            _ => {}
        }
        String::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(keys: &[u8]) -> (String, Option<End>, String) {
        let mut typed = Typed::default();
        let shown: String = keys.iter().map(|key| typed.take(*key)).collect();
        (typed.text.to_string(), typed.end, shown)
    }

    #[test]
    fn only_stars_are_shown() {
        assert_eq!(
            typed(b"abc\r"),
            ("abc".into(), Some(End::Line), "***".into())
        );
    }

    #[test]
    fn mistakes_can_be_taken_back() {
        let (text, _, _) = typed(b"\x7fabx\x7fc");
        assert_eq!(text, "abc");
        let (text, _, shown) = typed(b"wrong\x15ok\n");
        assert_eq!(text, "ok");
        assert_eq!(shown, format!("*****{}**", "\u{8} \u{8}".repeat(5)));
    }

    #[test]
    fn ctrl_c_and_an_empty_ctrl_d_end_without_a_line() {
        assert_eq!(typed(b"abc\x03").1, Some(End::Gone));
        assert_eq!(typed(b"\x04").1, Some(End::Gone));
        assert_eq!(typed(b"a\x04").1, None);
    }
}
