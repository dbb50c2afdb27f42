//! The five accounts on the screen.

use super::Five;

#[test]
fn all_five_show_in_one_tree_and_one_queue_at_both_sizes() {
    let five = Five::new();
    for size in [(80, 24), (120, 40)] {
        let mut screen = five.home.open_with(size, &[]);
        screen.see("approve");
        screen.send("2");
        screen.see("[2 Goals]");
        // Only what stands at the top, of every account.
        screen.send("Z");
        for name in ["Cut churn", "Cut costs", "Grow partner revenue"] {
            screen.see(name);
        }
        screen.send("G");
        screen.see("Learn Rust");
        screen.send("q");
        screen.wait();
    }
}

#[test]
fn what_one_window_sent_for_another_shows_in_both() {
    let five = Five::new();
    // The first one sends; the second one only looks on.
    let mut sender = five.home.open_with((120, 40), &[]);
    sender.see("approve");
    let mut other = five.home.open_with((120, 40), &[]);
    other.see("Publish the starter gui");
    five.home
        .done(&["approve", "Publish the starter guide", "--yes"]);
    // While it is on its way it lies over the facts; then the facts must have it.
    for screen in [&mut sender, &mut other] {
        screen.send("4");
        screen.see("SENT     approve");
        screen.send("1");
        screen.see("[1 Queue");
        screen.see_no("Publish the starter gui");
    }
    for screen in [&mut sender, &mut other] {
        screen.send("q");
        screen.wait();
    }
}
