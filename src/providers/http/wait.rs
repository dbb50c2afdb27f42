//! How long to wait before asking again: growing pauses with chance in them, and
//! what servers ask for. Tests put their own pace in.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::time::Duration;

use chrono::{DateTime, Utc};
use futures_util::future::BoxFuture;
use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};

use crate::model::time::Time;

/// The first pause is at most this long; each further one twice as long.
const FIRST: Duration = Duration::from_secs(1);
/// No pause of our own is longer.
const LONGEST: Duration = Duration::from_secs(300);
/// What a server asks for is taken between these.
const ASKED_LEAST: Duration = Duration::from_secs(1);
const ASKED_MOST: Duration = Duration::from_secs(15 * 60);

/// A longer wait is not slept inside a call: the caller hears of it.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);

/// Times a read is repeated.
pub(super) const REPEATS: u32 = 3;

/// Time and chance, so that tests need neither.
pub trait Pace: Send + Sync {
    /// Comes back after this time.
    fn rest(&self, time: Duration) -> BoxFuture<'_, ()>;
    /// From 0 up to 1, evenly spread.
    fn chance(&self) -> f64;
}

/// Real time and chance.
#[derive(Clone, Copy, Debug, Default)]
pub struct Clocked;

impl Pace for Clocked {
    fn rest(&self, time: Duration) -> BoxFuture<'_, ()> {
        Box::pin(tokio::time::sleep(time))
    }

    fn chance(&self) -> f64 {
        // Each state is keyed anew; spreading retries needs no better.
        let drawn = RandomState::new().build_hasher().finish();
        #[allow(clippy::cast_precision_loss)]
        let even = (drawn >> 11) as f64 / (1_u64 << 53) as f64;
        even
    }
}

/// The pause before repeat number `round` (from 0): anything up to twice the one
/// before, so that many who failed together do not come back together.
pub(super) fn pause(round: u32, pace: &dyn Pace) -> Duration {
    let most = FIRST
        .saturating_mul(2_u32.saturating_pow(round))
        .min(LONGEST);
    most.mul_f64(pace.chance().clamp(0.0, 1.0))
}

/// How long the server asks us to stay away, between 1 s and 15 min. A date
/// counts from the answer's own `Date`, so our clock does not matter; without
/// that, and where it is neither number nor date, there is no such wish.
pub(super) fn asked(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    let asked = if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        // A number too large to read is surely more than we wait.
        Duration::from_secs(text.parse().unwrap_or(u64::MAX))
    } else {
        let until = httpdate::parse_http_date(text).ok()?;
        let sent = httpdate::parse_http_date(headers.get(DATE)?.to_str().ok()?).ok()?;
        until.duration_since(sent).unwrap_or_default()
    };
    Some(asked.clamp(ASKED_LEAST, ASKED_MOST))
}

/// When a minute's limit of requests begins anew, as `X-RateLimit-Reset` says: a
/// moment in seconds (or milliseconds) since 1970, counted from the answer's own
/// `Date` so that our clock does not matter. Between 1 s and a minute.
pub(super) fn reset(headers: &HeaderMap) -> Option<Duration> {
    const MINUTE: i64 = 60;
    let text = headers.get("x-ratelimit-reset")?.to_str().ok()?;
    let told: f64 = text.trim().parse().ok()?;
    if !told.is_finite() || told <= 0.0 {
        return None;
    }
    // Above this it can only be milliseconds: as seconds it is the year 33658.
    let seconds = if told > 1e12 { told / 1000.0 } else { told };
    #[allow(clippy::cast_possible_truncation)]
    let until = seconds.ceil().min(1e12) as i64;
    let left = match date(headers) {
        Some(date) => (until - date.timestamp()).clamp(1, MINUTE),
        None => MINUTE,
    };
    Some(Duration::from_secs(u64::try_from(left).unwrap_or(1)))
}

