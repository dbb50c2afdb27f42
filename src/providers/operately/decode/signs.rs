//! Reactions: our short names and the emoji the server keeps. What is in neither
//! column passes through as it is.

/// Name and emoji, as other programs call them too.
const ALL: &[(&str, &str)] = &[
    ("+1", "👍"),
    ("-1", "👎"),
    ("heart", "❤️"),
    ("tada", "🎉"),
    ("rocket", "🚀"),
    ("eyes", "👀"),
    ("clap", "👏"),
    ("fire", "🔥"),
    ("100", "💯"),
    ("smile", "😄"),
    ("laughing", "😂"),
    ("confused", "😕"),
    ("thinking", "🤔"),
    ("cry", "😢"),
    ("pray", "🙏"),
    ("muscle", "💪"),
    ("ok", "👌"),
];

/// Makes a narrow sign a picture; some write it, some do not.
const PICTURE: char = '\u{fe0f}';

/// What goes to the server for a sign of ours.
pub fn emoji(sign: &str) -> &str {
    ALL.iter()
        .find(|(name, _)| *name == sign)
        .map_or(sign, |(_, emoji)| emoji)
}

/// Our sign for what the server has: foreign text where it is none of ours.
pub fn sign(emoji: &str) -> &str {
    let bare = |text: &str| text.trim_end_matches(PICTURE).to_owned();
    ALL.iter()
        .find(|(_, known)| bare(known) == bare(emoji))
        .map_or(emoji, |(name, _)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_go_both_ways_and_strangers_pass_through() {
        for (name, picture) in ALL {
            assert_eq!((emoji(name), sign(picture)), (*picture, *name));
        }
        assert_eq!(sign("❤"), "heart");
        assert_eq!(emoji("🦀"), "🦀");
        assert_eq!(sign("looks good"), "looks good");
    }
}
