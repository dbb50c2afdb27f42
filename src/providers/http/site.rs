//! The address of a server: which one a token may be sent to, and how paths are
//! put below its base path. Makes no connection.

use std::fmt;

use url::{Host, Url};

use crate::model::exchange::{Fault, FaultKind};

/// A server's address: scheme, host, port and base path. No user info, query or
/// fragment.
#[derive(Clone, PartialEq, Eq)]
pub struct Site {
    /// Ends without a slash unless the path is `/` alone.
    base: Url,
}

impl Site {
    /// Reads an address. `https://` to any host; `http://` only to this machine
    /// (127.0.0.0/8, ::1, localhost) unless `insecure`.
    ///
    /// # Errors
    /// Says what is wrong with it, and never repeats a password in it.
    pub fn parse(text: &str, insecure: bool) -> Result<Self, Fault> {
        let text = text.trim();
        let wrong = |why: String, remedy: &str| Err(Fault::new(FaultKind::Invalid, why, remedy));
        let example = "write it like https://app.operately.com";
        if text.is_empty() {
            return wrong("the account has no url".into(), example);
        }
        // The parser would drop tabs and line breaks in silence.
        if text.chars().any(|c| c.is_control() || c.is_whitespace()) {
            return wrong(
                "the url has a space or a control character in it".into(),
                "take it out",
            );
        }
        let Some((scheme, rest)) = text.split_once("://") else {
            return wrong("the url does not begin with https://".into(), example);
        };
        let authority = rest.split(['/', '?', '#', '\\']).next().unwrap_or_default();
        if authority.contains('@') {
            return wrong(
                "the url has a user name or password in it".into(),
                "take out what stands before the @ and give the token by token_command, token_env or token_file",
            );
        }
        let scheme = scheme.to_ascii_lowercase();
        if scheme != "https" && scheme != "http" {
            return wrong(
                format!("the url begins with {scheme}://, which is no web address"),
                example,
            );
        }
        let mut base = match Url::parse(text) {
            Ok(url) if url.host().is_some() => url,
            Ok(_) => return wrong("the url names no host".into(), example),
            Err(error) => return wrong(format!("the url cannot be read ({error})"), example),
        };
        if base.query().is_some() || base.fragment().is_some() {
            return wrong(
                "the url has a ? or # part".into(),
                "keep only the part before it",
            );
        }
        let path = base.path().trim_end_matches('/').to_owned();
        base.set_path(&path);
        let site = Self { base };
        if site.base.scheme() == "http" && !site.is_loopback() && !insecure {
            return wrong(
                "http:// would send your token in the clear".into(),
                "use https:// or set insecure = true for this account",
            );
        }
        Ok(site)
    }

    /// Whether it is this machine: an address of 127.0.0.0/8, ::1 or the name
    /// `localhost`.
    pub fn is_loopback(&self) -> bool {
        match self.base.host() {
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            Some(Host::Domain(name)) => name == "localhost",
            None => false,
        }
    }

    /// Host and, where it is not the usual one, port: for sentences. Names in
    /// other scripts are in punycode.
    pub fn host(&self) -> String {
        host_of(&self.base)
    }

    /// Scheme, host and port: `https://operately.example`.
    pub fn origin(&self) -> String {
        self.base.origin().ascii_serialization()
    }

    /// The whole base address, for requests and for showing.
    pub fn base(&self) -> &Url {
        &self.base
    }

    /// Whether an address has our scheme, host and port.
    pub fn same_origin(&self, other: &Url) -> bool {
        self.base.origin() == other.origin()
    }

    /// The address of a path below the base path. What follows a `?` in `path` is
    /// its query; `query` comes after it.
    ///
    /// # Errors
    /// The path does not begin with `/`, has a control character, a `#`, a
    /// backslash or a `..` part.
    pub fn address(&self, path: &str, query: &[(String, String)]) -> Result<Url, Fault> {
        let (path, first) = match path.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (path, None),
        };
        let invalid = |why: &str| {
            Err(Fault::new(
                FaultKind::Invalid,
                why,
                "write it like /api/v1/get_me",
            ))
        };
        if !path.starts_with('/') {
            return invalid("the path does not begin with /");
        }
        if path.contains(['#', '\\']) || path.chars().any(char::is_control) {
            return invalid("the path has a character that cannot be in it");
        }
        if path.split('/').any(is_step_up) {
            return invalid("the path leads out of the server's base path");
        }
        let mut url = self.base.clone();
        let base = self.base.path().trim_end_matches('/');
        url.set_path(&format!("{base}{path}"));
        url.set_query(first.filter(|first| !first.is_empty()));
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        Ok(url)
    }
}

