//! What can be done to a goal wherever it shows: the tree, its page, the queue,
//! the inbox. Each answers with commands; none draws.

use std::collections::HashSet;

use super::{Choice, Chosen, Goto, Hint, Place, Question, Reply, Scene};
use super::{goal_detail, history, measure, review};
use crate::actions::Action;
use crate::model::check_in::CheckIn;
use crate::model::entry::Mark;
use crate::model::exchange::{Abilities, Ability, Change, GoalEdit};
use crate::model::goal::{Goal, Nature};
use crate::model::ids::GoalId;
use crate::store::effect::{Command, Effect, Post, Toast};

/// The hints of every place that shows a goal.
pub fn goal_hints() -> Vec<Hint> {
    vec![
        Hint::Pair(Action::NextRow, Action::PreviousRow, "move"),
        Hint::Pair(Action::Fold, Action::Unfold, "fold"),
        Hint::One(Action::Open, "open"),
        Hint::One(Action::CheckIn, "check in"),
        Hint::One(Action::Reply, "reply"),
        Hint::One(Action::Edit, "edit"),
        Hint::One(Action::New, "new"),
        Hint::One(Action::Filter, "filter"),
        Hint::One(Action::Find, "find"),
        Hint::One(Action::Palette, "commands"),
    ]
}

/// What can be done to a goal wherever it is focused.
pub fn act_on_goal(id: &GoalId, action: Action, scene: &Scene<'_>) -> Reply {
    let Some(goal) = scene.store.goal(id) else {
        return Reply::pass();
    };
    match action {
        Action::Open => goal_detail::open(id),
        Action::History => history::open(id, None),
        Action::CheckIn => Reply::goto(Goto::Open(Place::CheckIn(id.clone()))),
        Action::Reply => {
            let last = goal.last_check_in().map(|check_in| check_in.id.clone());
            Reply::goto(Goto::Open(Place::Remark(id.clone(), last)))
        }
        Action::Comment => Reply::goto(Goto::Open(Place::Remark(id.clone(), None))),
        Action::React => match goal.last_check_in() {
            Some(last) => react(goal, &last.id, scene),
            None => Reply::say("nothing to react to: no check-in yet"),
        },
        Action::EditCheckIn => match my_last(goal, scene) {
            Some(last) => Reply::goto(Goto::Open(Place::EditCheckIn(id.clone(), last.id.clone()))),
            None => Reply::say("no check-in of yours is here"),
        },
        Action::Acknowledge => acknowledge_last(goal, scene),
        Action::Edit => Reply::goto(Goto::Open(Place::EditGoal(id.clone()))),
        Action::NewChild => Reply::goto(Goto::Open(Place::NewGoal(Some(id.clone())))),
        Action::Close => Reply::goto(Goto::Open(Place::CloseGoal(id.clone()))),
        Action::Delete => confirm_delete(goal, scene),
        Action::Pause => {
            let paused = goal.status != crate::model::status::Status::Paused;
            let edit = GoalEdit {
                paused: Some(paused),
                ..GoalEdit::default()
            };
            let here = match is_kept_here(id, Action::Pause, scene) {
                true => ", kept here",
                false => "",
            };
            let word = if paused { "paused" } else { "resumed" };
            post_edit(goal, edit, scene).saying(Toast::info(format!("{word}{here}; u undoes")))
        }
        Action::Move => Reply::goto(Goto::Open(Place::Choose(parents(goal, scene)))),
        Action::Graft => Reply::goto(Goto::Open(Place::Choose(stocks(goal, scene)))),
        Action::Ungraft => Reply::command(Command::Ungraft(id.clone())),
        action if review::is_step(action) => review::act(goal, action, scene),
        Action::Pin => {
            if scene.store.marks().is_pinned(id) {
                Reply::command(Command::Unmark(Mark::Pinned { goal: id.clone() }.key()))
            } else {
                Reply::command(Command::Put(Mark::Pinned { goal: id.clone() }))
                    .saying(Toast::info("pinned to the top, kept here"))
            }
        }
        Action::Mute => {
            if scene.store.marks().is_muted(id) {
                Reply::command(Command::Unmark(Mark::Muted { goal: id.clone() }.key()))
                    .saying(Toast::info("its news is heard again"))
            } else {
                Reply::command(Command::Put(Mark::Muted { goal: id.clone() }))
                    .saying(Toast::info("muted, kept here"))
            }
        }
        Action::CopyLink => Reply::done()
            .with(Effect::Copy(measure::link(goal)))
            .saying(Toast::info(format!("copied {}", measure::link(goal)))),
        Action::CopyMarkdown => Reply::done()
            .with(Effect::Copy(measure::markdown(goal, scene)))
            .saying(Toast::info("copied as Markdown")),
        Action::OpenBrowser if goal.link.is_empty() => Reply::say("this goal has no web page"),
        Action::OpenBrowser => Reply::done().with(Effect::OpenLink(goal.link.clone())),
        _ => Reply::pass(),
    }
}

