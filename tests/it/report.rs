//! The week's report: in every format of the demo company, of names that want to
//! break it, over the ends of years and summer time, and of accounts that are
//! missing.

use chrono::{FixedOffset, TimeDelta};
use goaldeck::model::cadence::Cadence;
use goaldeck::model::check_in::{CheckIn, DueMoved, Occasion, ValueChange};
use goaldeck::model::exchange::{Batch, Fault, FaultKind};
use goaldeck::model::goal::{Closing, Goal};
use goaldeck::model::key_result::{KeyResult, Reading};
use goaldeck::model::past::{Past, Recall, Recollection};
use goaldeck::model::person::Person;
use goaldeck::model::progress::Rules;
use goaldeck::model::report::{Format, Report, write};
use goaldeck::model::status::Status;
use goaldeck::model::time::{Now, Time, Zone};
use goaldeck::model::week::Week;
use goaldeck::providers::fake;
use goaldeck::store::effect::{Command, Effect, Outcome};
use goaldeck::store::report::{Wish, begin, report};
use goaldeck::store::{Setup, Store, views};
use pulldown_cmark::{Event, Options, Parser, Tag};

use crate::rig::Rig;
use crate::screens::{WIDE, demo_at};

/// The report of the goals that a filter lets through, as the rig's store is now.
fn made(rig: &Rig, week: &str, filter: &str, charts: bool) -> Report {
    let (store, now) = (rig.store(), rig.now());
    let filter = views::parse(store, filter, &now).expect("a filter");
    let wish = Wish {
        week: Week::parse(week, &now).expect("a week"),
        view: "Some goals".to_owned(),
        includes: &|goal| views::matches(store, &filter, goal),
        charts,
    };
    report(store, &wish, &now)
}

#[test]
fn the_demo_week_in_every_format() {
    let rig = demo_at(WIDE);
    let this = made(&rig, "this", "", true);
    for format in Format::ALL {
        let name = format!("week-{}", format.ending());
        insta::assert_snapshot!(name, write(&this, format));
    }
    let mine = made(&rig, "last", "is:mine", false);
    insta::assert_snapshot!("last-week-mine", write(&mine, Format::Markdown));
}

// ── a store of its own ────────────────────────────────────────────────────

/// Berlin: the clocks went back on 25 October 2026, at 1:00 UTC, and go forward on
/// 28 March 2027.
fn berlin() -> Zone {
    Zone::new(|utc| {
        let at = |text: &str| text.parse().expect("a moment");
        let is_winter = utc >= at("2026-10-25T01:00:00") && utc < at("2027-03-28T01:00:00");
        FixedOffset::east_opt(if is_winter { 3600 } else { 7200 }).expect("an offset")
    })
}

fn time(text: &str) -> Time {
    let moment = chrono::DateTime::parse_from_rfc3339(text);
    moment.expect("a moment").to_utc()
}

fn now(text: &str) -> Now {
    Now::new(time(text), berlin())
}

fn person(id: &str, name: &str) -> Person {
    Person {
        id: id.into(),
        account: "work".into(),
        name: name.into(),
        handle: String::new(),
    }
}

fn setup(name: &str) -> Setup {
    Setup {
        name: name.into(),
        abilities: fake::able(),
        hold: TimeDelta::zero(),
        refresh: None,
        settle: goaldeck::store::outbox::Settle::default(),
        cadence: Cadence::None,
        origin: None,
    }
}

/// A store that was told these goals; I am Mei.
fn store(goals: Vec<Goal>, now: Now) -> Store {
    let mut store = Store::new(vec![setup("work")], Rules::default());
    let batch = Batch {
        goals,
        people: vec![
            person("work:me", "Mei Tan"),
            person("work:ana", "Ana Silva"),
            person(
                "work:evil",
                "=HYPERLINK(\"http://x\")</b><script>alert(1)</script>",
            ),
        ],
        me: Some("work:me".into()),
        full: true,
        ..Batch::default()
    };
    let mut effects = store.command(Command::Start, now);
    // A glance first, then everything.
    while let Some(effect) = effects.pop() {
        if let Effect::Fetch { ticket, .. } = effect {
            let batch = batch.clone();
            effects.extend(store.outcome(Outcome::Fetched { ticket, batch }, now));
        }
    }
    store
}

