//! Names in the object store: namespace, bucket, object.

use super::text::{Checked, check_length, check_no_dots, encode_path, text_id};

text_id! {
    /// The namespace (Swift: account) of a tenancy. Documented as lower case; upstream accounts hold upper case and `_`
    /// too (`AUTH_test`), so 1 to 256 letters, digits, `-`, `_` and `.` are taken.
    Namespace, "a namespace", check: check_plain
}

text_id! {
    /// The name of a bucket (Swift: container): 1 to 256 letters, digits, `-`, `_` and `.`; the case matters (documented).
    BucketName, "the name of a bucket", check: check_plain
}

text_id! {
    /// The name of an object: 1 to 1024 bytes of UTF-8 without NUL, CR and LF (documented). `/`, `..` and blanks are
    /// ordinary characters in it: never write it to disk unchecked.
    ObjectName, "the name of an object", check: check_object
}

fn check_plain(name: &str) -> Checked {
    check_length(name, 256)?;
    check_no_dots(name)?;
    if name
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
    {
        Ok(())
    } else {
        Err("it may hold only letters, digits, '-', '_' and '.'")
    }
}

fn check_object(name: &str) -> Checked {
    if name.is_empty() {
        Err("it is empty")
    } else if name.len() > 1024 {
        Err("it is longer than 1024 bytes")
    } else if name.contains(['\0', '\r', '\n']) {
        Err("it has a NUL or a line break")
    } else {
        Ok(())
    }
}

impl ObjectName {
    /// The name as the end of a URL's path: each byte percent-encoded but the unreserved ones and `/`.
    pub fn encoded(&self) -> String {
        encode_path(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use percent_encoding::percent_decode_str;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn an_encoded_object_name_reads_back(name in "[^\\x00\\r\\n]{1,200}") {
            let name: ObjectName = name.parse().unwrap();
            let encoded = name.encoded();
            prop_assert!(encoded.is_ascii());
            prop_assert!(!encoded.contains(['?', '#', ' ', '"', '+']));
            prop_assert_eq!(percent_decode_str(&encoded).decode_utf8().unwrap(), name.as_str());
        }
    }

    #[test]
    fn object_names_have_a_length_in_bytes() {
        assert!("é".repeat(512).parse::<ObjectName>().is_ok());
        assert!("é".repeat(513).parse::<ObjectName>().is_err());
        assert!("a\nb".parse::<ObjectName>().is_err());
        assert_eq!(
            "a b/../c+é".parse::<ObjectName>().unwrap().encoded(),
            "a%20b/../c%2B%C3%A9"
        );
    }

    #[test]
    fn bucket_names_are_plain() {
        for good in ["my-bucket", "Bucket_1.x", "a"] {
            assert!(good.parse::<BucketName>().is_ok(), "{good:?}");
        }
        for bad in ["", "a b", "a/b", "..", &"b".repeat(257)] {
            assert!(bad.parse::<BucketName>().is_err(), "{bad:?}");
        }
        assert!("AUTH_test".parse::<Namespace>().is_ok());
    }
}
