//! How far a key result or a goal has come, 0 to 1, from readings, targets and
//! weights. Knows no dates; every figure it gives is finite.

use super::goal::Goal;
use super::ids::ResultId;
use super::key_result::{Guardrail, KeyResult, Kind, Milestone, Reading};

/// A distance beyond which a raw figure says nothing more; keeps it finite.
const FARTHEST: f64 = 1e12;

/// How far something has come.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress {
    /// As computed: below 0 or above 1 where the value is before the start or past
    /// the target. This is what is shown.
    pub raw: f64,
    /// 0–1, for roll-ups and pace.
    pub p: f64,
}

impl Progress {
    /// A figure as computed, with its part between 0 and 1.
    pub fn new(raw: f64) -> Self {
        let raw = raw.clamp(-FARTHEST, FARTHEST);
        Self {
            raw,
            p: raw.clamp(0.0, 1.0),
        }
    }
}

/// Which parts a goal's progress is counted from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Source {
    /// Its own key results; a goal without any counts its children.
    #[default]
    Results,
    /// The goals under it; a goal without any counts its key results.
    Children,
    /// Both alike.
    Both,
}

/// What guardrails do to a goal's progress.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Guardrails {
    /// Nothing: a broken one is the first reason for attention instead.
    #[default]
    Alarm,
    /// They are parts like any other.
    Count,
}

/// How our own figures are counted; the `rollup` and `pace` tables of the
/// configuration.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rules {
    /// Which parts count.
    pub source: Source,
    /// Whether guardrails count.
    pub guardrails: Guardrails,
    /// Before this share of the time it is too early to judge, 0–1.
    pub early: f64,
    /// From this gap on, behind is behind and ahead is ahead, 0–1.
    pub behind: f64,
    /// From this gap on, behind is far behind, 0–1.
    pub far_behind: f64,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            source: Source::Results,
            guardrails: Guardrails::Alarm,
            early: 0.10,
            behind: 0.10,
            far_behind: 0.25,
        }
    }
}

/// Progress of a key result by its latest reading; none before the first, and
/// for a baseline.
pub fn of_result(result: &KeyResult) -> Option<Progress> {
    of_reading(result, result.current.as_ref()?)
}

/// The figure a key result shows, not clamped: ours, else its provider's own.
pub fn shown_of_result(result: &KeyResult) -> Option<f64> {
    let theirs = result.particulars().provider_progress;
    let ours = of_result(result).map(|progress| progress.raw);
    ours.or(theirs.filter(|theirs| theirs.is_finite()))
}

/// `ClickUp counts 12 %, we count 10 %`, of a key result where the two differ by
/// more than half a point.
pub fn result_disagreement(provider: &str, result: &KeyResult) -> Option<String> {
    let theirs = result.particulars().provider_progress;
    let theirs = theirs.filter(|theirs| theirs.is_finite())?;
    // Guardrails are held or broken; a share of one says something else.
    if matches!(result.kind, Kind::Guardrail(_)) {
        return None;
    }
    let ours = of_result(result)?.raw;
    ((theirs - ours).abs() > 0.005 + 1e-9).then(|| {
        format!(
            "{provider} counts {}, we count {}",
            percent_spaced(theirs),
            percent_spaced(ours)
        )
    })
}

/// Progress of a key result if it read this; none where nothing can be said:
/// no target, nothing to tick, a value that is not finite.
pub fn of_reading(result: &KeyResult, reading: &Reading) -> Option<Progress> {
    let value = reading.number();
    if !value.is_finite() {
        return None;
    }
    let raw = match &result.kind {
        Kind::Number | Kind::Percent | Kind::Currency => return of_value(result, value),
        Kind::YesNo => f64::from(u8::from(value >= 0.5)),
        Kind::Checklist { items, .. } => {
            let done: f64 = done(reading, items.len()).map(|_| 1.0).sum();
            share(done, count(items.len()))?
        }
        Kind::Milestones { steps } => of_steps(steps, reading)?,
        Kind::Zones {
            commit,
            target,
            stretch,
        } => of_zones([*commit, *target, *stretch], value),
        Kind::Baseline => return None,
        Kind::Guardrail(rail) => of_guardrail(rail, value)?,
    };
    Some(Progress::new(raw))
}

