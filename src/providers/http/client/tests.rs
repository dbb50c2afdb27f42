//! The client against servers that misbehave. Waits are recorded, not waited.

mod server;

use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use futures_util::future::{BoxFuture, join_all};
use serde_json::json;

use super::*;
use crate::model::exchange::{Answer, FaultKind};
use crate::providers::http::fault_of;
use server::{Server, Then, answer, fine, say, until_hung_up};

const CANARY: &str = "opt_CANARY-7f3a9c";

/// Rests at once and remembers for how long it was told to.
#[derive(Default)]
struct Recorded(Mutex<Vec<Duration>>);

impl Pace for Recorded {
    fn rest(&self, time: Duration) -> BoxFuture<'_, ()> {
        self.0.lock().unwrap().push(time);
        Box::pin(std::future::ready(()))
    }

    fn chance(&self) -> f64 {
        1.0
    }
}

impl Recorded {
    fn seconds(&self) -> Vec<u64> {
        let rests = self.0.lock().unwrap();
        rests.iter().map(Duration::as_secs).collect()
    }
}

fn options(pace: &Arc<Recorded>) -> Options {
    Options {
        rehearsal: None,
        connect: Duration::from_secs(10),
        whole: Duration::from_secs(10),
        token_header: TokenHeader::Bearer,
        proxies: Proxies::default(),
        pace: Arc::clone(pace) as Arc<dyn Pace>,
    }
}

fn sign_in(url: &str) -> SignIn {
    SignIn {
        account: AccountName::new("work"),
        url: url.into(),
        token: TokenSource::Env("GOALDECK_NO_SUCH_VARIABLE".into()),
        ca_file: None,
        insecure: false,
    }
}

fn client_with(sign_in: &SignIn, options: Options) -> Client {
    let token = Token::new(CANARY).unwrap();
    Client::with_token("Operately", sign_in, token, options).unwrap()
}

fn client(server: &Server) -> (Client, Arc<Recorded>) {
    let pace = Arc::new(Recorded::default());
    (client_with(&sign_in(&server.url()), options(&pace)), pace)
}

fn hasty(server: &Server) -> Client {
    let pace = Arc::new(Recorded::default());
    let options = Options {
        whole: Duration::from_millis(250),
        ..options(&pace)
    };
    client_with(&sign_in(&server.url()), options)
}

fn get() -> Request {
    Request::get("/api/v1/get_me")
}

fn post() -> Request {
    Request::post("/api/v1/post", json!({"text": "what I wrote"}))
}

/// Polls until it holds; bounded.
async fn until(mut holds: impl FnMut() -> bool) {
    let waiting = async {
        while !holds() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), waiting)
        .await
        .expect("it never came to hold");
}

// --- what is sent

#[tokio::test]
async fn a_request_has_its_token_and_names_us_and_nothing_else() {
    let server = Server::always(answer(
        "200 OK",
        &[
            "content-type: application/json",
            "x-request-id: F-1",
            "date: Sat, 21 Nov 2026 15:00:00 GMT",
        ],
        r#"{"me":1}"#,
    ));
    let (client, _) = client(&server);
    let request = Request::get("/api/v1/get_goal?x=1").with("id", "a b&c");
    let reply = client.read(request).await.unwrap();
    assert_eq!(reply.json().unwrap()["me"], 1);
    assert_eq!((reply.status, reply.is_success()), (200, true));
    assert_eq!(reply.request_id.as_deref(), Some("F-1"));
    assert_eq!(
        reply.date.unwrap().to_rfc3339(),
        "2026-11-21T15:00:00+00:00"
    );

    let seen = server.seen().remove(0);
    let mut lines: Vec<&str> = seen.lines().filter(|line| !line.is_empty()).collect();
    lines.sort_unstable();
    assert_eq!(
        lines,
        [
            "GET /api/v1/get_goal?x=1&id=a+b%26c HTTP/1.1",
            "accept-encoding: gzip",
            "accept: application/json",
            &format!("authorization: Bearer {CANARY}"),
            &format!("host: {}", server.address),
            &format!("user-agent: goaldeck/{}", env!("CARGO_PKG_VERSION")),
        ]
    );
}

