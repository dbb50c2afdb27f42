//! A server's limit of requests a minute: counts what leaves, believes what the
//! server says of it, and keeps a part for what a person waits for. Knows no
//! clock and never waits itself.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::TimeDelta;

use super::Reply;
use crate::model::time::Time;

/// What a limit is counted over.
const WINDOW: TimeDelta = TimeDelta::seconds(60);
/// No server is waited for longer.
const LONGEST: TimeDelta = TimeDelta::minutes(15);
/// A limit nobody has; more is a mistake in a header.
const MOST: u32 = 1_000_000;
/// Longest wait after a 429 that says nothing of when.
const LONGEST_GUESS: u32 = 4;

/// Who wants to send a request, and so how much of the limit is left to others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claim {
    /// Reading ahead: a fifth is left.
    Background,
    /// A person looks at it: a tenth is left.
    Person,
    /// A write, and what is read for it: all of it.
    Write,
}

impl Claim {
    fn leaves(self, limit: u32) -> u32 {
        match self {
            Claim::Background => limit / 5,
            Claim::Person => limit / 10,
            Claim::Write => 0,
        }
    }
}

/// What is left of a server's limit.
#[derive(Debug)]
pub struct Rate(Mutex<State>);

#[derive(Debug)]
struct State {
    limit: u32,
    left: u32,
    until: Option<Time>,
    /// How many windows began.
    window: u64,
    /// The server said how much is left in this window.
    is_told: bool,
    under_way: u32,
    /// Answers 429 in a row.
    refused: u32,
}

/// A request that may leave now; it counts as under way until this is dropped.
#[derive(Debug)]
pub struct Place<'a> {
    rate: &'a Rate,
    /// The window it left in.
    window: u64,
}

impl Rate {
    /// A limit of so many requests a minute, until the server tells another.
    pub fn new(limit: u32) -> Self {
        Self(Mutex::new(State {
            limit: limit.clamp(1, MOST),
            left: limit.clamp(1, MOST),
            until: None,
            window: 0,
            is_told: false,
            under_way: 0,
            refused: 0,
        }))
    }

    /// A place for one request.
    ///
    /// # Errors
    /// None is left: how long until there is, 1 s to 15 min.
    pub fn take(&self, claim: Claim, now: Time) -> Result<Place<'_>, Duration> {
        let mut state = self.state();
        // One far ahead is of a clock that was set back.
        let is_over = |until: Time| until <= now || until > now + LONGEST;
        if state.until.is_none_or(is_over) {
            state.left = state.limit;
            state.until = Some(now + WINDOW);
            state.window += 1;
            state.is_told = false;
        }
        if state.left <= claim.leaves(state.limit) {
            let wait = state.until.map_or(WINDOW, |until| until - now);
            let least = Duration::from_secs(1);
            return Err(wait.to_std().unwrap_or(least).max(least));
        }
        state.left -= 1;
        state.under_way += 1;
        Ok(Place {
            rate: self,
            window: state.window,
        })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place<'_> {
    /// Takes in what the answer to this request says of the limit.
    pub fn heard(self, reply: &Reply, now: Time) {
        let number = |name: &str| reply.header(name)?.trim().parse::<u32>().ok();
        let mut state = self.rate.state();
        if let Some(limit) = number("x-ratelimit-limit").filter(|limit| *limit > 0) {
            state.limit = limit.min(MOST);
        }
        if reply.status == 429 {
            let guess = LONGEST_GUESS.min(1 << state.refused.min(8));
            let wait = reply
                .retry_after
                .unwrap_or(Duration::from_secs(u64::from(guess)));
            state.refused += 1;
            state.left = 0;
            state.until = Some(now + TimeDelta::from_std(wait).unwrap_or(WINDOW));
            return;
        }
        state.refused = 0;
        let until = reply.limit_resets_in().map(|left| {
            let left = TimeDelta::from_std(left).unwrap_or(WINDOW);
            now + left
        });
        // Both clocks tick whole seconds.
        let is_new = until
            .zip(state.until)
            .is_some_and(|(until, known)| until > known + TimeDelta::seconds(2));
        // What a slow answer says of the window before means nothing in this one.
        let is_of_now = self.window == state.window;
        if let Some(told) = number("x-ratelimit-remaining").filter(|_| is_of_now || is_new) {
            // Others under way may be in the server's count or not.
            let told = told.saturating_sub(state.under_way.saturating_sub(1));
            if state.is_told && !is_new {
                state.left = state.left.min(told);
            } else {
                state.left = told;
                state.is_told = true;
            }
            if until.is_some() {
                state.until = until;
            }
        }
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let mut state = self.rate.state();
        state.under_way = state.under_way.saturating_sub(1);
    }
}

#[cfg(test)]
mod tests {
    use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

    use super::*;

    const SENT: &str = "Sat, 21 Nov 2026 15:00:00 GMT";

    fn at(second: i64) -> Time {
        "2026-11-21T15:00:00Z".parse::<Time>().unwrap() + TimeDelta::seconds(second)
    }

