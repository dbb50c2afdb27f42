//! stub
use super::*;
#[derive(Default)]
pub struct Palette;
impl Screen for Palette {
    fn scopes(&self) -> Vec<Scope> {
        vec![Scope::Detail]
    }
    fn follow(&mut self, _s: &Scene<'_>) {}
    fn act(&mut self, _a: Action, _s: &Scene<'_>) -> Reply {
        Reply::pass()
    }
    fn heading(&self, _s: &Scene<'_>) -> Heading {
        Heading::Tabs(Line::new(), Line::new())
    }
    fn hints(&self, _s: &Scene<'_>) -> Vec<Hint> {
        Vec::new()
    }
    fn draw(&self, _s: &Scene<'_>, _a: Rect, _p: &mut Painter<'_>) {}
}
impl Palette {
    pub fn new(_q: &[Scope]) -> Self {
        Self
    }
}
