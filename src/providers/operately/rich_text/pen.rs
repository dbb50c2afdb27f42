//! One line of Markdown, or one paragraph. Words never become formatting: every
//! line is read back before it is given out, and written more carefully if it
//! came out different.

use super::from_markdown;
use super::tree::{Block, Inline, Letters, Marks, is_blank, letters, normal, pieces_of};

/// How carefully words are written.
#[derive(Clone, Copy)]
struct Care {
    /// The sign of italic words.
    italic: char,
    /// Letters that touch a sign are written as references.
    guarded: bool,
    /// Every sign is escaped, not only those that seem to need it.
    all: bool,
}

/// From the lightest to the most careful.
const CARES: [Care; 5] = [
    Care {
        italic: '*',
        guarded: false,
        all: false,
    },
    Care {
        italic: '_',
        guarded: false,
        all: false,
    },
    Care {
        italic: '_',
        guarded: true,
        all: false,
    },
    Care {
        italic: '*',
        guarded: true,
        all: false,
    },
    FULL,
];

const FULL: Care = Care {
    italic: '_',
    guarded: true,
    all: true,
};

/// Writes a line in the lightest way that is read back as the same. What cannot
/// be said in Markdown keeps its words: first without marks on the spaces beside
/// links, then without bold and the like, then without links.
pub(super) fn checked(pieces: &[Inline], before: &str) -> String {
    let all = letters(pieces);
    for lighter in [Letters::clone, cut, bare, unmarked] {
        let letters = lighter(&all);
        let wanted = normal(&pieces_of(&letters));
        let letters = super::tree::letters(&wanted);
        for care in CARES {
            let text = format!("{before}{}", written(&letters, care));
            let same = match from_markdown::blocks(&text).as_slice() {
                [Block::Paragraph(found)] => before.is_empty() && *found == wanted,
                [Block::Heading(_, found)] => !before.is_empty() && *found == wanted,
                _ => false,
            };
            if same {
                return text;
            }
        }
    }
    format!("{before}{}", written(&unmarked(&all), FULL))
}

/// Spaces where a link begins or ends carry no mark: a mark that is closed there
/// could not be opened again before them.
fn cut(all: &Letters) -> Letters {
    let mut cut = all.clone();
    for places in [
        (0..all.len()).collect::<Vec<_>>(),
        (0..all.len()).rev().collect(),
    ] {
        let mut at_edge = false;
        let mut link = None;
        for place in places {
            let Some((letter, marks)) = cut.get_mut(place) else {
                break;
            };
            at_edge = letter.is_whitespace() && (at_edge || marks.link != link);
            link.clone_from(&marks.link);
            if at_edge {
                *marks = Marks {
                    code: marks.code,
                    link: marks.link.clone(),
                    ..Marks::default()
                };
            }
        }
    }
    cut
}

fn bare(all: &Letters) -> Letters {
    all.iter()
        .map(|(letter, marks)| {
            let kept = Marks {
                code: marks.code,
                link: marks.link.clone(),
                ..Marks::default()
            };
            (*letter, kept)
        })
        .collect()
}

fn unmarked(all: &Letters) -> Letters {
    all.iter()
        .map(|(letter, _)| (*letter, Marks::default()))
        .collect()
}

/// A sign that is open.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Sign {
    Link(std::rc::Rc<str>),
    Strike,
    Bold,
    Italic,
}

/// Letters that are looked ahead.
const FARTHEST: usize = 1000;

struct Pen<'a> {
    all: &'a [(char, Marks)],
    care: Care,
    text: String,
    open: Vec<Sign>,
}

fn written(all: &[(char, Marks)], care: Care) -> String {
    let mut pen = Pen {
        all,
        care,
        text: String::new(),
        open: Vec::new(),
    };
    let mut at = 0;
    while let Some((letter, marks)) = all.get(at) {
        if let Some(address) = pen.plain_address(at) {
            pen.change(at, &Marks::default());
            pen.text.push_str(&format!("<{address}>"));
            at += address.chars().count();
            continue;
        }
        pen.change(at, marks);
        if *letter == '\n' {
            pen.end_line();
            at += 1;
        } else if marks.code {
            at = pen.code(at);
        } else {
            pen.letter(at, *letter);
            at += 1;
        }
    }
    pen.change(at, &Marks::default());
    pen.text
}

