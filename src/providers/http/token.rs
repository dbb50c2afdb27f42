//! A token in memory: it can be put into a request's header and compared by a
//! one-way mark; it can not be printed, written or copied into a text.

use std::fmt;

use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::model::exchange::{Fault, FaultKind};
use crate::model::ids::AccountName;

/// Bytes a token may have.
pub const LARGEST: usize = 8 * 1024;

/// What stands for a token wherever something is printed.
pub const HIDDEN: &str = "***";

/// Tokens shorter than this are not searched for in texts: `redact` would
/// replace half of the words.
const SEARCHABLE: usize = 6;

/// The secret an account signs in with. Debug and Display print `***`.
pub struct Token(SecretString);

impl Token {
    /// Takes a token as it came from a person, a file or a program. White space
    /// around it goes.
    ///
    /// # Errors
    /// It is empty, longer than 8 KiB, or has characters inside that no
    /// token has; what it holds is not repeated.
    pub fn new(text: &str) -> Result<Self, Fault> {
        let text = text.trim();
        let wrong = |why: &str, remedy: &str| Err(Fault::new(FaultKind::SignedOut, why, remedy));
        if text.is_empty() {
            return wrong(
                "the token is empty",
                "make one at the server and give it again",
            );
        }
        if text.len() > LARGEST {
            return wrong(
                "the token is longer than 8 KiB",
                "give the token alone, nothing around it",
            );
        }
        if text.contains(['\n', '\r']) {
            return wrong(
                "there is more than one line where the token should be",
                "keep the line with the token only",
            );
        }
        if !text.bytes().all(|byte| (0x21..0x7f).contains(&byte)) {
            return wrong(
                "the token has a space, a control character or a letter that tokens do not have",
                "give the token alone, nothing around it",
            );
        }
        Ok(Self(SecretString::from(text)))
    }

    /// `Bearer …` for the `Authorization` header, marked so that nothing prints
    /// it.
    pub fn header(&self) -> HeaderValue {
        self.header_after("Bearer ")
    }

    /// The token behind `prefix` as a header value that nothing prints.
    pub fn header_after(&self, prefix: &str) -> HeaderValue {
        let text = SecretString::from(format!("{prefix}{}", self.0.expose_secret()));
        // Only visible ASCII comes in, so it is always a header value.
        let mut value = HeaderValue::from_str(text.expose_secret())
            .unwrap_or_else(|_| HeaderValue::from_static(""));
        value.set_sensitive(true);
        value
    }

    /// Twelve characters by which a changed token is noticed. Salted with the
    /// account's name, so equal tokens of two accounts do not look equal.
    pub fn fingerprint(&self, account: &AccountName) -> String {
        let mut hash = Sha256::new();
        hash.update(b"goaldeck token\0");
        hash.update(account.as_str().as_bytes());
        hash.update(b"\0");
        hash.update(self.0.expose_secret().as_bytes());
        hash.finalize()
            .iter()
            .take(6)
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }

    /// Whether it begins with these letters, by which some systems tell sorts of
    /// tokens apart.
    pub fn begins_with(&self, letters: &str) -> bool {
        self.0.expose_secret().starts_with(letters)
    }

    /// What a JSON Web Token says of itself: the claims in its middle part, never
    /// the token. Nothing is verified. None for tokens of any other sort.
    pub fn claims(&self) -> Option<Value> {
        let mut parts = self.0.expose_secret().split('.');
        let (_, claims, _) = (parts.next()?, parts.next()?, parts.next()?);
        let claims: Value = serde_json::from_slice(&from_base64url(claims)?).ok()?;
        claims.is_object().then_some(claims)
    }

    /// Whether both are the same secret.
    pub fn is_same(&self, other: &Token) -> bool {
        self.0.expose_secret() == other.0.expose_secret()
    }
}

/// Bytes of base 64 with `-` and `_` (RFC 4648 §5), padded or not.
fn from_base64url(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3 + 2);
    let (mut held, mut bits) = (0_u32, 0_u32);
    for letter in text.trim_end_matches('=').bytes() {
        let six = match letter {
            b'A'..=b'Z' => letter - b'A',
            b'a'..=b'z' => letter - b'a' + 26,
            b'0'..=b'9' => letter - b'0' + 52,
            b'-' | b'+' => 62,
            b'_' | b'/' => 63,
            _ => return None,
        };
        held = held << 6 | u32::from(six);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.extend(u8::try_from(held >> bits & 0xff));
        }
    }
    Some(bytes)
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(HIDDEN)
    }
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(HIDDEN)
    }
}