fn of(store: &Store, week: &str, now: &Now) -> Report {
    let wish = Wish {
        week: Week::parse(week, now).expect("a week"),
        view: "All goals".to_owned(),
        includes: &|_| true,
        charts: true,
    };
    report(store, &wish, now)
}

fn number(id: &str, start: f64, target: f64, current: f64) -> KeyResult {
    let mut result: KeyResult = serde_json::from_value(serde_json::json!({
        "id": id, "name": "Monthly churn", "kind": {"kind": "percent"},
        "start": start, "target": target,
    }))
    .expect("a key result");
    result.current = Some(Reading::Number(current));
    result
}

/// A goal with a check-in at each of these moments, that moved 4.1 on to 4, 3.9, ….
fn goal(id: &str, moments: &[&str]) -> Goal {
    let mut goal = Goal::new(
        id.into(),
        "work".into(),
        format!("Goal {id}"),
        time("2026-09-01T08:00:00Z"),
    );
    goal.champion = Some("work:ana".into());
    goal.reviewer = Some("work:me".into());
    goal.start = "2026-10-01".parse().ok();
    goal.due = "2027-03-31".parse().ok();
    let mut value = 4.1;
    for (place, at) in moments.iter().enumerate() {
        let check_in_id = format!("{id}-{place}");
        let mut check_in = CheckIn::new(check_in_id.as_str().into(), "work:ana".into(), time(at));
        check_in.status = Some(Status::OnTrack);
        let before = value;
        value -= 0.1;
        check_in.values = vec![ValueChange {
            result: format!("{id}-r").as_str().into(),
            before: Some(Reading::Number(before)),
            now: Reading::Number(value),
        }];
        goal.check_ins.push(check_in);
        goal.status = Status::OnTrack;
    }
    goal.results = vec![number(&format!("{id}-r"), 4.1, 2.0, value)];
    goal
}

fn moved(report: &Report) -> Vec<&str> {
    let moved = report.moved();
    moved.iter().map(|row| row.id.as_str()).collect()
}

#[test]
fn weeks_begin_and_end_at_midnight_of_the_persons_zone_also_over_the_new_year() {
    // The last moment of Sunday, 3 January 2027, in Berlin, and the first of Monday.
    let goals = vec![
        goal("work:last", &["2027-01-03T22:59:59Z"]),
        goal("work:first", &["2027-01-03T23:00:00Z"]),
    ];
    let now = now("2027-01-20T09:00:00Z");
    let store = store(goals, now);
    assert_eq!(moved(&of(&store, "2026-W53", &now)), ["work:last"]);
    assert_eq!(moved(&of(&store, "2027-W01", &now)), ["work:first"]);
    let empty = of(&store, "2027-W02", &now);
    assert_eq!(moved(&empty), [""; 0]);
    assert!(write(&empty, Format::Markdown).contains("\nNothing happened in week 2.\n"));
    let title = write(&of(&store, "2026-W53", &now), Format::Markdown);
    assert!(
        title.starts_with("# Week 53, 28 Dec 2026 – 3 Jan 2027\n"),
        "{title}"
    );
}

#[test]
fn a_week_in_which_the_clocks_go_back_has_its_hour_more() {
    // Sunday 25 October 23:30 in Berlin is 22:30 UTC only after the change.
    let goals = vec![
        goal("work:sunday", &["2026-10-25T22:30:00Z"]),
        goal("work:monday", &["2026-10-25T23:00:00Z"]),
        goal("work:before", &["2026-10-18T21:59:59Z"]),
    ];
    let now = now("2026-11-20T09:42:00Z");
    let store = store(goals, now);
    assert_eq!(moved(&of(&store, "2026-W43", &now)), ["work:sunday"]);
    assert_eq!(moved(&of(&store, "2026-W44", &now)), ["work:monday"]);
    assert_eq!(moved(&of(&store, "2026-W42", &now)), ["work:before"]);
}

