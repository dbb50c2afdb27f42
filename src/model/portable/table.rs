//! Goals from a table with one row for each key result. The first row names the
//! columns, in any order; only `goal` must be there:
//!
//! `goal,parent,champion,reviewer,start,due,cadence,result,kind,result_start,target,unit,weight,current`
//!
//! A row whose `goal` is empty belongs to the goal above it; what a goal says of
//! itself may be repeated or left empty in its further rows. `target` of a
//! guardrail is `<= 25` or `>= 40` (`<` and `>` where the limit itself breaks
//! it), of zones `60/75/90`, of a checklist its items and of milestones its
//! steps, `scope; test=2; report`, where the number is the weight.

use std::collections::HashMap;

use csv::StringRecord;

use super::{BadRow, Portable};
use crate::model::cadence::Cadence;
use crate::model::dates::{self, Lean};
use crate::model::goal::Goal;
use crate::model::ids::{AccountName, GoalId, PersonId, ResultId};
use crate::model::key_result::{Guardrail, KeyResult, Kind, Milestone};
use crate::model::person::Person;
use crate::model::time::Now;
use crate::model::values;

/// The columns in the order of the documentation.
pub const COLUMNS: [&str; 14] = [
    "goal",
    "parent",
    "champion",
    "reviewer",
    "start",
    "due",
    "cadence",
    "result",
    "kind",
    "result_start",
    "target",
    "unit",
    "weight",
    "current",
];

/// Names longer than this are a slip, not a name; in characters.
const LONGEST_NAME: usize = 1_000;

/// What is there already, for parents and people.
#[derive(Clone, Debug)]
pub struct Known<'a> {
    /// The account that the goals go to.
    pub account: &'a AccountName,
    /// Who imports: champion and reviewer where the table names nobody.
    pub me: Option<&'a PersonId>,
    /// Its people.
    pub people: Vec<&'a Person>,
    /// Its goals.
    pub goals: Vec<&'a Goal>,
    /// The cadence of goals that bring none.
    pub cadence: Option<Cadence>,
}

/// Reads a table. `new_id` makes an id of the account for a letter: `g` goal,
/// `r` key result, `p` person. Commas, semicolons and tabs may part the fields.
///
/// # Errors
/// Every bad field, with line and column name.
pub fn read_csv(
    text: &str,
    known: &Known<'_>,
    now: &Now,
    new_id: &dyn Fn(char) -> String,
) -> Result<Portable, Vec<BadRow>> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter(text))
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let header = match reader.headers() {
        Ok(header) => header.clone(),
        Err(error) => return Err(vec![BadRow::new(1, error.to_string())]),
    };
    let mut table = Table {
        columns: columns(&header)?,
        width: header.len(),
        known,
        now,
        new_id,
        told: Vec::new(),
        places: HashMap::new(),
        people: Vec::new(),
        bad: Vec::new(),
    };
    for row in reader.records() {
        match row {
            Ok(row) => table.row(&row),
            Err(error) => {
                let line = error.position().map_or(1, |at| at.line());
                let why = match error.kind() {
                    csv::ErrorKind::Utf8 { .. } => "not UTF-8".to_owned(),
                    _ => error.to_string(),
                };
                table.bad.push(BadRow::new(line_number(line), why));
            }
        }
    }
    table.finish()
}

fn line_number(line: u64) -> usize {
    usize::try_from(line).unwrap_or(usize::MAX)
}

/// What parts the fields: what the first line has most of.
fn delimiter(text: &str) -> u8 {
    let first = text.lines().next().unwrap_or_default();
    let count = |sign: u8| first.bytes().filter(|byte| *byte == sign).count();
    // Of equals the last wins: a comma unless another is clearly meant.
    [b'\t', b';', b',']
        .into_iter()
        .max_by_key(|sign| count(*sign))
        .unwrap_or(b',')
}

