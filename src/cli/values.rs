//! What a value written on the command line or in the settings stands for: sizes, engines, addresses. Each error says how to
//! write one.

use super::arguments::EngineName;

/// A size in bytes: `64MiB`, `100MB`, `4096`.
fn bytes(text: &str) -> Option<u64> {
    const UNITS: &[(&str, u64)] = &[
        ("kib", 1 << 10),
        ("mib", 1 << 20),
        ("gib", 1 << 30),
        ("tib", 1 << 40),
        ("kb", 1_000),
        ("mb", 1_000_000),
        ("gb", 1_000_000_000),
        ("tb", 1_000_000_000_000),
        ("b", 1),
        ("", 1),
    ];
    let lower = text.trim().to_ascii_lowercase();
    let digits = lower.trim_end_matches(|c: char| c.is_ascii_alphabetic()).trim_end();
    let unit = lower[digits.len()..].trim();
    let factor = UNITS.iter().find(|(name, _)| *name == unit).map(|(_, factor)| *factor);
    digits.parse::<u64>().ok().zip(factor).and_then(|(n, f)| n.checked_mul(f))
}

/// The size of a text in bytes.
pub fn size(text: &str) -> Result<u64, String> {
    // Places in a text are counted in 32 bits.
    bytes(text)
        .filter(|b| (1..u64::from(u32::MAX)).contains(b))
        .ok_or_else(|| "write a size up to 4GiB such as 200MiB".to_owned())
}

/// A size of memory in bytes: at least 1MiB.
pub fn memory(text: &str) -> Result<u64, String> {
    let bytes = bytes(text).filter(|bytes| *bytes >= 1 << 20);
    bytes.ok_or_else(|| "write a size of 1MiB or more such as 8GiB".to_owned())
}

/// The port of a scheduler, unless said.
const SCHEDULER_PORT: &str = "50050";

/// The name of an engine, or the address of a cluster.
pub fn engine(text: &str) -> Result<EngineName, String> {
    let wanted = || "write datafusion, or ballista://HOST:PORT for a cluster".to_owned();
    if text == "datafusion" {
        return Ok(EngineName::Datafusion);
    }
    let address = text.strip_prefix("ballista://").ok_or_else(wanted)?;
    let address = address.strip_suffix('/').unwrap_or(address);
    let whole = if address.rsplit(']').next().is_some_and(|end| end.contains(':')) {
        address.to_owned()
    } else {
        format!("{address}:{SCHEDULER_PORT}")
    };
    host_and_port(&whole).map(EngineName::Ballista).map_err(|_| wanted())
}

/// A host's name or address and a port: `db.example.org:50050`, `10.0.0.5:50050`, `[::1]:50050`.
pub fn host_and_port(text: &str) -> Result<String, String> {
    let wanted = || "write HOST:PORT such as 10.0.0.5:50050".to_owned();
    let (host, port) = text.rsplit_once(':').ok_or_else(wanted)?;
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._".contains(c);
    let bracketed = host.strip_prefix('[').and_then(|h| h.strip_suffix(']'));
    let fine = match bracketed {
        Some(inner) => inner.parse::<std::net::Ipv6Addr>().is_ok(),
        None => !host.is_empty() && host.chars().all(plain),
    };
    let port = port.parse::<u16>().ok().filter(|port| *port > 0);
    port.filter(|_| fine).map(|port| format!("{host}:{port}")).ok_or_else(wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn engines() {
        assert_eq!(engine("datafusion"), Ok(EngineName::Datafusion));
        let right = [
            ("ballista://10.0.0.5:50051", "10.0.0.5:50051"),
            ("ballista://cluster.example.org", "cluster.example.org:50050"),
            ("ballista://localhost:7/", "localhost:7"),
            ("ballista://[::1]:7", "[::1]:7"),
            ("ballista://[::1]", "[::1]:50050"),
        ];
        for (text, address) in right {
            assert_eq!(engine(text), Ok(EngineName::Ballista(address.to_owned())), "{text}");
        }
        let wrong = [
            "",
            "DataFusion",
            "ballista",
            "ballista:",
            "ballista://",
            "ballista://:50050",
            "ballista://host:0",
            "ballista://host:70000",
            "ballista://me:secret@host:50050",
            "ballista://host/path",
            "ballista://::1:7",
            "spark://host:7077",
        ];
        for text in wrong {
            assert!(engine(text).is_err(), "{text}");
        }
    }
}
