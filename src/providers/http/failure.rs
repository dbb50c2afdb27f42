//! Why a request brought nothing: what is known of whether it left this machine,
//! and a sentence for people, without address parameters or token.

use std::error::Error;
use std::fmt;
use std::io;
use std::time::Duration;

use rustls::CertificateError;

use crate::model::exchange::{Answer, Fault, FaultKind};

/// A request without a usable answer. The sentences say what and why and, where
/// there is something to do, what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// No connection was made: nothing left this machine.
    NotSent(String),
    /// It left, and no whole answer came: time-out, connection lost, answer cut.
    NoAnswer(String),
    /// It left, and what came is not to be used: no HTTP, a redirect
    /// elsewhere. Whether a write was done is as unknown as with silence.
    BadAnswer(String),
    /// It left, and what came was more than is taken, and cut off.
    TooLarge(String),
    /// Nothing was tried: the account has no token, or its `ca_file` or `url` is
    /// wrong.
    Unready(Fault),
}

/// The fault a failure is for somebody who asked a question.
pub fn fault_of(failure: Failure) -> Fault {
    match failure {
        Failure::NotSent(why) | Failure::NoAnswer(why) => Fault::new(FaultKind::Offline, why, ""),
        Failure::BadAnswer(why) | Failure::TooLarge(why) => {
            Fault::new(FaultKind::Unreadable, why, "")
        }
        Failure::Unready(fault) => fault,
    }
}

impl From<Failure> for Fault {
    fn from(failure: Failure) -> Self {
        fault_of(failure)
    }
}

impl From<Failure> for Answer {
    /// What a failure means for a write.
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::NotSent(why) => Answer::Offline(why),
            Failure::NoAnswer(why) | Failure::BadAnswer(why) | Failure::TooLarge(why) => {
                Answer::NoAnswer(why)
            }
            Failure::Unready(fault) => Answer::Refused(fault),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::NotSent(why)
            | Failure::NoAnswer(why)
            | Failure::BadAnswer(why)
            | Failure::TooLarge(why) => f.write_str(why),
            Failure::Unready(fault) => write!(f, "{fault}"),
        }
    }
}

impl Error for Failure {}

/// A failure and whether a read may be tried again.
#[derive(Debug)]
pub(super) struct Trouble {
    pub failure: Failure,
    pub may_pass: bool,
}

impl Trouble {
    /// A failure that stays as it is.
    pub fn lasting(failure: Failure) -> Self {
        Self {
            failure,
            may_pass: false,
        }
    }

    fn passing(failure: Failure) -> Self {
        Self {
            failure,
            may_pass: true,
        }
    }
}

/// Between which ends a request failed: for sentences.
#[derive(Clone, Debug)]
pub(super) struct Ends {
    /// The site's host.
    pub host: String,
    /// The proxy in between, if there is one.
    pub proxy: Option<String>,
    /// Time for a connection.
    pub connect: Duration,
}

impl Ends {
    /// Whom we connect to.
    fn next(&self) -> String {
        match &self.proxy {
            Some(proxy) => format!("the proxy {proxy}"),
            None => self.host.clone(),
        }
    }

    /// The request left and no whole answer came in time.
    pub fn too_slow(&self, limit: Duration) -> Trouble {
        Trouble::lasting(Failure::NoAnswer(format!(
            "{} did not answer within {}",
            self.host,
            seconds(limit)
        )))
    }

    /// What the library's error means.
    pub fn trouble(&self, error: reqwest::Error) -> Trouble {
        // Its text would hold the address with all parameters.
        let error = error.without_url();
        if error.is_builder() {
            return Trouble::lasting(Failure::NotSent(format!(
                "the request could not be made ({})",
                innermost(&error)
            )));
        }
        if error.is_connect() {
            return self.no_connection(&error);
        }
        self.no_answer(&error)
    }