#[test]
fn before_and_after_are_the_two_ends_of_the_week_asked_for() {
    let moments = [
        "2026-11-03T09:00:00Z",
        "2026-11-10T09:00:00Z",
        "2026-11-12T09:00:00Z",
        "2026-11-17T09:00:00Z",
    ];
    let mut one = goal("work:g", &moments);
    one.check_ins[2].status = Some(Status::OffTrack);
    one.check_ins[2].due_moved = Some(DueMoved {
        from: "2026-12-31".parse().ok(),
        to: one.due,
    });
    one.check_ins[1].acknowledged = Some(goaldeck::model::check_in::Acknowledged {
        by: "work:me".into(),
        at: time("2026-11-18T09:00:00Z"),
    });
    let now = now("2026-11-20T09:42:00Z");
    let store = store(vec![one], now);
    let text = write(&of(&store, "2026-W46", &now), Format::Markdown);
    for fact in [
        "status On track → Off track",
        "Monthly churn 4.0 → 3.8 % (+10 points)",
        "due 31 Dec → 31 Mar 2027",
        "As of Sun 15 Nov 2026 23:59.",
        "1. Ana Silva set it Off track on Thu",
        // It was read a week later.
        "Ana Silva: 3 check-ins, for 12 days (since 3 Nov)",
    ] {
        assert!(text.contains(fact), "no \"{fact}\" in\n{text}");
    }
    assert!(!text.contains("## Acknowledged"), "{text}");
    let text = write(&of(&store, "this", &now), Format::Markdown);
    for fact in [
        "status Off track → On track",
        "Monthly churn 3.8 → 3.7 % (+5 points)",
        "Ana Silva's check-in of 10 Nov, by Mei Tan on Wed 18 Nov, after 8 days",
        "Mei Tan answers in: 8 days in the week (1 answer), 8 days in four weeks (1 answer)",
        "Ana Silva: 3 check-ins, for 17 days (since 3 Nov)",
        "the week is not over",
    ] {
        assert!(text.contains(fact), "no \"{fact}\" in\n{text}");
    }
}

#[test]
fn what_this_machine_kept_of_goals_without_check_ins_moves_too() {
    let now = now("2026-11-20T09:42:00Z");
    let one = goal("work:g", &[]);
    let mut was = one.clone();
    was.results[0].current = Some(Reading::Number(4.0));
    was.name = "Older name".into();
    let mut store = store(vec![one], now);
    let week = Week::parse("this", &now).unwrap();
    let recall = Recall::Since(begin(week, &now));
    let effects = store.command(Command::Recall(recall.clone()), now);
    assert!(effects.contains(&Effect::Recall(recall.clone())));
    let kept = vec![Past {
        goal: "work:g".into(),
        until: time("2026-11-18T08:00:00Z"),
        was: Some(Box::new(was)),
    }];
    let past = Recollection { kept, since: None };
    store.outcome(Outcome::Recalled { recall, past }, now);
    let text = write(&of(&store, "this", &now), Format::Markdown);
    assert!(
        text.contains("Monthly churn 4.0 → 4.1 % (−5 points)"),
        "{text}"
    );
}

