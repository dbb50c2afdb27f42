//! Filters and views on the screens: typed, recalled, kept, and wrong.

use goaldeck::store::effect::Effect;
use goaldeck::theme::{Glyphs, ThemeName};

use super::{Looks, NARROW, WIDE, demo, demo_at, styles};
use crate::rig::Rig;

/// The row that says what the list shows.
fn info(rig: &mut Rig) -> String {
    rig.screen().lines().nth(1).unwrap_or_default().to_owned()
}

#[test]
fn keys_and_values_narrow_the_tree_at_each_key() {
    for size in [WIDE, NARROW] {
        let mut rig = demo_at(size);
        rig.keys("2 /").write("status:off");
        rig.sees("Reduce churn to 2 %")
            .sees("Profitable by summer")
            .sees_no("Learn Rust");
        rig.keys("ctrl-u").write("owner:me is:open");
        rig.sees("Learn Rust").sees_no("Monthly churn");
        rig.keys("enter");
        assert!(
            info(&mut rig).contains("owner:me is:open"),
            "{}",
            info(&mut rig)
        );
        rig.keys("esc").sees("Monthly churn");
    }
}

#[test]
fn letter_by_letter_finds_what_the_whole_text_finds() {
    for text in [
        "re churn",
        "status:off,risk",
        "l -launch owner:me",
        "parent:profit -\"self-serve\" e",
        "is:open,closed progress:>=50",
    ] {
        let (mut typed, mut pasted) = (demo_at(WIDE), demo_at(WIDE));
        typed.keys("2 /").write(text).keys("enter g g");
        pasted.keys("2 /").paste(text).keys("enter g g");
        assert_eq!(typed.screen(), pasted.screen(), "{text}");
    }
}

#[test]
fn a_half_typed_key_hides_nothing_and_says_what_may_come() {
    let mut rig = demo_at(WIDE);
    rig.keys("2 /").write("churn status:");
    rig.sees("write on, risk, off").sees("Reduce churn");
    rig.write("o").sees("Reduce churn");
    rig.keys("ctrl-u").write("churn stat");
    rig.sees("Reduce churn").sees_no("Learn Rust");
    rig.keys("enter").sees("No match for \"churn stat\"");
    rig.keys("/").write("us:o").sees("Reduce churn");
    rig.write("ff")
        .sees("Reduce churn")
        .sees_no("write on, risk");
}

#[test]
fn a_wrong_word_is_told_while_the_last_right_filter_stays() {
    for size in [WIDE, NARROW] {
        let mut rig = demo_at(size);
        rig.keys("2 /").write("churn");
        rig.sees_no("Learn Rust");
        rig.write(" stauts:off");
        rig.sees("no key \"stauts\"; did you mean status:?")
            .sees("Reduce churn")
            .sees_no("Learn Rust");
        // Enter keeps nothing that is wrong.
        rig.keys("enter").sees("filter: churn stauts:off_");
        rig.keys("esc").sees("Learn Rust");
    }
}

#[test]
fn enter_finds_the_word_that_was_meant() {
    let mut rig = demo_at(WIDE);
    rig.keys("2 /").write("chrn");
    rig.sees("No match for \"chrn\". Esc clears, Enter finds \"churn\"");
    rig.keys("enter").sees("Reduce churn").sees("filter: churn");
    rig.keys("esc /").write("qqqq");
    rig.sees("No match for \"qqqq\". Esc clears the filter");
}

#[test]
fn up_recalls_older_filters_and_down_newer_ones() {
    let mut rig = demo_at(WIDE);
    rig.keys("2 /")
        .write("churn\n")
        .keys("esc /")
        .write("is:mine\n");
    rig.keys("esc /").write("x").keys("up");
    assert!(info(&mut rig).starts_with(" filter: is:mine_"));
    rig.keys("up");
    assert!(info(&mut rig).starts_with(" filter: churn_"));
    rig.keys("up");
    assert!(info(&mut rig).starts_with(" filter: churn_"));
    rig.keys("down down");
    assert!(info(&mut rig).starts_with(" filter: x_"));
    assert_eq!(rig.store().marks().recent("filters"), ["is:mine", "churn"]);
}

