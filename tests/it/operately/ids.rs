//! The ids of the fake: a uuid, its short form in base 62, and the slug that
//! is made from a name.

use uuid::Uuid;

/// The id of a thing.
pub type Id = Uuid;

const DIGITS: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// The 128 bits in base 62, most significant digit first, no leading `A`.
pub fn short(id: Id) -> String {
    let mut rest = id.as_u128();
    let mut out = Vec::new();
    while rest > 0 {
        out.push(DIGITS[(rest % 62) as usize]);
        rest /= 62;
    }
    out.reverse();
    String::from_utf8(out).expect("digits are ASCII")
}

/// What a short form stands for; none when it holds another character or is
/// too large for 128 bits.
pub fn long(text: &str) -> Option<Id> {
    let mut sum: u128 = 0;
    for byte in text.bytes() {
        let digit = DIGITS.iter().position(|known| *known == byte)? as u128;
        sum = sum.checked_mul(62)?.checked_add(digit)?;
    }
    Some(Uuid::from_u128(sum))
}

/// Whether a text has the look of a raw uuid.
pub fn looks_like_uuid(text: &str) -> bool {
    text.len() == 36 && Uuid::parse_str(text).is_ok()
}

/// The slug of a name: words of lower-case ASCII letters and digits, at most
/// 25 characters; a word that does not fit any more is left out.
pub fn slug(name: &str) -> String {
    let lower = name.to_lowercase();
    let mut out = String::new();
    for word in lower
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|w| !w.is_empty())
    {
        let room = if out.is_empty() { 0 } else { 1 };
        if out.len() + room + word.len() > 25 {
            continue;
        }
        if room == 1 {
            out.push('-');
        }
        out.push_str(word);
    }
    out
}

/// `slug-short`, as ids come out.
pub fn slug_id(name: &str, id: Id) -> String {
    format!("{}-{}", slug(name), short(id))
}

/// The id in what a client sent. A flat server reads what follows the last
/// `-` as a short form, also of a uuid; a namespaced one knows uuids.
pub fn read(text: &str, knows_uuids: bool) -> Option<Id> {
    if knows_uuids && looks_like_uuid(text) {
        return Uuid::parse_str(text).ok();
    }
    long(text.rsplit('-').next().unwrap_or(text))
}

#[test]
fn ids_of_the_contract_convert_both_ways() {
    let id = Uuid::parse_str("68e92e37-7d4a-41fa-b671-d586025f817f").unwrap();
    assert_eq!(short(id), "DL7vdvm6ImbsIeCcieYSqr");
    assert_eq!(long("DL7vdvm6ImbsIeCcieYSqr"), Some(id));
    assert_eq!(long("!!!"), None);
}

#[test]
fn slugs_leave_out_words_that_do_not_fit() {
    for (name, wanted) in [
        ("Grow ARR to €12.5M", "grow-arr-to-12-5m"),
        (
            "Become the calmest work platform in Europe",
            "become-the-calmest-work",
        ),
        (
            "Work map 2: the drawing \u{1b}[31mred\u{1b}[0m 🎨",
            "work-map-2-the-drawing-0m",
        ),
        (
            "Onboarding activation 35% → 60%",
            "onboarding-activation-35",
        ),
        ("パートナー12社を開拓する 🤝", "12"),
        ("日本", ""),
    ] {
        assert_eq!(slug(name), wanted);
    }
}