#[test]
fn new_and_closed_goals_are_told_with_their_score_and_not_twice() {
    let mut new = goal("work:new", &[]);
    new.created_at = time("2026-11-17T09:00:00Z");
    let mut closed = goal(
        "work:old",
        &["2026-11-10T09:00:00Z", "2026-11-19T09:00:00Z"],
    );
    closed.check_ins[1].occasion = Occasion::Closing;
    closed.check_ins[1].status = Some(Status::Achieved);
    closed.status = Status::Achieved;
    closed.closed = Some(Closing {
        at: time("2026-11-19T09:00:00Z"),
        score: Some(0.8),
    });
    let now = now("2026-11-20T09:42:00Z");
    let store = store(vec![new, closed], now);
    let report = of(&store, "this", &now);
    assert_eq!(moved(&report), [""; 0]);
    let text = write(&report, Format::Markdown);
    assert!(
        text.contains("## New goals (1)\n\n- ● On track · **Goal work:new**")
            || text.contains("## New goals (1)\n\n- ○ Not started · **Goal work:new**"),
        "{text}"
    );
    assert!(
        text.contains("**Goal work:old** · score 0.8, delivered, Thu 19 Nov, Ana Silva"),
        "{text}"
    );
    assert!(text.contains("status On track → Achieved"), "{text}");
    // A week later it is old news.
    let later = Now::new(time("2026-11-27T09:00:00Z"), now.zone);
    let text = write(&of(&store, "this", &later), Format::Markdown);
    assert!(!text.contains("work:old"), "{text}");
}

#[test]
fn a_missing_account_is_named_in_every_format() {
    let now = now("2026-11-20T09:42:00Z");
    let mut store = Store::new(vec![setup("work"), setup("docs")], Rules::default());
    let effects = store.command(Command::Start, now);
    for effect in effects {
        let Effect::Fetch {
            ticket, account, ..
        } = effect
        else {
            continue;
        };
        let fault = match account.as_str() {
            "work" => Fault::new(FaultKind::SignedOut, "token expired", "sign in again"),
            _ => Fault::new(FaultKind::Offline, "no line", "try again"),
        };
        store.outcome(Outcome::NotFetched { ticket, fault }, now);
    }
    let report = of(&store, "this", &now);
    let words = "2 accounts missing: work (token expired), docs (no line)";
    for format in [Format::Markdown, Format::Plain, Format::Html] {
        let text = write(&report, format);
        assert!(text.contains(words), "{text}");
        assert!(text.contains("Nothing happened in week 47."), "{text}");
    }
    let table = write(&report, Format::Csv);
    assert!(
        table.contains("2026-W47,work,,account missing: token expired,"),
        "{table}"
    );
    let json: serde_json::Value =
        serde_json::from_str(&write(&report, Format::Json)).expect("JSON");
    assert_eq!(json["schema"], 1);
    assert_eq!(json["report"]["missing"][0]["why"], "token expired");
    assert_eq!(json["report"]["is_empty"], true);
}

// ── hostile text ──────────────────────────────────────────────────────────

/// Names that are something else to a reader of one of the formats.
const HOSTILE: [&str; 9] = [
    "</script><img src=x onerror=alert(1)>",
    "a | b | c",
    "`code` and ``more``",
    "two\nlines\n# and a heading\n- and a list",
    "=cmd|' /C calc'!A0",
    "[click](javascript:alert(1)) ![x](http://evil.example/x.png)",
    "\u{1b}[31mred\u{202e}txt.exe",
    "\" onload=\"alert(1)\" x='",
    "]]> --> <!-- &lt; &#x3c;script&#62;",
];

fn hostile() -> Store {
    let now = now("2026-11-20T09:42:00Z");
    let goals = HOSTILE.iter().enumerate().map(|(place, name)| {
        let id = format!("work:h{place}");
        let mut goal = goal(&id, &["2026-11-03T09:00:00Z", "2026-11-17T09:00:00Z"]);
        goal.name = (*name).to_owned();
        goal.results[0].name = (*name).to_owned();
        goal.results[0].unit = (*name).to_owned();
        goal.check_ins[1].note = (*name).to_owned();
        goal.check_ins[1].status = Some(Status::OffTrack);
        goal.status = Status::OffTrack;
        goal.status_word = Some((*name).to_owned());
        goal.champion = Some("work:evil".into());
        goal.link = match place {
            0 => "javascript:alert(1)".to_owned(),
            1 => "https://x.example/a\"><script>alert(1)</script>(b)".to_owned(),
            _ => String::new(),
        };
        goal
    });
    store(goals.collect(), now)
}

