//! Certificates and stores of them, by how they begin.

/// How stores begin: those of Java, and a wallet that opens without a password.
const STORES: [&[u8]; 3] = [b"\xFE\xED\xFE\xED", b"\xCE\xCE\xCE\xCE", b"\xA1\xF8\x4E"];

/// `pem`, `der` or `keystore`; `None` for anything else.
pub(crate) fn format(bytes: &[u8]) -> Option<&'static str> {
    let text = bytes.trim_ascii_start();
    if text.starts_with(b"-----BEGIN CERTIFICATE-----")
        || text.starts_with(b"-----BEGIN TRUSTED CERTIFICATE-----")
        || text.starts_with(b"-----BEGIN PKCS7-----")
    {
        return Some("pem");
    }
    if STORES.iter().any(|magic| bytes.starts_with(magic)) {
        return Some("keystore");
    }
    // A sequence of the whole file's length: of another one for a certificate, of the number 3 for a PKCS#12 store, and
    // of the number 0 for a private key.
    let [0x30, 0x82, high, low, inner @ ..] = bytes else {
        return None;
    };
    if usize::from(u16::from_be_bytes([*high, *low])) != inner.len() {
        return None;
    }
    match inner {
        [0x30, 0x82, ..] => Some("der"),
        [0x02, 0x01, 0x00 | 0x03, ..] => Some("keystore"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beginnings() {
        assert_eq!(format(b"\n-----BEGIN CERTIFICATE-----\nMII"), Some("pem"));
        assert_eq!(
            format(&[0x30, 0x82, 0, 5, 0x30, 0x82, 0, 1, 0]),
            Some("der")
        );
        assert_eq!(format(&[0x30, 0x82, 0, 3, 2, 1, 3]), Some("keystore"));
        assert_eq!(format(&[0x30, 0x82, 0, 9, 2, 1, 3]), None);
        assert_eq!(format(&[0x30, 0x82, 0, 3, 2, 1, 0]), Some("keystore"));
        assert_eq!(format(b"\xFE\xED\xFE\xED"), Some("keystore"));
        assert_eq!(format(b"\xA1\xF8\x4E6"), Some("keystore"));
        assert_eq!(format(b"-----BEGIN RSA PRIVATE KEY-----"), None);
    }
}
