//! A line between a client and a server that can go wrong as lines do: a raw
//! TCP proxy for HTTP/1.1. It knows nothing of the API behind it, so it works
//! in front of any server on loopback.
//!
//! Faults are scripted by request (`Line::script`) or drawn with a seed
//! (`Line::at_random`). Without either, everything passes.

use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

use super::world::Dice;

/// How long a test waits for something that must happen.
const PATIENCE: Duration = Duration::from_secs(20);

/// A request as the client sent it.
#[derive(Debug, Clone)]
pub struct Sent {
    /// 1 for the first of this line.
    pub number: usize,
    pub method: String,
    /// With the query.
    pub target: String,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Sent {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(n, _)| n == name)
            .map(|(_, v)| v.as_str())
    }
}

/// A gate that holds requests until a test opens it.
#[derive(Debug, Clone, Default)]
pub struct Gate {
    inner: Arc<GateInner>,
}

#[derive(Debug, Default)]
struct GateInner {
    state: Mutex<(bool, usize)>,
    changed: Condvar,
    opened: Notify,
}

impl Gate {
    pub fn closed() -> Gate {
        Gate::default()
    }

    /// Lets all pass, now and later.
    pub fn open(&self) {
        self.inner.state.lock().expect("the gate").0 = true;
        self.inner.changed.notify_all();
        self.inner.opened.notify_waiters();
    }

    /// Waits until so many requests have come to the gate.
    pub fn wait_for(&self, requests: usize) {
        let state = self.inner.state.lock().expect("the gate");
        let (state, time) = self
            .inner
            .changed
            .wait_timeout_while(state, PATIENCE, |s| s.1 < requests)
            .expect("the gate");
        assert!(
            !time.timed_out(),
            "only {} of {requests} requests came to the gate",
            state.1
        );
    }

    async fn pass(&self) {
        let opened = self.inner.opened.notified();
        tokio::pin!(opened);
        opened.as_mut().enable();
        let open = {
            let mut state = self.inner.state.lock().expect("the gate");
            state.1 += 1;
            state.0
        };
        self.inner.changed.notify_all();
        if !open {
            opened.await;
        }
    }
}

/// What goes wrong with one request.
#[derive(Debug, Clone)]
pub enum Fault {
    /// Answered by the line; nothing reaches the server.
    Answer {
        status: u16,
        headers: Vec<(String, String)>,
        body: String,
    },
    /// The server does it, the client gets this answer instead.
    DoneBut {
        status: u16,
        headers: Vec<(String, String)>,
        body: String,
    },
    /// The answer of the server with another content type, or none.
    ContentType(Option<String>),
    /// The connection ends after so many bytes of the body.
    Truncate(usize),
    /// Reset before anything reached the server.
    ResetBefore,
    /// Reset after the server did it, without an answer.
    ResetAfter,
    /// Closed in order before anything reached the server.
    CloseBefore,
    /// Forwarded only when the gate opens.
    Hold(Gate),
    /// Done at once, answered only when the gate opens.
    HoldAnswer(Gate),
    /// Reset at once; the server gets it when the gate opens.
    ApplyLate(Gate),
    /// Delivered twice; the second answer is passed on.
    Twice,
    /// The body packed with gzip.
    Gzip,
    /// The JSON body padded with spaces to so many bytes.
    Pad(usize),
    /// One byte at a time.
    Drip,
}

impl Fault {
    /// An answer of this status as a proxy in front would give it.
    pub fn status(status: u16) -> Fault {
        let headers = vec![("content-type".into(), "text/html".into())];
        let body = format!("<html><body><h1>{status}</h1></body></html>");
        Fault::Answer {
            status,
            headers,
            body,
        }
    }

    /// The JSON 500 of the server itself.
    pub fn server_error() -> Fault {
        Fault::Answer {
            status: 500,
            headers: vec![(
                "content-type".into(),
                "application/json; charset=utf-8".into(),
            )],
            body: r#"{"error":"Internal server error","message":"An unexpected error occurred"}"#
                .into(),
        }
    }

    /// 429 or 503 with `Retry-After` in seconds.
    pub fn busy(status: u16, retry_after: u64) -> Fault {
        Fault::Answer {
            status,
            headers: vec![
                ("retry-after".into(), retry_after.to_string()),
                ("content-type".into(), "text/plain".into()),
            ],
            body: "busy".into(),
        }
    }

    /// 401 as the server writes it.
    pub fn unauthorized() -> Fault {
        Fault::Answer {
            status: 401,
            headers: vec![],
            body: "Unauthorized".into(),
        }
    }

    /// A redirect to elsewhere.
    pub fn redirect(to: &str) -> Fault {
        Fault::Answer {
            status: 302,
            headers: vec![("location".into(), to.into())],
            body: String::new(),
        }
    }

