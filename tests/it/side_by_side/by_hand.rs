//! The five systems to try the program against by hand:
//! `cargo test --test it side_by_side::by_hand -- --ignored --nocapture`
//! It prints what to start the program with, and serves until its input ends.

use super::Five;
use crate::operately::Jobs;
use crate::terminal::surroundings;

#[test]
#[ignore = "serves until its input ends"]
fn serve() {
    let five = Five::new();
    let now = chrono::Utc::now();
    five.operately.world(|world| {
        world.now = now;
        world.jobs_mode = Jobs::AtOnce;
    });
    five.clickup
        .world(|world| world.now = now.timestamp_millis());
    five.quantive.world(|world| world.now = now);
    let surroundings = surroundings(five.home.path());
    let words: Vec<String> = surroundings
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    println!(
        "env -i {} TERM=$TERM {}",
        words.join(" "),
        env!("CARGO_BIN_EXE_goaldeck")
    );
    let mut line = String::new();
    while std::io::stdin()
        .read_line(&mut line)
        .is_ok_and(|read| read > 0)
    {
        let wrote = five.clickup.wrote();
        println!("ClickUp: {wrote:?}");
        println!("Quantive: {:?}", five.quantive.writes().len());
        println!("AchieveIt: {:?}", five.achieveit.imports());
        line.clear();
    }
}
