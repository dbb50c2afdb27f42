//! A token that may only read: the frame says so, keys that write say so, and
//! nothing that writes reaches the server.

use super::{BOARD, ENTER, Machine, NARROW, go_to, leave, today};
use crate::operately::{Age, Fake};

/// Requests that would change something.
fn writes(fake: &Fake) -> Vec<String> {
    let all = fake.asked();
    let posts = all.iter().filter(|asked| asked.method == "POST");
    posts.map(|asked| asked.op().to_owned()).collect()
}

#[test]
fn a_token_that_may_only_read_is_known_from_the_first_frame_on() {
    for age in [Age::Flat, Age::Later] {
        let fake = today(age);
        let ada = Machine::new(&fake.read_only_token("ada"));
        ada.add(&fake.url, "work").ends(0).says("may only read");
        fake.forget();
        let mut terminal = ada.open(NARROW);
        terminal.see("YOU OWE (1)");
        terminal.see("read-only");
        go_to(&mut terminal, "j", BOARD);
        terminal.send("c");
        terminal.see("read-only: the token of work");
        go_to(&mut terminal, "j", "Grow ARR");
        terminal.send(ENTER);
        terminal.see("Forecast is short.");
        terminal.see_no("read-only: the token of work");
        terminal.send("a");
        terminal.see("read-only: the token of work");
        leave(terminal);
        ada.run(&["checkin", BOARD, "--status", "on_track", "--note", "x"])
            .ends(4)
            .says("may only read");
        assert_eq!(writes(&fake), Vec::<String>::new(), "{age:?}");
    }
}
