//! Builds the library's client for one account: certificates, proxy, limits. It
//! follows no redirect, repeats nothing, keeps no cookie, sends no referer.

use std::path::Path;
use std::time::Duration;

use hyper_util::client::proxy::matcher::Intercept;
use reqwest::{Certificate, Proxy};

use super::plain_file::{PlainFile, words};
use super::{IN_FLIGHT, MOST_HEADERS};
use crate::model::exchange::{Fault, FaultKind};

/// Bytes of a file of certificates.
const CA_LIMIT: usize = 4 * 1024 * 1024;
/// Idle connections are dropped before servers usually drop them: a write on a
/// connection that just died has an unknown fate.
const IDLE: Duration = Duration::from_secs(20);
/// Bytes of all headers of an answer over HTTP/2.
const HEADER_BYTES: u32 = 64 * 1024;

/// What a line is built from.
pub(super) struct Plan<'a> {
    pub ca_file: Option<&'a Path>,
    pub proxy: Option<Intercept>,
    pub connect: Duration,
}

/// The library's client. Reads the machine's certificates: call it off the
/// thread that draws.
///
/// # Errors
/// `ca_file` is missing or holds no certificate; the machine has none at all.
pub(super) fn build(plan: Plan<'_>) -> Result<reqwest::Client, Fault> {
    // Another account of this process may have been first; that is fine.
    let _ours_or_theirs = rustls::crypto::ring::default_provider().install_default();
    let mut builder = reqwest::Client::builder()
        .user_agent(concat!("goaldeck/", env!("CARGO_PKG_VERSION")))
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .connect_timeout(plan.connect)
        .pool_idle_timeout(IDLE)
        .pool_max_idle_per_host(IN_FLIGHT)
        .http1_max_headers(MOST_HEADERS)
        .http2_max_header_list_size(HEADER_BYTES)
        .tls_version_min(reqwest::tls::Version::TLS_1_2)
        // Only the proxy we were told of, never what the library finds itself.
        .no_proxy();
    if let Some(found) = plan.proxy {
        builder = builder.proxy(proxy(&found)?);
    }
    if let Some(path) = plan.ca_file {
        builder = builder.tls_certs_merge(certificates(path)?);
    }
    builder.build().map_err(|_| match plan.ca_file {
        // The library takes the machine's as they are and ours only whole.
        Some(path) => bad_ca_file(format!(
            "ca_file {} holds something that is no certificate of an authority",
            path.display()
        )),
        None => unusable(),
    })
}

/// The library takes no account without a single authority to trust.
pub(super) fn unusable() -> Fault {
    Fault::new(
        FaultKind::Disk,
        "this machine has no certificates of authorities, so no server can be trusted",
        "install its ca-certificates package, or set ca_file for this account",
    )
}

fn proxy(found: &Intercept) -> Result<Proxy, Fault> {
    let unusable = |_| {
        Fault::new(
            FaultKind::Invalid,
            format!("the proxy {} cannot be used", found.uri()),
            "check https_proxy and all_proxy",
        )
    };
    let address = found.uri().to_string();
    let Some((user, password)) = found.raw_auth() else {
        let proxy = Proxy::all(address).map_err(unusable)?;
        return Ok(match found.basic_auth() {
            Some(sign_in) => proxy.custom_http_auth(sign_in.clone()),
            None => proxy,
        });
    };
    let mut url: url::Url = address.parse().map_err(|_| {
        Fault::new(
            FaultKind::Invalid,
            "the proxy's address cannot be read",
            "check https_proxy and all_proxy",
        )
    })?;
    // Both fail only for addresses without a host, which no proxy has.
    let _set = (url.set_username(user), url.set_password(Some(password)));
    Proxy::all(url).map_err(unusable)
}

fn bad_ca_file(why: String) -> Fault {
    Fault::new(
        FaultKind::Disk,
        why,
        "set ca_file of this account to a PEM file with the authority's certificate",
    )
}

fn certificates(path: &Path) -> Result<Vec<Certificate>, Fault> {
    let shown = path.display();
    let mut bytes = Vec::new();
    PlainFile::open(path)
        .and_then(|file| file.read(CA_LIMIT, &mut bytes))
        .map_err(|error| {
            bad_ca_file(format!(
                "ca_file {shown} could not be read ({})",
                words(&error)
            ))
        })?;
    let found = Certificate::from_pem_bundle(&bytes)
        .map_err(|_| bad_ca_file(format!("ca_file {shown} is no PEM file of certificates")))?;
    if found.is_empty() {
        return Err(bad_ca_file(format!("ca_file {shown} holds no certificate")));
    }
    Ok(found)
}