    fn reply(status: u16, headers: &[(&str, String)]) -> Reply {
        let mut all = HeaderMap::new();
        all.insert("date", HeaderValue::from_static(SENT));
        for (name, value) in headers {
            let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
            all.insert(name, HeaderValue::from_str(value).unwrap());
        }
        Reply::new("ClickUp", "a.example", status, all, Vec::new())
    }

    fn told(limit: u32, left: u32, reset_in: i64) -> Reply {
        let headers = [
            ("x-ratelimit-limit", limit.to_string()),
            ("x-ratelimit-remaining", left.to_string()),
            ("x-ratelimit-reset", at(reset_in).timestamp().to_string()),
        ];
        reply(200, &headers)
    }

    fn taken(rate: &Rate, claim: Claim, second: i64) -> usize {
        std::iter::from_fn(|| rate.take(claim, at(second)).ok()).count()
    }

    #[test]
    fn a_slow_answer_says_nothing_of_the_next_minute() {
        let rate = Rate::new(100);
        let slow = rate.take(Claim::Write, at(0)).unwrap();
        assert_eq!(taken(&rate, Claim::Background, 1), 79);
        // The minute is over when the next one leaves.
        let next = rate.take(Claim::Background, at(61)).unwrap();
        slow.heard(&told(100, 20, 0), at(61));
        drop(next);
        assert_eq!(taken(&rate, Claim::Background, 62), 79);
    }

    #[test]
    fn each_claim_leaves_its_part_of_the_minute() {
        let rate = Rate::new(100);
        assert_eq!(taken(&rate, Claim::Background, 0), 80);
        assert_eq!(taken(&rate, Claim::Person, 10), 10);
        assert_eq!(taken(&rate, Claim::Write, 20), 10);
        let wait = rate.take(Claim::Write, at(20)).map(|_| ()).unwrap_err();
        assert_eq!(wait.as_secs(), 40);
        assert_eq!(taken(&rate, Claim::Background, 60), 80);
    }

    #[test]
    fn what_the_server_says_counts() {
        let rate = Rate::new(100);
        let place = rate.take(Claim::Background, at(0)).unwrap();
        place.heard(&told(1000, 999, 30), at(0));
        assert_eq!(taken(&rate, Claim::Background, 0), 799);
        let rate = Rate::new(100);
        let place = rate.take(Claim::Background, at(0)).unwrap();
        place.heard(&told(100, 22, 30), at(0));
        assert_eq!(taken(&rate, Claim::Background, 0), 2);
        // Another program on the same token was busy, too.
        let wait = rate.take(Claim::Background, at(1)).map(|_| ()).unwrap_err();
        assert_eq!(wait.as_secs(), 29);
        assert_eq!(taken(&rate, Claim::Background, 30), 80);
    }

    #[test]
    fn requests_under_way_are_not_counted_on() {
        let rate = Rate::new(100);
        let places: Vec<Place<'_>> =
            std::iter::from_fn(|| rate.take(Claim::Background, at(0)).ok())
                .take(4)
                .collect();
        for (left, place) in (90..94).rev().zip(places) {
            place.heard(&told(100, left, 60), at(0));
        }
        assert_eq!(rate.state().left, 90);
        assert_eq!(rate.state().under_way, 0);
    }

    #[test]
    fn a_429_ends_the_window_and_without_a_time_waits_a_little_longer_each_time() {
        let rate = Rate::new(100);
        let refused = |second: i64, headers: &[(&str, String)]| {
            let place = rate.take(Claim::Write, at(second)).unwrap();
            place.heard(&reply(429, headers), at(second));
            let wait = rate.take(Claim::Write, at(second)).map(|_| ());
            wait.unwrap_err().as_secs()
        };
        let reset = at(42).timestamp().to_string();
        assert_eq!(refused(0, &[("x-ratelimit-reset", reset)]), 42);
        assert_eq!(refused(42, &[("retry-after", "7".to_owned())]), 7);
        assert_eq!(refused(49, &[]), 4);
        let rate = Rate::new(100);
        let mut waits = Vec::new();
        let mut now = 0;
        for _ in 0..4 {
            let place = rate.take(Claim::Write, at(now)).unwrap();
            place.heard(&reply(429, &[]), at(now));
            let wait = rate.take(Claim::Write, at(now)).map(|_| ()).unwrap_err();
            now += i64::try_from(wait.as_secs()).unwrap();
            waits.push(wait.as_secs());
        }
        assert_eq!(waits, [1, 2, 4, 4]);
    }

    #[test]
    fn headers_that_say_nothing_are_passed_over() {
        let rate = Rate::new(10);
        for value in ["", "-1", "many", "99999999999", "NaN"] {
            let place = rate.take(Claim::Write, at(0)).unwrap();
            let names = ["limit", "remaining", "reset"];
            let headers = names.map(|name| format!("x-ratelimit-{name}"));
            let headers: Vec<(&str, String)> = headers
                .iter()
                .map(|name| (name.as_str(), value.to_owned()))
                .collect();
            place.heard(&reply(200, &headers), at(0));
        }
        assert_eq!(rate.state().limit, 10);
        assert_eq!(rate.state().left, 5);
    }
}
