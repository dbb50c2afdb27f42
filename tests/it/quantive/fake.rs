//! A running fake: axum on loopback behind a line that can go wrong, every request
//! and answer judged by the OpenAPI file.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Method, Response, StatusCode, Uri};
use serde_json::Value;

use super::answers::{self, Told};
use super::world::{ACCOUNT, SUBJECT, World};
use crate::contract::{Contract, How};
use crate::operately::{Line, When};

/// A request that reached the server, and what came of it.
#[derive(Clone, Debug)]
pub struct Asked {
    pub method: String,
    /// Below the base.
    pub path: String,
    /// Decoded.
    pub query: Vec<(String, String)>,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    pub status: u16,
    /// The operation, if it is one.
    pub op: String,
}

impl Asked {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    pub fn param(&self, name: &str) -> Option<&str> {
        let found = self.query.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }
}

struct Shared {
    world: World,
    log: Vec<Asked>,
    violations: Vec<String>,
    token: String,
    base: String,
    /// Answers are made up from the file in place of the world's.
    made_up: Option<(How, u64)>,
}

/// A running fake. It ends when this is dropped, which fails the test if a request
/// was against the contract.
pub struct Fake {
    /// The base address, through the line.
    pub url: String,
    /// What can go wrong on the way.
    pub line: Line,
    shared: Arc<Mutex<Shared>>,
    end: Option<tokio::sync::oneshot::Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

/// A token as Quantive makes them: claims between two dots.
pub fn token(account: &str) -> String {
    let claims = format!(
        r#"{{"sub":"{SUBJECT}","iat":1,"https://gtmhub.com/app_metadata/accountId":"{account}"}}"#
    );
    format!(
        "{}.{}.{}",
        base64url(br#"{"alg":"none"}"#),
        base64url(claims.as_bytes()),
        "QUANTIVE-CANARY-3f9a"
    )
}

fn base64url(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut out = String::new();
    for piece in bytes.chunks(3) {
        let held = piece
            .iter()
            .fold(0_u32, |held, byte| held << 8 | u32::from(*byte));
        let held = held << (8 * (3 - piece.len()));
        for place in 0..=piece.len() {
            out.push(char::from(
                LETTERS[(held >> (18 - 6 * place)) as usize & 63],
            ));
        }
    }
    out
}

impl Fake {
    /// The small company.
    pub fn start() -> Fake {
        Fake::with(World::small())
    }

    pub fn with(world: World) -> Fake {
        Fake::below(world, "/api")
    }

    /// One whose base has this path.
    pub fn below(world: World, base: &str) -> Fake {
        let shared = Arc::new(Mutex::new(Shared {
            world,
            log: Vec::new(),
            violations: Vec::new(),
            token: token(ACCOUNT),
            base: base.to_owned(),
            made_up: None,
        }));
        let (end, ended) = tokio::sync::oneshot::channel();
        let (ready, started) = std::sync::mpsc::channel();
        let inside = Arc::clone(&shared);
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("a runtime");
            runtime.block_on(async move {
                let server = serve(inside).await;
                let line = Line::to(server).await;
                ready.send(line).expect("the test waits");
                let _ = ended.await;
            });
        });
        let line: Line = started.recv().expect("the fake starts");
        Fake {
            url: format!("http://{}{base}", line.address),
            line,
            shared,
            end: Some(end),
            thread: Some(thread),
        }
    }

    pub fn world<R>(&self, look: impl FnOnce(&mut World) -> R) -> R {
        look(&mut self.shared.lock().expect("the world").world)
    }

    pub fn token(&self) -> String {
        self.shared.lock().expect("the world").token.clone()
    }

    /// Takes another token from now on.
    pub fn set_token(&self, token: &str) {
        self.shared.lock().expect("the world").token = token.to_owned();
    }

    /// From now on answers are made up.
    pub fn make_up(&self, how: How, seed: u64) {
        self.shared.lock().expect("the world").made_up = Some((how, seed));
    }

