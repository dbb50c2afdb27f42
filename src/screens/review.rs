//! The approval of a goal's plan, wherever the goal shows: asking for it, giving it,
//! refusing it, taking it back. Each changes the goal for everybody and asks first.

use super::goal_actions::post;
use super::{Choice, Chosen, Goto, Place, Question, Reply, Scene, Verdict, form};
use crate::actions::Action;
use crate::model::dates;
use crate::model::exchange::{Change, ReviewStep};
use crate::model::goal::{Goal, Stage};
use crate::model::ids::{GoalId, PersonId};
use crate::model::text::Shown;
use crate::shown;
use crate::store::effect::{Command, Toast};

use super::goal_detail::who;

/// What the sheet of reviewers is about begins with this.
const ABOUT: &str = "review";
/// Between the ids in what it is about: no id has it.
const BETWEEN: char = '\u{1f}';
/// The row that sends it.
const SEND: &str = "";

/// Whether an action is a step of an approval.
pub fn is_step(action: Action) -> bool {
    matches!(
        action,
        Action::Approve | Action::Decline | Action::AskReview | Action::Withdraw
    )
}

/// Why a step cannot be taken as the goal stands; that its account has approvals at
/// all is known already.
pub fn why_not(goal: &Goal, action: Action, scene: &Scene<'_>) -> Option<String> {
    let stage = goal.approval.as_ref().map(|approval| approval.stage);
    if !goal.is_open() {
        return Some("the goal is closed; x reopens it".to_owned());
    }
    match action {
        Action::Approve | Action::Decline => {
            if !goal.is_in_review() {
                return Some("it is not in review".to_owned());
            }
            let me = scene.store.me(&goal.account)?;
            let is_mine = goal.waits_for_approval_of(me);
            (!is_mine).then(|| match reviewers(goal, scene) {
                names if names.is_empty() => "it is yours: others approve it".to_owned(),
                names => format!("it waits for {names}"),
            })
        }
        Action::AskReview => goal
            .is_in_review()
            .then(|| "it is in review already".to_owned()),
        Action::Withdraw => (!matches!(stage, Some(Stage::InReview | Stage::Approved)))
            .then(|| "it is not in review".to_owned()),
        _ => None,
    }
}

/// Takes a step, or asks what is needed for it.
pub fn act(goal: &Goal, action: Action, scene: &Scene<'_>) -> Reply {
    match action {
        Action::Approve => approve(goal, "", scene),
        Action::Decline => {
            let place = Place::Verdict(goal.id.clone(), Verdict::Decline);
            Reply::goto(Goto::Open(place))
        }
        Action::AskReview => {
            let approval = goal.approval.as_deref();
            let asked = approval.map_or(&[][..], |approval| &approval.reviewers);
            choose(goal, asked, scene)
        }
        Action::Withdraw => {
            let text = format!(
                "Withdraw \u{201c}{}\u{201d} from review? It is a draft for everybody then.",
                goal.name
            );
            let step = ReviewStep::Withdraw;
            let (command, said) = step_of(goal, step, scene);
            let mut question = Question::new(text, vec![command]);
            question.said = format!("withdrawn; {said}");
            Reply::goto(Goto::Open(Place::Confirm(question)))
        }
        _ => Reply::pass(),
    }
}

/// Asks whether a plan is approved; the words to it come after that.
pub fn approve(goal: &Goal, lead: &str, scene: &Scene<'_>) -> Reply {
    let _ = scene;
    let text = format!(
        "{lead}Approve \u{201c}{}\u{201d}? It counts for everybody then.",
        goal.name
    );
    let mut question = Question::new(text, Vec::new());
    let place = Place::Verdict(goal.id.clone(), Verdict::Approve);
    question.goto = Some(Box::new(Goto::Open(place)));
    Reply::goto(Goto::Open(Place::Confirm(question)))
}

/// Asks whether several plans are approved, without a word to each.
pub fn approve_all(goals: &[&Goal], more: Vec<Command>, scene: &Scene<'_>) -> Reply {
    let count = goals.len();
    let acks = match more.len() {
        0 => String::new(),
        _ => ", and acknowledge the rest".to_owned(),
    };
    let text =
        format!("Approve {count} goals without a comment{acks}? They count for everybody then.");
    let comment = String::new();
    let step = ReviewStep::Approve { comment };
    let approvals = goals
        .iter()
        .map(|goal| step_of(goal, step.clone(), scene).0);
    let mut question = Question::new(text, approvals.chain(more).collect());
    question.said = format!("{count} approved, u undoes");
    Reply::goto(Goto::Open(Place::Confirm(question)))
}

