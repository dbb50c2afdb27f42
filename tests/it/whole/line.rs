//! What lines do to answers, seen from the command line.

use super::Machine;
use crate::operately::{Age, Fake, Fault, When};

#[test]
fn an_answer_counts_whatever_its_content_type_says() {
    for kind in [Some("text/html"), Some("text/plain"), None] {
        let fake = Fake::start(Age::Later);
        let ada = Machine::signed_in(&fake, "ada");
        let kind = kind.map(str::to_owned);
        fake.line.script(When::any(), Fault::ContentType(kind));
        ada.run(&["sync"]).ends(0).says("work: ");
        ada.run(&[
            "checkin",
            super::BOARD,
            "--status",
            "caution",
            "--note",
            "Late.",
        ]);
        assert_eq!(fake.count("goals/create_check_in"), 1);
        ada.run(&["outbox", "list"]).ends(0).says("SENT");
    }
}
