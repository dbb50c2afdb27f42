//! Puts text on the clipboard: through tmux where we are in it, else by OSC 52,
//! which works over SSH. Only writes, only on a person's key; never reads.

use std::io::Write;
use std::process::{Command, Stdio};

use thiserror::Error;

use crate::model::text::Shown;

/// Most bytes put on the clipboard; terminals drop what is much longer.
pub const LARGEST: usize = 8 * 1024;

/// Why a text was not copied; a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the text is too long for the clipboard: {0} bytes, 8192 at most; copy a part of it")]
pub struct TooLong(pub usize);

/// The bytes that make a terminal put `text` on the clipboard; send them with
/// the frames. Whether it obeyed cannot be known.
///
/// # Errors
/// [`TooLong`] above [`LARGEST`] bytes.
pub fn osc52(text: &Shown) -> Result<Vec<u8>, TooLong> {
    let bytes = text.as_str().as_bytes();
    if bytes.len() > LARGEST {
        return Err(TooLong(bytes.len()));
    }
    let mut sequence = b"\x1b]52;c;".to_vec();
    base64(bytes, &mut sequence);
    sequence.extend_from_slice(b"\x1b\\");
    Ok(sequence)
}

/// Gives `text` to tmux, which hands it on to the terminal outside. Waits for
/// tmux: not for the thread of the loop. True if tmux took it; else send
/// [`osc52`].
pub fn through_tmux(text: &Shown) -> bool {
    let mut command = Command::new("tmux");
    command.args(["load-buffer", "-w", "-"]);
    feed(&mut command, text.as_str().as_bytes())
}

fn feed(command: &mut Command, bytes: &[u8]) -> bool {
    let quiet = command
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let Ok(mut child) = quiet.spawn() else {
        return false;
    };
    let fed = child
        .stdin
        .take()
        .is_some_and(|mut stdin| stdin.write_all(bytes).is_ok());
    child.wait().is_ok_and(|status| status.success()) && fed
}

fn base64(bytes: &[u8], out: &mut Vec<u8>) {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for group in bytes.chunks(3) {
        let three = (0..3).fold(0, |sum, i| {
            sum << 8 | usize::from(group.get(i).copied().unwrap_or(0))
        });
        for place in 0..4 {
            // A group of n bytes has n + 1 letters.
            out.push(match place <= group.len() {
                true => LETTERS[three >> (18 - 6 * place) & 63],
                false => b'=',
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::text;

    fn encoded(text: &str) -> String {
        let mut out = Vec::new();
        base64(text.as_bytes(), &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn base64_is_that_of_the_standard() {
        for (plain, expected) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
            ("ÿþ?>", "w7/Dvj8+"),
        ] {
            assert_eq!(encoded(plain), expected);
        }
    }

    #[test]
    fn sequence_holds_the_clean_text_only() {
        let sequence = osc52(&text::line("goal\u{1b}]52;c;!\u{7}")).unwrap();
        let sequence = String::from_utf8(sequence).unwrap();
        let body = sequence.strip_prefix("\u{1b}]52;c;").unwrap();
        let body = body.strip_suffix("\u{1b}\\").unwrap();
        assert!(
            body.chars()
                .all(|c| c.is_ascii_alphanumeric() || "+/=".contains(c)),
            "{body}"
        );
    }

    #[test]
    fn too_long_a_text_is_refused() {
        for (bytes, taken) in [(LARGEST - 1, true), (LARGEST, true), (LARGEST + 1, false)] {
            let copied = osc52(&text::block(&"a".repeat(bytes)));
            assert_eq!(copied.is_ok(), taken, "{bytes}");
        }
    }

    #[test]
    fn a_program_that_is_missing_or_fails_says_no() {
        assert!(feed(Command::new("cat").stdin(Stdio::piped()), b"text"));
        assert!(!feed(&mut Command::new("false"), b"text"));
        assert!(!feed(&mut Command::new("no-such-program-here"), b"text"));
    }
}
