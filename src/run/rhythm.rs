//! When to draw while a key is held down: keys are never dropped, frames are. The
//! line may be slow and nothing tells: a pseudo terminal takes bytes long before
//! they are where the person sits. So while a key repeats, no more is sent than a
//! slow line carries, and what is dear waits until the repeat pauses.

use std::time::{Duration, Instant};

use crate::keys::chord::{Input, Press};

/// The same key within this time is a key that is held down, and as long after
/// the last one the repeat has paused. Nobody taps that fast; the slowest repeat
/// in common use is ten a second.
pub const PAUSE: Duration = Duration::from_millis(120);

/// What a line is reckoned to carry in a second while a key repeats: three
/// quarters of 64 kbit/s, so that what came before drains as well.
const LINE: u64 = 6_000;

/// However much was sent, a repeating key waits no longer for a frame: where the
/// line is fast, a page that moves by leaps still shows it.
const LONGEST: Duration = Duration::from_millis(350);

/// Frames that no key asked for, at most one in this time.
const CALM: Duration = Duration::from_millis(100);

/// What there is to draw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Want {
    /// Nothing new.
    Nothing,
    /// Something changed by itself.
    Calmly,
    /// Somebody pressed a key and waits.
    AtOnce,
}

/// A frame that is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Frame {
    /// All of it.
    Whole,
    /// Without what is dear: a whole one follows.
    Hasty,
}

/// How keys come, when frames were drawn and how much was sent for them.
#[derive(Debug, Default)]
pub struct Rhythm {
    last: Option<(Press, Instant)>,
    repeats: bool,
    /// When the line is reckoned to have carried what was sent.
    free: Option<Instant>,
    drawn: Option<Instant>,
    /// The last frame left something out.
    owes: bool,
}

impl Rhythm {
    /// Something was typed.
    pub fn typed(&mut self, input: &Input, at: Instant) {
        let Input::Press(press) = input else {
            self.repeats = false;
            self.last = None;
            return;
        };
        let held = |(before, since): &(Press, Instant)| {
            before == press && at.saturating_duration_since(*since) <= PAUSE
        };
        self.repeats = self.last.as_ref().is_some_and(held);
        self.last = Some((*press, at));
    }

    /// Whether a key is held down.
    pub fn is_hasty(&self, at: Instant) -> bool {
        self.repeats && self.pause().is_some_and(|pause| at < pause)
    }

    /// The frame to draw now, if one is due.
    pub fn frame(&self, want: Want, at: Instant) -> Option<Frame> {
        let is_due = self.wait(want, at).is_some_and(|wait| wait.is_zero());
        is_due.then(|| match self.is_hasty(at) {
            true => Frame::Hasty,
            false => Frame::Whole,
        })
    }

    /// How long from now the next frame is due, if any. A key is answered at once,
    /// but while it repeats only when the line is reckoned to be free; and when it
    /// pauses, what was left out is due.
    pub fn wait(&self, want: Want, at: Instant) -> Option<Duration> {
        let until = |moment: Instant| moment.saturating_duration_since(at);
        let hasty = self.is_hasty(at);
        let owed = match hasty {
            true => self.pause().map(until),
            false => Some(Duration::ZERO),
        };
        let owed = owed.filter(|_| self.owes);
        let wanted = match want {
            Want::Nothing => None,
            _ if hasty => Some(self.free.map_or(Duration::ZERO, until)),
            Want::AtOnce => Some(Duration::ZERO),
            Want::Calmly => Some(self.drawn.map_or(Duration::ZERO, |at| until(at + CALM))),
        };
        [owed, wanted].into_iter().flatten().min()
    }

    /// A frame of so many bytes was drawn.
    pub fn drew(&mut self, frame: Frame, bytes: usize, at: Instant) {
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
        let takes = Duration::from_micros(bytes.saturating_mul(1_000_000 / LINE));
        let free = self.free.map_or(at, |free| free.max(at)) + takes.min(LONGEST);
        self.free = Some(free.min(at + LONGEST));
        self.owes = frame == Frame::Hasty;
        self.drawn = Some(at);
    }