/// Names of parameters and headers whose value is a secret.
const SECRET_NAMES: [&str; 12] = [
    "authorization",
    "proxy-authorization",
    "x-api-key",
    "set-cookie",
    "cookie",
    "access_token",
    "refresh_token",
    "api_token",
    "api_key",
    "apikey",
    "password",
    "token",
];

/// `text` without secrets, for logs and reports: these tokens wherever they
/// stand, values of `Authorization` and cookie headers, values of parameters
/// like `?token=` and `"api_key": "…"`, and passwords in addresses.
pub fn redact(text: &str, tokens: &[&Token]) -> String {
    let mut out = text.to_owned();
    for token in tokens {
        out = without(&out, token.0.expose_secret());
    }
    let lines: Vec<String> = out.split('\n').map(redact_line).collect();
    lines.join("\n")
}

/// `text` with each occurrence of `secret` hidden; as it is if the secret is too
/// short to be looked for.
pub(super) fn without(text: &str, secret: &str) -> String {
    if secret.len() < SEARCHABLE {
        return text.to_owned();
    }
    text.replace(secret, HIDDEN)
}

fn redact_line(line: &str) -> String {
    // Same length as `line`, so that positions agree.
    let lower = line.to_ascii_lowercase();
    let mut out = String::with_capacity(line.len());
    let mut at = 0;
    while at < line.len() {
        if let Some((start, end)) = secret_at(line, &lower, at) {
            out.push_str(line.get(at..start).unwrap_or_default());
            out.push_str(HIDDEN);
            at = end;
            continue;
        }
        let Some(c) = line.get(at..).and_then(|rest| rest.chars().next()) else {
            break;
        };
        out.push(c);
        at += c.len_utf8();
    }
    out
}

/// Where the value lies if a secret's name, or a password in an address, begins
/// at `at`.
fn secret_at(line: &str, lower: &str, at: usize) -> Option<(usize, usize)> {
    let rest = lower.get(at..)?;
    if rest.starts_with("://") {
        let start = at + 3;
        let authority = line.get(start..)?;
        let end = authority
            .find(|c: char| c == '/' || c == '?' || c == '#' || c == '"' || c.is_whitespace())
            .unwrap_or(authority.len());
        let at_sign = authority.get(..end)?.rfind('@')?;
        return Some((start, start + at_sign));
    }
    if rest.starts_with("bearer ") {
        return Some((at + 7, value_end(line, at + 7, false)));
    }
    let name = SECRET_NAMES.iter().find(|name| rest.starts_with(**name))?;
    let mut start = at + name.len();
    let after = lower.get(start..)?;
    let after = after.strip_prefix('"').unwrap_or(after).trim_start();
    let sign = after.chars().next().filter(|c| matches!(c, ':' | '='))?;
    let after = after.get(1..)?.trim_start();
    start = line.len() - after.len();
    if start >= line.len() {
        return None;
    }
    // A header's value is the whole rest of its line; a parameter's one word.
    let is_header = sign == ':' && !after.starts_with('"') && !name.contains('_');
    Some((start, value_end(line, start, is_header)))
}