#[test]
fn a_view_is_chosen_by_its_digit() {
    for size in [WIDE, NARROW] {
        let mut rig = demo_at(size);
        rig.keys("v").sees("7    closed").sees("is:review");
        rig.keys("4")
            .sees("off track")
            .sees("Reduce churn")
            .sees_no("Learn Rust");
        rig.keys("v 1").sees("Learn Rust");
    }
    let mut rig = demo_at(WIDE);
    rig.keys("2 v 2");
    assert!(info(&mut rig).starts_with(" view: mine · sort: attention · "));
}

#[test]
fn closed_goals_are_asked_for_and_not_hidden() {
    let mut rig = demo_at(WIDE);
    rig.keys("2").write(":show closed\n");
    assert!(
        info(&mut rig).starts_with(" view: all · "),
        "{}",
        info(&mut rig)
    );
    rig.write(":show closed\n");
    assert!(info(&mut rig).starts_with(" view: open · "));
    rig.keys("/").write("is:closed");
    let closed = rig.store().goals().filter(|goal| !goal.is_open()).count();
    assert!(
        info(&mut rig).contains(&format!("{closed} of ")),
        "{}",
        info(&mut rig)
    );
}

#[test]
fn what_is_shown_is_saved_as_a_view_and_there_at_once() {
    for size in [WIDE, NARROW] {
        let mut rig = demo_at(size);
        rig.keys("2 /").write("status:off,risk\n").keys("S");
        rig.write(":save view my reds").keys("enter");
        rig.sees("view \"my reds\" kept, v lists it");
        let kept = rig.front.iter().find_map(|effect| match effect {
            Effect::KeepView(view) => Some(view.clone()),
            _ => None,
        });
        let kept = kept.expect("it is written down");
        assert_eq!((kept.name.as_str(), kept.sort.word()), ("my reds", "due"));
        assert_eq!(kept.filter, "is:open status:off,risk");
        rig.keys("v").sees("8  * my reds");
        rig.keys("1").sees("Learn Rust");
        rig.write(":view my\n").sees_no("Learn Rust");
        // What is typed is meant, and not the view that is like it; the one of that
        // name gives way only when somebody says yes.
        rig.keys("2").write(":save view my red\n");
        rig.sees("view \"my red\" kept");
        rig.write(":save view my reds\n")
            .sees("in place of the view \"my reds\"? y/N");
        rig.keys("enter").sees_no("reds\" changed");
        rig.write(":save view my reds\n").keys("y");
        rig.sees("view \"my reds\" changed");
        rig.write(":save view \n").sees("write a name after");
        rig.keys("esc").write(":delete view my red\n").keys("y");
        rig.keys("v").sees("8  * my reds").keys("1");
        // It goes only when somebody says yes.
        rig.write(":delete view my\n")
            .sees("Delete the view \"my reds\"? y/N");
        rig.keys("enter v").sees("my reds");
        rig.keys("esc").write(":delete view my\n").keys("y");
        rig.sees("view \"my reds\" is gone").sees("Learn Rust");
        rig.keys("v").sees("7    closed").sees_no("8    my reds");
    }
}

#[test]
fn the_quick_filter_puts_pieces_in_and_takes_them_out() {
    let mut rig = demo_at(WIDE);
    rig.keys("2 F").sees("[ ] mine").keys("1");
    assert!(info(&mut rig).contains("filter: is:mine"));
    rig.keys("F").sees("[x] mine").keys("3");
    assert!(info(&mut rig).contains("filter: is:mine status:off_track"));
    rig.keys("F 1");
    assert!(info(&mut rig).contains("filter: status:off_track"));
    // The queue has it too.
    rig.keys("1 F 3").sees("filter: status:off_track");
}