    /// The page of a captive portal, with 200.
    pub fn login_page() -> Fault {
        Fault::Answer {
            status: 200,
            headers: vec![("content-type".into(), "text/html; charset=utf-8".into())],
            body: "<!DOCTYPE html><html><head><title>Sign in</title></head><body><form></form></body></html>".into(),
        }
    }
}

/// Which requests a scripted fault is for.
#[derive(Debug, Clone, Default)]
pub struct When {
    part: Option<String>,
    method: Option<String>,
    skip: usize,
    times: Option<usize>,
}

impl When {
    /// Any request.
    pub fn any() -> When {
        When::default()
    }

    /// Requests whose target holds this text.
    pub fn path(part: &str) -> When {
        When {
            part: Some(part.to_owned()),
            ..When::default()
        }
    }

    /// Only writes.
    pub fn posts() -> When {
        When {
            method: Some("POST".into()),
            ..When::default()
        }
    }

    /// Lets so many of them pass first.
    pub fn after(mut self, skip: usize) -> When {
        self.skip = skip;
        self
    }

    /// Only so many of them; all when not said.
    pub fn times(mut self, times: usize) -> When {
        self.times = Some(times);
        self
    }

    /// Only the next one.
    pub fn once(self) -> When {
        self.times(1)
    }

    fn fits(&self, sent: &Sent) -> bool {
        self.part.as_ref().is_none_or(|p| sent.target.contains(p))
            && self.method.as_ref().is_none_or(|m| *m == sent.method)
    }
}

#[derive(Debug, Default)]
struct Script {
    rules: Vec<(When, Fault)>,
    random: Option<(Dice, usize, Vec<Fault>)>,
    down: bool,
}

impl Script {
    fn fault(&mut self, sent: &Sent) -> Option<Fault> {
        for (when, fault) in &mut self.rules {
            if when.times == Some(0) || !when.fits(sent) {
                continue;
            }
            if when.skip > 0 {
                when.skip -= 1;
                continue;
            }
            if let Some(times) = &mut when.times {
                *times -= 1;
            }
            return Some(fault.clone());
        }
        let (dice, percent, menu) = self.random.as_mut()?;
        let hit = dice.below(100) < *percent && !menu.is_empty();
        hit.then(|| menu[dice.below(menu.len())].clone())
    }
}

#[derive(Debug, Default)]
struct Inner {
    script: Mutex<Script>,
    log: Mutex<Vec<Sent>>,
    logged: Condvar,
}

/// The line. Cloning it gives another handle of the same line.
#[derive(Debug, Clone)]
pub struct Line {
    inner: Arc<Inner>,
    /// Where clients connect.
    pub address: SocketAddr,
}

impl Line {
    /// A line to a server, inside the running tokio runtime.
    pub async fn to(server: SocketAddr) -> Line {
        let listener = TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a port of loopback");
        let address = listener.local_addr().expect("bound");
        let inner = Arc::new(Inner::default());
        let line = Line { inner, address };
        let shared = line.inner.clone();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let shared = shared.clone();
                tokio::spawn(async move {
                    // A connection that breaks is the business of the client.
                    let _ = carry(client, server, &shared).await;
                });
            }
        });
        line
    }

    /// Adds a fault; the first that fits a request is taken.
    pub fn script(&self, when: When, fault: Fault) {
        let mut script = self.inner.script.lock().expect("the script");
        script.rules.push((when, fault));
    }

    /// So many percent of the requests get a fault from the menu, drawn with
    /// a seed.
    pub fn at_random(&self, seed: u64, percent: usize, menu: Vec<Fault>) {
        let mut script = self.inner.script.lock().expect("the script");
        script.random = Some((Dice(seed), percent, menu));
    }

    /// Takes the line down: every connection is reset. Up again with false.
    pub fn down(&self, down: bool) {
        self.inner.script.lock().expect("the script").down = down;
    }

    /// No more faults.
    pub fn mend(&self) {
        *self.inner.script.lock().expect("the script") = Script::default();
    }

    /// Every request clients sent, also those the server never saw.
    pub fn sent(&self) -> Vec<Sent> {
        self.inner.log.lock().expect("the log").clone()
    }

    /// Waits until so many requests were sent whose target holds a text.
    pub fn wait_for(&self, part: &str, requests: usize) {
        let log = self.inner.log.lock().expect("the log");
        let many = |log: &Vec<Sent>| log.iter().filter(|s| s.target.contains(part)).count();
        let (log, time) = self
            .inner
            .logged
            .wait_timeout_while(log, PATIENCE, |log| many(log) < requests)
            .expect("the log");
        assert!(
            !time.timed_out(),
            "only {} of {requests} requests with {part} were sent",
            many(&log)
        );
    }
}

