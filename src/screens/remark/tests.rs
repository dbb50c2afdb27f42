//! Replies and remarks, driven by keys.

use super::super::check_in::tests::{Desk, launch};
use super::*;

fn open(check_in: Option<&str>) -> (Desk, Remark) {
    let desk = Desk::with(launch());
    let check_in = check_in.map(CheckInId::new);
    let form = Remark::new(&"local:g".into(), check_in.as_ref(), &desk.scene());
    (desk, form)
}

fn posted(replies: &[Reply]) -> Option<Change> {
    let commands = replies.iter().flat_map(|reply| &reply.commands);
    commands.into_iter().find_map(|command| match command {
        Command::Post(post) => Some(post.change.clone()),
        _ => None,
    })
}

#[test]
fn a_reply_is_posted_and_the_next_item_opens() {
    let (mut desk, mut form) = open(Some("local:c1"));
    desk.type_in(&mut form, "They import and leave.");
    assert_eq!(desk.store.drafts().len(), 1);
    let replies = desk.press(&mut form, "ctrl-s");
    let Some(Change::Comment { check_in, text, .. }) = posted(&replies) else {
        panic!("nothing posted");
    };
    assert_eq!(check_in, Some("local:c1".into()));
    assert_eq!(text, "They import and leave.");
    assert_eq!(
        replies.last().and_then(|reply| reply.goto.clone()),
        Some(Goto::Next)
    );
    assert!(desk.store.drafts().is_empty());
}

#[test]
fn an_empty_reply_is_not_posted() {
    let (mut desk, mut form) = open(None);
    let replies = desk.press(&mut form, "ctrl-s");
    assert_eq!(posted(&replies), None);
    assert!(form.is_missed);
}

#[test]
fn the_thread_stands_above_the_words() {
    let (mut desk, mut form) = open(Some("local:c1"));
    desk.type_in(&mut form, "hello");
    let rows = desk.drawn(&form, (80, 21));
    let row = |words: &str| rows.iter().position(|row| row.contains(words));
    let question = row("what do people do after the import?");
    assert!(question.is_some() && question < row("hello"), "{rows:#?}");
}

#[test]
fn a_draft_of_a_reply_comes_back() {
    let (mut desk, mut form) = open(Some("local:c1"));
    desk.type_in(&mut form, "half");
    desk.press(&mut form, "esc d");
    let form = Remark::new(&"local:g".into(), Some(&"local:c1".into()), &desk.scene());
    assert_eq!(form.area.text(), "half");
    assert!(form.restored.is_some());
}

#[test]
fn no_size_panics() {
    let (mut desk, mut form) = open(Some("local:c1"));
    desk.type_in(&mut form, "some words");
    for width in [0, 1, 2, 3, 20, 60, 80, 120, 500] {
        for height in [0, 1, 2, 3, 4, 5, 6, 7, 13, 24, 200] {
            form.preview = None;
            desk.drawn(&form, (width, height));
            form.preview = Some(9);
            desk.drawn(&form, (width, height));
        }
    }
}
