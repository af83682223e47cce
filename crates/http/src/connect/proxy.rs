//! Which proxy a request goes through.

use std::fmt;
use std::net::IpAddr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::uri::{Authority, Scheme};
use http::{HeaderValue, Uri};
use percent_encoding::percent_decode_str;

use super::resolve::is_loopback;
use crate::redirect::port;

/// The proxies for `http` and `https`, and the hosts that are reached without one.
///
/// Loopback is never reached through a proxy. Only proxies that are themselves spoken to in plain HTTP are understood;
/// a setting of another kind makes [`Client::new`](crate::Client::new) fail rather than be passed over.
#[derive(Clone, Default)]
pub struct Proxies {
    http: Option<Proxy>,
    https: Option<Proxy>,
    except: Vec<Except>,
    mistake: Option<String>,
}

/// One proxy.
#[derive(Clone)]
pub(crate) struct Proxy {
    /// `http://host:port`, without user information.
    pub(crate) uri: Uri,
    /// The value of `Proxy-Authorization`.
    pub(crate) sign_in: Option<HeaderValue>,
}

/// An entry of `NO_PROXY`.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Except {
    All,
    /// A host and all under it.
    Host(String, Option<u16>),
    /// An address, or a network by the length of its prefix.
    Net(IpAddr, u8),
}

impl Proxies {
    /// No proxy for anything.
    pub fn none() -> Self {
        Self::default()
    }

    /// Reads `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` by asking `lookup` for each name, in small letters first (which
    /// win, as with other tools), then in capitals. Blank values are as good as none.
    ///
    /// A proxy is `[http://][user:password@]host[:port]`, port 80 where none is said; user and password may be
    /// percent-encoded. `NO_PROXY` has entries with commas or blanks between: `*`, a host (meaning all hosts under it
    /// too, with or without a leading dot), `host:port`, an address, a network `10.0.0.0/8`.
    pub fn from_lookup(lookup: impl Fn(&str) -> Option<String>) -> Self {
        let get = |name: &str| {
            [name.to_ascii_lowercase(), name.to_ascii_uppercase()]
                .iter()
                .find_map(|name| lookup(name).filter(|value| !value.trim().is_empty()))
        };
        let mut mistake = None;
        let mut read = |name: &str| {
            let value = get(name)?;
            match Proxy::parse(value.trim()) {
                Ok(proxy) => Some(proxy),
                Err(why) => {
                    mistake = Some(format!("the proxy setting {name} {why}"));
                    None
                }
            }
        };
        let https = read("HTTPS_PROXY");
        let http = read("HTTP_PROXY");
        let except = get("NO_PROXY").unwrap_or_default();
        Self {
            http,
            https,
            except: except
                .split([',', ' '])
                .map(str::trim)
                .filter(|entry| !entry.is_empty())
                .map(Except::parse)
                .collect(),
            mistake,
        }
    }

    /// What is wrong with the settings, if anything.
    pub(crate) fn mistake(&self) -> Option<&str> {
        self.mistake.as_deref()
    }

    /// The proxy that a request to this place goes through.
    pub(crate) fn choose(&self, to: &Uri) -> Option<&Proxy> {
        let host = to.host()?;
        if is_loopback(host) || self.except.iter().any(|entry| entry.holds(host, port(to))) {
            return None;
        }
        if to.scheme() == Some(&Scheme::HTTPS) {
            self.https.as_ref()
        } else {
            self.http.as_ref()
        }
    }
}

impl Proxy {
    fn parse(value: &str) -> Result<Self, &'static str> {
        let rest = match value.split_once("://") {
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("http") => rest,
            Some(_) => return Err("must be an http:// proxy; other kinds are not understood"),
            None => value,
        };
        let rest = rest.trim_end_matches('/');
        let (user, place) = match rest.rsplit_once('@') {
            Some((user, place)) => (Some(user), place),
            None => (None, rest),
        };
        let place: Authority = place.parse().map_err(|_| "is not host:port")?;
        if place.host().is_empty() {
            return Err("has no host");
        }
        let uri = Uri::builder()
            .scheme(Scheme::HTTP)
            .authority(place)
            .path_and_query("/")
            .build()
            .map_err(|_| "is not host:port")?;
        Ok(Self {
            uri,
            sign_in: user.map(sign_in),
        })
    }

    /// `host:port`, to be shown.
    pub(crate) fn place(&self) -> String {
        format!(
            "{}:{}",
            self.uri.host().unwrap_or_default(),
            port(&self.uri)
        )
    }
}

fn sign_in(user: &str) -> HeaderValue {
    let (name, password) = user.split_once(':').unwrap_or((user, ""));
    let mut pair: Vec<u8> = percent_decode_str(name).collect();
    pair.push(b':');
    pair.extend(percent_decode_str(password));
    // Base64 is always a valid header value.
    let mut value = HeaderValue::try_from(format!("Basic {}", STANDARD.encode(pair)))
        .unwrap_or(HeaderValue::from_static(""));
    value.set_sensitive(true);
    value
}

