//! `[themes.NAME]`: a person's own themes. A wrong line is told and counts for
//! nothing; the rest of the theme does.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::theme::{Role, Sketch, Wrong};

use super::read::{Reader, in_order};
use crate::model::nearest::nearest;

/// Contrast below which text is hard to read (WCAG 2.1, AA).
const READABLE: f64 = 4.5;

impl Reader<'_> {
    pub(super) fn themes(&mut self, value: &Spanned<DeValue<'_>>) {
        let Some(table) = self.table("themes", value) else {
            return;
        };
        for (name, value) in in_order(table) {
            let name = name.get_ref().as_ref();
            let path = format!("themes.{name}");
            let Some(lines) = self.table(&path, value) else {
                continue;
            };
            let mut sketch = Sketch::new(name);
            for (key, value) in in_order(lines) {
                let path = format!("{path}.{}", key.get_ref());
                let Some(words) = value.get_ref().as_str() else {
                    let text = "should be text in quotes like \"208 bold\", the line is ignored";
                    self.warn(value.span(), &path, text.to_owned());
                    continue;
                };
                let Err(wrong) = sketch.set(key.get_ref(), words) else {
                    continue;
                };
                let (at, text, near) = match &wrong {
                    Wrong::Key => (
                        key.span(),
                        "no such role, it is ignored".to_owned(),
                        nearest(key.get_ref(), Sketch::keys()),
                    ),
                    Wrong::Word(word) => (
                        value.span(),
                        format!("\"{word}\" is no colour and no modifier, the line is ignored"),
                        nearest(word, Sketch::words()),
                    ),
                    Wrong::Colours => (
                        value.span(),
                        "takes one colour and one after \"on\", the line is ignored".to_owned(),
                        None,
                    ),
                };
                let mut notice = self.notice(&at, &path, text);
                notice.nearest = near.map(str::to_owned);
                self.loaded.warnings.push(notice);
            }
            self.loaded.config.themes.push(sketch);
        }
    }

    /// What can be said only when all themes are known: whether the one that is
    /// wanted is there, what themes stand on, and whether they can be read.
    pub(super) fn check_themes(&mut self, top: &DeTable<'_>) {
        let themes = self.loaded.config.all_themes();
        let wanted = self.loaded.config.theme.clone();
        if let Some(value) = top.get("theme")
            && !themes.has(&wanted)
        {
            let names: Vec<String> = themes
                .names()
                .iter()
                .map(|name| format!("\"{name}\""))
                .collect();
            self.wrong(
                "theme",
                value,
                &format!("should be one of {}", names.join(", ")),
            );
        }
        let own = top
            .get("themes")
            .and_then(|value| value.get_ref().as_table());
        for (name, lines) in own.into_iter().flat_map(in_order) {
            let Some(lines) = lines.get_ref().as_table() else {
                continue;
            };
            let name = name.get_ref().as_ref();
            if let Some(base) = lines.get("base")
                && let Some(word) = base.get_ref().as_str()
                && !themes.has(word)
            {
                let text = format!("there is no theme \"{word}\", auto is the base");
                let mut notice = self.notice(&base.span(), &format!("themes.{name}.base"), text);
                notice.nearest = nearest(word, themes.names()).map(str::to_owned);
                self.loaded.warnings.push(notice);
            }
            let Some(theme) = themes.theme(name) else {
                continue;
            };
            for (key, value) in in_order(lines) {
                let role = Role::parse(key.get_ref());
                if let Some(contrast) = role.and_then(|role| theme.contrast(role))
                    && contrast < READABLE
                {
                    let text =
                        format!("contrast {contrast:.1} on its background, 4.5 can be read well");
                    let path = format!("themes.{name}.{}", key.get_ref());
                    self.warn(value.span(), &path, text);
                }
            }
        }
    }
}
