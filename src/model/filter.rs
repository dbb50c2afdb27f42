//! stub
use super::goal::Goal;
use super::ids::PersonId;
pub struct Filter(Vec<String>);
impl Filter {
    pub fn parse(s: &str) -> Self {
        Self(s.split_whitespace().map(str::to_lowercase).collect())
    }
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
    pub fn matches<'a>(&self, g: &Goal, _n: &dyn Fn(&PersonId) -> Option<&'a str>) -> bool {
        let l = g.name.to_lowercase();
        self.0.iter().all(|w| l.contains(w.as_str()))
    }
}