/// The write of a step, and what is said of it.
fn step_of(goal: &Goal, step: ReviewStep, scene: &Scene<'_>) -> (Command, String) {
    let change = Change::Review {
        goal: goal.id.clone(),
        step,
    };
    let said = form::posted(&goal.account, &change, scene).text;
    (post(goal, change, scene), said)
}

/// The sheet that chooses reviewers: a person goes on the list or off it.
fn choose(goal: &Goal, chosen: &[PersonId], scene: &Scene<'_>) -> Reply {
    let mut rows = Vec::new();
    if !chosen.is_empty() {
        let names: Vec<String> = chosen.iter().map(|one| who(Some(one), scene)).collect();
        rows.push((SEND.to_owned(), format!("Send it to {}", names.join(", "))));
    }
    for person in scene.store.people(&goal.account) {
        if scene.store.is_me(&person.id) {
            continue;
        }
        let sign = match chosen.contains(&person.id) {
            true => "[x]",
            false => "[ ]",
        };
        rows.push((person.id.to_string(), format!("{sign} {}", person.name)));
    }
    if rows.is_empty() {
        return Reply::say("nobody is known here who could be asked");
    }
    let mut about = format!("{ABOUT}{BETWEEN}{}", goal.id);
    for one in chosen {
        about.push(BETWEEN);
        about.push_str(one.as_str());
    }
    Reply::goto(Goto::Open(Place::Choose(Choice {
        title: format!(
            "Who looks through \u{201c}{}\u{201d}? It is locked until they answer.",
            goal.name
        ),
        about,
        rows,
        filters: true,
    })))
}

/// The sheet of reviewers was answered; none if the answer is about something else.
pub fn answered(chosen: &Chosen, scene: &Scene<'_>) -> Option<Reply> {
    let mut parts = chosen.about.split(BETWEEN);
    if parts.next() != Some(ABOUT) {
        return None;
    }
    let goal = scene.store.goal(&GoalId::new(parts.next()?))?;
    let mut asked: Vec<PersonId> = parts.map(PersonId::new).collect();
    if chosen.key == SEND {
        let step = ReviewStep::Ask { reviewers: asked };
        let (command, said) = step_of(goal, step, scene);
        let said = Toast::info(format!("sent for review; {said}"));
        return Some(Reply::command(command).saying(said));
    }
    let person = PersonId::new(&chosen.key);
    match asked.iter().position(|one| *one == person) {
        Some(place) => {
            asked.remove(place);
        }
        None => asked.push(person),
    }
    Some(choose(goal, &asked, scene))
}

fn reviewers(goal: &Goal, scene: &Scene<'_>) -> String {
    let approval = goal.approval.as_deref();
    let people = approval.map_or(&[][..], |approval| &approval.reviewers);
    let names: Vec<String> = people.iter().map(|one| who(Some(one), scene)).collect();
    names.join(", ")
}

/// Where a goal's plan stands: `in review since 18 Nov, waits for you, Bo Berg`.
pub fn words(goal: &Goal, scene: &Scene<'_>) -> Option<Shown> {
    let approval = goal.approval.as_deref()?;
    let since = approval.since.map_or_else(String::new, |since| {
        format!(" since {}", dates::day(scene.now.day_of(since), &scene.now))
    });
    let people = match (approval.stage, reviewers(goal, scene)) {
        (_, names) if names.is_empty() => String::new(),
        (Stage::InReview, names) => format!(", waits for {names}"),
        (_, names) => format!(", reviewers {names}"),
    };
    Some(shown!("plan {}{since}{people}", approval.stage.words()))
}

/// What a person is told who checks in on a goal in review.
pub fn locked_words(goal: &Goal, scene: &Scene<'_>) -> Option<Shown> {
    let account = scene.store.account(&goal.account)?;
    let provider = account.setup.abilities.provider;
    goal.is_in_review().then(|| {
        shown!("In review, so it is locked: {provider} may refuse this until it is approved or withdrawn.")
    })
}
