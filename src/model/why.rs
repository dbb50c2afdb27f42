//! stub
use super::figures::*;
use super::goal::Goal;
use super::ids::*;
use super::time::*;
pub struct Why {
    pub text: String,
}
pub struct Question {
    pub comment: CommentId,
    pub check_in: Option<CheckInId>,
    pub at: Time,
    pub by: PersonId,
    pub text: String,
}
pub fn open_question(
    _g: &Goal,
    _me: &PersonId,
    _n: &dyn Fn(&PersonId) -> String,
) -> Option<Question> {
    None
}
pub fn why(
    _g: &Goal,
    _f: &Figures,
    _c: &Context<'_>,
    _m: Option<&PersonId>,
    _n: &dyn Fn(&PersonId) -> String,
) -> Vec<Why> {
    Vec::new()
}
