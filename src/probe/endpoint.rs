//! Where a dependency is found: an address as the configuration has it.

use http::uri::PathAndQuery;
use std::net::{IpAddr, Ipv6Addr};

/// How an endpoint is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scheme {
    /// It must take a connection.
    Tcp,
    /// It must show a certificate that holds.
    Tls,
    /// It must answer a GET.
    Http,
    /// It must answer a GET, under a certificate that holds.
    Https,
}

impl Scheme {
    /// Whether it speaks TLS.
    pub const fn is_secured(self) -> bool {
        matches!(self, Self::Tls | Self::Https)
    }

    /// Whether it speaks HTTP.
    pub const fn is_http(self) -> bool {
        matches!(self, Self::Http | Self::Https)
    }
}

/// An endpoint, taken apart.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Endpoint {
    scheme: Scheme,
    /// A name or an address, without brackets.
    host: String,
    port: u16,
    /// What a GET asks for; `/` at the least.
    path: String,
}

impl Endpoint {
    /// An endpoint from its text; nothing where it cannot be asked.
    pub fn parse(text: &str) -> Option<Self> {
        let (scheme, rest) = text.split_once("://")?;
        let (scheme, usual) = match scheme {
            "tcp" => (Scheme::Tcp, None),
            "tls" => (Scheme::Tls, None),
            "http" => (Scheme::Http, Some(80)),
            "https" => (Scheme::Https, Some(443)),
            _ => return None,
        };
        let rest = rest.split('#').next()?;
        let (authority, path) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
        let (host, port) = match authority.strip_prefix('[') {
            Some(inside) => {
                let (host, after) = inside.split_once(']')?;
                host.parse::<Ipv6Addr>().ok()?;
                (host, after.strip_prefix(':').or_else(|| (!after.is_empty()).then_some("")))
            }
            None => authority.split_once(':').map_or((authority, None), |(host, port)| (host, Some(port))),
        };
        let port = match port {
            Some(port) => port.parse().ok().filter(|&port: &u16| port != 0)?,
            None => usual?,
        };
        let path = if path.starts_with('/') { path.to_owned() } else { format!("/{path}") };
        if host.is_empty() || authority.contains('@') || path.parse::<PathAndQuery>().is_err() {
            return None;
        }
        Some(Self { scheme, host: host.to_owned(), port, path })
    }

    /// How it is asked.
    pub const fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// The name or the address, without brackets.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port.
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// What a GET asks for.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The `Host` header: without the port that the scheme has of itself (RFC 9110 §7.2).
    pub(super) fn authority(&self) -> String {
        let host = if self.host.contains(':') { format!("[{}]", self.host) } else { self.host.clone() };
        match (self.scheme, self.port) {
            (Scheme::Http, 80) | (Scheme::Https, 443) => host,
            (Scheme::Tcp | Scheme::Tls | Scheme::Http | Scheme::Https, port) => format!("{host}:{port}"),
        }
    }

    /// Whether it is on this machine, by number or as `localhost`.
    pub fn is_loopback(&self) -> bool {
        self.host == "localhost" || self.host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endpoints_are_taken_apart() {
        for (text, scheme, host, port, path, authority) in [
            ("tcp://erp.example.com:1433", Scheme::Tcp, "erp.example.com", 1433, "/", "erp.example.com:1433"),
            ("tls://[2001:db8::1]:443", Scheme::Tls, "2001:db8::1", 443, "/", "[2001:db8::1]:443"),
            ("http://a.example", Scheme::Http, "a.example", 80, "/", "a.example"),
            ("https://a.example?x=1", Scheme::Https, "a.example", 443, "/?x=1", "a.example"),
            ("https://a.example:8443/b/c?x=1#d", Scheme::Https, "a.example", 8443, "/b/c?x=1", "a.example:8443"),
            ("http://[::1]/health", Scheme::Http, "::1", 80, "/health", "[::1]"),
        ] {
            let endpoint = Endpoint::parse(text).expect(text);
            assert_eq!((endpoint.scheme(), endpoint.host(), endpoint.port()), (scheme, host, port), "{text}");
            assert_eq!((endpoint.path(), endpoint.authority().as_str()), (path, authority), "{text}");
        }
    }

    #[test]
    fn what_cannot_be_asked_is_none() {
        for text in [
            "erp.example.com:1433",
            "tcp://erp.example.com",
            "tcp://:1433",
            "tcp://erp.example.com:0",
            "tcp://erp.example.com:x",
            "ftp://erp.example.com",
            "https://user@erp.example.com",
            "https://[::1",
            "https://[::1]x",
            "https://a.example/a b",
            "https://a.example:",
            "",
        ] {
            assert_eq!(Endpoint::parse(text), None, "{text}");
        }
    }

    #[test]
    fn only_this_machine_is_loopback() {
        for (text, here) in [
            ("tcp://127.0.0.1:1", true),
            ("http://localhost/x", true),
            ("tls://[::1]:443", true),
            ("tcp://localhost.example.com:1", false),
            ("tcp://192.0.2.1:1", false),
            ("tcp://0.0.0.0:1", false),
        ] {
            assert_eq!(Endpoint::parse(text).map(|endpoint| endpoint.is_loopback()), Some(here), "{text}");
        }
    }
}