    fn pause(&self) -> Option<Instant> {
        self.last.as_ref().map(|(_, at)| *at + PAUSE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::chord::Key;

    fn press(letter: char) -> Input {
        Input::Press(Press::new(Key::Char(letter)))
    }

    const fn ms(count: u64) -> Duration {
        Duration::from_millis(count)
    }

    #[test]
    fn one_key_is_answered_at_once_and_whole() {
        let start = Instant::now();
        let mut rhythm = Rhythm::default();
        rhythm.typed(&press('j'), start);
        assert_eq!(rhythm.frame(Want::AtOnce, start), Some(Frame::Whole));
        rhythm.drew(Frame::Whole, 50_000, start);
        assert_eq!(rhythm.wait(Want::Nothing, start), None);
        // However much that was: another key, or the same one later.
        for (letter, at) in [('k', 20), ('k', 160), ('j', 170)] {
            let at = start + ms(at);
            rhythm.typed(&press(letter), at);
            assert_eq!(rhythm.frame(Want::AtOnce, at), Some(Frame::Whole));
        }
    }

    #[test]
    fn what_changes_by_itself_is_drawn_ten_times_a_second() {
        let start = Instant::now();
        let mut rhythm = Rhythm::default();
        assert_eq!(rhythm.frame(Want::Calmly, start), Some(Frame::Whole));
        rhythm.drew(Frame::Whole, 100, start);
        assert_eq!(rhythm.frame(Want::Calmly, start + ms(30)), None);
        assert_eq!(rhythm.wait(Want::Calmly, start + ms(30)), Some(ms(70)));
        assert_eq!(rhythm.frame(Want::Nothing, start + ms(100)), None);
        assert_eq!(
            rhythm.frame(Want::Calmly, start + ms(100)),
            Some(Frame::Whole)
        );
    }

    #[test]
    fn a_held_key_sends_what_a_slow_line_carries() {
        let start = Instant::now();
        let mut rhythm = Rhythm::default();
        rhythm.typed(&press('j'), start);
        rhythm.drew(Frame::Whole, 600, start);
        let mut sent = 0;
        for key in 1..=60 {
            let at = start + ms(33 * key);
            rhythm.typed(&press('j'), at);
            if let Some(frame) = rhythm.frame(Want::AtOnce, at) {
                assert_eq!(frame, Frame::Hasty);
                rhythm.drew(frame, 300, at);
                sent += 300;
            } else {
                let wait = rhythm.wait(Want::AtOnce, at).unwrap();
                assert!(wait > Duration::ZERO);
                assert_eq!(rhythm.frame(Want::AtOnce, at + wait), Some(Frame::Hasty));
            }
        }
        assert!((6_000..=12_300).contains(&sent), "{sent}");
    }

    #[test]
    fn when_it_pauses_the_whole_frame_is_due() {
        let start = Instant::now();
        let mut rhythm = Rhythm::default();
        rhythm.typed(&press('j'), start);
        rhythm.drew(Frame::Whole, 300, start);
        rhythm.typed(&press('j'), start + ms(60));
        rhythm.drew(Frame::Hasty, 300, start + ms(60));
        let pause = start + ms(60) + PAUSE;
        assert_eq!(
            rhythm.wait(Want::Nothing, start + ms(80)),
            Some(PAUSE - ms(20))
        );
        assert_eq!(rhythm.frame(Want::Nothing, start + ms(80)), None);
        assert_eq!(rhythm.frame(Want::Nothing, pause), Some(Frame::Whole));
        rhythm.drew(Frame::Whole, 2_000, pause);
        assert_eq!(rhythm.wait(Want::Nothing, pause), None);
        // Another key is no part of the repeat and gets all of it.
        rhythm.typed(&press('k'), pause + ms(10));
        let frame = rhythm.frame(Want::AtOnce, pause + ms(10));
        assert_eq!(frame, Some(Frame::Whole));
    }

    #[test]
    fn leaps_are_seen_all_the_same() {
        let start = Instant::now();
        let mut rhythm = Rhythm::default();
        rhythm.typed(&press('d'), start);
        for _ in 0..9 {
            rhythm.drew(Frame::Whole, 9_000, start);
        }
        for at in [30, 140, 250] {
            rhythm.typed(&press('d'), start + ms(at));
            assert_eq!(rhythm.frame(Want::AtOnce, start + ms(at)), None);
        }
        let frame = rhythm.frame(Want::AtOnce, start + LONGEST);
        assert_eq!(frame, Some(Frame::Hasty));
    }

    #[test]
    fn pastes_and_sizes_are_no_keys() {
        let start = Instant::now();
        let mut rhythm = Rhythm::default();
        for _ in 0..3 {
            rhythm.typed(&Input::Resize(80, 24), start);
        }
        assert!(!rhythm.is_hasty(start));
    }
}