/// Why something cannot be done to a goal now.
pub fn why_not_on_goal(id: &GoalId, action: Action, scene: &Scene<'_>) -> Option<String> {
    let goal = scene.store.goal(id)?;
    let account = scene.store.account(&goal.account)?;
    let abilities = &account.setup.abilities;
    if action == Action::Ungraft && scene.store.marks().graft(id).is_none() {
        return Some("it is where its provider has it".to_owned());
    }
    if goal.nature == Nature::Folder {
        return folder_words(action, abilities.provider);
    }
    let ability = ability_for(goal, action, abilities)?;
    if let Some(words) = scene.store.copy_words(goal, &scene.now) {
        return Some(words);
    }
    if let Some(why) = account.why_not(ability) {
        return Some(why);
    }
    match action {
        Action::EditCheckIn if my_last(goal, scene).is_none() => {
            Some("no check-in of yours is here".to_owned())
        }
        action if review::is_step(action) => review::why_not(goal, action, scene),
        Action::CheckIn | Action::Pause if !goal.is_open() => {
            Some("the goal is closed; x reopens it".to_owned())
        }
        _ => None,
    }
}

/// What an account must be able to do for an action on a goal; none for what needs
/// nobody's leave.
fn ability_for(goal: &Goal, action: Action, abilities: &Abilities) -> Option<Ability> {
    Some(match action {
        Action::CheckIn => abilities.check_in,
        Action::EditCheckIn => abilities.edit_check_in,
        // On a goal in review the same key approves.
        Action::Acknowledge if goal.is_in_review() => return None,
        Action::Acknowledge => abilities.acknowledge,
        Action::Reply if goal.check_ins.is_empty() => abilities.remark,
        Action::Reply => abilities.comment,
        Action::Comment => abilities.remark,
        Action::React => abilities.react,
        // A copy of what is gone is only forgotten.
        Action::Delete if goal.gone.is_some() => return None,
        Action::Edit
        | Action::NewChild
        | Action::Delete
        | Action::Move
        | Action::Pause
        | Action::Close
            if goal.nature == Nature::Project =>
        {
            abilities.projects
        }
        Action::Edit | Action::NewChild | Action::Delete | Action::Move => abilities.edit_goals,
        Action::Pause => abilities.pause,
        Action::Close => abilities.close,
        action if review::is_step(action) => abilities.review,
        _ => return None,
    })
}

/// Whether an action on a goal stays on this machine, because the goal's provider
/// has no place for what it writes.
pub fn is_kept_here(id: &GoalId, action: Action, scene: &Scene<'_>) -> bool {
    if matches!(action, Action::Graft | Action::Ungraft) {
        return true;
    }
    let ability = scene.store.goal(id).and_then(|goal| {
        let account = scene.store.account(&goal.account)?;
        ability_for(goal, action, &account.setup.abilities)
    });
    ability == Some(Ability::KeptHere)
}

/// Why something cannot be done to a folder, which only holds goals.
fn folder_words(action: Action, provider: &str) -> Option<String> {
    let words = match action {
        Action::CheckIn | Action::EditCheckIn | Action::Acknowledge => {
            "a folder has no check-ins; choose a goal in it".to_owned()
        }
        Action::History => {
            "a folder has no history, it only holds goals; choose a goal in it".to_owned()
        }
        Action::Reply | Action::Comment | Action::React => {
            "nothing is said about a folder; choose a goal in it".to_owned()
        }
        Action::Edit
        | Action::NewChild
        | Action::Delete
        | Action::Move
        | Action::Pause
        | Action::Approve
        | Action::Decline
        | Action::AskReview
        | Action::Withdraw
        | Action::Close => format!("folders are changed at {provider} itself"),
        _ => return None,
    };
    Some(words)
}

/// The form of a new goal under another or at the top, where that can be.
pub fn new_goal(parent: Option<GoalId>, scene: &Scene<'_>) -> Reply {
    // Nothing is put into a folder from here: a new goal stands beside it.
    let is_folder = |id: &GoalId| {
        let above = scene.store.goal(id);
        above.is_some_and(|above| above.nature == Nature::Folder)
    };
    let parent = parent.filter(|parent| !is_folder(parent));
    let above = parent.as_ref().and_then(|id| scene.store.goal(id));
    let above = above.and_then(|goal| scene.store.account(&goal.account));
    let why = match above {
        Some(account) => account.why_not(account.setup.abilities.edit_goals),
        None => why_no_new_goal(scene),
    };
    match why {
        Some(why) => Reply::say(why),
        None => Reply::goto(Goto::Open(Place::NewGoal(parent))),
    }
}

