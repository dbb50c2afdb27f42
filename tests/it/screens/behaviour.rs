//! What keys do on the demo company.

use chrono::TimeDelta;
use goaldeck::actions::{ACTIONS, Action, Scope};
use goaldeck::model::entry::EntryState;
use goaldeck::store::effect::Effect;

use super::{NARROW, WIDE, demo_at};

#[test]
fn acknowledging_opens_the_next_and_undo_brings_it_back() {
    let mut rig = demo_at(WIDE);
    rig.keys("j j")
        .sees("Two reference customers            check-in by Mei Ito");
    rig.keys("a")
        .sees("For you: 10")
        .sees("acknowledged, u undoes")
        .sees("Security review            ");
    rig.keys("u").sees("For you: 11");
}

#[test]
fn acknowledging_what_was_not_opened_asks_first() {
    let mut rig = demo_at(WIDE);
    rig.keys("V a")
        .sees("not opened yet — acknowledge")
        .sees("y/N");
    rig.keys("enter").sees("For you: 11");
    rig.keys("V").keys("V a y").sees("For you: 4");
}

#[test]
fn a_held_write_counts_down_and_is_sent() {
    let mut rig = demo_at(WIDE);
    rig.keys("j j a").sees("held 10 s, u undoes");
    rig.pass(TimeDelta::seconds(4));
    rig.sees("held 6 s");
    rig.pass(TimeDelta::seconds(10));
    let sent = rig
        .store()
        .entries()
        .filter(|entry| matches!(entry.state, EntryState::Sent { .. }))
        .count();
    assert_eq!(sent, 1);
    rig.keys("u").sees("it has no undo");
}

#[test]
fn a_check_in_moves_gauge_tree_and_queue() {
    let mut rig = demo_at(WIDE);
    rig.keys("c 1 6 2 enter - 1 enter enter 1")
        .write("Sign-ups passed 160.")
        .keys("ctrl-s");
    rig.sees("For you: 10").sees("Support answers in a day");
    rig.keys("2").sees("71%");
}

#[test]
fn a_check_in_without_a_status_is_not_posted_and_the_focus_goes_there() {
    let mut rig = demo_at(WIDE);
    // Learn Rust has no check-in yet, so no status is chosen for it.
    rig.keys("2")
        .write("/learn\n")
        .keys("c ctrl-s")
        .sees("needs you");
}

#[test]
fn bad_numbers_stay_with_a_sentence_under_them() {
    let mut rig = demo_at(WIDE);
    rig.keys("c")
        .write("16o")
        .keys("ctrl-s")
        .sees("not a number: \"16o\"");
    rig.keys("ctrl-u")
        .write("1,500")
        .keys("ctrl-s")
        .sees("write 1500 or 1.5");
}

#[test]
fn a_draft_is_restored_with_its_fields() {
    let mut rig = demo_at(WIDE);
    rig.keys("c 1 6 2 esc d");
    rig.pass(TimeDelta::seconds(5));
    rig.keys("c").sees("162").sees("restored");
}

#[test]
fn the_editor_gives_its_text_back_and_never_posts() {
    let mut rig = demo_at(WIDE);
    rig.keys("c ctrl-g");
    assert!(
        rig.front
            .iter()
            .any(|effect| matches!(effect, Effect::Edit(_)))
    );
    rig.edited("from the editor").sees("from the editor");
    assert!(
        rig.store()
            .entries()
            .all(|entry| !matches!(entry.state, EntryState::Held { .. }))
    );
}

#[test]
fn a_goal_is_found_by_four_letters() {
    for size in [WIDE, NARROW] {
        let mut rig = demo_at(size);
        rig.keys("f")
            .write("chur")
            .keys("enter")
            .sees("Reduce churn to 2 %")
            .sees("behind pace by 24 points");
    }
}

#[test]
fn filtering_shows_parents_of_what_matches_and_esc_clears() {
    let mut rig = demo_at(WIDE);
    rig.keys("2 /")
        .write("self-serve")
        .sees("Launch self-serve")
        .sees("Profitable by summer")
        .sees_no("Learn Rust");
    rig.keys("enter esc").sees("Learn Rust");
    rig.keys("/").write("zzz").sees("No match for \"zzz\"");
}

#[test]
fn later_puts_an_item_away_until_its_time() {
    let mut rig = demo_at(WIDE);
    rig.keys("s 2").sees("For you: 10").sees("kept here");
    rig.pass(TimeDelta::hours(24));
    rig.sees("Launch self-serve");
}