impl Pen<'_> {
    fn at(&self, place: usize) -> Option<&(char, Marks)> {
        self.all.get(place)
    }

    fn is_set(marks: &Marks, sign: &Sign) -> bool {
        match sign {
            Sign::Link(to) => marks.link.as_ref() == Some(to),
            Sign::Strike => marks.strike,
            Sign::Bold => marks.bold,
            Sign::Italic => marks.italic,
        }
    }

    /// How many letters from here on carry a sign. Only decides what is written
    /// inside what, so it need not look far.
    fn reach(&self, at: usize, sign: &Sign) -> usize {
        let from = self.all.get(at..).unwrap_or_default();
        from.iter()
            .take(FARTHEST)
            .take_while(|(_, marks)| Self::is_set(marks, sign))
            .count()
    }

    /// Closes and opens signs for the letter at `at`.
    fn change(&mut self, at: usize, marks: &Marks) {
        let still = self
            .open
            .iter()
            .take_while(|sign| Self::is_set(marks, sign))
            .count();
        let mut new: Vec<Sign> = Vec::new();
        if let Some(to) = &marks.link {
            new.push(Sign::Link(to.clone()));
        }
        for (sign, is_set) in [
            (Sign::Strike, marks.strike),
            (Sign::Bold, marks.bold),
            (Sign::Italic, marks.italic),
        ] {
            new.extend(is_set.then_some(sign));
        }
        let kept = self.open.get(..still).unwrap_or_default();
        new.retain(|sign| !kept.contains(sign));
        // A link may not be cut by a sign that ends inside it.
        let link = new.iter().find(|sign| matches!(sign, Sign::Link(_)));
        let mut keep = still;
        if let Some(reach) = link.map(|sign| self.reach(at, sign)) {
            let cuts = |sign: &Sign| self.reach(at, sign) < reach;
            if let Some(first) = kept.iter().position(cuts) {
                keep = first;
                new.extend(kept.iter().skip(first).cloned());
            }
        }
        let mut reaches: Vec<(usize, Sign)> = new
            .into_iter()
            .map(|sign| (self.reach(at, &sign), sign))
            .collect();
        // What lasts longest is outermost; of equals the link, by its place above.
        reaches.sort_by_key(|(reach, _)| std::cmp::Reverse(*reach));
        let closing = self.open.len() > keep;
        while self.open.len() > keep {
            if let Some(sign) = self.open.pop() {
                self.close(&sign);
            }
        }
        let opening = !reaches.is_empty();
        if opening && !closing {
            self.guard_before(at);
        }
        for (_, sign) in reaches {
            match &sign {
                Sign::Link(_) => self.text.push('['),
                other => self.text.push_str(self.delimiter(other)),
            }
            self.open.push(sign);
        }
    }

    fn delimiter(&self, sign: &Sign) -> &'static str {
        match (sign, self.care.italic) {
            (Sign::Strike, _) => "~~",
            (Sign::Bold, _) => "**",
            (Sign::Italic, '_') => "_",
            (Sign::Italic, _) => "*",
            (Sign::Link(_), _) => "",
        }
    }

    fn close(&mut self, sign: &Sign) {
        match sign {
            Sign::Link(to) => self.text.push_str(&format!("]({})", destination(to))),
            other => self.text.push_str(self.delimiter(other)),
        }
    }

    /// Makes the last letter before an opening sign a reference, so that the
    /// sign opens whatever follows it.
    fn guard_before(&mut self, at: usize) {
        if !self.care.guarded {
            return;
        }
        let before = at.checked_sub(1).and_then(|place| self.at(place));
        let Some((letter, marks)) = before else {
            return;
        };
        let letter = *letter;
        let is_word = !marks.code && letter != '\n' && !letter.is_whitespace();
        if is_word && !letter.is_ascii_punctuation() && self.text.ends_with(letter) {
            self.text.pop();
            self.text.push_str(&reference(letter));
        }
    }

    fn is_line_start(&self) -> bool {
        self.text.is_empty() || self.text.ends_with('\n')
    }

    fn end_line(&mut self) {
        // An empty line would end the paragraph.
        self.text
            .push_str(if self.is_line_start() { "\\\n" } else { "\n" });
    }

    /// The words of a link that are its address.
    fn plain_address(&self, at: usize) -> Option<String> {
        let (_, marks) = self.at(at)?;
        let address = marks.link.as_deref()?;
        let before = at.checked_sub(1).and_then(|place| self.at(place));
        let is_start = before.is_none_or(|(_, before)| before.link != marks.link);
        if !is_start || !is_bare(address) {
            return None;
        }
        let alone = Marks {
            link: marks.link.clone(),
            ..Marks::default()
        };
        let mut rest = self.all.get(at..)?.iter();
        let same = address.chars().all(|letter| {
            rest.next()
                .is_some_and(|(c, m)| *c == letter && *m == alone)
        });
        let ends = rest
            .next()
            .is_none_or(|(_, after)| after.link != marks.link);
        (same && ends).then(|| address.to_owned())
    }

    /// Writes the code that begins at `at`; the place after it.
    fn code(&mut self, at: usize) -> usize {
        let marks = self.at(at).map(|(_, marks)| marks.clone());
        let code: String = self
            .all
            .get(at..)
            .unwrap_or_default()
            .iter()
            .take_while(|(_, other)| Some(other) == marks.as_ref())
            .map(|(letter, _)| *letter)
            .collect();
        let longest = code
            .split(|letter| letter != '`')
            .map(str::len)
            .max()
            .unwrap_or(0);
        // The shortest fence that is not in the code would do; longer is safe.
        let fence = "`".repeat(longest + 1);
        let padded = code.starts_with('`')
            || code.ends_with('`')
            || (code.starts_with(' ') && code.ends_with(' ') && code.chars().any(|c| c != ' '));
        let pad = if padded { " " } else { "" };
        self.text
            .push_str(&format!("{fence}{pad}{code}{pad}{fence}"));
        at + code.chars().count()
    }

    fn letter(&mut self, at: usize, letter: char) {
        let next = self.at(at + 1).map(|(next, _)| *next);
        if letter == '\r' || (is_blank(letter) && self.is_line_start()) {
            return self.text.push_str(&reference(letter));
        }
        let after_sign = at
            .checked_sub(1)
            .and_then(|place| self.at(place))
            .is_some_and(|(_, before)| Some(before) != self.at(at).map(|(_, marks)| marks));
        let is_word = !letter.is_ascii_punctuation() && !letter.is_whitespace();
        if self.care.guarded && after_sign && is_word && self.text.ends_with(['*', '_', '~']) {
            return self.text.push_str(&reference(letter));
        }
        let escaped =
            letter.is_ascii_punctuation() && (self.care.all || self.needs_escape(at, letter, next));
        if escaped {
            self.text.push('\\');
        }
        self.text.push(letter);
    }

    /// Whether a sign could mean something where it stands. Rather once too often.
    fn needs_escape(&self, at: usize, letter: char, next: Option<char>) -> bool {
        let before = at
            .checked_sub(1)
            .and_then(|place| self.at(place))
            .map(|(before, _)| *before);
        let is_space = |other: Option<char>| other.is_none_or(char::is_whitespace);
        let is_word = |other: Option<char>| other.is_some_and(char::is_alphanumeric);
        // Signs beside the letter come from marks, not from letters.
        let same_marks = |place: Option<usize>| {
            let marks = |place: usize| self.at(place).map(|(_, marks)| marks);
            place.is_none_or(|place| marks(place).is_none() || marks(place) == marks(at))
        };
        let alone = same_marks(at.checked_sub(1)) && same_marks(Some(at + 1));
        match letter {
            '`' | '[' => true,
            '\\' => next.is_none_or(|next| next.is_ascii_punctuation() || next == '\n') || !alone,
            ']' => self.open.iter().any(|sign| matches!(sign, Sign::Link(_))),
            '*' => !(alone && is_space(before) && is_space(next)) || self.is_line_start(),
            '_' => !(alone && is_word(before) && is_word(next)),
            '~' => !alone || before == Some('~') || next == Some('~') || at == 0,
            '!' => !alone || next == Some('['),
            '<' => next.is_none_or(|next| next.is_ascii_alphabetic() || "/!?".contains(next)),
            '&' => self.begins_reference(at),
            '#' => self.is_closing_hash(at) || self.opens_line(at, letter, next),
            _ => self.opens_line(at, letter, next),
        }
    }

    fn begins_reference(&self, at: usize) -> bool {
        self.all
            .iter()
            .skip(at + 1)
            .take(40)
            .map(|(letter, _)| *letter)
            .find(|letter| !letter.is_ascii_alphanumeric() && *letter != '#')
            == Some(';')
    }

    /// Hashes at the end of a heading would be taken off.
    fn is_closing_hash(&self, at: usize) -> bool {
        let mut rest = self.all.iter().skip(at).map(|(letter, _)| *letter);
        let begins = at
            .checked_sub(1)
            .and_then(|place| self.at(place))
            .is_none_or(|(before, _)| *before != '#');
        begins
            && rest
                .find(|letter| *letter != '#')
                .is_none_or(|letter| letter == '\n' || (is_blank(letter) && rest.all(is_blank)))
    }

    /// Whether it makes a heading, an item, a quote or a rule of its line.
    fn opens_line(&self, at: usize, letter: char, next: Option<char>) -> bool {
        let gap = next.is_none_or(char::is_whitespace);
        let rest = || {
            self.all
                .iter()
                .skip(at)
                .map(|(letter, _)| *letter)
                .take_while(|letter| *letter != '\n')
        };
        if matches!(letter, '.' | ')') {
            // A long line is not looked through once a point.
            let digits = self.text.bytes().rev().take(10);
            let digits = digits.take_while(u8::is_ascii_digit).count();
            let before = self.text.len() - digits;
            let is_first = self
                .text
                .get(..before)
                .is_none_or(|before| before.is_empty() || before.ends_with('\n'));
            return gap && (1..=9).contains(&digits) && is_first;
        }
        self.is_line_start()
            && match letter {
                '>' => true,
                '#' => rest()
                    .find(|letter| *letter != '#')
                    .is_none_or(char::is_whitespace),
                '+' => gap,
                '-' => gap || rest().all(|letter| letter == '-' || is_blank(letter)),
                '=' => rest().all(|letter| letter == '=' || is_blank(letter)),
                _ => false,
            }
    }
}

