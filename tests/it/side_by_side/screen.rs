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