#[tokio::test]
async fn a_write_carries_its_body() {
    let server = Server::always(fine());
    let (client, _) = client(&server);
    client.send(post()).await.unwrap();
    let body = Body::Bytes {
        content_type: "text/csv".into(),
        bytes: b"a,b".to_vec(),
    };
    let mut request = Request::new(Method::PUT, "/import").header("X-Account", "7");
    request.body = Some(body);
    client.send(request).await.unwrap();
    let seen = server.seen();
    assert!(seen[0].starts_with("POST /api/v1/post HTTP/1.1\r\n"));
    assert!(seen[0].contains("content-type: application/json\r\n"));
    assert!(seen[0].ends_with(r#"{"text":"what I wrote"}"#));
    assert!(seen[1].starts_with("PUT /import ") && seen[1].ends_with("\r\na,b"));
    assert!(seen[1].contains("content-type: text/csv\r\n") && seen[1].contains("x-account: 7\r\n"));
}

#[tokio::test]
async fn tokens_go_into_the_header_a_provider_wants() {
    let server = Server::always(fine());
    for (header, want) in [
        (TokenHeader::Bare, format!("authorization: {CANARY}\r\n")),
        (
            TokenHeader::Prefixed("API-KEY"),
            format!("authorization: API-KEY {CANARY}\r\n"),
        ),
        (
            TokenHeader::Named("x-api-key"),
            format!("x-api-key: {CANARY}\r\n"),
        ),
    ] {
        let options = Options {
            token_header: header,
            ..options(&Arc::default())
        };
        let client = client_with(&sign_in(&server.url()), options);
        client.read(get()).await.unwrap();
        assert!(server.seen().last().unwrap().contains(&want));
    }
}

#[tokio::test]
async fn one_request_may_sign_otherwise_and_hear_of_limits_at_once() {
    let server = Server::always(answer("429 Too Many Requests", &["retry-after: 3"], ""));
    let (client, pace) = client(&server);
    let request = get().signed(TokenHeader::Bare).telling_limits();
    let reply = client.read(request).await.unwrap();
    assert_eq!(reply.status, 429);
    assert!(server.seen()[0].contains(&format!("authorization: {CANARY}\r\n")));
    assert_eq!((server.seen().len(), pace.seconds()), (1, Vec::new()));
    assert_eq!(client.token_begins_with("opt_").await, Ok(true));
    assert_eq!(client.token_begins_with("pk_").await, Ok(false));
}

#[tokio::test]
async fn headers_that_say_who_asks_cannot_be_set() {
    let server = Server::always(fine());
    let (client, pace) = client(&server);
    for (name, value) in [
        ("Authorization", "x"),
        ("cookie", "x"),
        ("Host", "evil.example"),
        ("bad name", "x"),
        ("x", "line\nbreak"),
    ] {
        let failure = client.read(get().header(name, value)).await.unwrap_err();
        assert!(
            matches!(&failure, Failure::NotSent(why) if why.contains(name)),
            "{failure:?}"
        );
    }
    let failure = client.send(Request::get("/../x")).await.unwrap_err();
    assert!(matches!(failure, Failure::Unready(fault) if fault.kind == FaultKind::Invalid));
    assert_eq!((server.count(), pace.seconds().len()), (0, 0));
}

#[tokio::test]
async fn cookies_are_not_kept() {
    let server = Server::always(answer("200 OK", &["set-cookie: session=1; path=/"], "{}"));
    let (client, _) = client(&server);
    client.read(get()).await.unwrap();
    client.read(get()).await.unwrap();
    assert!(!server.seen()[1].contains("cookie"));
}

// --- repeats

#[tokio::test]
async fn f14_a_read_is_repeated_three_times_with_growing_pauses() {
    for status in [
        "429 Too Many Requests",
        "502 Bad Gateway",
        "503 No",
        "504 No",
    ] {
        let server = Server::always(answer(status, &[], ""));
        let (client, pace) = client(&server);
        let reply = client.read(get()).await.unwrap();
        assert_eq!(reply.status, status[..3].parse::<u16>().unwrap());
        assert_eq!(server.count(), 4);
        assert_eq!(pace.seconds(), [1, 2, 4]);
    }
}

#[tokio::test]
async fn a_transient_500_of_a_busy_server_is_retried_once() {
    let error = answer("500 Internal Server Error", &[], "busy");
    let server = Server::in_turn(vec![error.clone(), fine()]);
    assert_eq!(client(&server).0.read(get()).await.unwrap().status, 200);
    let server = Server::always(error);
    assert_eq!(client(&server).0.read(get()).await.unwrap().status, 500);
    assert_eq!(server.count(), 2);
}

#[tokio::test]
async fn answers_that_will_not_change_are_not_asked_for_again() {
    for status in [
        "200 OK", "400 No", "401 No", "403 No", "404 No", "422 No", "501 No",
    ] {
        let server = Server::always(answer(status, &[], ""));
        let (client, _) = client(&server);
        client.read(get()).await.unwrap();
        assert_eq!(server.count(), 1, "{status}");
    }
}

#[tokio::test]
async fn a_read_survives_resets_and_gives_up_in_the_end() {
    let server = Server::resetting(3, fine());
    let (client, pace) = client(&server);
    assert_eq!(client.read(get()).await.unwrap().status, 200);
    assert_eq!(pace.seconds(), [1, 2, 4]);

    let server = Server::resetting(4, fine());
    let (client, _) = self::client(&server);
    let failure = client.read(get()).await.unwrap_err();
    assert!(matches!(&failure, Failure::NoAnswer(why) if why.contains("broke off")));
    assert_eq!(fault_of(failure).kind, FaultKind::Offline);
    assert_eq!(server.count(), 0);
}

#[tokio::test]
async fn f05_a_write_is_never_repeated() {
    let length = fine().len();
    for cut in (0..length).step_by(7) {
        let whole = fine();
        let server = Server::start(move |_, _, line| say(line, &whole.as_bytes()[..cut]));
        let (client, pace) = client(&server);
        let failure = client.send(post()).await.unwrap_err();
        assert!(
            matches!(&failure, Failure::NoAnswer(_)),
            "cut at {cut}: {failure:?}"
        );
        assert!(matches!(Answer::from(failure), Answer::NoAnswer(_)));
        assert_eq!(
            (server.count(), pace.seconds().len()),
            (1, 0),
            "cut at {cut}"
        );
    }
    for status in ["429 No", "500 No", "502 No", "503 No", "504 No", "401 No"] {
        let server = Server::always(answer(status, &["retry-after: 5"], ""));
        let (client, _) = client(&server);
        let reply = client.send(post()).await.unwrap();
        assert_eq!(reply.retry_after, Some(Duration::from_secs(5)));
        assert_eq!(server.count(), 1, "{status}");
    }
    let server = Server::resetting(1, fine());
    let failure = client(&server).0.send(post()).await.unwrap_err();
    assert!(matches!(failure, Failure::NoAnswer(_)), "{failure:?}");
    assert_eq!(server.count(), 0);
}

#[tokio::test]
async fn a_write_by_read_goes_out_once_too() {
    let server = Server::always(answer("503 No", &[], ""));
    let (client, _) = client(&server);
    assert_eq!(client.read(post()).await.unwrap().status, 503);
    assert_eq!(server.count(), 1);
}

#[tokio::test]
async fn a_write_on_a_kept_connection_that_dies_is_not_repeated() {
    let server = Server::start(|before, _, line| {
        if before > 0 {
            return Then::Close;
        }
        let kept = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}";
        say(line, kept.as_bytes());
        Then::Keep
    });
    let (client, _) = client(&server);
    client.read(get()).await.unwrap();
    let failure = client.send(post()).await.unwrap_err();
    assert!(matches!(failure, Failure::NoAnswer(_)), "{failure:?}");
    let posts = server
        .seen()
        .iter()
        .filter(|seen| seen.starts_with("POST"))
        .count();
    assert_eq!(posts, 1);
}

#[tokio::test]
async fn f13_a_short_wait_is_waited_and_a_long_one_told() {
    let date = "date: Sat, 21 Nov 2026 15:00:00 GMT";
    for (asked, rests, told) in [
        ("retry-after: 0", vec![1], 1),
        ("retry-after: 5", vec![5], 5),
        ("retry-after: 10", vec![10], 10),
        ("retry-after: Sat, 21 Nov 2026 15:00:07 GMT", vec![7], 7),
        ("retry-after: 11", vec![], 11),
        ("retry-after: Sun, 22 Nov 2026 15:00:07 GMT", vec![], 900),
        ("retry-after: 315360000", vec![], 900),
    ] {
        let busy = answer("429 Too Many Requests", &[date, asked], "");
        let server = Server::in_turn(vec![busy.clone(), fine()]);
        let (client, pace) = client(&server);
        let reply = client.read(get()).await.unwrap();
        assert_eq!(pace.seconds(), rests, "{asked}");
        assert_eq!(reply.status, if rests.is_empty() { 429 } else { 200 });
        let sent = self::client(&Server::always(busy))
            .0
            .send(post())
            .await
            .unwrap();
        assert_eq!(sent.retry_after, Some(Duration::from_secs(told)), "{asked}");
    }
    let garbage = answer("429 Too Many Requests", &["retry-after: soon"], "");
    let server = Server::in_turn(vec![garbage, fine()]);
    let (client, pace) = client(&server);
    assert_eq!(client.read(get()).await.unwrap().status, 200);
    assert_eq!(pace.seconds(), [1]);
}

// --- time and size

#[tokio::test]
async fn f19_a_server_that_says_nothing_or_little_ends_at_the_time_limit() {
    let silent = Server::start(|_, _, line| {
        until_hung_up(line);
        Then::Close
    });
    let dripping = Server::start(|_, _, line| {
        let _sent = line.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n");
        line.wait_at_most(Duration::from_millis(5));
        while line.write_all(b" ").is_ok() && !until_hung_up(line) {}
        Then::Close
    });
    for server in [silent, dripping] {
        let client = hasty(&server);
        for failure in [
            client.read(get()).await.unwrap_err(),
            client.send(post()).await.unwrap_err(),
        ] {
            let Failure::NoAnswer(why) = failure else {
                panic!("{failure:?}")
            };
            assert_eq!(
                why,
                format!("{} did not answer within 250 ms", server.address)
            );
        }
        // A read that took the whole time is not tried again.
        until(|| server.count() >= 2).await;
        assert_eq!(server.count(), 2);
    }
}

#[tokio::test]
async fn a_request_may_have_a_time_of_its_own() {
    let server = Server::start(|_, _, line| {
        until_hung_up(line);
        Then::Close
    });
    let (client, _) = client(&server);
    let request = get().within(Duration::from_millis(50));
    let failure = client.read(request).await.unwrap_err();
    assert!(failure.to_string().contains("within 50 ms"));
}

#[tokio::test]
async fn f19_endless_bodies_and_headers_are_cut_off() {
    let endless_body = Server::start(|_, _, line| {
        let _sent = line.write_all(b"HTTP/1.1 200 OK\r\n\r\n");
        while line.write_all(&[b' '; 4096]).is_ok() {}
        Then::Close
    });
    let announced = Server::start(|_, _, line| {
        say(line, b"HTTP/1.1 200 OK\r\ncontent-length: 8388609\r\n\r\n");
        until_hung_up(line);
        Then::Close
    });
    for server in [endless_body, announced] {
        let (client, pace) = client(&server);
        let failure = client.read(get()).await.unwrap_err();
        assert!(
            matches!(&failure, Failure::TooLarge(why) if why.ends_with("is larger than 8 MiB and was cut off")),
            "{failure:?}"
        );
        assert_eq!(fault_of(failure).kind, FaultKind::Unreadable);
        assert_eq!((server.count(), pace.seconds().len()), (1, 0));
    }

    let endless_headers = Server::start(|_, _, line| {
        let _sent = line.write_all(b"HTTP/1.1 200 OK\r\n");
        let long = format!("x: {}\r\n", "y".repeat(4096));
        while line.write_all(long.as_bytes()).is_ok() {}
        Then::Close
    });
    let many_headers = Server::always(format!(
        "HTTP/1.1 200 OK\r\n{}content-length: 2\r\n\r\n{{}}",
        "x: y\r\n".repeat(super::super::MOST_HEADERS)
    ));
    for server in [endless_headers, many_headers] {
        let (client, _) = client(&server);
        let failure = client.send(post()).await.unwrap_err();
        assert!(
            matches!(&failure, Failure::BadAnswer(why) if why.contains("headers are too large")),
            "{failure:?}"
        );
        assert_eq!(server.count(), 1);
    }
}

#[tokio::test]
async fn the_limit_of_a_request_is_kept_to_the_byte() {
    for (length, is_fine) in [(99, true), (100, true), (101, false)] {
        let server = Server::always(answer("200 OK", &[], &"x".repeat(length)));
        let (client, _) = client(&server);
        let outcome = client.read(get().at_most(100)).await;
        assert_eq!(outcome.is_ok(), is_fine, "{length}");
        if let Err(failure) = outcome {
            assert!(failure.to_string().contains("larger than 100 bytes"));
        }
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

fn gzip_answer(packed: &[u8]) -> Vec<u8> {
    let mut answer = format!(
        "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-encoding: gzip\r\ncontent-length: {}\r\n\r\n",
        packed.len()
    )
    .into_bytes();
    answer.extend_from_slice(packed);
    answer
}

#[tokio::test]
async fn f20_packed_answers_are_measured_unpacked() {
    let server = Server::always(gzip_answer(&gzip(br#"{"ok":1}"#)));
    let reply = client(&server).0.read(get()).await.unwrap();
    assert_eq!(reply.json().unwrap()["ok"], 1);

    let bomb = gzip(&vec![b' '; 50 * 1024 * 1024]);
    assert!(bomb.len() < 100 * 1024);
    let server = Server::always(gzip_answer(&bomb));
    let failure = client(&server).0.read(get()).await.unwrap_err();
    assert!(
        failure.to_string().contains("larger than 8 MiB"),
        "{failure}"
    );
    assert_eq!(server.count(), 1);
}

#[tokio::test]
async fn what_cannot_be_unpacked_or_is_no_http_is_a_bad_answer() {
    for (bytes, word) in [
        (gzip_answer(b"this is not packed at all"), "unpacked"),
        (b"SSH-2.0-OpenSSH_9.9\r\n".to_vec(), "not HTTP"),
        (b"HTTP/1.1 banana\r\n\r\n".to_vec(), "not HTTP"),
    ] {
        let server = Server::always(bytes);
        let (client, _) = client(&server);
        let failure = client.read(get()).await.unwrap_err();
        assert!(
            matches!(&failure, Failure::BadAnswer(why) if why.contains(word)),
            "{failure:?}"
        );
        assert_eq!(server.count(), 1, "{word}");
    }
    let packed = gzip(&vec![b'x'; 100_000]);
    let mut cut = gzip_answer(&packed);
    cut.truncate(cut.len() - 20);
    let server = Server::always(cut);
    let failure = client(&server).0.read(get()).await.unwrap_err();
    assert!(matches!(failure, Failure::NoAnswer(_)), "{failure:?}");
    assert_eq!(server.count(), 4);
}

// --- redirects

fn redirect(status: &str, to: &str) -> String {
    answer(status, &[&format!("location: {to}")], "")
}

#[tokio::test]
async fn a_read_follows_redirects_inside_its_site() {
    for status in ["301 X", "302 X", "307 X", "308 X"] {
        let server = Server::in_turn(vec![redirect(status, "/elsewhere?y=2"), fine()]);
        let (client, _) = client(&server);
        assert_eq!(client.read(get()).await.unwrap().status, 200);
        let second = server.seen().remove(1);
        assert!(second.starts_with("GET /elsewhere?y=2 "));
        assert!(second.contains(CANARY) && !second.contains("referer"));
    }
    let server = Server::always(redirect("302 X", "/again"));
    let failure = client(&server).0.read(get()).await.unwrap_err();
    assert!(failure.to_string().contains("in circles"));
    assert_eq!(server.count(), 4);
    let server = Server::always(answer("304 Not Modified", &[], ""));
    assert_eq!(client(&server).0.read(get()).await.unwrap().status, 304);
}

#[tokio::test]
async fn f17_nothing_ever_goes_to_another_origin() {
    let other = Server::always(fine());
    let port = other.address.port();
    let targets = [
        (other.url(), format!("http://127.0.0.1:{port}")),
        (
            format!("http://localhost:{port}/login"),
            format!("http://localhost:{port}"),
        ),
        (
            "https://evil.example/x".into(),
            "https://evil.example".into(),
        ),
        ("//evil.example/x".into(), "http://evil.example".into()),
        ("http://a@evil.example".into(), "http://evil.example".into()),
    ];
    for (to, named) in targets {
        for status in ["301 X", "302 X", "303 X", "307 X", "308 X"] {
            let server = Server::always(redirect(status, &to));
            let (client, pace) = client(&server);
            for failure in [
                client.read(get()).await.unwrap_err(),
                client.send(post()).await.unwrap_err(),
            ] {
                let Failure::BadAnswer(why) = failure else {
                    panic!("{failure:?}")
                };
                assert!(why.contains(&named), "{why}");
            }
            assert_eq!((server.count(), pace.seconds().len()), (2, 0));
        }
    }
    assert_eq!(other.count(), 0);
}

#[tokio::test]
async fn a_write_follows_no_redirect_at_all() {
    for (status, to) in [("307 X", "/x"), ("302 X", "/login"), ("308 X", "")] {
        let server = Server::always(redirect(status, to));
        let failure = client(&server).0.send(post()).await.unwrap_err();
        assert!(matches!(failure, Failure::BadAnswer(_)), "{failure:?}");
        assert_eq!(server.count(), 1);
    }
    let server = Server::always(answer("302 X", &[], ""));
    let failure = client(&server).0.read(get()).await.unwrap_err();
    assert!(failure.to_string().contains("without saying where"));
}

// --- no connection

#[tokio::test]
async fn f15_no_connection_means_not_sent() {
    // A port that was free a moment ago.
    let closed = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let pace = Arc::new(Recorded::default());
    let client = client_with(&sign_in(&format!("http://{closed}")), options(&pace));
    let failure = client.send(post()).await.unwrap_err();
    assert_eq!(
        failure,
        Failure::NotSent(format!(
            "{closed} refuses connections (is the server running there?)"
        ))
    );
    assert!(pace.seconds().is_empty());
    assert!(matches!(Answer::from(failure), Answer::Offline(_)));
    let failure = client.read(get()).await.unwrap_err();
    assert_eq!(pace.seconds(), [1, 2, 4]);
    assert_eq!(fault_of(failure).kind, FaultKind::Offline);
}

#[tokio::test]
async fn f15_a_name_without_address_means_offline() {
    // No name server is asked for a name with so long a part.
    let host = format!("{}.example", "x".repeat(70));
    let sign_in = SignIn {
        insecure: true,
        ..sign_in(&format!("http://{host}"))
    };
    let client = client_with(&sign_in, options(&Arc::default()));
    let failure = client.send(post()).await.unwrap_err();
    assert_eq!(
        failure,
        Failure::NotSent(format!("no address for {host} (offline?)"))
    );
}

#[tokio::test]
async fn a_connection_that_does_not_come_about_in_time_means_not_sent() {
    // It takes the connection and never says its part of the TLS handshake.
    let mute = Server::always("");
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let pace = Arc::new(Recorded::default());
    let options = Options {
        connect: Duration::from_millis(50),
        ..options(&pace)
    };
    let client = client_with(&sign_in(&format!("https://{address}")), options);
    let failure = client.send(post()).await.unwrap_err();
    assert_eq!(
        failure,
        Failure::NotSent(format!(
            "no connection to {address} within 50 ms (offline?)"
        ))
    );
    drop((listener, mute));
}

// --- the token

fn write_token(path: &Path, token: &str) {
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path)
        .unwrap();
    file.write_all(token.as_bytes()).unwrap();
}

fn with_file(server: &Server, path: &Path) -> Client {
    let sign_in = SignIn {
        token: TokenSource::File(path.into()),
        ..sign_in(&server.url())
    };
    Client::new("Operately", &sign_in, options(&Arc::default())).unwrap()
}

fn tokens_seen(server: &Server) -> Vec<String> {
    let token = |seen: &String| {
        let line = seen
            .lines()
            .find(|line| line.starts_with("authorization"))?;
        Some(line.trim_start_matches("authorization: Bearer ").to_owned())
    };
    server.seen().iter().filter_map(token).collect()
}

/// Answers 401 to the token `one` and puts `two` where it came from.
fn rotating(path: &Path) -> Server {
    let path = path.to_owned();
    Server::start(move |_, request, line| {
        if request.contains("Bearer token-one") {
            write_token(&path, "token-two");
            return say(line, answer("401 Unauthorized", &[], "").as_bytes());
        }
        say(line, fine().as_bytes())
    })
}

#[tokio::test]
async fn f11_a_read_refused_with_401_obtains_the_token_anew_once() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("token");
    write_token(&path, "token-one");
    let server = rotating(&path);
    let client = with_file(&server, &path);
    let before = client.fingerprint().await.unwrap();
    assert_eq!(client.read(get()).await.unwrap().status, 200);
    assert_eq!(tokens_seen(&server), ["token-one", "token-two"]);
    assert_ne!(client.fingerprint().await.unwrap(), before);
}

#[tokio::test]
async fn f11_a_token_that_stays_refused_is_not_tried_again() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("token");
    write_token(&path, "token-old");
    let server = Server::always(answer("401 Unauthorized", &[], ""));
    let client = with_file(&server, &path);
    assert_eq!(client.read(get()).await.unwrap().status, 401);
    assert_eq!(tokens_seen(&server), ["token-old"]);
    // A new one that is refused as well ends it too.
    write_token(&path, "token-new");
    assert_eq!(client.read(get()).await.unwrap().status, 401);
    assert_eq!(
        tokens_seen(&server),
        ["token-old", "token-old", "token-new"]
    );
}

#[tokio::test]
async fn f11_a_write_refused_with_401_is_not_repeated_but_the_next_has_the_new_token() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("token");
    write_token(&path, "token-one");
    let server = rotating(&path);
    let client = with_file(&server, &path);
    assert_eq!(client.send(post()).await.unwrap().status, 401);
    assert_eq!(client.send(post()).await.unwrap().status, 200);
    assert_eq!(tokens_seen(&server), ["token-one", "token-two"]);
}

#[tokio::test]
async fn without_a_token_nothing_is_asked() {
    let server = Server::always(fine());
    let sign_in = sign_in(&server.url());
    let client = Client::new("Operately", &sign_in, options(&Arc::default())).unwrap();
    for failure in [
        client.read(get()).await.unwrap_err(),
        client.send(post()).await.unwrap_err(),
    ] {
        let Failure::Unready(fault) = failure else {
            panic!("{failure:?}")
        };
        assert_eq!(fault.kind, FaultKind::SignedOut);
        assert!(fault.why.contains("GOALDECK_NO_SUCH_VARIABLE"));
    }
    assert_eq!(server.count(), 0);
}

// --- requests under way

/// Answers nobody before it is told to, and counts who waits.
#[derive(Default)]
struct Gate {
    state: Mutex<(usize, usize, bool)>,
    opened: Condvar,
}

impl Gate {
    fn server(self: &Arc<Self>) -> Server {
        let gate = Arc::clone(self);
        Server::start(move |_, _, line| {
            let mut state = gate.state.lock().unwrap();
            state.0 += 1;
            state.1 = state.1.max(state.0);
            let wait = Duration::from_secs(20);
            let (mut state, _) = gate
                .opened
                .wait_timeout_while(state, wait, |(_, _, open)| !*open)
                .unwrap();
            // Before the answer: the client may go on as soon as it has that.
            state.0 -= 1;
            drop(state);
            say(line, fine().as_bytes())
        })
    }

    fn waiting(&self) -> usize {
        self.state.lock().unwrap().0
    }

    fn most(&self) -> usize {
        self.state.lock().unwrap().1
    }

    fn open(&self) {
        self.state.lock().unwrap().2 = true;
        self.opened.notify_all();
    }
}

#[tokio::test]
async fn four_requests_are_under_way_and_two_of_them_write() {
    for (is_send, most) in [(false, IN_FLIGHT), (true, SENDS_IN_FLIGHT)] {
        let gate = Arc::new(Gate::default());
        let server = gate.server();
        let (client, _) = client(&server);
        let asks = (0..9).map(|_| async {
            if is_send {
                client.send(post()).await
            } else {
                client.read(get()).await
            }
        });
        let opening = async {
            until(|| gate.waiting() == most).await;
            // Whoever is not held back has time to show up.
            for _ in 0..20 {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            gate.open();
        };
        let (replies, ()) = tokio::join!(join_all(asks), opening);
        assert!(
            replies
                .into_iter()
                .all(|reply| reply.unwrap().status == 200)
        );
        assert_eq!((gate.most(), server.count()), (most, 9));
    }
}

#[tokio::test]
async fn writes_leave_room_for_reads() {
    let gate = Arc::new(Gate::default());
    let server = gate.server();
    let (client, _) = client(&server);
    let sends = join_all((0..5).map(|_| client.send(post())));
    let reads = async {
        until(|| gate.waiting() == SENDS_IN_FLIGHT).await;
        let reads = join_all((0..2).map(|_| client.read(get())));
        let opening = async {
            until(|| gate.waiting() == IN_FLIGHT).await;
            gate.open();
        };
        tokio::join!(reads, opening).0
    };
    let (sends, reads) = tokio::join!(sends, reads);
    assert!(sends.into_iter().chain(reads).all(|reply| reply.is_ok()));
}

#[tokio::test]
async fn dropping_a_question_hangs_up() {
    let hung_up = Arc::new(Mutex::new(false));
    let noted = Arc::clone(&hung_up);
    let server = Server::start(move |_, _, line| {
        *noted.lock().unwrap() = until_hung_up(line);
        Then::Close
    });
    let (client, _) = client(&server);
    tokio::select! {
        outcome = client.read(get()) => panic!("{outcome:?}"),
        () = until(|| server.count() == 1) => {}
    }
    until(|| *hung_up.lock().unwrap()).await;
}

// --- certificates

struct Authority {
    certificate: rcgen::Certificate,
    issuer: rcgen::Issuer<'static, rcgen::KeyPair>,
}

fn authority() -> Authority {
    let mut parameters = rcgen::CertificateParams::new(Vec::new()).unwrap();
    parameters.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let key = rcgen::KeyPair::generate().unwrap();
    let certificate = parameters.self_signed(&key).unwrap();
    Authority {
        certificate,
        issuer: rcgen::Issuer::new(parameters, key),
    }
}

impl Authority {
    /// A server's side of TLS with a certificate that this authority signed.
    fn config(&self, name: &str, last_year: i32) -> rustls::ServerConfig {
        let mut parameters = rcgen::CertificateParams::new(vec![name.to_owned()]).unwrap();
        parameters.not_after = rcgen::date_time_ymd(last_year, 1, 1);
        let key = rcgen::KeyPair::generate().unwrap();
        let certificate = parameters.signed_by(&key, &self.issuer).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let key = rustls::pki_types::PrivatePkcs8KeyDer::from(key.serialize_der());
        rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key.into())
            .unwrap()
    }

    fn server(&self, name: &str, last_year: i32) -> Server {
        let config = Arc::new(self.config(name, last_year));
        Server::start_tls(config, |_, _, line| say(line, fine().as_bytes()))
    }

    fn pem(&self) -> String {
        self.certificate.pem()
    }
}

fn tls_client(server: &Server, ca_file: Option<&Path>) -> Client {
    let sign_in = SignIn {
        ca_file: ca_file.map(Path::to_owned),
        ..sign_in(&format!("https://localhost:{}", server.address.port()))
    };
    client_with(&sign_in, options(&Arc::default()))
}

#[tokio::test]
async fn f18_an_authority_is_trusted_through_ca_file_only() {
    let authority = authority();
    let server = authority.server("localhost", 4000);
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("ca.pem");
    std::fs::write(&file, authority.pem()).unwrap();

    let failure = tls_client(&server, None).read(get()).await.unwrap_err();
    let Failure::NotSent(why) = failure else {
        panic!("{failure:?}")
    };
    assert!(why.contains("set ca_file for this account"), "{why}");
    assert_eq!(server.count(), 0);

    let reply = tls_client(&server, Some(&file)).read(get()).await.unwrap();
    assert_eq!(reply.json().unwrap()["ok"], true);
    assert_eq!(tokens_seen(&server), [CANARY]);
}

#[tokio::test]
async fn a_write_refused_over_http_2_is_not_repeated() {
    let authority = authority();
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("ca.pem");
    std::fs::write(&file, authority.pem()).unwrap();
    let server = Server::start_second(authority.config("localhost", 4000));
    let client = tls_client(&server, Some(&file));
    assert_eq!(client.read(get()).await.unwrap().status, 200);
    let failure = client.send(post()).await.unwrap_err();
    assert!(matches!(failure, Failure::NoAnswer(_)), "{failure:?}");
    let methods = server.seen();
    let methods: Vec<&str> = methods
        .iter()
        .filter_map(|seen| seen.split(' ').next())
        .collect();
    assert_eq!(methods, ["GET", "POST"]);
}

#[tokio::test]
async fn f18_expired_and_foreign_certificates_are_refused_before_anything_is_sent() {
    let authority = authority();
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("ca.pem");
    std::fs::write(&file, authority.pem()).unwrap();
    for (name, last_year, word) in [
        ("localhost", 2001, "has expired"),
        (
            "other.example",
            4000,
            "the certificate is not for localhost",
        ),
    ] {
        let server = authority.server(name, last_year);
        let client = tls_client(&server, Some(&file));
        for failure in [
            client.send(post()).await.unwrap_err(),
            client.read(get()).await.unwrap_err(),
        ] {
            assert!(
                matches!(&failure, Failure::NotSent(why) if why.contains(word)),
                "{failure:?}"
            );
        }
        assert_eq!(server.count(), 0);
    }
    let plain = Server::greeting(b"HTTP/1.1 400 Bad Request\r\n\r\n");
    let failure = tls_client(&plain, Some(&file))
        .send(post())
        .await
        .unwrap_err();
    assert!(
        matches!(&failure, Failure::NotSent(why) if why.contains("does not speak TLS")),
        "{failure:?}"
    );
}

#[tokio::test]
async fn f18_a_bad_ca_file_is_named() {
    let server = Server::always(fine());
    let home = tempfile::tempdir().unwrap();
    let key = rcgen::KeyPair::generate().unwrap().serialize_pem();
    let broken = "-----BEGIN CERTIFICATE-----\naGVsbG8=\n-----END CERTIFICATE-----\n";
    for (name, text, word) in [
        ("empty.pem", Some(""), "holds no certificate"),
        ("key.pem", Some(key.as_str()), "holds no certificate"),
        ("broken.pem", Some(broken), "no certificate of an authority"),
        ("missing.pem", None, "there is no such file"),
        (".", None, "not a plain file"),
    ] {
        let file = home.path().join(name);
        if let Some(text) = text {
            std::fs::write(&file, text).unwrap();
        }
        let failure = tls_client(&server, Some(&file))
            .read(get())
            .await
            .unwrap_err();
        let Failure::Unready(fault) = failure else {
            panic!("{failure:?}")
        };
        assert!(
            fault.why.contains(word) && fault.why.contains(name),
            "{fault}"
        );
        assert!(fault.remedy.contains("ca_file"));
    }
    assert_eq!(server.count(), 0);
}

// --- proxies

fn through(proxy: &str, site: &str) -> Client {
    let sign_in = SignIn {
        insecure: true,
        ..sign_in(site)
    };
    let options = Options {
        proxies: Proxies {
            all: Some(proxy.to_owned()),
            ..Proxies::default()
        },
        ..options(&Arc::default())
    };
    client_with(&sign_in, options)
}

#[tokio::test]
async fn a_proxy_that_is_set_is_used_and_shown_without_its_password() {
    let proxy = Server::always(fine());
    let client = through(
        &format!("http://me:CANARY-pw@{}", proxy.address),
        "http://operately.example/okr",
    );
    assert_eq!(
        client.proxy(),
        Some(format!("http://{}", proxy.address).as_str())
    );
    assert_eq!(client.read(get()).await.unwrap().status, 200);
    let seen = proxy.seen().remove(0);
    assert!(seen.starts_with("GET http://operately.example/okr/api/v1/get_me HTTP/1.1\r\n"));
    assert!(seen.contains("proxy-authorization: Basic bWU6Q0FOQVJZLXB3\r\n"));
    assert!(!format!("{client:?}").contains("CANARY"));
}

#[tokio::test]
async fn a_proxy_sees_no_token_of_a_secure_site() {
    let proxy = Server::always(answer("502 Bad Gateway", &[], ""));
    let client = through(&proxy.url(), "https://operately.example");
    let failure = client.send(post()).await.unwrap_err();
    assert!(matches!(failure, Failure::NotSent(_)), "{failure:?}");
    let seen = proxy.seen();
    assert!(seen[0].starts_with("CONNECT operately.example:443 HTTP/1.1\r\n"));
    assert!(!seen.concat().contains(CANARY));
}

#[tokio::test]
async fn a_proxy_that_is_not_there_is_named() {
    let closed = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let client = through(&format!("http://{closed}"), "https://operately.example");
    let failure = client.send(post()).await.unwrap_err();
    assert_eq!(
        failure,
        Failure::NotSent(format!(
            "the proxy http://{closed} refuses connections (is the server running there?)"
        ))
    );
}

#[tokio::test]
async fn this_machine_is_reached_without_a_proxy() {
    let proxy = Server::always(fine());
    let server = Server::always(fine());
    let client = through(&proxy.url(), &server.url());
    assert_eq!(client.proxy(), None);
    client.read(get()).await.unwrap();
    assert_eq!((proxy.count(), server.count()), (0, 1));
}

// --- what is written down

/// Keeps everything that any library says, at every level.
#[derive(Clone, Default)]
struct Everything(Arc<Mutex<Vec<u8>>>);

impl Write for Everything {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn f46_the_token_and_what_was_asked_for_are_never_written_down() {
    let everything = Everything::default();
    let writer = everything.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(move || writer.clone())
        .finish();
    let _listening = tracing::subscriber::set_default(subscriber);

    let authority = authority();
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("ca.pem");
    std::fs::write(&file, authority.pem()).unwrap();
    let secure = authority.server("localhost", 4000);
    let mut shown = String::new();
    let mut ask = async |client: Client| {
        let request = get()
            .with("search", "CANARY-query")
            .header("x-more", "CANARY-header");
        let read = client.read(request.clone()).await;
        let sent = client.send(post().with("search", "CANARY-query")).await;
        shown += &format!("{client:?} {request:?} {read:?} {sent:?} ");
        for failure in [read.err(), sent.err()].into_iter().flatten() {
            shown += &format!("{failure} {} ", fault_of(failure.clone()));
        }
    };
    ask(tls_client(&secure, Some(&file))).await;
    ask(tls_client(&secure, None)).await;
    let second = Server::start_second(authority.config("localhost", 4000));
    ask(tls_client(&second, Some(&file))).await;
    assert!(second.seen().concat().contains(CANARY));
    for server in [
        Server::always(fine()),
        Server::always("nothing of HTTP"),
        Server::always(redirect("302 X", "https://evil.example/?x=1")),
        Server::always(answer("503 No", &[], "")),
        Server::always(answer("401 No", &[], "")),
        Server::resetting(9, fine()),
    ] {
        ask(client(&server).0).await;
    }
    ask(through("http://127.0.0.1:9", "https://operately.example")).await;

    let logged = String::from_utf8(everything.0.lock().unwrap().clone()).unwrap();
    assert!(
        logged.contains("/api/v1/get_me"),
        "the log was not listened to"
    );
    for secret in ["CANARY", "what I wrote"] {
        assert!(!logged.contains(secret), "{secret} in the log: {logged}");
        assert!(!shown.contains(secret), "{secret} in {shown}");
    }
}
