//! The form as a draft and back: every field as typed, the focused field, and
//! what the values read when typing began.

use std::collections::BTreeMap;

use super::note::Note;
use super::{CheckInForm, Focus};
use crate::model::entry::Draft;
use crate::model::goal::Goal;
use crate::model::ids::ResultId;
use crate::model::key_result::Reading;
use crate::model::status::Status;
use crate::model::time::Time;
use crate::screens::Scene;

const STATUS: &str = "status";
const CONFIDENCE: &str = "confidence";
const DUE: &str = "due";
const NOTE: &str = "note";
const TELL: &str = "tell";

impl CheckInForm {
    /// What is typed, field by field; fields without a word are left out.
    pub(super) fn fields(&self) -> BTreeMap<String, String> {
        let mut fields = BTreeMap::new();
        for field in self.values.iter().filter(|field| field.is_touched()) {
            fields.insert(format!("value:{}", field.result), field.to_text());
            // Without it a change by somebody else while this lay here would go
            // unnoticed.
            if let Some(base) = field
                .base
                .as_ref()
                .and_then(|base| serde_json::to_string(base).ok())
            {
                fields.insert(format!("before:{}", field.result), base);
            }
        }
        if let Some(status) = self.status.filter(|_| self.has_chosen) {
            fields.insert(STATUS.to_owned(), status.words().code.to_owned());
        }
        if !self.tell.is_usual()
            && let Ok(tell) = serde_json::to_string(&self.tell)
        {
            fields.insert(TELL.to_owned(), tell);
        }
        for (name, text) in [
            (CONFIDENCE, self.confidence.text().to_owned()),
            (DUE, self.due.text().to_owned()),
            (NOTE, self.note.area.text()),
        ] {
            if !text.trim().is_empty() {
                fields.insert(name.to_owned(), text);
            }
        }
        fields
    }

    /// The form as a draft.
    pub(super) fn as_draft(&self, at: Time) -> Draft {
        let (focus, cursor) = match self.focus {
            Focus::Value(place) => {
                let id = self.values.get(place).map(|field| &field.result);
                let focus = id.map_or_else(String::new, |id| format!("value:{id}"));
                (focus, (0, self.field_cursor()))
            }
            Focus::Tick(place, item) => {
                let id = self.values.get(place).map(|field| &field.result);
                let focus = id.map_or_else(String::new, |id| format!("tick:{id}"));
                (focus, (item, 0))
            }
            Focus::Status => (STATUS.to_owned(), (0, 0)),
            Focus::Confidence => (CONFIDENCE.to_owned(), (0, self.field_cursor())),
            Focus::Due => (DUE.to_owned(), (0, self.field_cursor())),
            Focus::Note => (NOTE.to_owned(), self.note.area.cursor()),
        };
        Draft {
            key: self.key.clone(),
            fields: self.fields(),
            focus,
            cursor,
            scroll: usize::from(self.note.area.scroll()),
            saved_at: at,
        }
    }

    /// Types a draft into a fresh form and puts the cursor where it was.
    pub(super) fn restore(&mut self, draft: &Draft, goal: &Goal, template: &str) {
        let text = |name: &str| draft.fields.get(name).map_or("", String::as_str);
        for field in &mut self.values {
            let Some(result) = goal.result(&field.result) else {
                continue;
            };
            let Some(typed) = draft.fields.get(&format!("value:{}", field.result)) else {
                continue;
            };
            field.take_text(result, typed);
            let before = draft.fields.get(&format!("before:{}", field.result));
            field.base = before.and_then(|before| serde_json::from_str::<Reading>(before).ok());
        }
        if let Some(status) = Status::parse(text(STATUS)) {
            self.status = Some(status);
            self.has_chosen = true;
        }
        self.tell = serde_json::from_str(text(TELL)).unwrap_or_default();
        self.confidence.set(text(CONFIDENCE));
        self.due.set(text(DUE));
        let is_in_note = draft.focus == NOTE;
        let cursor = if is_in_note { draft.cursor } else { (0, 0) };
        self.note = Note::restored(text(NOTE), cursor, draft.scroll, template);
        if let Some(focus) = self.focus_named(&draft.focus, draft.cursor.0) {
            self.focus = focus;
            if !is_in_note {
                self.set_field_cursor(draft.cursor.1);
            }
        }
    }

    /// Another program wrote to the draft of this open form: what it filled in where
    /// nothing was typed here is taken over and told, what was typed here stays.
    pub(super) fn take_from_elsewhere(&mut self, goal: &Goal, scene: &Scene<'_>) {
        let Some(draft) = scene.store.draft(&self.key) else {
            return;
        };
        // None while the form opens: then all of the draft is restored.
        let Some(seen) = self.seen_draft.filter(|seen| *seen != draft.saved_at) else {
            return;
        };
        self.seen_draft = Some(draft.saved_at.max(seen));
        let mut filled: Vec<&str> = Vec::new();
        for field in self.values.iter_mut().filter(|field| !field.is_touched()) {
            let typed = draft.fields.get(&format!("value:{}", field.result));
            let (Some(result), Some(typed)) = (goal.result(&field.result), typed) else {
                continue;
            };
            field.take_text(result, typed);
            let before = draft.fields.get(&format!("before:{}", field.result));
            field.base = before.and_then(|before| serde_json::from_str::<Reading>(before).ok());
            filled.push(&result.name);
        }
        let text = |name: &str| draft.fields.get(name).map_or("", String::as_str);
        if let Some(status) = Status::parse(text(STATUS)).filter(|_| !self.has_chosen) {
            self.status = Some(status);
            self.has_chosen = true;
            filled.push(STATUS);
        }
        let is_news = text(NOTE).trim() != self.note.area.text().trim();
        if is_news && self.note.is_untouched(&self.left) && !text(NOTE).trim().is_empty() {
            let template = super::default_template(scene);
            self.note = Note::restored(text(NOTE), (usize::MAX, usize::MAX), 0, template);
            filled.push(NOTE);
        }
        if !filled.is_empty() {
            let what = filled.join(", ");
            self.restored = Some(format!("filled in by another program: {what}"));
        }
    }

    fn focus_named(&self, name: &str, item: usize) -> Option<Focus> {
        let place = |id: &str| {
            let id = ResultId::new(id);
            self.values.iter().position(|field| field.result == id)
        };
        let focus = match name {
            STATUS => Focus::Status,
            CONFIDENCE => Focus::Confidence,
            DUE => Focus::Due,
            NOTE => Focus::Note,
            name => match name.split_once(':')? {
                ("value", id) => Focus::Value(place(id)?),
                ("tick", id) => Focus::Tick(place(id)?, item),
                _ => return None,
            },
        };
        self.order().contains(&focus).then_some(focus)
    }
}
