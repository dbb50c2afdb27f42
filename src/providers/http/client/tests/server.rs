//! A server made of threads that answers with raw bytes: what a well-behaved
//! library would never send.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::http::Response;

/// Bounds every wait of the server, should a test go wrong.
const PATIENCE: Duration = Duration::from_secs(20);

/// A connection as a script sees it, TLS or not.
pub trait Line: Read + Write + Send {
    /// How long a read may wait from now on.
    fn wait_at_most(&mut self, time: Duration);
}

impl Line for TcpStream {
    fn wait_at_most(&mut self, time: Duration) {
        self.set_read_timeout(Some(time)).unwrap();
    }
}

impl Line for rustls::StreamOwned<rustls::ServerConnection, TcpStream> {
    fn wait_at_most(&mut self, time: Duration) {
        self.sock.wait_at_most(time);
    }
}

/// What becomes of the connection after a script.
#[derive(PartialEq, Eq)]
pub enum Then {
    Keep,
    Close,
}

#[derive(Clone)]
pub struct Server {
    pub address: SocketAddr,
    seen: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// Calls `script` for every request: how many came before it, its text, and
    /// the connection to answer on.
    pub fn start(
        script: impl Fn(usize, &str, &mut dyn Line) -> Then + Send + Sync + 'static,
    ) -> Self {
        Self::start_with(|stream| Some(Box::new(stream)), script)
    }

    /// The same over TLS.
    pub fn start_tls(
        config: Arc<rustls::ServerConfig>,
        script: impl Fn(usize, &str, &mut dyn Line) -> Then + Send + Sync + 'static,
    ) -> Self {
        let wrap = move |stream| -> Option<Box<dyn Line>> {
            let tls = rustls::ServerConnection::new(Arc::clone(&config)).ok()?;
            Some(Box::new(rustls::StreamOwned::new(tls, stream)))
        };
        Self::start_with(wrap, script)
    }

