//! A view: a filter and an order under a name. Seven come with the program,
//! others are written down in the configuration.

/// The order among siblings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    /// What needs attention most, itself or below; then due, then name.
    #[default]
    Attention,
    /// What ends first.
    Due,
    /// By name.
    Name,
    /// Least progress first.
    Progress,
    /// As the provider has it.
    Provider,
}

impl Sort {
    /// Every order, as [`Sort::next`] goes through them.
    pub const ALL: [Sort; 5] = [
        Sort::Attention,
        Sort::Due,
        Sort::Name,
        Sort::Progress,
        Sort::Provider,
    ];

    /// The next one in the cycle.
    pub fn next(self) -> Self {
        match self {
            Sort::Attention => Sort::Due,
            Sort::Due => Sort::Name,
            Sort::Name => Sort::Progress,
            Sort::Progress => Sort::Provider,
            Sort::Provider => Sort::Attention,
        }
    }

    /// The word on screen and in the configuration.
    pub fn word(self) -> &'static str {
        match self {
            Sort::Attention => "attention",
            Sort::Due => "due",
            Sort::Name => "name",
            Sort::Progress => "progress",
            Sort::Provider => "provider",
        }
    }

    /// The order with this word, in any case.
    pub fn parse(word: &str) -> Option<Self> {
        let word = word.trim();
        Sort::ALL
            .into_iter()
            .find(|sort| sort.word().eq_ignore_ascii_case(word))
    }
}

/// A filter and an order under a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    /// What it is called; compared without regard to case.
    pub name: String,
    /// The filter as it was written (see [`super::filter`]).
    pub filter: String,
    /// The order.
    pub sort: Sort,
    /// Whether it came with the program.
    pub shipped: bool,
}

/// Views that come with the program. All but the one that asks for closed goals
/// show open ones.
const SHIPPED: [(&str, &str); 7] = [
    ("open", "is:open"),
    ("mine", "is:mine"),
    ("to review", "is:review"),
    ("off track", "status:off"),
    // A goal that somebody closed since I looked has changed as well.
    ("changed", "is:changed is:open,closed"),
    ("late", "is:late"),
    ("closed", "is:closed"),
];

impl Default for View {
    fn default() -> Self {
        Self::open()
    }
}

impl View {
    /// A view of somebody's own.
    pub fn new(name: impl Into<String>, filter: impl Into<String>, sort: Sort) -> Self {
        Self {
            name: name.into(),
            filter: filter.into(),
            sort,
            shipped: false,
        }
    }

    /// The view of all open goals: what is shown when nothing was chosen.
    pub fn open() -> Self {
        let [(name, filter), ..] = SHIPPED;
        Self {
            shipped: true,
            ..Self::new(name, filter, Sort::default())
        }
    }

    /// Whether this is its name.
    pub fn is_called(&self, name: &str) -> bool {
        self.name.to_lowercase() == name.trim().to_lowercase()
    }

    /// Why a name cannot be a view's, if so: it could not be typed or shown.
    pub fn refused_name(name: &str) -> Option<&'static str> {
        let name = name.trim();
        if name.is_empty() {
            Some("a view needs a name")
        } else if name.chars().count() > 40 {
            Some("a view's name has at most 40 letters")
        } else if name.chars().any(char::is_control) {
            Some("a view's name is one line of letters")
        } else {
            None
        }
    }
}

/// Every view: those that come with the program, then one's own in their order. One
/// of one's own takes the place of a shipped one of its name.
pub fn all(own: &[View]) -> Vec<View> {
    let mut views: Vec<View> = SHIPPED
        .iter()
        .map(|(name, filter)| View {
            shipped: true,
            ..View::new(*name, *filter, Sort::default())
        })
        .collect();
    for view in own {
        match views.iter_mut().find(|known| known.is_called(&view.name)) {
            Some(known) => *known = view.clone(),
            None => views.push(view.clone()),
        }
    }
    views
}

/// The view of this name.
pub fn named(own: &[View], name: &str) -> Option<View> {
    all(own).into_iter().find(|view| view.is_called(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ones_own_view_takes_the_place_of_a_shipped_one() {
        let own = [
            View::new("Late", "due:overdue", Sort::Due),
            View::new("reds", "status:off", Sort::Name),
        ];
        let names: Vec<String> = all(&own).into_iter().map(|view| view.name).collect();
        assert_eq!(
            names,
            [
                "open",
                "mine",
                "to review",
                "off track",
                "changed",
                "Late",
                "closed",
                "reds"
            ]
        );
        assert_eq!(named(&own, " LATE ").unwrap().filter, "due:overdue");
        assert_eq!(named(&[], "late").unwrap().filter, "is:late");
        assert_eq!(named(&[], "reds"), None);
        assert_eq!(View::open(), all(&[])[0]);
    }

    #[test]
    fn names_that_cannot_be_typed_are_refused() {
        for name in ["", "  ", "a\nb", &"x".repeat(41)] {
            assert!(View::refused_name(name).is_some(), "{name:?}");
        }
        assert_eq!(View::refused_name("my reds"), None);
    }

    #[test]
    fn orders_are_found_by_their_words() {
        for sort in Sort::ALL {
            assert_eq!(Sort::parse(&sort.word().to_uppercase()), Some(sort));
        }
        assert_eq!(Sort::parse("size"), None);
    }
}