#[test]
fn copying_goes_to_the_clipboard_with_a_word() {
    let mut rig = demo_at(WIDE);
    rig.keys("2 Y");
    assert!(rig.front.iter().any(
        |effect| matches!(effect, Effect::Copy(text) if text.contains("Profitable by summer"))
    ));
    rig.sees("copied");
}

#[test]
fn deleting_asks_and_enter_means_no() {
    let mut rig = demo_at(WIDE);
    rig.keys("2")
        .write("/learn\n")
        .keys("D")
        .sees("y/N")
        .keys("enter");
    assert!(rig.store().goals().any(|goal| goal.name == "Learn Rust"));
    rig.keys("D y");
    assert!(rig.store().goals().all(|goal| goal.name != "Learn Rust"));
    rig.keys("u");
    assert!(rig.store().goals().any(|goal| goal.name == "Learn Rust"));
}

#[test]
fn an_unknown_key_says_so() {
    let mut rig = demo_at(WIDE);
    rig.keys("Q").sees("no action on \"Q\"");
}

#[test]
fn a_paste_outside_a_field_does_nothing_but_say_so() {
    let mut rig = demo_at(WIDE);
    rig.paste("aaaa\nDy")
        .sees("pasted text goes into a field")
        .sees("For you: 11");
}

#[test]
fn inbox_lines_are_read_removed_and_brought_back() {
    let mut rig = demo_at(WIDE);
    rig.keys("3 m").sees("3 Inbox 3");
    rig.keys("M").sees("[3 Inbox]");
    rig.sees_no("•");
    rig.keys("d").sees_no("finance has the numbers");
}

#[test]
fn refused_entries_can_be_edited_and_dropped() {
    let mut rig = demo_at(WIDE);
    rig.keys("4 D")
        .sees("Its text stays in the bin")
        .keys("y")
        .sees("dropped");
    rig.sees_no("REFUSED");
}

#[test]
fn palette_runs_what_was_typed() {
    let mut rig = demo_at(WIDE);
    rig.keys(":")
        .write("go to inbox")
        .keys("enter")
        .sees("unread first");
}

#[test]
fn closing_and_reopening_a_goal() {
    let mut rig = demo_at(WIDE);
    rig.keys("2")
        .write("/learn\n")
        .keys("x")
        .sees("Achieved")
        .sees("Missed");
}

/// Where each list and page is reached from the start, with the scope that
/// says which actions mean something there.
const SCOPES: [(Scope, &str); 9] = [
    (Scope::Queue, ""),
    (Scope::Reading, "enter"),
    (Scope::Goals, "2"),
    (Scope::Detail, "2 enter"),
    (Scope::Inbox, "3"),
    (Scope::Outbox, "4"),
    (Scope::Report, "5"),
    (Scope::Accounts, "@"),
    (Scope::Log, "!"),
];

#[test]
fn no_place_has_an_action_that_does_nothing_there() {
    let mut dead = Vec::new();
    for (scope, path) in SCOPES {
        for info in ACTIONS.iter().filter(|info| info.scopes.contains(&scope)) {
            let mut rig = demo_at(NARROW);
            rig.draw();
            if rig
                .keys(path)
                .act(info.action)
                .screen()
                .contains("does nothing here")
            {
                dead.push(format!("{}: {}", scope.id(), info.id));
            }
        }
    }
    assert!(dead.is_empty(), "{dead:#?}");
}

#[test]
fn pages_and_ends_of_a_note_have_keys() {
    let mut rig = demo_at(NARROW);
    rig.keys("c tab tab tab 1 ctrl-home").write("first ");
    rig.keys("ctrl-end").write(" last");
    rig.keys("pageup").write("and ");
    rig.sees("and first ## What moved")
        .sees("- [ ] guided import for spreadsheets last");
}

#[test]
fn a_form_command_is_shown_by_its_letter() {
    let mut rig = demo_at(NARROW);
    rig.keys("c esc")
        .sees("p post  d keep draft  x discard  g editor  v preview");
}

#[test]
fn help_says_its_sentences_in_full() {
    let mut rig = demo_at(NARROW);
    rig.keys("?").sees_no("…").sees("sent or could not be.");
    rig.keys("?").sees_no("…");
}

#[test]
fn marks_in_the_inbox_are_counted_and_say_what_they_take() {
    let mut rig = demo_at(NARROW);
    rig.keys("3 space space")
        .sees("2 marked")
        .sees("m read  d done  Esc clear");
    rig.keys("a").sees("2 marked — m, d or Esc");
    rig.keys("esc").sees_no("· 2 marked").sees("M all read");
}