/// Where each column stands in the rows.
fn columns(header: &StringRecord) -> Result<HashMap<&'static str, usize>, Vec<BadRow>> {
    let mut columns = HashMap::new();
    let mut bad = Vec::new();
    for (place, name) in header.iter().enumerate() {
        let plain = name.trim().to_lowercase().replace([' ', '-'], "_");
        let Some(column) = COLUMNS.into_iter().find(|column| *column == plain) else {
            let why = format!(
                "there is no column \"{name}\"; there are {}",
                COLUMNS.join(", ")
            );
            bad.push(BadRow::new(1, why));
            continue;
        };
        if columns.insert(column, place).is_some() {
            bad.push(BadRow::new(1, format!("column {column} is there twice")));
        }
    }
    if bad.is_empty() && !columns.contains_key("goal") {
        bad.push(BadRow::new(1, "column goal is missing"));
    }
    if bad.is_empty() {
        Ok(columns)
    } else {
        Err(bad)
    }
}

/// A goal with what its rows said of it.
struct Told {
    goal: Goal,
    line: usize,
    parent: String,
    said: HashMap<&'static str, String>,
}

/// The rows read so far.
struct Table<'a> {
    columns: HashMap<&'static str, usize>,
    width: usize,
    known: &'a Known<'a>,
    now: &'a Now,
    new_id: &'a dyn Fn(char) -> String,
    told: Vec<Told>,
    places: HashMap<String, usize>,
    people: Vec<Person>,
    bad: Vec<BadRow>,
}

/// How names are compared.
fn folded(name: &str) -> String {
    name.trim().to_lowercase()
}