/// `..`, also written with escapes, which the parser would resolve.
fn is_step_up(part: &str) -> bool {
    part.to_ascii_lowercase().replace("%2e", ".") == ".."
}

/// Host and unusual port of any address, for sentences.
pub fn host_of(url: &Url) -> String {
    let host = url.host_str().unwrap_or("?");
    match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}

impl fmt::Display for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.base.as_str().trim_end_matches('/'))
    }
}

impl fmt::Debug for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Site({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site(text: &str) -> Site {
        Site::parse(text, false).unwrap()
    }

    fn refusal(text: &str) -> String {
        Site::parse(text, false).unwrap_err().to_string()
    }

    #[test]
    fn https_goes_to_any_host_and_http_only_to_this_machine() {
        for fine in [
            "https://operately.example",
            "https://operately.example:8443/okr/",
            "HTTPS://Operately.Example",
            "http://localhost:4000",
            "http://127.0.0.1",
            "http://127.9.8.7:1",
            "http://[::1]:4000/",
        ] {
            assert!(Site::parse(fine, false).is_ok(), "{fine}");
        }
        for wrong in [
            "http://operately.example",
            "http://10.0.0.7",
            "http://localhost.evil.example",
            "http://127.0.0.1.evil.example",
            "http://[::2]",
            "http://0.0.0.0",
        ] {
            assert_eq!(
                refusal(wrong),
                "http:// would send your token in the clear; use https:// or set insecure = true for this account",
                "{wrong}"
            );
            assert!(Site::parse(wrong, true).is_ok(), "{wrong}");
        }
    }

    #[test]
    fn what_is_no_plain_address_is_refused_with_a_reason() {
        assert!(refusal("").contains("no url"));
        assert!(refusal("operately.example").contains("begin with https://"));
        assert!(refusal("ftp://operately.example").contains("ftp://"));
        assert!(refusal("javascript://x").contains("no web address"));
        assert!(refusal("https://").contains("cannot be read"));
        assert!(refusal("https://a b").contains("space"));
        assert!(refusal("https://a\nb").contains("control"));
        assert!(refusal("https://a.example/?x=1").contains("? or #"));
        assert!(refusal("https://a.example/#top").contains("? or #"));
        for (text, insecure) in [
            ("https://me:hunter2@a.example", false),
            ("http://me:hunter2@a.example", true),
        ] {
            let fault = Site::parse(text, insecure).unwrap_err().to_string();
            assert!(fault.contains("user name or password"), "{fault}");
            assert!(!fault.contains("hunter2"));
        }
    }

    #[test]
    fn paths_go_below_the_base_path() {
        let address = |base: &str, path: &str| site(base).address(path, &[]).unwrap().to_string();
        for base in ["https://a.example/okr", "https://a.example/okr/"] {
            assert_eq!(
                address(base, "/api/v1/get_me"),
                "https://a.example/okr/api/v1/get_me"
            );
        }
        assert_eq!(
            address("https://a.example", "//evil.example/x"),
            "https://a.example//evil.example/x"
        );
        let query = [("id".to_owned(), "a b&c=#ü".to_owned())];
        assert_eq!(
            site("https://a.example")
                .address("/x?y=1", &query)
                .unwrap()
                .as_str(),
            "https://a.example/x?y=1&id=a+b%26c%3D%23%C3%BC"
        );
        for wrong in [
            "x",
            "https://b.example/",
            "/../x",
            "/a/%2E%2e/x",
            "/a#b",
            "/a\\b",
            "/a\n",
        ] {
            assert!(
                site("https://a.example/okr").address(wrong, &[]).is_err(),
                "{wrong}"
            );
        }
    }

    #[test]
    fn an_origin_is_scheme_host_and_port() {
        let same = |other: &str| site("https://a.example").same_origin(&Url::parse(other).unwrap());
        assert!(same("https://a.example:443/elsewhere?x"));
        assert!(same("https://A.EXAMPLE"));
        assert!(!same("http://a.example"));
        assert!(!same("https://a.example:8443"));
        assert!(!same("https://b.a.example"));
        assert_eq!(site("https://a.example:443/x").host(), "a.example");
        assert_eq!(site("http://localhost:4000").host(), "localhost:4000");
        assert_eq!(
            site("https://bücher.example").host(),
            "xn--bcher-kva.example"
        );
        assert_eq!(site("https://a.example/").to_string(), "https://a.example");
    }
}