/// Whether an address can stand between `<` and `>` as it is.
fn is_bare(address: &str) -> bool {
    let Some((scheme, rest)) = address.split_once(':') else {
        return false;
    };
    (2..=32).contains(&scheme.len())
        && scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme
            .chars()
            .all(|letter| letter.is_ascii_alphanumeric() || "+.-".contains(letter))
        && rest
            .chars()
            .all(|letter| !letter.is_whitespace() && !letter.is_control() && !"<>".contains(letter))
}

fn reference(letter: char) -> String {
    format!("&#{};", u32::from(letter))
}

/// An address between the parentheses of a link.
fn destination(address: &str) -> String {
    let odd =
        |letter: char| letter.is_whitespace() || letter.is_control() || "()<>".contains(letter);
    let mut text = String::new();
    for letter in address.chars() {
        match letter {
            '\n' | '\r' => text.push_str(&reference(letter)),
            '\\' | '<' | '>' | '&' => {
                text.push('\\');
                text.push(letter);
            }
            other => text.push(other),
        }
    }
    // A lone `&` needs no escape and looks better without.
    let has_reference = address.contains('&') && address.contains(';');
    if !has_reference {
        text = text.replace("\\&", "&");
    }
    if address.chars().any(odd) {
        format!("<{text}>")
    } else {
        text
    }
}