    fn start_with(
        wrap: impl Fn(TcpStream) -> Option<Box<dyn Line>> + Send + Sync + 'static,
        script: impl Fn(usize, &str, &mut dyn Line) -> Then + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let server = Self {
            address: listener.local_addr().unwrap(),
            seen: Arc::default(),
        };
        let (wrap, script) = (Arc::new(wrap), Arc::new(script));
        let seen = Arc::clone(&server.seen);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (wrap, script) = (Arc::clone(&wrap), Arc::clone(&script));
                let seen = Arc::clone(&seen);
                std::thread::spawn(move || {
                    stream.set_read_timeout(Some(PATIENCE)).unwrap();
                    let Some(mut line) = wrap(stream) else { return };
                    while let Some(request) = request(line.as_mut()) {
                        let before = {
                            let mut seen = seen.lock().unwrap();
                            seen.push(request.clone());
                            seen.len() - 1
                        };
                        if script(before, &request, line.as_mut()) == Then::Close {
                            return;
                        }
                        line.wait_at_most(PATIENCE);
                    }
                });
            }
        });
        server
    }

    /// Answers everything with the same bytes and closes.
    pub fn always(answer: impl Into<Vec<u8>>) -> Self {
        let answer = answer.into();
        Self::start(move |_, _, line| say(line, &answer))
    }

    /// Answers in turn; the last one for all that follow.
    pub fn in_turn(answers: Vec<String>) -> Self {
        Self::start(move |before, _, line| {
            let answer = answers.get(before).or(answers.last()).unwrap();
            say(line, answer.as_bytes())
        })
    }

    /// Breaks each connection off with a reset: what came is never read.
    pub fn resetting(times: usize, then: String) -> Self {
        let broken = Mutex::new(0);
        Self::start_with(
            move |mut stream| {
                let mut broken = broken.lock().unwrap();
                if *broken < times {
                    *broken += 1;
                    // One byte is read, the rest is not: closing sends a reset.
                    let _one = stream.read(&mut [0_u8]);
                    return None;
                }
                Some(Box::new(stream))
            },
            move |_, _, line| say(line, then.as_bytes()),
        )
    }

    /// Speaks first, whatever is asked, and hangs up.
    pub fn greeting(words: &'static [u8]) -> Self {
        Self::start_with(
            move |mut stream| {
                let _sent = stream.write_all(words);
                until_hung_up(&mut stream);
                None
            },
            |_, _, _| Then::Close,
        )
    }

    /// Speaks HTTP/2 over TLS: answers 200 to a GET and refuses every other
    /// stream, as a server does that goes away.
    pub fn start_second(mut config: rustls::ServerConfig) -> Self {
        config.alpn_protocols = vec![b"h2".to_vec()];
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let server = Self {
            address: listener.local_addr().unwrap(),
            seen: Arc::default(),
        };
        let seen = Arc::clone(&server.seen);
        // A thread of its own: what it logs is not what the client logs.
        std::thread::spawn(move || {
            let mut builder = tokio::runtime::Builder::new_current_thread();
            let runtime = builder.enable_all().build().unwrap();
            let tls = tokio_rustls::TlsAcceptor::from(Arc::new(config));
            runtime.block_on(async {
                let listener = tokio::net::TcpListener::from_std(listener).unwrap();
                while let Ok((stream, _)) = listener.accept().await {
                    let (tls, seen) = (tls.clone(), Arc::clone(&seen));
                    tokio::spawn(async move {
                        let stream = tls.accept(stream).await.unwrap();
                        let mut line = h2::server::handshake(stream).await.unwrap();
                        while let Some(Ok((request, mut answer))) = line.accept().await {
                            let is_get = request.method() == "GET";
                            let token = request.headers().get("authorization").unwrap();
                            let token = token.to_str().unwrap();
                            let text = format!("{} authorization: {token}", request.method());
                            seen.lock().unwrap().push(text);
                            if !is_get {
                                answer.send_reset(h2::Reason::REFUSED_STREAM);
                                continue;
                            }
                            let head = Response::new(());
                            let mut body = answer.send_response(head, false).unwrap();
                            body.send_data("{\"ok\":true}".into(), true).unwrap();
                        }
                    });
                }
            });
        });
        server
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The requests that came, whole.
    pub fn seen(&self) -> Vec<String> {
        self.seen.lock().unwrap().clone()
    }

    pub fn count(&self) -> usize {
        self.seen.lock().unwrap().len()
    }
}

/// Writes and closes, whatever becomes of it.
pub fn say(line: &mut dyn Line, bytes: &[u8]) -> Then {
    let _gone = line.write_all(bytes).and_then(|()| line.flush());
    Then::Close
}

/// Waits until the other side hangs up; whether it did within the patience.
pub fn until_hung_up(line: &mut dyn Line) -> bool {
    let mut part = [0_u8; 1024];
    loop {
        match line.read(&mut part) {
            Ok(0) => return true,
            Ok(_) => {}
            Err(error) => {
                return !matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut);
            }
        }
    }
}

/// An answer with a length, which closes the connection.
pub fn answer(status: &str, headers: &[&str], body: &str) -> String {
    let headers: String = headers.iter().map(|line| format!("{line}\r\n")).collect();
    format!(
        "HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: {}\r\n{headers}\r\n{body}",
        body.len()
    )
}

/// `200` with a JSON body.
pub fn fine() -> String {
    answer(
        "200 OK",
        &["content-type: application/json"],
        r#"{"ok":true}"#,
    )
}

/// One request with its body; none at the end.
fn request(line: &mut dyn Line) -> Option<String> {
    let mut bytes = Vec::new();
    let mut one = [0_u8];
    while !bytes.ends_with(b"\r\n\r\n") {
        if line.read(&mut one).ok()? == 0 {
            return None;
        }
        bytes.push(one[0]);
    }
    let head = String::from_utf8(bytes.clone()).unwrap();
    let length: usize = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "))
        .map_or(0, |length| length.parse().unwrap());
    let mut body = vec![0; length];
    line.read_exact(&mut body).ok()?;
    Some(head + &String::from_utf8(body).unwrap())
}