/// A head of HTTP/1.1 and the bytes behind it that were read already.
struct Head {
    first: String,
    headers: Vec<(String, String)>,
}

fn parse_head(bytes: &[u8]) -> Option<(Head, usize)> {
    let end = bytes.windows(4).position(|w| w == b"\r\n\r\n")?;
    let text = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let mut lines = text.split("\r\n");
    let first = lines.next()?.to_owned();
    let headers = lines
        .filter_map(|l| l.split_once(':'))
        .map(|(n, v)| (n.to_ascii_lowercase(), v.trim().to_owned()))
        .collect();
    Some((Head { first, headers }, end + 4))
}

impl Head {
    fn get(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(n, _)| n == name)
            .map(|(_, v)| v.as_str())
    }

    fn length(&self) -> usize {
        self.get("content-length")
            .and_then(|t| t.parse().ok())
            .unwrap_or(0)
    }
}

/// Reads until a whole chunked body is in the buffer; the body and its end.
fn chunked(bytes: &[u8]) -> Option<(Vec<u8>, usize)> {
    let mut body = Vec::new();
    let mut at = 0;
    loop {
        let end = at + bytes.get(at..)?.windows(2).position(|w| w == b"\r\n")?;
        let size = std::str::from_utf8(&bytes[at..end]).ok()?;
        let size = usize::from_str_radix(size.split(';').next()?.trim(), 16).ok()?;
        let data = end + 2;
        if size == 0 {
            bytes.get(data..data + 2)?;
            return Some((body, data + 2));
        }
        body.extend_from_slice(bytes.get(data..data + size)?);
        bytes.get(data + size..data + size + 2)?;
        at = data + size + 2;
    }
}

