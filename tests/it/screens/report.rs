//! The report tab, driven by keys.

use goaldeck::store::effect::Effect;

use super::{NARROW, WIDE, demo_at};
use crate::rig::Rig;

fn copied(rig: &Rig) -> String {
    let copies = rig.front.iter().rev();
    let mut copies = copies.filter_map(|effect| match effect {
        Effect::Copy(text) => Some(text.clone()),
        _ => None,
    });
    copies.next().expect("a copy")
}

#[test]
fn weeks_turn_and_stop_at_the_present_one() {
    let mut rig = demo_at(NARROW);
    rig.keys("5")
        .sees(" week 47, 16–22 Nov 2026 · all goals · Markdown")
        .sees("not over.");
    rig.keys("l").sees("week 48 has not begun").sees("week 47,");
    rig.keys("h")
        .sees("week 46, 9–15 Nov 2026")
        .sees("As of Sun 15 Nov 2026 23:59.");
    rig.keys("left right right").sees("week 47,");
    // Before anything was known of these goals.
    for _ in 0..30 {
        rig.keys("h");
    }
    rig.sees("week 17, 20–26 Apr 2026")
        .sees("Nothing happened in week 17.");
    // It is still there when somebody looked elsewhere.
    rig.keys("1 5").sees("week 17,");
}

#[test]
fn views_and_formats_are_chosen_and_copied() {
    let mut rig = demo_at(WIDE);
    rig.keys("5 v")
        .sees("Which goals")
        .sees("All goals (now)")
        .keys("3")
        .sees("view mine · Markdown")
        .sees("View mine: ");
    rig.keys("v 5").sees("View off track: 1 goal,").keys("v 1");
    rig.keys("F")
        .sees("Format of the report")
        .keys("3")
        .sees("week,account,goal_id,goal,");
    rig.keys("y").sees("copied week 47 as CSV");
    assert!(copied(&rig).starts_with("week,account,goal_id,goal,"));
    rig.keys("Y").sees("copied week 47 as Markdown");
    assert!(copied(&rig).starts_with("# Week 47"));
    rig.keys("F 4").sees("<!DOCTYPE html>");
    rig.keys("F 5").sees("{\"schema\":1,\"report\":");
    rig.keys("F 2").sees("Moved (");
    rig.keys("y");
    assert!(copied(&rig).starts_with("Week 47, 16–22 Nov 2026.\n"));
}

#[test]
fn a_file_is_named_and_written_over_only_after_a_yes() {
    let mut rig = demo_at(NARROW);
    rig.keys("5 w").sees("write to: goaldeck-2026-W47.md");
    rig.keys("esc").sees_no("write to:");
    assert!(rig.front.is_empty());
    rig.keys("w ctrl-u").write("week.md").keys("enter");
    let Some(Effect::WriteFile { path, text, over }) = rig.front.pop() else {
        panic!("nothing is written");
    };
    assert_eq!((path.as_str(), over), ("week.md", false));
    assert!(text.starts_with("# Week 47"));
    rig.is_there("week.md")
        .sees("week.md is there already. Write over it? y/N")
        .keys("enter");
    assert!(rig.front.is_empty());
    rig.keys("w enter");
    rig.front.clear();
    rig.is_there("week.md").keys("y");
    assert!(matches!(
        rig.front.pop(),
        Some(Effect::WriteFile { over: true, .. })
    ));
    rig.keys("w ctrl-u enter").sees("the file has no name");
    assert!(rig.front.is_empty());
}

#[test]
fn a_report_scrolls_and_is_searched() {
    let mut rig = demo_at(NARROW);
    rig.keys("5").sees("Week 47, 16–22 Nov 2026\n");
    rig.keys("j").sees_no(" Week 47, 16–22 Nov 2026\n");
    rig.keys("G").sees("Median time to answer");
    rig.keys("g g").sees(" Week 47, 16–22 Nov 2026\n");
    rig.keys("/").write("missing").keys("enter");
    rig.sees("Check-ins missing (");
    rig.keys("esc 2").sees("[2 Goals]");
}