/// The server's clock when it answered.
pub(super) fn date(headers: &HeaderMap) -> Option<Time> {
    let text = headers.get(DATE)?.to_str().ok()?;
    httpdate::parse_http_date(text)
        .ok()
        .map(DateTime::<Utc>::from)
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderValue;

    use super::*;

    struct Fixed(f64);

    impl Pace for Fixed {
        fn rest(&self, _time: Duration) -> BoxFuture<'_, ()> {
            Box::pin(std::future::ready(()))
        }

        fn chance(&self) -> f64 {
            self.0
        }
    }

    fn asked_for(retry_after: &str, date: Option<&str>) -> Option<u64> {
        let mut headers = HeaderMap::new();
        headers.insert(RETRY_AFTER, HeaderValue::from_str(retry_after).unwrap());
        if let Some(date) = date {
            headers.insert(DATE, HeaderValue::from_str(date).unwrap());
        }
        asked(&headers).map(|wait| wait.as_secs())
    }

    #[test]
    fn pauses_double_and_have_chance_in_them() {
        let pauses = |chance| (0..3).map(move |round| pause(round, &Fixed(chance)).as_millis());
        assert_eq!(pauses(1.0).collect::<Vec<_>>(), [1000, 2000, 4000]);
        assert_eq!(pauses(0.5).collect::<Vec<_>>(), [500, 1000, 2000]);
        assert_eq!(pause(0, &Fixed(0.0)), Duration::ZERO);
        assert_eq!(pause(40, &Fixed(1.0)), LONGEST);
    }

    #[test]
    fn chance_is_spread_between_nothing_and_one() {
        let drawn: Vec<f64> = (0..200).map(|_| Clocked.chance()).collect();
        assert!(drawn.iter().all(|one| (0.0..1.0).contains(one)));
        assert!(drawn.iter().any(|one| *one < 0.5) && drawn.iter().any(|one| *one >= 0.5));
    }

    #[test]
    fn f13_what_a_server_asks_for_lies_between_a_second_and_a_quarter_of_an_hour() {
        assert_eq!(asked_for("0", None), Some(1));
        assert_eq!(asked_for("5", None), Some(5));
        assert_eq!(asked_for(" 5 ", None), Some(5));
        assert_eq!(asked_for("315360000", None), Some(900));
        assert_eq!(asked_for("99999999999999999999999999", None), Some(900));
        for garbage in ["", "soon", "-5", "5.5", "1e3", "\u{7f}x"] {
            if let Ok(value) = HeaderValue::from_str(garbage) {
                assert_eq!(asked_for(value.to_str().unwrap_or("soon"), None), None);
            }
        }
    }

    #[test]
    fn a_limit_begins_anew_within_the_minute() {
        let told = |reset: &str, date: bool| {
            let mut headers = HeaderMap::new();
            headers.insert("x-ratelimit-reset", HeaderValue::from_str(reset).unwrap());
            if date {
                let sent = HeaderValue::from_static("Sat, 21 Nov 2026 15:00:00 GMT");
                headers.insert(DATE, sent);
            }
            super::reset(&headers).map(|wait| wait.as_secs())
        };
        let sent = 1_795_273_200_i64;
        assert_eq!(told(&(sent + 17).to_string(), true), Some(17));
        assert_eq!(told(&((sent + 17) * 1000).to_string(), true), Some(17));
        assert_eq!(told(&format!("{}.5", sent + 17), true), Some(18));
        assert_eq!(told(&(sent - 5).to_string(), true), Some(1));
        assert_eq!(told(&(sent + 5000).to_string(), true), Some(60));
        assert_eq!(told(&sent.to_string(), false), Some(60));
        for garbage in ["", "soon", "-5", "0", "1e999", "NaN"] {
            assert_eq!(told(garbage, true), None, "{garbage}");
        }
    }

    #[test]
    fn f13_a_date_counts_from_the_answers_own_date() {
        let sent = "Sat, 21 Nov 2026 15:00:00 GMT";
        let at = |until| asked_for(until, Some(sent));
        assert_eq!(at("Sat, 21 Nov 2026 15:00:07 GMT"), Some(7));
        assert_eq!(at("Sat, 21 Nov 2026 14:00:00 GMT"), Some(1));
        assert_eq!(at("Fri, 21 Nov 2036 15:00:00 GMT"), Some(900));
        assert_eq!(asked_for("Sat, 21 Nov 2026 15:00:07 GMT", None), None);
        assert_eq!(
            asked_for("Sat, 21 Nov 2026 15:00:07 GMT", Some("today")),
            None
        );
    }
}