/// (c−s)/(t−s) of a key result that runs from start to target. Where the two are
/// the same it is 1 if reached and 0 if not.
pub fn of_value(result: &KeyResult, value: f64) -> Option<Progress> {
    let (start, target) = (result.start, result.target?);
    if !(value.is_finite() && start.is_finite() && target.is_finite()) {
        return None;
    }
    if is_zero_span(start, target) {
        let reached = if result.falling {
            value <= target
        } else {
            value >= target
        };
        return Some(Progress::new(f64::from(u8::from(reached))));
    }
    // Halves, so that the differences of two huge values of opposite sign stay finite.
    let span = target / 2.0 - start / 2.0;
    Some(Progress::new((value / 2.0 - start / 2.0) / span))
}

/// Whether start and target are the same for all purposes: |t−s| below
/// 1e-9·max(1, |s|, |t|).
pub fn is_zero_span(start: f64, target: f64) -> bool {
    let size = start.abs().max(target.abs()).max(1.0);
    (target / 2.0 - start / 2.0).abs() < 0.5e-9 * size
}

/// Whether a key result runs between a start and a target that equal each other.
pub fn has_zero_span(result: &KeyResult) -> bool {
    result.kind.is_ranged()
        && result
            .target
            .is_some_and(|target| is_zero_span(result.start, target))
}

/// Whether lower values are better; none where neither is.
pub fn is_falling(result: &KeyResult) -> Option<bool> {
    match &result.kind {
        Kind::Number | Kind::Percent | Kind::Currency => {
            let target = result.target?;
            Some(if is_zero_span(result.start, target) {
                result.falling
            } else {
                target < result.start
            })
        }
        Kind::Zones {
            commit, stretch, ..
        } => Some(stretch < commit),
        Kind::YesNo | Kind::Checklist { .. } | Kind::Milestones { .. } => Some(false),
        Kind::Baseline | Kind::Guardrail(_) => None,
    }
}

/// Whether a guardrail holds at this reading; none for other kinds. The limit
/// itself holds unless the guardrail is strict.
pub fn is_held(result: &KeyResult, reading: &Reading) -> Option<bool> {
    let Kind::Guardrail(rail) = &result.kind else {
        return None;
    };
    let value = reading.number();
    (value.is_finite() && rail.limit.is_finite()).then(|| holds(rail, value))
}

fn holds(rail: &Guardrail, value: f64) -> bool {
    match (rail.above, rail.strict) {
        (false, false) => value <= rail.limit,
        (false, true) => value < rail.limit,
        (true, false) => value >= rail.limit,
        (true, true) => value > rail.limit,
    }
}

/// 1 held and 0 broken; with a critical value K beyond the limit T the part of
/// the way from K back to T that is left. A K on the wrong side counts as none.
fn of_guardrail(rail: &Guardrail, value: f64) -> Option<f64> {
    if !rail.limit.is_finite() {
        return None;
    }
    let critical = rail.critical.filter(|critical| {
        critical.is_finite()
            && if rail.above {
                *critical < rail.limit
            } else {
                *critical > rail.limit
            }
    });
    Some(match critical {
        None => f64::from(u8::from(holds(rail, value))),
        Some(critical) => {
            let way = critical / 2.0 - rail.limit / 2.0;
            let left = (critical / 2.0 - value / 2.0) / way;
            if left.is_finite() {
                left.clamp(0.0, 1.0)
            } else {
                f64::from(u8::from(holds(rail, value)))
            }
        }
    })
}

/// 1, 0.7 or 0.3 for the best zone reached, 0 below all; falling when the
/// stretch value is the lowest.
fn of_zones([commit, target, stretch]: [f64; 3], value: f64) -> f64 {
    let falling = stretch < commit;
    let reached = |zone: f64| {
        if falling {
            value <= zone
        } else {
            value >= zone
        }
    };
    [(stretch, 1.0), (target, 0.7), (commit, 0.3)]
        .into_iter()
        .find(|(zone, _)| reached(*zone))
        .map_or(0.0, |(_, worth)| worth)
}