#[test]
fn a_preview_scrolled_past_its_end_comes_back_with_one_key() {
    let long: String = (0..40).map(|line| format!("- line {line}\n")).collect();
    for path in ["2 j r", "c tab tab tab 1 ctrl-end"] {
        let mut rig = demo_at(NARROW);
        rig.keys(path).paste(&long).keys("ctrl-p");
        for _ in 0..7 {
            rig.keys("pagedown").draw();
        }
        rig.sees("line 39").keys("up").sees_no("line 39");
    }
}

#[test]
fn details_scrolled_past_their_end_come_back_with_one_key() {
    let mut rig = demo_at(NARROW);
    rig.keys("2 j enter G").draw();
    let end = rig.screen();
    rig.keys("k");
    assert_ne!(rig.screen(), end, "k after G moves");
    // The page itself is what Enter opened: nothing is put on top of it.
    rig.keys("enter esc").sees("open · by attention");
    for (path, down, up) in [("2 j", "J", "K"), ("j j j j j j j j", "J", "K")] {
        let mut rig = demo_at((100, 20));
        rig.keys(path);
        for _ in 0..60 {
            rig.keys(down).draw();
        }
        let end = rig.screen();
        rig.keys(up);
        assert_ne!(rig.screen(), end, "{up} after {down} at the end: {path}");
    }
}

#[test]
fn an_empty_list_offers_only_what_it_can_do() {
    let mut rig = demo_at(NARROW);
    rig.keys("3 V d").sees("No news").sees_no("m read");
}

#[test]
fn what_was_said_before_does_not_hide_what_a_form_found() {
    let mut rig = demo_at(NARROW);
    rig.keys("c 1 6 2 esc d").sees("draft kept");
    rig.keys("c")
        .sees("restored — Esc x discards")
        .sees_no("draft kept");
}

#[test]
fn a_goal_without_anything_to_count_shows_a_dash_and_no_ellipsis() {
    let mut rig = demo_at(WIDE);
    rig.keys("2 n")
        .write("Bare")
        .keys("ctrl-s 2 /")
        .write("bare");
    let screen = rig.screen();
    let row = screen
        .lines()
        .find(|row| row.contains("Bare"))
        .expect("its row");
    let list: String = row.chars().take(60).collect();
    assert!(list.contains('–') && !list.contains('…'), "{row}");
}

#[test]
fn the_screen_wears_the_theme_under_the_cursor_and_takes_it_or_not() {
    let ground = |rig: &mut crate::rig::Rig| rig.draw().0[(0, 0)].bg;
    let mut rig = demo_at(WIDE);
    let before = ground(&mut rig);
    rig.act(Action::ChooseTheme)
        .sees("> 1  auto")
        .sees("On track");
    rig.keys("j j").sees("> 3  dark");
    assert_eq!(ground(&mut rig), ratatui::style::Color::Indexed(234));
    rig.keys("j");
    assert_eq!(ground(&mut rig), ratatui::style::Color::Indexed(231));
    // Esc takes none of them.
    rig.keys("esc").sees("For you: 11");
    assert_eq!(ground(&mut rig), before);
    rig.act(Action::ChooseTheme)
        .keys("3")
        .sees("theme dark until you quit; theme = \"dark\" in the settings keeps it");
    assert_eq!(ground(&mut rig), ratatui::style::Color::Indexed(234));
    // The sheet opens on the one that is worn.
    rig.act(Action::ChooseTheme)
        .sees("> 3  dark")
        .keys("9")
        .sees("there is no line 9");
}

#[test]
fn the_log_shows_only_errors_if_asked_and_copies_one() {
    let mut rig = demo_at(WIDE);
    // A goal without a name is not posted.
    rig.keys("n ctrl-s")
        .sees("1 field needs you")
        .keys("esc d j j j a");
    rig.act(Action::Log)
        .sees("1 field needs you")
        .sees("acknowledged");
    rig.keys("F")
        .sees("What went wrong in this session")
        .sees("1 field needs you")
        .sees_no("10:42:00   acknowledged");
    rig.keys("y").sees("copied the message");
    let copied = rig.front.iter().any(|effect| {
        matches!(effect, Effect::Copy(words)
            if words.ends_with(" 1 field needs you") && words.starts_with("2026-11-20T"))
    });
    assert!(copied, "{:?}", rig.front);
    rig.keys("F").sees("Messages of this session");
}

#[test]
fn what_was_put_off_stands_below_and_comes_back() {
    for size in [WIDE, NARROW] {
        let mut rig = demo_at(size);
        rig.keys("s 2").sees("For you: 10 · ").sees("back ");
        rig.act(Action::ShowLater)
            .sees("LATER (")
            .sees("Launch self-serve");
        rig.keys("G s").sees("take it back now").keys("1");
        rig.sees("back in the queue").sees("For you: 1");
        rig.act(Action::ShowLater);
    }
}