/// Where a value that begins at `start` ends: at its closing quote, or at the
/// line's end for headers, or where a word ends.
fn value_end(line: &str, start: usize, is_header: bool) -> usize {
    let value = line.get(start..).unwrap_or_default();
    if let Some(quoted) = value.strip_prefix('"') {
        let mut is_escaped = false;
        let end = quoted.find(|c| {
            let ends = c == '"' && !is_escaped;
            is_escaped = c == '\\' && !is_escaped;
            ends
        });
        return end.map_or(line.len(), |end| start + end + 2);
    }
    if is_header {
        return line.len();
    }
    value
        .find(|c: char| {
            c.is_whitespace() || matches!(c, '&' | '"' | '\'' | ',' | ';' | '#' | ')' | '}')
        })
        .map_or(line.len(), |end| start + end)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const CANARY: &str = "opt_CANARY-7f3a9c";

    #[test]
    fn a_token_prints_as_three_stars() {
        let token = Token::new(CANARY).unwrap();
        assert_eq!(
            format!("{token} {token:?} {:?}", Some(&token)),
            "*** *** Some(***)"
        );
        let header = token.header();
        assert!(header.is_sensitive());
        assert!(!format!("{header:?}").contains(CANARY));
        assert_eq!(header.to_str().unwrap(), format!("Bearer {CANARY}"));
        assert_eq!(token.header_after("").to_str().unwrap(), CANARY);
    }

    #[test]
    fn a_web_token_tells_its_claims_and_nothing_else() {
        // {"alg":"none"} . {"sub":"auth0|ü?>","n":1} . a signature
        let jwt = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhdXRoMHzDvD8-IiwibiI6MX0.c2ln";
        let claims = Token::new(jwt).unwrap().claims().unwrap();
        assert_eq!(claims["sub"], "auth0|ü?>");
        assert_eq!(claims.as_object().unwrap().len(), 2);
        for other in [
            CANARY, "a.b.c", "a.!!!!.c", "a.W10.c", "only.two", "..", "a.bm8.c",
        ] {
            assert_eq!(Token::new(other).unwrap().claims(), None, "{other}");
        }
    }

    #[test]
    fn white_space_around_a_token_goes() {
        let token = Token::new(&format!(" \t{CANARY}\r\n\n")).unwrap();
        assert!(token.is_same(&Token::new(CANARY).unwrap()));
    }

    #[test]
    fn what_is_no_token_is_refused_without_repeating_it() {
        let long = "x".repeat(LARGEST + 1);
        assert!(Token::new(&"x".repeat(LARGEST)).is_ok());
        for (text, word) in [
            ("", "empty"),
            (" \n ", "empty"),
            (long.as_str(), "8 KiB"),
            ("CANARY\nline", "more than one line"),
            ("CANARY key", "space"),
            ("CANARY\u{7}", "control"),
            ("CANARY\u{e4}", "letter"),
        ] {
            let fault = Token::new(text).unwrap_err().to_string();
            assert!(fault.contains(word), "{fault}");
            assert!(!fault.contains("CANARY"), "{fault}");
        }
    }

    #[test]
    fn the_fingerprint_changes_with_token_and_account() {
        let (work, home) = (AccountName::new("work"), AccountName::new("home"));
        let mark = |text: &str, account| Token::new(text).unwrap().fingerprint(account);
        assert_eq!(mark(CANARY, &work), mark(CANARY, &work));
        assert_ne!(mark(CANARY, &work), mark(CANARY, &home));
        assert_ne!(mark(CANARY, &work), mark("opt_other-7f3a9d", &work));
        assert_eq!(mark(CANARY, &work).len(), 12);
    }

    #[test]
    fn secrets_leave_texts() {
        let token = Token::new(CANARY).unwrap();
        let redacted = |text: &str| redact(text, &[&token]);
        for (text, want) in [
            (
                "nothing to hide: tokens are long",
                "nothing to hide: tokens are long",
            ),
            ("x opt_CANARY-7f3a9c, y", "x ***, y"),
            (
                "Authorization: Bearer abc def\nnext",
                "Authorization: ***\nnext",
            ),
            ("authorization=abc next", "authorization=*** next"),
            ("curl -H Bearer abc.def -v", "curl -H Bearer *** -v"),
            ("GET /x?token=abc&id=1", "GET /x?token=***&id=1"),
            (
                "GET /x?id=1&access_token=abc#z",
                "GET /x?id=1&access_token=***#z",
            ),
            (
                r#"{"api_key": "a b", "id": 1}"#,
                r#"{"api_key": ***, "id": 1}"#,
            ),
            ("set-cookie: a=b; path=/", "set-cookie: ***"),
            (
                "via http://me:pw@proxy:3128/x",
                "via http://***@proxy:3128/x",
            ),
            ("mail me@x.example", "mail me@x.example"),
            ("token=", "token="),
            ("ü token=ü ü", "ü token=*** ü"),
        ] {
            assert_eq!(redacted(text), want, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_keeps_a_token(secret in "[A-Za-z0-9_.~+/=-]{6,80}", before in "\\PC{0,40}", after in "\\PC{0,40}") {
            let token = Token::new(&secret).unwrap();
            let text = format!("{before}{secret}{after}");
            let clean = redact(&text, &[&token]);
            prop_assert!(!clean.contains(&secret));
            let printed = format!("{token:?}{token}");
            prop_assert!(!printed.contains(&secret));
        }

        #[test]
        fn what_follows_a_secrets_name_is_hidden(
            before in "[a-zü ?&{]{0,10}",
            name in proptest::sample::select(SECRET_NAMES.to_vec()),
            sign in proptest::sample::select(vec!["=", ":", ": ", "\": \"", "=\"a\\\"b ", " : "]),
            value in "[A-Z0-9._-]{6,40}",
        ) {
            let text = format!("{before}{name}{sign}{value}\" {before}");
            let clean = redact(&text, &[]);
            prop_assert!(!clean.contains(&value), "{}", clean);
            prop_assert!(clean.starts_with(&before));
        }
    }
}