/// Why no account takes a new goal, if none does.
fn why_no_new_goal(scene: &Scene<'_>) -> Option<String> {
    let mut why = Some("no account takes new goals; @ shows the accounts".to_owned());
    for account in scene.store.accounts() {
        let ability = account.setup.abilities.edit_goals;
        if ability.is_possible() {
            return None;
        }
        why = account
            .why_not(ability)
            .filter(|_| account.is_read_only())
            .or(why);
    }
    why
}

/// My newest check-in on a goal.
fn my_last<'a>(goal: &'a Goal, scene: &Scene<'_>) -> Option<&'a CheckIn> {
    let mut mine = goal.check_ins.iter().rev();
    mine.find(|check_in| check_in.occasion.is_regular() && scene.store.is_me(&check_in.author))
}

/// Puts a sign under a check-in, or takes it away.
pub fn react(goal: &Goal, check_in: &crate::model::ids::CheckInId, scene: &Scene<'_>) -> Reply {
    let Some(me) = scene.store.me(&goal.account) else {
        return Reply::pass();
    };
    let sign = "+1";
    let on = goal.check_in(check_in).is_some_and(|found| {
        !found
            .reactions
            .iter()
            .any(|reaction| &reaction.by == me && reaction.sign == sign)
    });
    let change = Change::React {
        goal: goal.id.clone(),
        check_in: check_in.clone(),
        sign: sign.to_owned(),
        on,
    };
    let here = match is_kept_here(&goal.id, Action::React, scene) {
        true => ", kept here",
        false => "",
    };
    Reply::command(post(goal, change, scene)).saying(Toast::info(if on {
        format!("+1{here}, u undoes")
    } else {
        format!("+1 taken back{here}")
    }))
}

/// A write to a goal's account.
pub fn post(goal: &Goal, change: Change, scene: &Scene<'_>) -> Command {
    Command::Post(Post {
        id: scene.ids.entry(),
        account: goal.account.clone(),
        change,
        draft: None,
    })
}

fn post_edit(goal: &Goal, edit: GoalEdit, scene: &Scene<'_>) -> Reply {
    let change = Change::EditGoal {
        goal: goal.id.clone(),
        edit: Box::new(edit),
    };
    Reply::command(post(goal, change, scene))
}

fn acknowledge_last(goal: &Goal, scene: &Scene<'_>) -> Reply {
    let waiting: Vec<_> = goal
        .check_ins
        .iter()
        .filter(|check_in| check_in.waits() && !scene.store.is_acknowledged(goal, &check_in.id))
        .filter(|check_in| {
            goal.acknowledger(check_in)
                .is_some_and(|reader| scene.store.is_me(reader))
        })
        .map(|check_in| (goal.id.clone(), check_in.id.clone()))
        .collect();
    if waiting.is_empty() && why_not_on_goal(&goal.id, Action::Approve, scene).is_none() {
        return review::approve(goal, "", scene);
    }
    if waiting.is_empty() {
        return Reply::say("nothing here waits for your acknowledgement");
    }
    acknowledge(&waiting, scene)
}

/// Acknowledges check-ins, at the provider or here, and says which.
pub fn acknowledge(items: &[(GoalId, crate::model::ids::CheckInId)], scene: &Scene<'_>) -> Reply {
    let mut reply = Reply::done();
    let mut by_account: std::collections::BTreeMap<_, Vec<_>> = std::collections::BTreeMap::new();
    let mut here = 0;
    for (goal_id, check_in) in items {
        let Some(goal) = scene.store.goal(goal_id) else {
            continue;
        };
        let Some(account) = scene.store.account(&goal.account) else {
            continue;
        };
        let ability = account.setup.abilities.acknowledge;
        if let Some(why) = account.why_not(ability) {
            reply = reply.saying(Toast::info(why));
            continue;
        }
        here += usize::from(ability == Ability::KeptHere);
        by_account
            .entry(goal.account.clone())
            .or_default()
            .push((goal_id.clone(), check_in.clone()));
    }
    let all: usize = by_account.values().map(Vec::len).sum();
    for (account, items) in by_account {
        let change = Change::Acknowledge { items };
        reply = reply.and(Command::Post(Post {
            id: scene.ids.entry(),
            account,
            change,
            draft: None,
        }));
    }
    let words = match (all, here) {
        (0, _) => return reply,
        (1, 0) => "acknowledged, u undoes".to_owned(),
        (1, _) => "acknowledged, kept here; u undoes".to_owned(),
        (all, 0) => format!("{all} acknowledged, u undoes"),
        (all, here) if all == here => format!("{all} acknowledged, kept here; u undoes"),
        (all, here) => format!("{all} acknowledged, {here} of them kept here; u undoes"),
    };
    reply.saying(Toast::info(words))
}

