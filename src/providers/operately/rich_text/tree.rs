//! The tree between documents and Markdown. Text in it is in one normal form, so
//! that equal texts are equal trees.

/// One block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Block {
    Paragraph(Vec<Inline>),
    /// Level 1 to 3.
    Heading(u8, Vec<Inline>),
    List {
        /// The first number; none for points.
        start: Option<u64>,
        items: Vec<Vec<Block>>,
    },
    Quote(Vec<Block>),
    Code {
        language: Option<String>,
        text: String,
    },
    Rule,
}

/// A piece of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Inline {
    /// Never empty, without line ends.
    Text(String, Marks),
    Break,
}

/// How words are set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Marks {
    pub(super) bold: bool,
    pub(super) italic: bool,
    pub(super) strike: bool,
    pub(super) code: bool,
    /// Where it leads; never empty.
    pub(super) link: Option<std::rc::Rc<str>>,
}

/// Spaces that Markdown does not keep at the ends of lines.
pub(super) fn is_blank(letter: char) -> bool {
    matches!(letter, ' ' | '\t' | '\u{b}' | '\u{c}')
}

/// Every letter of a line with its marks; a break is a line end without marks.
pub(super) type Letters = Vec<(char, Marks)>;

/// Pieces as single letters.
pub(super) fn letters(pieces: &[Inline]) -> Letters {
    let mut all = Vec::new();
    for piece in pieces {
        match piece {
            Inline::Text(text, marks) => all.extend(text.chars().map(|c| (c, marks.clone()))),
            Inline::Break => all.push(('\n', Marks::default())),
        }
    }
    all
}

/// The normal form: CRLF is a line end, a line end is a break, none at the ends,
/// no blanks before one; bold, italic and strike neither begin nor end with a
/// space; code is nothing but code, and perhaps a link.
pub(super) fn normal(pieces: &[Inline]) -> Vec<Inline> {
    let mut all: Letters = Vec::new();
    let mut following = letters(pieces).into_iter().peekable();
    while let Some((letter, mut marks)) = following.next() {
        let crlf = letter == '\r' && following.peek().is_some_and(|(next, _)| *next == '\n');
        if crlf {
            continue;
        }
        // Both are what no store and no Markdown keeps.
        let letter = match letter {
            '\0' => '\u{fffd}',
            '\n' | '\r' if marks.code => ' ',
            other => other,
        };
        if letter == '\n' {
            while all
                .last()
                .is_some_and(|(last, _)| is_blank(*last) || *last == '\r')
            {
                all.pop();
            }
            if !all.is_empty() {
                all.push(('\n', Marks::default()));
            }
            continue;
        }
        if marks.code {
            marks.bold = false;
            marks.italic = false;
            marks.strike = false;
        }
        all.push((letter, marks));
    }
    while all
        .last()
        .is_some_and(|(last, _)| is_blank(*last) || matches!(last, '\r' | '\n'))
    {
        all.pop();
    }
    for mark in [Mark::Bold, Mark::Italic, Mark::Strike] {
        trim(&mut all, mark);
    }
    pieces_of(&all)
}

/// One of the marks that Markdown cannot open before a space.
#[derive(Clone, Copy)]
enum Mark {
    Bold,
    Italic,
    Strike,
}

impl Marks {
    fn flag(&mut self, mark: Mark) -> &mut bool {
        match mark {
            Mark::Bold => &mut self.bold,
            Mark::Italic => &mut self.italic,
            Mark::Strike => &mut self.strike,
        }
    }
}

fn trim(all: &mut Letters, mark: Mark) {
    // Forwards it clears spaces that open a mark, backwards those that close it.
    for backwards in [false, true] {
        let mut outside = true;
        let count = all.len();
        for step in 0..count {
            let place = if backwards { count - 1 - step } else { step };
            let Some((letter, marks)) = all.get_mut(place) else {
                break;
            };
            if outside && letter.is_whitespace() {
                *marks.flag(mark) = false;
            }
            outside = !*marks.flag(mark);
        }
    }
}

/// Letters as pieces again.
pub(super) fn pieces_of(all: &[(char, Marks)]) -> Vec<Inline> {
    let mut pieces: Vec<Inline> = Vec::new();
    for (letter, marks) in all {
        match pieces.last_mut() {
            _ if *letter == '\n' => pieces.push(Inline::Break),
            Some(Inline::Text(text, same)) if same == marks => text.push(*letter),
            _ => pieces.push(Inline::Text(letter.to_string(), marks.clone())),
        }
    }
    pieces
}

/// Headings have one line.
pub(super) fn one_line(pieces: &[Inline]) -> Vec<Inline> {
    let joined: Vec<Inline> = normal(pieces)
        .into_iter()
        .map(|piece| match piece {
            Inline::Break => Inline::Text(" ".to_owned(), Marks::default()),
            text => text,
        })
        .collect();
    normal(&joined)
}