async fn more(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> io::Result<bool> {
    let mut piece = vec![0; 64 * 1024];
    let read = stream.read(&mut piece).await?;
    buffer.extend_from_slice(&piece[..read]);
    Ok(read > 0)
}

/// The next request of a connection; none when the client is done.
async fn next_request(client: &mut TcpStream, buffer: &mut Vec<u8>) -> io::Result<Option<Sent>> {
    loop {
        if let Some((head, start)) = parse_head(buffer) {
            let rest = &buffer[start..];
            let whole = if head.get("transfer-encoding").is_some() {
                chunked(rest)
            } else {
                let length = head.length();
                (rest.len() >= length).then(|| (rest[..length].to_vec(), length))
            };
            if let Some((body, used)) = whole {
                buffer.drain(..start + used);
                let mut words = head.first.split(' ');
                return Ok(Some(Sent {
                    number: 0,
                    method: words.next().unwrap_or("").to_owned(),
                    target: words.next().unwrap_or("").to_owned(),
                    headers: head.headers,
                    body,
                }));
            }
        }
        if !more(client, buffer).await? {
            return Ok(None);
        }
    }
}

/// An answer taken apart.
struct Reply {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Reply {
    fn set(&mut self, name: &str, value: Option<&str>) {
        self.headers.retain(|(n, _)| n != name);
        if let Some(value) = value {
            self.headers.push((name.to_owned(), value.to_owned()));
        }
    }

    fn of(status: u16, headers: &[(String, String)], body: &str) -> Reply {
        Reply {
            status,
            headers: headers.to_vec(),
            body: body.as_bytes().to_vec(),
        }
    }

    /// Head and body as they go over the wire.
    fn wire(&self, head_only: bool) -> (Vec<u8>, &[u8]) {
        let mut head = format!("HTTP/1.1 {} X\r\n", self.status);
        for (name, value) in &self.headers {
            if name != "content-length" {
                head.push_str(&format!("{name}: {value}\r\n"));
            }
        }
        head.push_str(&format!("content-length: {}\r\n\r\n", self.body.len()));
        let body = if head_only { &[] } else { &self.body[..] };
        (head.into_bytes(), body)
    }
}

/// Sends a request to the server and reads the whole answer.
async fn ask(server: SocketAddr, sent: &Sent) -> io::Result<Reply> {
    let mut stream = TcpStream::connect(server).await?;
    let mut head = format!("{} {} HTTP/1.1\r\n", sent.method, sent.target);
    for (name, value) in &sent.headers {
        let hop = ["connection", "content-length", "transfer-encoding"];
        if !hop.contains(&name.as_str()) {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
    }
    if sent.method == "POST" || !sent.body.is_empty() {
        head.push_str(&format!("content-length: {}\r\n", sent.body.len()));
    }
    head.push_str("connection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(&sent.body).await?;
    let mut all = Vec::new();
    stream.read_to_end(&mut all).await?;
    let bad = || io::Error::other("the server answered no HTTP");
    let (head, start) = parse_head(&all).ok_or_else(bad)?;
    let status = head.first.split(' ').nth(1).and_then(|s| s.parse().ok());
    let rest = all[start..].to_vec();
    let body = if head.get("transfer-encoding").is_some() {
        chunked(&rest).ok_or_else(bad)?.0
    } else {
        rest
    };
    let hop = ["connection", "transfer-encoding"];
    Ok(Reply {
        status: status.ok_or_else(bad)?,
        headers: head
            .headers
            .into_iter()
            .filter(|(n, _)| !hop.contains(&n.as_str()))
            .collect(),
        body,
    })
}

/// Ends a connection with a reset instead of an orderly close.
fn reset(client: TcpStream) {
    // No lingering: what is unsent is dropped and the peer gets RST.
    let _ = client.set_zero_linger();
    drop(client);
}

async fn carry(mut client: TcpStream, server: SocketAddr, line: &Inner) -> io::Result<()> {
    client.set_nodelay(true)?;
    let mut buffer = Vec::new();
    while let Some(mut sent) = next_request(&mut client, &mut buffer).await? {
        let (fault, down) = {
            let mut log = line.log.lock().expect("the log");
            sent.number = log.len() + 1;
            log.push(sent.clone());
            let mut script = line.script.lock().expect("the script");
            (script.fault(&sent), script.down)
        };
        line.logged.notify_all();
        if down {
            reset(client);
            return Ok(());
        }
        let mut cut = None;
        let mut drip = false;
        let reply = match fault {
            None => ask(server, &sent).await?,
            Some(Fault::Answer {
                status,
                headers,
                body,
            }) => Reply::of(status, &headers, &body),
            Some(Fault::DoneBut {
                status,
                headers,
                body,
            }) => {
                ask(server, &sent).await?;
                Reply::of(status, &headers, &body)
            }
            Some(Fault::ContentType(kind)) => {
                let mut reply = ask(server, &sent).await?;
                reply.set("content-type", kind.as_deref());
                reply
            }
            Some(Fault::Truncate(bytes)) => {
                cut = Some(bytes);
                ask(server, &sent).await?
            }
            Some(Fault::ResetBefore) => {
                reset(client);
                return Ok(());
            }
            Some(Fault::CloseBefore) => return Ok(()),
            Some(Fault::ResetAfter) => {
                ask(server, &sent).await?;
                reset(client);
                return Ok(());
            }
            Some(Fault::Hold(gate)) => {
                gate.pass().await;
                ask(server, &sent).await?
            }
            Some(Fault::HoldAnswer(gate)) => {
                let reply = ask(server, &sent).await?;
                gate.pass().await;
                reply
            }
            Some(Fault::ApplyLate(gate)) => {
                reset(client);
                gate.pass().await;
                ask(server, &sent).await?;
                return Ok(());
            }
            Some(Fault::Twice) => {
                ask(server, &sent).await?;
                ask(server, &sent).await?
            }
            Some(Fault::Gzip) => {
                let mut reply = ask(server, &sent).await?;
                let level = flate2::Compression::fast();
                let mut packed = flate2::write::GzEncoder::new(Vec::new(), level);
                packed.write_all(&reply.body)?;
                reply.body = packed.finish()?;
                reply.set("content-encoding", Some("gzip"));
                reply
            }
            Some(Fault::Pad(bytes)) => {
                let mut reply = ask(server, &sent).await?;
                let missing = bytes.saturating_sub(reply.body.len());
                reply.body.extend(std::iter::repeat_n(b' ', missing));
                reply
            }
            Some(Fault::Drip) => {
                drip = true;
                ask(server, &sent).await?
            }
        };
        let (head, body) = reply.wire(sent.method == "HEAD");
        if let Some(bytes) = cut {
            client.write_all(&head).await?;
            client.write_all(&body[..bytes.min(body.len())]).await?;
            return client.shutdown().await;
        }
        if drip {
            for byte in head.iter().chain(body) {
                client.write_all(&[*byte]).await?;
                tokio::task::yield_now().await;
            }
        } else {
            client.write_all(&head).await?;
            client.write_all(body).await?;
        }
        client.flush().await?;
        if sent.header("connection") == Some("close") {
            return Ok(());
        }
    }
    Ok(())
}

/// Waits for a condition that must come true.
pub fn until(what: &str, mut met: impl FnMut() -> bool) {
    let start = Instant::now();
    while !met() {
        assert!(start.elapsed() < PATIENCE, "waited in vain: {what}");
        std::thread::yield_now();
    }
}