impl Table<'_> {
    fn field<'r>(&self, row: &'r StringRecord, column: &str) -> &'r str {
        let place = self.columns.get(column);
        place.and_then(|place| row.get(*place)).unwrap_or_default()
    }

    fn wrong(&mut self, line: usize, column: &str, why: impl std::fmt::Display) {
        self.bad.push(BadRow::new(line, format!("{column}: {why}")));
    }

    fn row(&mut self, row: &StringRecord) {
        let line = row.position().map_or(1, |at| line_number(at.line()));
        if row.iter().all(str::is_empty) {
            return;
        }
        if row.len() > self.width {
            let why = format!(
                "it has {} fields, the first line has {}; put quotes around text with commas",
                row.len(),
                self.width
            );
            self.bad.push(BadRow::new(line, why));
            return;
        }
        let name = self.field(row, "goal");
        let place = if name.is_empty() {
            if self.told.is_empty() {
                return self.wrong(line, "goal", "should name a goal in the first row");
            }
            self.told.len() - 1
        } else if let Some(place) = self.places.get(&folded(name)) {
            *place
        } else {
            self.begin(line, name)
        };
        self.describe(place, line, row);
        self.result(place, line, row);
    }

    /// A goal that was not named before.
    fn begin(&mut self, line: usize, name: &str) -> usize {
        if name.chars().count() > LONGEST_NAME {
            self.wrong(
                line,
                "goal",
                format!("longer than {LONGEST_NAME} characters"),
            );
        }
        let same = |goal: &&&Goal| folded(&goal.name) == folded(name);
        if self.known.goals.iter().any(|goal| same(&goal)) {
            let why = format!("\"{name}\" is in the workspace already; give it another name");
            self.wrong(line, "goal", why);
        }
        let id = GoalId::new((self.new_id)('g'));
        let mut goal = Goal::new(id, self.known.account.clone(), name, self.now.at);
        goal.position = i64::try_from(self.told.len()).unwrap_or(i64::MAX);
        self.told.push(Told {
            goal,
            line,
            parent: String::new(),
            said: HashMap::new(),
        });
        let place = self.told.len() - 1;
        self.places.insert(folded(name), place);
        place
    }

    /// What the row says of the goal itself.
    fn describe(&mut self, place: usize, line: usize, row: &StringRecord) {
        for column in ["parent", "champion", "reviewer", "start", "due", "cadence"] {
            let text = self.field(row, column).to_owned();
            let Some(told) = self.told.get_mut(place).filter(|_| !text.is_empty()) else {
                continue;
            };
            match told.said.get(column) {
                Some(before) if folded(before) != folded(&text) => {
                    let why = format!("\"{text}\" here and \"{before}\" in a row above");
                    self.wrong(line, column, why);
                    continue;
                }
                Some(_) => continue,
                None => told.said.insert(column, text.clone()),
            };
            let goal = &mut told.goal;
            let outcome = match column {
                "parent" => {
                    told.parent = text;
                    Ok(())
                }
                "start" => dates::parse_day_leaning(&text, self.now, Lean::Near)
                    .map(|day| goal.start = Some(day)),
                "due" => dates::parse_day(&text, self.now).map(|day| goal.due = Some(day)),
                "cadence" => text.parse().map(|cadence| goal.cadence = cadence),
                _ => {
                    let who = self.person(&text);
                    if let Some(told) = self.told.get_mut(place) {
                        match column {
                            "champion" => told.goal.champion = who,
                            _ => told.goal.reviewer = who,
                        }
                    }
                    Ok(())
                }
            };
            if let Err(why) = outcome {
                self.wrong(line, column, why);
            }
        }
    }

    /// Somebody by name; new people are made. `none` and `-` are nobody.
    fn person(&mut self, name: &str) -> Option<PersonId> {
        let wanted = folded(name);
        match wanted.as_str() {
            "me" | "you" if self.known.me.is_some() => return self.known.me.cloned(),
            "none" | "-" => return None,
            _ => {}
        }
        let known = || self.known.people.iter().copied().chain(&self.people);
        let exact = known()
            .find(|person| folded(&person.name) == wanted || (folded(&person.handle) == wanted));
        if let Some(person) = exact {
            return Some(person.id.clone());
        }
        let mut first = known().filter(|person| folded(person.first_name()) == wanted);
        if let (Some(person), None) = (first.next(), first.next()) {
            return Some(person.id.clone());
        }
        let id = PersonId::new((self.new_id)('p'));
        self.people.push(Person {
            id: id.clone(),
            account: self.known.account.clone(),
            name: name.to_owned(),
            handle: String::new(),
        });
        Some(id)
    }

    /// The key result of the row, if it has one.
    fn result(&mut self, place: usize, line: usize, row: &StringRecord) {
        let name = self.field(row, "result");
        let columns = [
            "kind",
            "result_start",
            "target",
            "unit",
            "weight",
            "current",
        ];
        if name.is_empty() {
            let lost = columns
                .into_iter()
                .find(|column| !self.field(row, column).is_empty());
            if let Some(column) = lost {
                self.wrong(line, column, "is of a key result, and the row names none");
            }
            return;
        }
        let named = name.to_owned();
        let (result, bad) = self.read_result(name, row);
        for (column, why) in bad {
            self.wrong(line, column, why);
        }
        let Some(told) = self.told.get_mut(place) else {
            return;
        };
        let mut others = told.goal.results.iter();
        if others.any(|other| folded(&other.name) == folded(&named)) {
            let why = format!("\"{named}\" is there twice");
            return self.wrong(line, "result", why);
        }
        told.goal.results.push(result);
    }

    fn read_result(
        &self,
        name: &str,
        row: &StringRecord,
    ) -> (KeyResult, Vec<(&'static str, String)>) {
        let mut bad = Vec::new();
        if name.chars().count() > LONGEST_NAME {
            bad.push(("result", format!("longer than {LONGEST_NAME} characters")));
        }
        let mut number = |column: &'static str, otherwise: f64| {
            let text = self.field(row, column);
            if text.is_empty() {
                return otherwise;
            }
            values::parse_number(text).unwrap_or_else(|why| {
                bad.push((column, why));
                otherwise
            })
        };
        let (start, weight) = (number("result_start", 0.0), number("weight", 1.0));
        if weight < 0.0 {
            bad.push(("weight", "should be 0 or more".to_owned()));
        }
        let mut result = KeyResult {
            particulars: None,
            id: ResultId::new((self.new_id)('r')),
            name: name.to_owned(),
            kind: Kind::Number,
            unit: self.field(row, "unit").to_owned(),
            start,
            target: None,
            current: None,
            weight,
            falling: false,
            phases: Vec::new(),
            sum_of: Vec::new(),
            status: None,
        };
        match kind(self.field(row, "kind"), self.field(row, "target")) {
            Ok((kind, target)) => {
                result.falling = target.is_some_and(|target| target < start);
                (result.kind, result.target) = (kind, target);
            }
            Err(wrong) => bad.push(wrong),
        }
        let current = self.field(row, "current");
        let reading = match &result.kind {
            // A table has no "before": a sign is a sign.
            Kind::YesNo | Kind::Checklist { .. } | Kind::Milestones { .. } => {
                values::parse(&result, None, current)
            }
            _ if current.is_empty() => Ok(None),
            _ => values::parse_number(current)
                .map(|value| Some(crate::model::key_result::Reading::Number(value))),
        };
        match reading {
            Ok(reading) => result.current = reading,
            Err(why) => bad.push(("current", why)),
        }
        (result, bad)
    }

    /// Parents, defaults and what only shows when all rows are read.
    fn finish(mut self) -> Result<Portable, Vec<BadRow>> {
        for place in 0..self.told.len() {
            self.complete(place);
        }
        self.circles();
        if !self.bad.is_empty() {
            self.bad.sort_by_key(|bad| bad.line);
            return Err(self.bad);
        }
        Ok(Portable {
            people: self.people,
            goals: self.told.into_iter().map(|told| told.goal).collect(),
            notifications: Vec::new(),
        })
    }

    fn complete(&mut self, place: usize) {
        let Some(told) = self.told.get(place) else {
            return;
        };
        let (line, above) = (told.line, folded(&told.parent));
        let parent = if above.is_empty() {
            None
        } else if let Some(other) = self.places.get(&above) {
            self.told.get(*other).map(|other| other.goal.id.clone())
        } else {
            let goals = self.known.goals.iter();
            let mut same =
                goals.filter(|goal| folded(&goal.name) == above || goal.id.as_str() == above);
            match (same.next(), same.next()) {
                (Some(goal), None) => Some(goal.id.clone()),
                (Some(_), Some(_)) => {
                    let why = format!("\"{}\" is the name of several goals", told.parent);
                    return self.wrong(line, "parent", why);
                }
                (None, _) => {
                    let why = format!("there is no goal \"{}\"", told.parent);
                    return self.wrong(line, "parent", why);
                }
            }
        };
        let (me, today, cadence) = (self.known.me, self.now.today(), self.known.cadence);
        let Some(Told { goal, said, .. }) = self.told.get_mut(place) else {
            return;
        };
        goal.parent = parent;
        if !said.contains_key("champion") {
            goal.champion = me.cloned();
        }
        if !said.contains_key("reviewer") {
            goal.reviewer = me.cloned();
        }
        goal.reviewer_since = goal.reviewer.as_ref().map(|_| goal.created_at);
        if !said.contains_key("cadence") {
            goal.cadence = cadence.unwrap_or_default();
        }
        if !said.contains_key("start") {
            // A due day in the past says when it began even less.
            goal.start = Some(goal.due.map_or(today, |due| due.min(today)));
        }
        if let (Some(start), Some(due)) = (goal.start, goal.due)
            && due < start
        {
            let why = format!("{due} is before the start on {start}");
            self.wrong(line, "due", why);
        }
    }

    /// A goal under itself, at any distance.
    fn circles(&mut self) {
        let above = |place: usize| {
            let told = self.told.get(place)?;
            let parent = told.goal.parent.as_ref()?;
            let in_file = self.places.get(&folded(&told.parent))?;
            (&self.told.get(*in_file)?.goal.id == parent).then_some(*in_file)
        };
        let mut bad = Vec::new();
        for (start, told) in self.told.iter().enumerate() {
            let mut next = above(start);
            for _ in 0..self.told.len() {
                match next {
                    Some(place) if place == start => {
                        bad.push(BadRow::new(
                            told.line,
                            "parent: the goal would be under itself",
                        ));
                        break;
                    }
                    Some(place) => next = above(place),
                    None => break,
                }
            }
        }
        self.bad.extend(bad);
    }
}