/// Σ weight of what is done / Σ weight; without weights, by count.
fn of_steps(steps: &[Milestone], reading: &Reading) -> Option<f64> {
    let weights: Vec<f64> = steps.iter().map(|step| counted(step.weight)).collect();
    let largest = weights.iter().copied().fold(0.0, f64::max);
    if largest <= 0.0 {
        return share(
            done(reading, steps.len()).map(|_| 1.0).sum(),
            count(steps.len()),
        );
    }
    // Against the largest, so that huge weights do not add up to infinity.
    let part = |index: usize| {
        weights
            .get(index)
            .map_or(0.0, |weight| (weight / largest).min(1.0))
    };
    share(
        done(reading, steps.len()).map(part).sum(),
        (0..steps.len()).map(part).sum(),
    )
}

fn share(part: f64, whole: f64) -> Option<f64> {
    (whole > 0.0).then(|| (part / whole).clamp(0.0, 1.0))
}

#[expect(
    clippy::cast_precision_loss,
    reason = "nobody ticks 2^52 items, and the loss would not show"
)]
fn count(of: usize) -> f64 {
    of as f64
}

/// Which of `of` items are done; a bare number (of a provider that only counts)
/// stands for that many from the top.
fn done(reading: &Reading, of: usize) -> impl Iterator<Item = usize> + '_ {
    let number = reading.number();
    (0..of).filter(move |index| match reading {
        Reading::Ticks(ticks) => ticks.get(*index).copied().unwrap_or(false),
        Reading::Yes(_) | Reading::Number(_) => count(*index) + 1.0 <= number,
    })
}

/// A weight as it counts: negative and not finite ones are 0.
fn counted(weight: f64) -> f64 {
    if weight.is_finite() {
        weight.max(0.0)
    } else {
        0.0
    }
}

/// The sum mode of a cascaded key result: Σ value · factor of the results below
/// it, as `find` knows their values. Unknown ones are left out; none if this
/// result has no such list, none of them is known, or the sum is not finite.
pub fn sum(result: &KeyResult, find: &dyn Fn(&ResultId) -> Option<f64>) -> Option<f64> {
    let mut total = None;
    for (part, factor) in &result.sum_of {
        if let Some(value) = find(part) {
            total = Some(total.unwrap_or(0.0) + value * factor);
        }
    }
    total.filter(|total: &f64| total.is_finite())
}

/// Whether a key result is one of the parts of its goal's progress.
pub fn is_counted(result: &KeyResult, rules: &Rules) -> bool {
    counted(result.weight) > 0.0
        && match result.kind {
            Kind::Guardrail(_) => rules.guardrails == Guardrails::Count,
            _ => true,
        }
}

/// Whether a goal's progress counts its own key results.
pub fn counts_results(goal: &Goal, has_children: bool, rules: &Rules) -> bool {
    !goal.results.is_empty()
        && match rules.source {
            Source::Results | Source::Both => true,
            Source::Children => !has_children,
        }
}

/// Whether a goal's progress counts the goals under it.
pub fn counts_children(goal: &Goal, rules: &Rules) -> bool {
    goal.results.is_empty() || rules.source != Source::Results
}

/// Progress of a goal, 0–1: the mean of its counted parts by weight, each between
/// 0 and 1. `children` are (weight, progress) of the goals under it. Parts of
/// weight 0 or without a figure do not count; none if nothing counts.
pub fn roll_up(goal: &Goal, children: &[(f64, Option<f64>)], rules: &Rules) -> Option<f64> {
    let results = goal
        .results
        .iter()
        .filter(|_| counts_results(goal, !children.is_empty(), rules))
        .filter(|result| is_counted(result, rules))
        .map(|result| (result.weight, of_result(result).map(|done| done.p)));
    let children = children
        .iter()
        .copied()
        .filter(|_| counts_children(goal, rules));
    mean(results.chain(children))
}

/// The mean by weight of the parts that have a figure.
pub(super) fn mean(parts: impl Iterator<Item = (f64, Option<f64>)> + Clone) -> Option<f64> {
    let parts = parts.filter_map(|(weight, p)| {
        let (weight, p) = (counted(weight), p?);
        (weight > 0.0 && p.is_finite()).then(|| (weight, p.clamp(0.0, 1.0)))
    });
    // Huge weights are taken against the largest, or they add up to infinity.
    let largest = parts
        .clone()
        .map(|(weight, _)| weight)
        .fold(0.0_f64, f64::max);
    if largest <= 0.0 {
        return None;
    }
    let scale = if largest > 1e100 { largest } else { 1.0 };
    let (mut total, mut weights) = (0.0, 0.0);
    let (mut least, mut most) = (1.0_f64, 0.0_f64);
    for (weight, p) in parts {
        let weight = weight / scale;
        total += weight * p;
        weights += weight;
        least = least.min(p);
        most = most.max(p);
    }
    // Rounding must not carry the mean past its own parts.
    Some((total / weights).clamp(least, most))
}

