//! By which name the server is asked for, and which page asks: a page of somewhere else gets nothing.
//!
//! A page whose name its owner lets resolve to this machine (DNS rebinding) names itself in `Host`; a page of another
//! origin names itself in `Origin`. What is no browser sends no `Origin`.

use std::net::IpAddr;

use arena_api::Code;
use axum::http::{HeaderMap, Uri, header, uri::Authority};

use super::Peer;
use crate::{config::Config, error::Failure, request::once};

/// Refuses what is asked for by a name that is not the server's, or by a page that is not.
pub(super) fn check(
    config: &Config,
    uri: &Uri,
    headers: &HeaderMap,
    peer: Option<Peer>,
) -> Result<(), Failure> {
    let named = once(headers, &header::HOST)?;
    let host = match named {
        Some(value) => Some(value.to_str().ok().and_then(|text| text.parse().ok()).ok_or_else(malformed)?),
        // An absolute address in the first line says it too.
        None => uri.authority().cloned(),
    };
    if host.is_none() && peer.is_some() {
        return Err(malformed());
    }
    if host.as_ref().is_some_and(|host| !is_ours(config, host)) {
        let detail = "the server is not known by the name in `Host`; use its address, or start it with --allow-host NAME";
        return Err(Failure::new(Code::Forbidden, detail));
    }
    let Some(origin) = once(headers, &header::ORIGIN)? else { return Ok(()) };
    let origin = origin.to_str().ok().and_then(authority);
    let is_same = |origin: &Authority| host.as_ref().is_some_and(|host| is_equal(host, origin));
    let is_named = |origin: &Authority| {
        config.allow_hosts.iter().any(|name| name.eq_ignore_ascii_case(bare(origin.host())))
    };
    if origin.is_some_and(|origin| is_same(&origin) || is_named(&origin)) {
        return Ok(());
    }
    let detail = "a page of another origin may not ask this server; if it is yours, start the server with --allow-host NAME";
    Err(Failure::new(Code::Forbidden, detail))
}

fn malformed() -> Failure {
    Failure::new(Code::Malformed, "the header Host is missing or cannot be read; send the server's name once")
}

/// The authority of an origin such as `https://arena.example:8443`; `null` has none.
fn authority(origin: &str) -> Option<Authority> {
    let origin: Uri = origin.parse().ok()?;
    let is_web = origin.scheme_str().is_some_and(|scheme| scheme == "http" || scheme == "https");
    origin.authority().filter(|_| is_web).cloned()
}

/// Whether two authorities are the same; the ports of http and https, which browsers leave out, count as left out.
fn is_equal(one: &Authority, other: &Authority) -> bool {
    let port = |of: &Authority| of.port_u16().filter(|port| *port != 80 && *port != 443);
    one.host().eq_ignore_ascii_case(other.host()) && port(one) == port(other)
}

fn is_ours(config: &Config, host: &Authority) -> bool {
    // Somebody before an @ is no part of a Host.
    if host.as_str().contains('@') {
        return false;
    }
    let name = bare(host.host());
    let is_allowed = config.allow_hosts.iter().any(|allowed| allowed.eq_ignore_ascii_case(name));
    is_allowed || is_loopback(name) || (config.allow_public && config.allow_hosts.is_empty())
}

/// The name without the brackets of IPv6 and the last dot of a whole name.
fn bare(host: &str) -> &str {
    let host = host.strip_suffix('.').unwrap_or(host);
    host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host)
}

/// Names that no name server is asked about.
fn is_loopback(name: &str) -> bool {
    name.eq_ignore_ascii_case("localhost") || name.parse().is_ok_and(|address: IpAddr| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn answer(config: &Config, host: &str, origin: Option<&str>) -> Result<(), Code> {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, HeaderValue::from_str(host).unwrap());
        if let Some(origin) = origin {
            headers.insert(header::ORIGIN, HeaderValue::from_str(origin).unwrap());
        }
        check(config, &Uri::from_static("/v1/arenas"), &headers, None)
            .map_err(|failure| failure.into_problem().code)
    }

    #[test]
    fn on_loopback_only_names_of_loopback_are_known() {
        let config = Config::default();
        for host in [
            "localhost",
            "LOCALHOST:4700",
            "localhost.:1",
            "127.0.0.1",
            "127.0.0.1:4700",
            "127.8.9.1:80",
            "[::1]",
            "[::1]:4700",
        ] {
            assert_eq!(answer(&config, host, None), Ok(()), "{host}");
        }
        for host in [
            "evil.example",
            "evil.example:4700",
            "localhost.evil.example",
            "127.0.0.1.evil.example:4700",
            "x",
            "10.0.0.1",
            "0.0.0.0:4700",
            "[::]:4700",
            "[::2]:4700",
            "localhost@evil.example",
            "evil.example@localhost",
            "127.1.evil",
        ] {
            assert_eq!(answer(&config, host, None), Err(Code::Forbidden), "{host}");
        }
        for host in ["", "a b", "http://localhost/", "[::1"] {
            assert!(answer(&config, host, None).is_err(), "{host}");
        }
    }

    #[test]
    fn names_can_be_allowed_and_then_no_others() {
        let named = Config { allow_hosts: vec!["arena.example".into()], ..Config::default() };
        let public = Config { allow_public: true, ..Config::default() };
        let both = Config { allow_public: true, ..named.clone() };
        for (config, known) in [(&named, false), (&public, true), (&both, false)] {
            assert_eq!(answer(config, "localhost:1", None), Ok(()));
            assert_eq!(answer(config, "other.example", None).is_ok(), known);
        }
        assert_eq!(answer(&named, "Arena.Example:8443", None), Ok(()));
        assert_eq!(answer(&both, "arena.example", Some("https://arena.example")), Ok(()));
        // A proxy that asks under its own name for a page under the allowed one.
        assert_eq!(answer(&named, "127.0.0.1:4700", Some("https://arena.example")), Ok(()));
    }

    #[test]
    fn a_page_of_another_origin_gets_nothing() {
        for config in [Config::default(), Config { allow_public: true, ..Config::default() }] {
            for origin in ["http://localhost:4700", "https://localhost:4700"] {
                assert_eq!(answer(&config, "localhost:4700", Some(origin)), Ok(()), "{origin}");
            }
            assert_eq!(answer(&config, "localhost", Some("http://localhost:80")), Ok(()));
            for origin in [
                "null",
                "",
                "http://evil.example",
                "http://localhost",
                "http://localhost:4701",
                "http://127.0.0.1:4700",
                "http://localhost:4700.evil.example",
                "file://localhost:4700",
                "chrome-extension://localhost:4700",
                "localhost:4700",
            ] {
                assert_eq!(answer(&config, "localhost:4700", Some(origin)), Err(Code::Forbidden), "{origin}");
            }
        }
    }
}