#[test]
fn no_name_breaks_markdown() {
    let now = now("2026-11-20T09:42:00Z");
    let text = write(&of(&hostile(), "this", &now), Format::Markdown);
    assert!(text.lines().all(goaldeck::model::text::is_clean), "{text}");
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_GFM;
    let mut headings = 0;
    for event in Parser::new_ext(&text, options) {
        match event {
            Event::Html(html) | Event::InlineHtml(html) => panic!("HTML: {html}"),
            Event::Code(code) => panic!("code: {code}"),
            Event::Start(Tag::Heading { level, .. }) => {
                headings += 1;
                assert!(level <= pulldown_cmark::HeadingLevel::H2);
            }
            Event::Start(Tag::Link { dest_url, .. }) => {
                assert!(dest_url.starts_with("https://x.example/"), "{dest_url}");
            }
            Event::Start(tag @ (Tag::Image { .. } | Tag::Table(_) | Tag::CodeBlock(_))) => {
                panic!("{tag:?}")
            }
            _ => {}
        }
    }
    assert_eq!(
        headings,
        text.lines().filter(|line| line.starts_with('#')).count()
    );
    assert_eq!(headings, 4, "{text}");
}

#[test]
fn no_name_breaks_a_table_or_is_a_formula() {
    let now = now("2026-11-20T09:42:00Z");
    let text = write(&of(&hostile(), "this", &now), Format::Csv);
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let columns = reader.headers().expect("a first row").len();
    let mut names = Vec::new();
    for row in reader.records() {
        let row = row.expect("a row");
        assert_eq!(row.len(), columns);
        for cell in &row {
            assert!(goaldeck::model::text::is_clean(cell), "{cell}");
            let is_formula = cell.starts_with(['=', '+', '-', '@']);
            assert!(!is_formula || cell.parse::<f64>().is_ok(), "{cell}");
        }
        names.push(row[3].to_owned());
    }
    assert_eq!(names.len(), HOSTILE.len());
    assert!(
        names.contains(&"'=cmd|' /C calc'!A0".to_owned()),
        "{names:?}"
    );
}

#[test]
fn no_name_breaks_plain_text_and_json() {
    let now = now("2026-11-20T09:42:00Z");
    let report = of(&hostile(), "this", &now);
    let text = write(&report, Format::Plain);
    assert!(text.lines().all(goaldeck::model::text::is_clean), "{text}");
    let text = write(&report, Format::Json);
    assert!(
        text.trim_end()
            .chars()
            .all(|c| !c.is_control() && c != '\u{202e}')
    );
    let json: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let goals = json["report"]["goals"].as_array().expect("goals");
    let names: Vec<&str> = goals
        .iter()
        .filter_map(|goal| goal["name"].as_str())
        .collect();
    // As they are: JSON is for programs.
    for name in HOSTILE {
        assert!(names.contains(&name), "{name:?} in {names:?}");
    }
}

// ── HTML ──────────────────────────────────────────────────────────────────

/// Elements that have no end.
const VOID: [&str; 2] = ["meta", "!doctype"];
/// All that may stand in a report.
const KNOWN: [&str; 37] = [
    "html",
    "head",
    "title",
    "style",
    "body",
    "header",
    "main",
    "section",
    "article",
    "h1",
    "h2",
    "h3",
    "p",
    "ul",
    "ol",
    "li",
    "a",
    "b",
    "span",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "figure",
    "figcaption",
    "svg",
    "rect",
    "path",
    "polyline",
    "circle",
    "text",
    "g",
    "meta",
    "!doctype",
    "line",
];