/// A share as whole per cent, `31%`: half rounds up, but `100%` and `0%` are only
/// for what is really done or not begun. Figures below 0 and above 1 show.
pub fn percent(p: f64) -> String {
    percent_with(p, "%")
}

/// The same for sentences, `31 %` with a no-break space.
pub fn percent_spaced(p: f64) -> String {
    percent_with(p, "\u{a0}%")
}

fn percent_with(p: f64, sign: &str) -> String {
    match whole_percent(p) {
        None => "–".to_owned(),
        Some(whole) if whole > 9999 => format!(">9999{sign}"),
        Some(whole) if whole < -9999 => format!("<-9999{sign}"),
        Some(whole) => format!("{whole}{sign}"),
    }
}

/// A share in whole per cent by the same rounding; none if it is not a number.
pub fn whole_percent(p: f64) -> Option<i64> {
    if p.is_nan() {
        return None;
    }
    let whole = round_half_up(p.clamp(-FARTHEST, FARTHEST) * 100.0);
    Some(match whole {
        100 if p < 1.0 => 99,
        0 if p > 0.0 => 1,
        whole => whole,
    })
}

/// Points between two shares, signed and whole: 0.8 against 0.73 is 7.
pub fn points(gap: f64) -> i64 {
    let whole = round_half_up(gap.abs().min(FARTHEST) * 100.0);
    if gap < 0.0 { -whole } else { whole }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "callers clamp far inside i64"
)]
fn round_half_up(value: f64) -> i64 {
    // 14.499999999999998 is what 0.145 · 100 gives: half for people.
    let cleaned = (value * 1e9).round() / 1e9;
    let value = if cleaned.is_finite() { cleaned } else { value };
    (value + 0.5).floor() as i64
}

/// The score of a closed goal: progress to one decimal, 0–1.
pub fn score(p: f64) -> f64 {
    let p = if p.is_nan() { 0.0 } else { p.clamp(0.0, 1.0) };
    (p * 10.0 + 0.5 + 1e-9).floor() / 10.0
}

/// What a score means: from 0.7 on `delivered`, from 0.4 on `progress`, below
/// `missed`; 0.6–0.7 of an aspirational goal is `as hoped`.
pub fn score_words(score: f64, aspirational: bool) -> &'static str {
    let score = self::score(score);
    if aspirational && (0.55..0.75).contains(&score) {
        "as hoped"
    } else if score >= 0.65 {
        "delivered"
    } else if score >= 0.35 {
        "progress"
    } else {
        "missed"
    }
}

/// Confidence as we keep it, 0–10 whole, from a provider's share 0–1.
pub fn confidence_of_share(share: f64) -> Option<u8> {
    if !(0.0..=1.0).contains(&share) {
        return None;
    }
    u8::try_from(round_half_up(share * 10.0)).ok()
}

/// `with 1 grafted goal`.
pub fn with_grafted(goals: usize) -> String {
    match goals {
        1 => "with 1 grafted goal".to_owned(),
        more => format!("with {more} grafted goals"),
    }
}

/// The sentence for a goal whose provider counts otherwise than we do, if the two
/// differ by more than half a point: `Operately counts 0 %, we count 100 %`, with
/// the reason where it is a start that equals its target, or goals put under it here
/// that our count has: `grafted` of them.
pub fn disagreement(
    provider: &str,
    theirs: Option<f64>,
    ours: Option<f64>,
    goal: &Goal,
    grafted: usize,
) -> Option<String> {
    let (theirs, ours) = (theirs?, ours?);
    if (theirs - ours).abs() <= 0.005 + 1e-9 {
        return None;
    }
    let why = match grafted {
        0 if goal.results.iter().any(has_zero_span) => " (start equals target)".to_owned(),
        0 => String::new(),
        some => format!(" ({})", with_grafted(some)),
    };
    Some(format!(
        "{provider} counts {}, we count {}{why}",
        percent_spaced(theirs),
        percent_spaced(ours)
    ))
}

#[cfg(test)]
mod tests;
