//! stub
use super::entry::Seen;
use super::goal::Goal;
use super::ids::*;
use super::progress::*;
use super::status::*;
use super::time::*;
#[derive(Clone, Copy, Debug)]
pub struct Figures {
    pub progress: Option<f64>,
    pub expected: Option<f64>,
    pub check_in_due: Option<chrono::NaiveDate>,
    pub shown: ShownStatus,
    pub attention: u32,
}
impl Figures {
    pub fn suggested(&self) -> Option<Status> {
        None
    }
    pub fn shown_progress(&self) -> Option<f64> {
        self.progress
    }
}
pub struct Context<'a> {
    pub now: &'a Now,
    pub rules: &'a Rules,
}
pub fn figures(g: &Goal, c: &[(f64, Option<f64>)], x: &Context<'_>) -> Figures {
    Figures {
        progress: roll_up(g, c, x.rules),
        expected: None,
        check_in_due: None,
        shown: ShownStatus::Said(g.status),
        attention: 0,
    }
}
pub fn seen(_g: &Goal, _f: &Figures) -> Seen {
    Seen::default()
}
pub fn changes(
    _s: &Seen,
    _g: &Goal,
    _f: &Figures,
    _n: &dyn Fn(&PersonId) -> String,
) -> Vec<String> {
    Vec::new()
}
pub fn is_changed(_s: &Seen, _g: &Goal, _f: &Figures) -> bool {
    false
}
