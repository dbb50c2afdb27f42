//! A server that may answer anything its description allows: nothing panics, and a
//! tree is drawn.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Method, Response, StatusCode, Uri};
use goaldeck::model::exchange::{Batch, Query};
use goaldeck::model::progress;
use goaldeck::model::system::Special;
use goaldeck::providers::Provider;

use super::fake::{Shape, World, serve};
use super::rig::provider;
use crate::contract::{Contract, How};

/// A server made from the description alone: no people, no state, no prefix.
struct Mock {
    url: String,
    how: Arc<Mutex<(How, u64)>>,
    end: Option<tokio::sync::oneshot::Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Mock {
    fn start() -> Self {
        let how = Arc::new(Mutex::new((How::Random, 0)));
        let app = Router::new().fallback(handle).with_state(Arc::clone(&how));
        let (address, end, thread) = serve(app);
        Self {
            url: format!("http://{address}"),
            how,
            end: Some(end),
            thread: Some(thread),
        }
    }
}

impl Drop for Mock {
    fn drop(&mut self) {
        drop(self.end.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

async fn handle(
    State(how): State<Arc<Mutex<(How, u64)>>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let contract = Contract::clickup();
    let headers: Vec<(String, String)> = headers
        .iter()
        .map(|(name, value)| {
            (
                name.to_string(),
                String::from_utf8_lossy(value.as_bytes()).into_owned(),
            )
        })
        .collect();
    let query = uri.query().unwrap_or_default().split('&');
    let query: Vec<(String, String)> = query
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    let (way, seed) = {
        let mut how = how.lock().unwrap();
        how.1 += 1;
        *how
    };
    let asked = contract.check_strict(method.as_str(), uri.path(), &query, &headers, &body);
    let (status, kind, text) = match asked {
        Ok(operation) => {
            let (kind, text) = contract.random_answer(&operation, 200, seed, way);
            (200, kind, text)
        }
        Err(_) => (
            404,
            "application/problem+json".to_owned(),
            b"{\"title\":\"Not Found\"}".to_vec(),
        ),
    };
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = StatusCode::from_u16(status).unwrap();
    if let Ok(kind) = kind.parse() {
        response.headers_mut().insert("content-type", kind);
    }
    response
}

#[test]
fn any_answer_that_is_allowed_draws_a_tree() {
    let mock = Mock::start();
    let world = Arc::new(Mutex::new(World::small(Shape::Described)));
    let special = Special {
        workspace: Some("1".to_owned()),
        ..Special::default()
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let mut goals = 0;
    let ways = [How::AllNull, How::AllString, How::AllZero, How::Example];
    let random = (0..60).map(|seed| (How::Random, seed * 1000));
    let ways = ways.into_iter().map(|how| (how, 0)).chain(random);
    for (how, seed) in ways {
        *mock.how.lock().unwrap() = (how, seed);
        let account = provider(&mock.url, "any", special.clone(), &world);
        let read = |query: Query| {
            let (pieces, mut came) = tokio::sync::mpsc::unbounded_channel();
            let sink = Box::new(move |batch: Batch| pieces.send(batch).unwrap());
            let end = runtime.block_on(account.fetch(query, sink));
            let mut batches = Vec::new();
            while let Ok(batch) = came.try_recv() {
                batches.push(batch);
            }
            (end, batches)
        };
        let (end, batches) = read(Query::All);
        // A list that leaves out both of its parts says nothing of goals.
        let is_bare = batches.is_empty();
        assert_eq!(end.is_err(), is_bare, "{how:?} {seed}: {end:?}");
        assert!(!is_bare || how == How::Random, "{how:?} {end:?}");
        let all: Vec<_> = batches
            .iter()
            .flat_map(|batch| batch.goals.clone())
            .collect();
        if how != How::Random {
            // The example's one goal says that it is archived; its folder is there.
            let least = if how == How::Example { 1 } else { 2 };
            assert!(all.len() >= least, "{how:?}");
        }
        goals += all.len();
        for goal in &all {
            assert!(!goal.name.is_empty());
            assert!(
                goal.provider_progress
                    .is_none_or(|share| (0.0..=1.0).contains(&share))
            );
            for result in &goal.results {
                let done = progress::of_result(result);
                assert!(done.is_none_or(|done| done.p.is_finite()));
            }
        }
        let first = all.iter().find(|goal| goal.id.as_str().contains(":g:"));
        if let Some(goal) = first {
            let _whatever = read(Query::Goal(goal.id.clone()));
        }
        let _met = runtime.block_on(account.introduce());
    }
    assert!(goals > 100, "{goals} goals in all");
}
