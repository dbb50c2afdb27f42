//! Foreign text: HTML entities, paths, and the server's own words in sentences.

use crate::model::text;
use crate::providers::http::Reply;

/// Most of a server's own words that are kept in a sentence, in columns.
const WORDS: usize = 200;

/// Decodes HTML entities, once: `&amp;lt;` is `&lt;`.
pub(super) fn decoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        // The longest entity there is, `&#x10FFFF;`, has ten letters.
        let end = from.bytes().take(12).position(|byte| byte == b';');
        let entity = end.and_then(|end| Some((from.get(1..end)?, from.get(end + 1..)?)));
        match entity.and_then(|(name, after)| Some((letter(name)?, after))) {
            Some((letter, after)) => {
                out.push(letter);
                rest = after;
            }
            None => {
                out.push('&');
                rest = from.get(1..).unwrap_or_default();
            }
        }
    }
    out.push_str(rest);
    out
}

fn letter(name: &str) -> Option<char> {
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => '\u{a0}',
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16),
                None => number.parse(),
            };
            char::from_u32(code.ok()?).filter(|c| *c != '\0')?
        }
    })
}

/// An id as one part of a path.
pub(super) fn segment(id: &str) -> String {
    let mut out = String::with_capacity(id.len());
    for byte in id.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// Words inside a sentence: clean and short.
pub(super) fn said(words: &str) -> String {
    text::line(words.trim()).truncate(WORDS).as_str().to_owned()
}

/// The server's own words in an answer that is no success.
pub(super) fn words_of(reply: &Reply) -> String {
    if reply.is_page() {
        return String::new();
    }
    let words = match reply.json() {
        Ok(value) => ["message", "error", "title", "detail"]
            .into_iter()
            .find_map(|key| value.get(key)?.as_str())
            .unwrap_or_default()
            .to_owned(),
        Err(_) => reply.text().into_owned(),
    };
    said(&words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entities_are_decoded_once_and_nothing_else_changes() {
        for (coded, plain) in [
            ("Grow &amp; keep", "Grow & keep"),
            (
                "&lt;b&gt; &quot;x&quot; &#39;y&#39; &apos;",
                "<b> \"x\" 'y' '",
            ),
            ("&amp;lt;", "&lt;"),
            ("&#233;&#xE9;", "éé"),
            ("R&D, Q&A; & more &", "R&D, Q&A; & more &"),
            ("&#0;&#xD800;&bogus;", "&#0;&#xD800;&bogus;"),
            ("&ééééééééééé;", "&ééééééééééé;"),
            ("", ""),
        ] {
            assert_eq!(decoded(coded), plain);
        }
    }

    #[test]
    fn an_id_never_leaves_its_place_in_a_path() {
        assert_eq!(segment("a/../b?c=d #é"), "a%2F..%2Fb%3Fc%3Dd%20%23%C3%A9");
        assert_eq!(segment("0b9f-6a3e_X.~"), "0b9f-6a3e_X.~");
    }
}
