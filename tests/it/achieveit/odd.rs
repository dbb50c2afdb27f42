//! Answers that are right by the description and odd all the same: nothing panics,
//! a tree is drawn, and nothing is handed in twice.

use std::sync::Arc;

use goaldeck::model::exchange::{Answer, Query};
use goaldeck::model::status::Status;
use proptest::prelude::*;

use super::fake::{Fake, Fault};
use super::rig::{Rig, Shape, writes};
use crate::contract::{Contract, How};

fn odd(operation: &str, status: u16, seed: u64, how: How) -> Fault {
    let contract = Contract::achieveit();
    let operation = contract.operation(operation);
    let (kind, body) = contract.random_answer(&operation, status, seed, how);
    let headers = match kind.is_empty() {
        true => Vec::new(),
        false => vec![("content-type", kind)],
    };
    Fault::Answer(status, headers, String::from_utf8(body).unwrap())
}

const EACH: [How; 4] = [How::AllNull, How::AllString, How::AllZero, How::Example];

fn reads(how: How, seed: u64) -> usize {
    let rig = Rig::at(Arc::new(Fake::start()), Shape::default());
    for _ in 0..3 {
        rig.fake
            .fault("GET /exports", odd("exportPlanItems", 200, seed, how));
    }
    match rig.read(Query::All) {
        Ok(batch) => {
            let mut ids: Vec<_> = batch.goals.iter().map(|goal| goal.id.clone()).collect();
            for goal in &batch.goals {
                assert_ne!(goal.parent.as_ref(), Some(&goal.id));
                assert!(
                    goal.parent
                        .as_ref()
                        .is_none_or(|parent| ids.contains(parent))
                );
            }
            let count = ids.len();
            ids.sort();
            ids.dedup();
            assert_eq!(ids.len(), count, "ids are unique");
            count
        }
        Err(_) => 0,
    }
}

#[test]
fn every_sort_of_mock_gives_a_tree() {
    for how in EACH {
        assert!(reads(how, 1) > 0, "{how:?}");
    }
}

/// Carries one check-in out against odd answers; how often it was handed in.
fn writes_against(faults: Vec<(&'static str, Fault)>) -> (Answer, usize) {
    let rig = Rig::new();
    // Read well, so that only the import is odd; jobs are those of the mock.
    for (what, fault) in faults {
        rig.fake.fault(what, fault);
    }
    let (answer, _) = rig.carry(writes(
        "key000000001",
        "i-3",
        Status::OnTrack,
        Some(7.0),
        "words",
    ));
    (answer, rig.fake.count("POST "))
}

#[test]
fn every_sort_of_mock_ends_a_check_in() {
    for how in EACH {
        let taken = odd("submitProgressUpdates", 200, 1, how);
        // Of a mock every job is at once what its sample says.
        let state = odd("getImportStatus", 200, 1, how);
        let mut faults = vec![("POST ", taken)];
        faults.extend((0..400).map(|_| ("GET /imports/status", state.clone())));
        let (answer, imports) = writes_against(faults);
        assert_eq!(imports, 1, "{how:?}");
        assert!(!matches!(answer, Answer::Onward(_)), "{answer:?}");
        let (answer, imports) =
            writes_against(vec![("POST ", odd("submitProgressUpdates", 400, 1, how))]);
        assert_eq!(imports, 1);
        assert!(matches!(answer, Answer::Refused(_)), "{how:?}: {answer:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn any_right_page_is_read(seed: u64) {
        reads(How::Random, seed);
    }

    #[test]
    fn any_right_answer_to_an_import_ends_it(seed: u64, refused: bool) {
        let status = if refused { 400 } else { 200 };
        let mut faults = vec![("POST ", odd("submitProgressUpdates", status, seed, How::Random))];
        for n in 0..400 {
            faults.push(("GET /imports/status", odd("getImportStatus", 200, seed.wrapping_add(n), How::Random)));
        }
        let (answer, imports) = writes_against(faults);
        prop_assert_eq!(imports, 1);
        prop_assert!(!matches!(answer, Answer::Onward(_)));
    }
}