/// Kind and target of a key result.
fn kind(code: &str, target: &str) -> Result<(Kind, Option<f64>), (&'static str, String)> {
    let plain = code.to_lowercase().replace([' ', '-', '/'], "_");
    let in_target = |why: String| ("target", why);
    let number = || match target {
        "" => Err(in_target("is missing".to_owned())),
        text => values::parse_number(text).map(Some).map_err(in_target),
    };
    let none = |kind: Kind| match target {
        "" => Ok((kind, None)),
        _ => Err(in_target(format!("{code} has no target"))),
    };
    match plain.as_str() {
        "" | "number" => Ok((Kind::Number, number()?)),
        "percent" => Ok((Kind::Percent, number()?)),
        "currency" => Ok((Kind::Currency, number()?)),
        "yes_no" => none(Kind::YesNo),
        "baseline" => none(Kind::Baseline),
        "guardrail" => Ok((Kind::Guardrail(guardrail(target).map_err(in_target)?), None)),
        "zones" => Ok((zones(target).map_err(in_target)?, None)),
        "checklist" => {
            let items: Vec<String> = parts(target).map(str::to_owned).collect();
            match items.is_empty() {
                true => Err(in_target("should list the items: a; b; c".to_owned())),
                false => Ok((
                    Kind::Checklist {
                        items,
                        ids: Vec::new(),
                    },
                    None,
                )),
            }
        }
        "milestones" => {
            let steps: Result<Vec<Milestone>, String> = parts(target).map(milestone).collect();
            match steps.map_err(in_target)? {
                steps if steps.is_empty() => {
                    Err(in_target("should list the steps: a; b=2; c".to_owned()))
                }
                steps => Ok((Kind::Milestones { steps }, None)),
            }
        }
        _ => Err((
            "kind",
            format!(
                "there is no kind \"{code}\"; there are number, percent, currency, yes_no, \
                 checklist, milestones, zones, baseline, guardrail"
            ),
        )),
    }
}

