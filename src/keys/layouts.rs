//! Which Latin letter sits on the key of a Cyrillic, Greek or Hebrew one, so
//! that commands work without switching the layout.

const CYRILLIC: (&str, &str) = (
    "йцукенгшщзфывапролдячсмитьіў",
    "qwertyuiopasdfghjklzxcvbnmso",
);
const GREEK: (&str, &str) = (
    "ςερτυθιοπασδφγηξκλζχψωβνμάέήίόύώ",
    "wertyuiopasdfghjklzxcvbnmaehioyv",
);
const HEBREW: (&str, &str) = ("קראטוןםפשדגכעיחלךזסבהנמצ", "ertyuiopasdfghjklzxcvbnm");

/// The Latin letter on the same physical key, in the same case; `None` for
/// letters of other alphabets and for keys that carry no Latin letter.
pub(super) fn latin(c: char) -> Option<char> {
    let mut lower = c.to_lowercase();
    let (small, None) = (lower.next()?, lower.next()) else {
        return None;
    };
    let letter = [CYRILLIC, GREEK, HEBREW]
        .into_iter()
        .find_map(|(theirs, ours)| {
            let index = theirs.chars().position(|letter| letter == small)?;
            ours.chars().nth(index)
        })?;
    Some(if c == small {
        letter
    } else {
        letter.to_ascii_uppercase()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_fall_on_their_keys() {
        for (theirs, ours) in [
            ('о', 'j'),
            ('л', 'k'),
            ('ф', 'a'),
            ('п', 'g'),
            ('П', 'G'),
            ('ь', 'm'),
            ('з', 'p'),
            ('ξ', 'j'),
            ('κ', 'k'),
            ('α', 'a'),
            ('Γ', 'G'),
            ('ς', 'w'),
            ('υ', 'y'),
            ('θ', 'u'),
            ('ח', 'j'),
            ('ל', 'k'),
            ('ש', 'a'),
            ('ע', 'g'),
            ('ק', 'e'),
            ('ז', 'z'),
            ('ס', 'x'),
        ] {
            assert_eq!(latin(theirs), Some(ours), "{theirs}");
        }
        for other in ['a', 'é', '1', '漢', 'ж', 'ß'] {
            assert_eq!(latin(other), None, "{other}");
        }
    }

    #[test]
    fn tables_have_equal_lengths() {
        for (theirs, ours) in [CYRILLIC, GREEK, HEBREW] {
            assert_eq!(theirs.chars().count(), ours.chars().count());
        }
    }
}