fn confirm_delete(goal: &Goal, scene: &Scene<'_>) -> Reply {
    let children = scene.store.own_children(&goal.id).len();
    let below = match children {
        0 => String::new(),
        1 => "; the goal under it moves up".to_owned(),
        more => format!("; the {more} goals under it move up"),
    };
    let text = format!(
        "Delete \u{201c}{}\u{201d} with {} results and {} check-ins{below}?",
        goal.name,
        goal.results.len(),
        goal.check_ins.len()
    );
    let change = Change::DeleteGoal {
        goal: goal.id.clone(),
    };
    let mut question = Question::new(text, vec![post(goal, change, scene)]);
    question.said = "deleted, u undoes".to_owned();
    Reply::goto(Goto::Open(Place::Confirm(question)))
}

/// Every goal of the account that may become the parent.
fn parents(goal: &Goal, scene: &Scene<'_>) -> Choice {
    let mut below = vec![goal.id.clone()];
    let mut place = 0;
    while let Some(next) = below.get(place).cloned() {
        below.extend(
            scene
                .store
                .own_children(&next)
                .into_iter()
                .filter(|child| !below.contains(child))
                .collect::<Vec<_>>(),
        );
        place += 1;
    }
    let mut rows: Vec<(String, String)> = scene
        .store
        .goals()
        .filter(|other| {
            other.account == goal.account
                && other.nature != Nature::Folder
                && other.is_open()
                && !below.contains(&other.id)
        })
        .map(|other| (other.id.to_string(), other.name.clone()))
        .collect();
    rows.sort_by(|one, other| one.1.cmp(&other.1).then_with(|| one.0.cmp(&other.0)));
    rows.insert(0, (String::new(), "(no parent: at the top)".to_owned()));
    Choice {
        title: format!("Move \u{201c}{}\u{201d} under", goal.name),
        about: format!("parent {}", goal.id),
        rows,
        filters: true,
    }
}

/// Every goal of any account that this one may be put under here.
fn stocks(goal: &Goal, scene: &Scene<'_>) -> Choice {
    let mut below: HashSet<GoalId> = HashSet::new();
    let mut open = vec![goal.id.clone()];
    while let Some(next) = open.pop() {
        if below.insert(next.clone()) {
            open.extend(scene.store.children(&next));
        }
    }
    let above = scene.store.above(goal);
    let several = scene.store.accounts().count() > 1;
    let may_be_above = |other: &&Goal| {
        other.is_open()
            && other.gone.is_none()
            && Some(&other.id) != above
            && !below.contains(&other.id)
    };
    let mut rows: Vec<(String, String)> = scene
        .store
        .goals()
        .filter(may_be_above)
        .map(|other| {
            let account = match several {
                true => format!("   ({})", other.account),
                false => String::new(),
            };
            (other.id.to_string(), format!("{}{account}", other.name))
        })
        .collect();
    rows.sort_by(|one, other| one.1.cmp(&other.1).then_with(|| one.0.cmp(&other.0)));
    if above.is_some() {
        rows.insert(0, (String::new(), "(at the top)".to_owned()));
    }
    Choice {
        title: format!("Graft \u{201c}{}\u{201d} under, kept here", goal.name),
        about: format!("graft {}", goal.id),
        rows,
        filters: true,
    }
}

/// A sheet that a goal's action opened was answered.
pub fn answered_for_goal(chosen: &Chosen, scene: &Scene<'_>) -> Reply {
    if let Some(reply) = review::answered(chosen, scene) {
        return reply;
    }
    if let Some(id) = chosen.about.strip_prefix("graft ") {
        return Reply::command(Command::Graft {
            goal: GoalId::new(id),
            under: (!chosen.key.is_empty()).then(|| GoalId::new(&chosen.key)),
        });
    }
    let Some(id) = chosen.about.strip_prefix("parent ") else {
        return Reply::pass();
    };
    let Some(goal) = scene.store.goal(&GoalId::new(id)) else {
        return Reply::pass();
    };
    let parent = (!chosen.key.is_empty()).then(|| GoalId::new(&chosen.key));
    if parent == goal.parent {
        return Reply::say("it is there already");
    }
    let edit = GoalEdit {
        parent: Some(parent),
        ..GoalEdit::default()
    };
    post_edit(goal, edit, scene).saying(Toast::info("moved, u undoes"))
}