fn parts(text: &str) -> impl Iterator<Item = &str> {
    text.split([';', '\n', '|'])
        .map(str::trim)
        .filter(|part| !part.is_empty())
}

fn milestone(text: &str) -> Result<Milestone, String> {
    let (name, weight) = match text.rsplit_once('=') {
        Some((name, weight)) => (name.trim(), values::parse_number(weight)?),
        None => (text, 1.0),
    };
    if weight <= 0.0 || name.is_empty() {
        return Err(format!("\"{text}\" should be a step with a weight above 0"));
    }
    Ok(Milestone {
        name: name.to_owned(),
        weight,
    })
}

fn guardrail(text: &str) -> Result<Guardrail, String> {
    let signs = [
        ("<=", false, false),
        (">=", true, false),
        ("≤", false, false),
        ("≥", true, false),
        ("<", false, true),
        (">", true, true),
    ];
    for (sign, above, strict) in signs {
        if let Some(limit) = text.strip_prefix(sign) {
            return Ok(Guardrail {
                limit: values::parse_number(limit)?,
                above,
                critical: None,
                strict,
            });
        }
    }
    Err("should be a limit like <= 25 or >= 40".to_owned())
}

fn zones(text: &str) -> Result<Kind, String> {
    let wanted = || "should be three rising values like 60/75/90".to_owned();
    let values: Result<Vec<f64>, String> = text.split('/').map(values::parse_number).collect();
    match values?.as_slice() {
        [commit, target, stretch] if commit < target && target < stretch => Ok(Kind::Zones {
            commit: *commit,
            target: *target,
            stretch: *stretch,
        }),
        _ => Err(wanted()),
    }
}