impl Except {
    fn parse(entry: &str) -> Self {
        if entry == "*" {
            return Self::All;
        }
        let bare = entry.trim_start_matches('[').trim_end_matches(']');
        if let Ok(ip) = bare.parse::<IpAddr>() {
            return Self::Net(ip, 128);
        }
        if let Some((net, length)) = entry.split_once('/')
            && let (Ok(net), Ok(length)) = (net.parse(), length.parse())
        {
            return Self::Net(net, length);
        }
        let (host, port) = match entry.rsplit_once(':') {
            Some((host, port)) => match port.parse() {
                Ok(port) => (host, Some(port)),
                Err(_) => (entry, None),
            },
            None => (entry, None),
        };
        let host = host.trim_start_matches("*.").trim_matches('.');
        Self::Host(host.to_ascii_lowercase(), port)
    }

    fn holds(&self, host: &str, port: u16) -> bool {
        let host = host.trim_start_matches('[').trim_end_matches(']');
        match self {
            Self::All => true,
            Self::Net(net, length) => host
                .parse()
                .is_ok_and(|ip: IpAddr| same_net(ip, *net, *length)),
            Self::Host(name, only) => {
                let host = host.trim_end_matches('.').to_ascii_lowercase();
                let under = host
                    .strip_suffix(name.as_str())
                    .is_some_and(|front| front.is_empty() || front.ends_with('.'));
                !name.is_empty() && under && only.is_none_or(|only| only == port)
            }
        }
    }
}

fn same_net(a: IpAddr, b: IpAddr, length: u8) -> bool {
    let (a, b, bits) = match (a, b) {
        (IpAddr::V4(a), IpAddr::V4(b)) => (u128::from(a.to_bits()), u128::from(b.to_bits()), 32),
        (IpAddr::V6(a), IpAddr::V6(b)) => (a.to_bits(), b.to_bits(), 128),
        _ => return false,
    };
    let shift = bits - u32::from(length).min(bits);
    a.checked_shr(shift).unwrap_or(0) == b.checked_shr(shift).unwrap_or(0)
}

impl fmt::Debug for Proxies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Proxies")
            .field("http", &self.http.as_ref().map(Proxy::place))
            .field("https", &self.https.as_ref().map(Proxy::place))
            .field("except", &self.except)
            .field("mistake", &self.mistake)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proxies(settings: &'static [(&str, &str)]) -> Proxies {
        Proxies::from_lookup(|name| {
            let found = settings.iter().find(|(key, _)| *key == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    fn chosen(proxies: &Proxies, url: &str) -> Option<String> {
        proxies.choose(&url.parse().unwrap()).map(Proxy::place)
    }

    #[test]
    fn scheme_and_case_choose() {
        let p = proxies(&[
            ("HTTPS_PROXY", "http://big.example.com:1/"),
            ("https_proxy", "small.example.com:2"),
            ("HTTP_PROXY", "plain.example.com"),
            ("http_proxy", " "),
        ]);
        assert_eq!(
            chosen(&p, "https://acme.example.com/").as_deref(),
            Some("small.example.com:2")
        );
        assert_eq!(
            chosen(&p, "http://acme.example.com/").as_deref(),
            Some("plain.example.com:80")
        );
        for loopback in [
            "https://localhost/",
            "http://127.0.0.1:9/",
            "https://a.localhost/",
        ] {
            assert_eq!(chosen(&p, loopback), None);
        }
        assert_eq!(chosen(&Proxies::none(), "https://acme.example.com/"), None);
    }

    #[test]
    fn no_proxy_entries() {
        let p = proxies(&[
            ("HTTPS_PROXY", "proxy.example.com:1"),
            (
                "NO_PROXY",
                "acme.example.com,.dot.example.com, port.example.com:8443 10.0.0.0/8,192.0.2.7,2001:db8::/32,[2001:dc8::1]",
            ),
        ]);
        for (host, direct) in [
            ("acme.example.com", true),
            ("ACME.example.com.", true),
            ("x.acme.example.com", true),
            ("notacme.example.com", false),
            ("dot.example.com", true),
            ("x.dot.example.com", true),
            ("port.example.com", false),
            ("port.example.com:8443", true),
            ("10.1.2.3", true),
            ("11.1.2.3", false),
            ("192.0.2.7", true),
            ("192.0.2.8", false),
            ("[2001:db8::5]", true),
            ("[2001:db9::5]", false),
            ("[2001:dc8::1]", true),
        ] {
            let found = chosen(&p, &format!("https://{host}/"));
            assert_eq!(found.is_none(), direct, "{host}");
        }
        let all = proxies(&[("HTTPS_PROXY", "proxy.example.com:1"), ("no_proxy", "*")]);
        assert_eq!(chosen(&all, "https://acme.example.com/"), None);
    }

    #[test]
    fn sign_in_is_kept_and_not_shown() {
        let p = proxies(&[("HTTPS_PROXY", "http://me:hu%40sh@proxy.example.com:1")]);
        let to = "https://acme.example.com/".parse().unwrap();
        let value = p.choose(&to).unwrap().sign_in.clone().unwrap();
        assert_eq!(value, format!("Basic {}", STANDARD.encode("me:hu@sh")));
        assert!(!format!("{p:?}").contains("hu"), "{p:?}");
    }

    #[test]
    fn other_kinds_are_mistakes() {
        for (setting, value) in [
            ("HTTPS_PROXY", "socks5://hush@example.com"),
            ("HTTP_PROXY", "https://hush@example.com"),
            ("HTTP_PROXY", "http://"),
            ("HTTP_PROXY", "exa mple"),
        ] {
            let p = Proxies::from_lookup(|name| (name == setting).then(|| value.to_owned()));
            let mistake = p.mistake().unwrap();
            assert!(mistake.contains(setting) && !mistake.contains("hush"));
        }
    }
}
