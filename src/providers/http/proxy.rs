//! Which proxy counts for a site: the variables `https_proxy`, `http_proxy`,
//! `all_proxy` and `no_proxy`, in both spellings. Never one for this machine.

use std::fmt;

use hyper_util::client::proxy::matcher::{Intercept, Matcher};

use super::site::Site;

/// The proxies somebody set.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Proxies {
    /// For `http://` sites.
    pub http: Option<String>,
    /// For `https://` sites.
    pub https: Option<String>,
    /// For both, where the one above is not set.
    pub all: Option<String>,
    /// Hosts, domains and networks reached without one, separated by commas.
    pub no: Option<String>,
}

impl Proxies {
    /// What the environment of this process says.
    pub fn from_environment() -> Self {
        Self::from_variables(|name| std::env::var(name).ok())
    }

    /// What variables say, looked up by name. Lower case wins, as in curl.
    pub fn from_variables(look_up: impl Fn(&str) -> Option<String>) -> Self {
        let either = |name: &str| {
            look_up(name)
                .or_else(|| look_up(&name.to_ascii_uppercase()))
                .filter(|value| !value.trim().is_empty())
        };
        Self {
            http: either("http_proxy"),
            https: either("https_proxy"),
            all: either("all_proxy"),
            no: either("no_proxy"),
        }
    }

    /// The proxy that requests to a site go through, as scheme, host and port;
    /// none means straight to the site.
    pub fn proxy_for(&self, site: &Site) -> Option<String> {
        let found = self.intercept(site)?;
        Some(found.uri().to_string().trim_end_matches('/').to_owned())
    }

    /// The same for the connection itself, with the proxy's own sign-in.
    pub(super) fn intercept(&self, site: &Site) -> Option<Intercept> {
        if site.is_loopback() {
            return None;
        }
        let of = |value: &Option<String>| value.clone().unwrap_or_default();
        let matcher = Matcher::builder()
            .http(of(&self.http))
            .https(of(&self.https))
            .all(of(&self.all))
            .no(of(&self.no))
            .build();
        matcher.intercept(&site.base().as_str().parse().ok()?)
    }
}

impl fmt::Debug for Proxies {
    /// Addresses of proxies may hold a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Proxies")
            .field("http", &self.http.is_some())
            .field("https", &self.https.is_some())
            .field("all", &self.all.is_some())
            .field("no", &self.no)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proxies(pairs: &[(&str, &str)]) -> Proxies {
        Proxies::from_variables(|name| {
            pairs
                .iter()
                .find(|(key, _)| *key == name)
                .map(|(_, value)| (*value).to_owned())
        })
    }

    fn through(pairs: &[(&str, &str)], site: &str) -> Option<String> {
        proxies(pairs).proxy_for(&Site::parse(site, true).unwrap())
    }

    #[test]
    fn the_variable_of_the_scheme_counts_before_the_general_one() {
        let set = [
            ("https_proxy", "http://one:3128"),
            ("ALL_PROXY", "socks5h://two:1080"),
        ];
        let through = |site| through(&set, site);
        assert_eq!(
            through("https://a.example").as_deref(),
            Some("http://one:3128")
        );
        assert_eq!(
            through("http://a.example").as_deref(),
            Some("socks5h://two:1080")
        );
    }

    #[test]
    fn small_letters_count_before_capitals() {
        let set = [
            ("https_proxy", "http://one:1"),
            ("HTTPS_PROXY", "http://two:2"),
        ];
        assert_eq!(
            through(&set, "https://a.example").as_deref(),
            Some("http://one:1")
        );
        assert_eq!(
            through(&set[1..], "https://a.example").as_deref(),
            Some("http://two:2")
        );
    }

    #[test]
    fn exceptions_and_this_machine_go_straight() {
        let set = [
            ("all_proxy", "http://one:3128"),
            ("no_proxy", "b.example, 10.0.0.0/8"),
        ];
        for site in [
            "https://b.example",
            "https://x.b.example",
            "https://10.1.2.3",
            "http://localhost:4000",
            "https://127.0.0.1",
            "https://[::1]",
        ] {
            assert_eq!(through(&set, site), None, "{site}");
        }
        assert!(through(&set, "https://notb.example").is_some());
        assert_eq!(through(&[], "https://a.example"), None);
        assert_eq!(through(&[("all_proxy", " ")], "https://a.example"), None);
    }

    #[test]
    fn a_password_of_a_proxy_is_not_shown() {
        let set = [("all_proxy", "http://me:CANARY@one:3128")];
        assert_eq!(
            through(&set, "https://a.example").as_deref(),
            Some("http://one:3128")
        );
        assert!(!format!("{:?}", proxies(&set)).contains("CANARY"));
    }
}