/// Walks a page: every tag is known, closed in order, its attributes are quoted and
/// none of them runs or fetches anything. Gives the text between the tags.
fn walk(page: &str) -> String {
    let mut open: Vec<String> = Vec::new();
    let mut text = String::new();
    let mut rest = page;
    while let Some(at) = rest.find('<') {
        text.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        if open.last().is_some_and(|tag| tag == "style") && !rest.starts_with("/style>") {
            panic!("a tag inside the styles: {}", &rest[..40.min(rest.len())]);
        }
        let mut inside = String::new();
        let mut quoted = false;
        let end = rest.char_indices().find(|(_, letter)| {
            quoted ^= *letter == '"';
            *letter == '>' && !quoted
        });
        let (end, _) = end.expect("a tag ends");
        inside.push_str(&rest[..end]);
        rest = &rest[end + 1..];
        if let Some(name) = inside.strip_prefix('/') {
            assert_eq!(open.pop().as_deref(), Some(name), "closed in order");
            continue;
        }
        let is_closed = inside.ends_with('/');
        let inside = inside.trim_end_matches('/');
        let (name, attributes) = inside.split_once(' ').unwrap_or((inside, ""));
        let name = name.to_lowercase();
        assert!(KNOWN.contains(&name.as_str()), "<{name}>");
        check_attributes(&name, attributes);
        if !is_closed && !VOID.contains(&name.as_str()) {
            open.push(name);
        }
    }
    assert_eq!(open, [""; 0], "all is closed");
    text.push_str(rest);
    text
}

fn check_attributes(tag: &str, attributes: &str) {
    if tag == "!doctype" {
        return;
    }
    let mut rest = attributes.trim();
    while !rest.is_empty() {
        let (name, after) = rest
            .split_once("=\"")
            .unwrap_or_else(|| panic!("<{tag} {rest}>"));
        let (value, after) = after.split_once('"').expect("a quote ends");
        let name = name.trim();
        assert!(
            name.chars()
                .all(|c| c.is_ascii_alphabetic() || "-".contains(c) || c.is_ascii_digit()),
            "{name}"
        );
        assert!(
            !name.starts_with("on") && !["src", "style"].contains(&name),
            "{name}"
        );
        if name == "href" {
            assert!(
                value.starts_with("https://") || value.starts_with("http://"),
                "{value}"
            );
        }
        assert!(!value.contains('<'), "{value}");
        rest = after.trim();
    }
}

#[test]
fn the_page_of_the_demo_is_well_formed_and_needs_nothing_else() {
    let rig = demo_at(WIDE);
    let page = write(&made(&rig, "this", "", true), Format::Html);
    let text = walk(&page);
    for words in [
        "Moved (",
        "Reduce churn to 2 %",
        "■ Off track",
        "Monthly churn",
    ] {
        assert!(text.contains(words), "no \"{words}\" in\n{text}");
    }
    assert!(page.contains("<html lang=\"en\">") && page.contains("@media print"));
    for never in [
        "<script",
        "url(",
        "@import",
        "http-equiv=\"refresh\"",
        " src=",
    ] {
        assert!(!page.contains(never), "{never}");
    }
    // Every picture says in words what it shows.
    let pictures = page.matches("<svg ").count();
    assert!(pictures > 40, "{pictures}");
    assert_eq!(page.matches("role=\"img\"").count(), pictures);
    assert_eq!(page.matches("aria-label=").count(), pictures);
    assert_eq!(page.matches("<title>").count(), pictures + 1);
    assert!(page.contains("class=\"expected\"") && page.contains("class=\"range\""));
    assert!(page.contains("class=\"mark\""));
    assert!(!page.contains("NaN") && !page.contains("inf"));
}

#[test]
fn no_name_breaks_the_page() {
    let now = now("2026-11-20T09:42:00Z");
    let page = write(&of(&hostile(), "this", &now), Format::Html);
    let text = walk(&page);
    assert!(text.contains("&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;"));
    let clean: Vec<&str> = page
        .lines()
        .filter(|line| !goaldeck::model::text::is_clean(line))
        .collect();
    assert_eq!(clean, [""; 0]);
}