    fn no_connection(&self, error: &reqwest::Error) -> Trouble {
        let not_sent = Failure::NotSent;
        let (host, next) = (&self.host, self.next());
        if let Some(tls) = cause::<rustls::Error>(error) {
            return Trouble::lasting(not_sent(tls_sentence(host, tls)));
        }
        if error.is_timeout() {
            let limit = seconds(self.connect);
            return Trouble::passing(not_sent(format!(
                "no connection to {next} within {limit} (offline?)"
            )));
        }
        if error.is_dns() {
            return Trouble::passing(not_sent(match &self.proxy {
                Some(proxy) => format!(
                    "no address for the proxy {proxy} (offline?); check https_proxy and all_proxy"
                ),
                None => format!("no address for {host} (offline?)"),
            }));
        }
        let kind = cause::<io::Error>(error).map(io::Error::kind);
        Trouble::passing(not_sent(match kind {
            Some(io::ErrorKind::ConnectionRefused) => {
                format!("{next} refuses connections (is the server running there?)")
            }
            Some(io::ErrorKind::NetworkUnreachable | io::ErrorKind::HostUnreachable) => {
                format!("no way to {next} (offline?)")
            }
            _ => format!("no connection to {next} ({})", innermost(error)),
        }))
    }

    fn no_answer(&self, error: &reqwest::Error) -> Trouble {
        let host = &self.host;
        let http = cause::<hyper::Error>(error);
        if http.is_some_and(|error| error.is_parse()) {
            return Trouble::lasting(Failure::BadAnswer(format!(
                "what {host} answered is not HTTP, or its headers are too large; check the account's url"
            )));
        }
        // An answer that cannot be unpacked: a broken line gives other errors.
        let kind = cause::<io::Error>(error).map(io::Error::kind);
        if matches!(
            kind,
            Some(io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput)
        ) && http.is_none()
        {
            return Trouble::lasting(Failure::BadAnswer(format!(
                "the answer of {host} could not be unpacked"
            )));
        }
        if error.is_timeout() {
            return Trouble::lasting(Failure::NoAnswer(format!("{host} did not answer in time")));
        }
        Trouble::passing(Failure::NoAnswer(format!(
            "the connection to {host} broke off before the answer was whole"
        )))
    }
}

fn tls_sentence(host: &str, error: &rustls::Error) -> String {
    use CertificateError as Bad;
    match error {
        rustls::Error::InvalidCertificate(bad) => match bad {
            Bad::UnknownIssuer => format!(
                "the certificate of {host} is signed by an authority this machine does not know; set ca_file for this account to that authority's certificate"
            ),
            Bad::Expired | Bad::ExpiredContext { .. } => format!(
                "the certificate of {host} has expired; check this machine's clock, or tell whoever runs the server"
            ),
            Bad::NotValidYet | Bad::NotValidYetContext { .. } => format!(
                "the certificate of {host} is not valid yet; check this machine's clock, or tell whoever runs the server"
            ),
            Bad::NotValidForName | Bad::NotValidForNameContext { .. } => format!(
                "the certificate is not for {host}: it may be another server, or a login page of the network; check the account's url"
            ),
            Bad::Revoked => format!("the certificate of {host} was revoked"),
            other => format!(
                "the certificate of {host} is not accepted ({other}); if the server signs its own, set ca_file for this account"
            ),
        },
        rustls::Error::InvalidMessage(_) => {
            format!("{host} does not speak TLS at this port; check the account's url")
        }
        other => format!("no secure connection to {host} ({other})"),
    }
}

/// A time in words: `10 s`, `300 ms`.
fn seconds(time: Duration) -> String {
    if time.subsec_millis() == 0 {
        format!("{} s", time.as_secs())
    } else {
        format!("{} ms", time.as_millis())
    }
}

/// The first cause of a type, also inside of IO errors, whose `source` skips what
/// they wrap.
fn cause<'a, T: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a T> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref::<T>() {
            // An IO error that only wraps another error says nothing itself.
            let wraps = (found as &dyn std::any::Any)
                .downcast_ref::<io::Error>()
                .is_some_and(|io| io.get_ref().is_some_and(|inner| inner.is::<io::Error>()));
            if !wraps {
                return Some(found);
            }
        }
        next = inside(error);
    }
    None
}

fn inside<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a (dyn Error + 'static)> {
    match error
        .downcast_ref::<io::Error>()
        .and_then(io::Error::get_ref)
    {
        Some(inner) => Some(inner),
        None => error.source(),
    }
}

/// The words of the deepest cause.
fn innermost(error: &(dyn Error + 'static)) -> String {
    let mut deepest = error;
    while let Some(next) = inside(deepest) {
        deepest = next;
    }
    deepest.to_string()
}