    /// Every request so far.
    pub fn asked(&self) -> Vec<Asked> {
        self.shared.lock().expect("the log").log.clone()
    }

    pub fn forget(&self) {
        self.shared.lock().expect("the log").log.clear();
    }

    /// Requests of one operation.
    pub fn of(&self, op: &str) -> Vec<Asked> {
        let mut all = self.asked();
        all.retain(|asked| asked.op == op);
        all
    }

    /// Everything that was written.
    pub fn writes(&self) -> Vec<Asked> {
        let mut all = self.asked();
        all.retain(|asked| asked.method != "GET");
        all
    }

    /// Fails some requests.
    pub fn script(&self, when: When, fault: crate::operately::Fault) {
        self.line.script(when, fault);
    }

    /// What was against the contract; forgets it.
    pub fn violations(&self) -> Vec<String> {
        std::mem::take(&mut self.shared.lock().expect("the log").violations)
    }
}

impl Drop for Fake {
    fn drop(&mut self) {
        drop(self.end.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
        let violations = match self.shared.lock() {
            Ok(shared) => shared.violations.clone(),
            Err(_) => vec!["the fake panicked".to_owned()],
        };
        if !std::thread::panicking() {
            assert!(
                violations.is_empty(),
                "against the contract:\n{}",
                violations.join("\n")
            );
        }
    }
}

async fn serve(shared: Arc<Mutex<Shared>>) -> SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port");
    let address = listener.local_addr().expect("bound");
    let app = Router::new().fallback(handle).with_state(shared);
    tokio::spawn(async move { axum::serve(listener, app).await.expect("serves") });
    address
}

async fn handle(
    State(shared): State<Arc<Mutex<Shared>>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let mut shared = shared.lock().expect("no handler panics");
    let path = uri
        .path()
        .strip_prefix(shared.base.as_str())
        .unwrap_or(uri.path());
    let mut asked = Asked {
        method: method.to_string(),
        path: path.to_owned(),
        query: url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes())
            .into_owned()
            .collect(),
        headers: headers
            .iter()
            .map(|(name, value)| {
                (
                    name.to_string(),
                    String::from_utf8_lossy(value.as_bytes()).into_owned(),
                )
            })
            .collect(),
        body: body.to_vec(),
        status: 0,
        op: String::new(),
    };
    let contract = Contract::gtmhub();
    let judged = contract.check_strict(
        &asked.method,
        &asked.path,
        &asked.query,
        &asked.headers,
        &asked.body,
    );
    let told = match &judged {
        Err(wrong) => {
            shared.violations.extend(wrong.clone());
            answers::no(400, &wrong.join("; "))
        }
        Ok(op) => {
            asked.op.clone_from(&op.id);
            if op.deprecated {
                shared.violations.push(format!("{} is deprecated", op.id));
            }
            match shared.made_up {
                Some((how, seed)) => {
                    let status = contract
                        .statuses(op)
                        .into_iter()
                        .find(|status| *status < 300);
                    let status = status.expect("a success");
                    let (kind, body) = contract.random_answer(op, status, seed, how);
                    Told { status, kind, body }
                }
                None => {
                    let is_signed =
                        asked.header("authorization") == Some(&format!("Bearer {}", shared.token));
                    answers::answer(&mut shared.world, op, &asked, is_signed)
                }
            }
        }
    };
    if let Ok(op) = &judged
        && let Err(wrong) = contract.check_answer(op, told.status, &told.kind, &told.body)
    {
        // Statuses that the file forgets (409 anywhere, 405) are not judged.
        shared
            .violations
            .extend(wrong.into_iter().filter(|_| told.status < 400));
    }
    asked.status = told.status;
    shared.log.push(asked);
    let mut response = Response::new(Body::from(told.body));
    *response.status_mut() = StatusCode::from_u16(told.status).expect("a status");
    if !told.kind.is_empty() {
        let kind = HeaderValue::from_str(&told.kind).expect("plain text");
        response.headers_mut().insert("content-type", kind);
    }
    response
}