#[test]
fn the_palette_takes_what_follows_a_name() {
    let mut rig = demo_at(WIDE);
    rig.keys("2").write(":sort na\n").sees("sorted by name");
    rig.write(":view la").sees("view late").keys("enter");
    assert!(info(&mut rig).starts_with(" view: late · "));
    rig.write(":view nix\n").sees("view knows no \"nix\"");
    rig.keys("esc").write(":filter churn\n");
    assert!(info(&mut rig).contains("filter: churn"));
    // From the queue there is nothing to save.
    rig.keys("esc 1")
        .write(":save view x")
        .sees_no("> save view x");
    rig.keys("esc 2 v 1 g g j").write(":status off\n");
    rig.sees("[3 ■ Off track]");
}

#[test]
fn commands_used_last_come_first() {
    let mut rig = demo_at(WIDE);
    rig.keys("2").write(":pin\n").keys(":");
    let screen = rig.screen();
    let first = screen
        .lines()
        .find(|line| line.contains("> "))
        .unwrap_or_default();
    let rows: Vec<&str> = screen.lines().collect();
    let place = |word: &str| rows.iter().position(|row| row.contains(word));
    assert!(place(" Pin ") < place(" Check in "), "{first}\n{screen}");
}

#[test]
fn queue_and_inbox_narrow_by_the_same_words_and_keep_their_marks() {
    let mut rig = demo_at(WIDE);
    rig.keys("space").sees("1 marked");
    rig.keys("/").write("self-serve").sees("1 of 11");
    rig.keys("enter")
        .sees("filter: self-serve · 1 of 11 · 1 marked");
    rig.keys("esc").sees("filter: self-serve");
    rig.keys("esc").sees_no("filter:").sees("For you: 11");
    rig.keys("/")
        .write("status:off")
        .keys("enter")
        .sees("Reduce churn")
        .sees_no("Learn Rust");
    rig.keys("3 /")
        .write("zzzz")
        .sees("No match for \"zzzz\"")
        .keys("esc");
    let all = rig.screen();
    rig.keys("/")
        .write("churn")
        .keys("enter")
        .sees("filter: churn");
    assert!(rig.screen().lines().count() == all.lines().count());
    rig.sees("churn");
}

#[test]
fn filters_look_as_drawn() {
    for (place, keys, text) in [
        ("typing", "2 /", "status:off,risk"),
        ("wrong", "2 /", "churn stauts:off"),
        ("views", "2 v", ""),
        ("pieces", "2 F", ""),
        ("command", "2 :", "view "),
    ] {
        for (size, name) in [(WIDE, "120x40"), (NARROW, "80x24")] {
            let mut rig = demo_at(size);
            rig.keys(keys).write(text);
            insta::assert_snapshot!(format!("filter-{place}-{name}"), rig.screen());
        }
        let mut rig = demo(Looks {
            size: NARROW,
            glyphs: Glyphs::Ascii,
            theme: ThemeName::Mono,
            ..Looks::default()
        });
        rig.keys(keys).write(text);
        assert!(rig.screen().is_ascii(), "{}", rig.screen());
        insta::assert_snapshot!(format!("filter-{place}-mono"), styles(&mut rig));
    }
}

#[test]
fn no_size_breaks_a_filter() {
    for size in [
        (1, 1),
        (60, 16),
        (61, 17),
        (80, 24),
        (99, 30),
        (120, 40),
        (500, 200),
    ] {
        let mut rig = demo_at(size);
        rig.keys("2 /")
            .write("churn stauts:off,risk owner:\"Ana Silva\" and much more of it");
        rig.draw();
        rig.keys("esc v");
        rig.draw();
        rig.keys("esc F");
        rig.draw();
        rig.keys("esc :").write("save view ");
        rig.draw();
    }
}
