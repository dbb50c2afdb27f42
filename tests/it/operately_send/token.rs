//! The account's token becomes another person's while the program runs: nothing
//! goes out in their name, and nothing of theirs counts as the first one's.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::{Arc, Mutex};

use goaldeck::model::exchange::{Answer, Batch, Change, FaultKind, Query};
use goaldeck::model::ids::AccountName;
use goaldeck::model::sign_in::{SignIn, TokenSource};
use goaldeck::providers::Provider;
use goaldeck::providers::http::{self, Options, Proxies};
use goaldeck::providers::operately::account::Operately;
use goaldeck::providers::operately::client::{Client, Learned};

use super::rig::Rig;
use crate::operately::{Age, Fake};

fn put(file: &Path, token: &str) {
    std::fs::write(file, token).unwrap();
    std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o600)).unwrap();
}

fn provider(fake: &Fake, file: &Path) -> Operately {
    let account = AccountName::new("work");
    let sign_in = SignIn {
        account: account.clone(),
        url: fake.url.clone(),
        token: TokenSource::File(file.to_owned()),
        ca_file: None,
        insecure: false,
    };
    let options = Options {
        proxies: Proxies::default(),
        ..Options::default()
    };
    let line = http::Client::new("Operately", &sign_in, options).unwrap();
    Operately::new(Client::new(line, Learned::default()), account)
}

fn read(provider: &Operately, query: Query) -> Batch {
    let all: Arc<Mutex<Vec<Batch>>> = Arc::default();
    let into = Arc::clone(&all);
    let sink = Box::new(move |batch| into.lock().unwrap().push(batch));
    run(provider.fetch(query, sink)).unwrap();
    all.lock().unwrap().pop().unwrap()
}

fn run<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(work)
}

/// Ada's token is revoked, and Amina's stands in its place.
fn swap(fake: &Fake, file: &Path) {
    let gone = fake.token("ada");
    fake.world(|world| world.tokens.retain(|one| one.value != gone));
    put(file, &fake.token("amina"));
}

#[test]
fn what_one_person_wrote_never_goes_out_as_another() {
    for age in Age::ALL {
        let rig = Rig::new(age, "ada");
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("token");
        put(&file, &rig.fake.token("ada"));
        let provider = provider(&rig.fake, &file);
        read(&provider, Query::All);
        let reply = Change::Comment {
            goal: rig.goal_id("Grow ARR"),
            check_in: Some(rig.newest("Grow ARR")),
            id: goaldeck::model::ids::CommentId::new("work:m-0a1b2c3d4e5f"),
            text: "Written by Ada.".to_owned(),
        };
        let mut letter = rig.letter(reply);
        let Answer::Onward(trail) = run(provider.send(letter.clone())) else {
            panic!("{age:?}")
        };
        letter.trail = Some(trail);
        swap(&rig.fake, &file);
        rig.fake.forget();
        for round in 0..4 {
            match run(provider.send(letter.clone())) {
                Answer::Refused(fault) => assert_eq!(fault.kind, FaultKind::SignedOut),
                // The first notices in its midst that there is another token.
                Answer::Offline(why) if round == 0 => assert!(why.contains("token"), "{why}"),
                answer => panic!("{age:?} {answer:?}"),
            }
            // Nobody has looked for it as the one who wrote it.
            assert!(run(provider.look_for(letter.clone())).is_err(), "{age:?}");
        }
        let posts = rig.fake.asked();
        let posts: Vec<_> = posts
            .iter()
            .filter(|asked| asked.method == "POST")
            .collect();
        assert!(posts.is_empty(), "{age:?} {posts:?}");
    }
}

#[test]
fn what_is_new_is_asked_as_the_one_who_is_signed_in_now() {
    let fake = Fake::start(Age::Later);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("token");
    put(&file, &fake.token("ada"));
    // Both have nothing that is new, so that no figure tells them apart.
    fake.world(|world| {
        world.notifications.clear();
        world.projects.clear();
        world.tasks.clear();
        for goal in world.goals.values_mut() {
            goal.champion = None;
            goal.reviewer = None;
        }
    });
    let before = provider(&fake, &file);
    let told = read(&before, Query::All);
    let since = Query::Since(told.cursor.clone().unwrap());
    let still = read(&before, since.clone());
    assert!(still.goals.is_empty());
    assert_eq!(still.me, told.me);
    swap(&fake, &file);
    // In the same program, and in one that starts then with what is kept.
    for provider in [before, provider(&fake, &file)] {
        let now = read(&provider, since.clone());
        assert!(now.me.is_some() && now.me != told.me);
        assert!(now.full);
    }
}
