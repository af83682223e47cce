//! Little-endian fields of a record, and the extra fields behind it.

/// A cursor over a record; every read is bounded.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(crate) fn skip(&mut self, count: usize) -> Option<()> {
        self.bytes(count).map(drop)
    }

    pub(crate) fn bytes(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    pub(crate) fn u16(&mut self) -> Option<u16> {
        let (taken, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(u16::from_le_bytes(*taken))
    }

    pub(crate) fn u32(&mut self) -> Option<u32> {
        let (taken, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(u32::from_le_bytes(*taken))
    }

    pub(crate) fn u64(&mut self) -> Option<u64> {
        let (taken, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(u64::from_le_bytes(*taken))
    }
}

/// The content of the first extra field with this id; `None` also where the extra fields are cut.
pub(crate) fn extra(bytes: &[u8], wanted: u16) -> Option<&[u8]> {
    let mut fields = Fields::new(bytes);
    loop {
        let id = fields.u16()?;
        let len = fields.u16()?;
        let content = fields.bytes(usize::from(len))?;
        if id == wanted {
            return Some(content);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extra_fields_are_walked_and_never_overrun() {
        let bytes = [0xFE, 0xCA, 0, 0, 1, 0, 2, 0, 7, 8];
        assert_eq!(extra(&bytes, 1), Some(&[7, 8][..]));
        assert_eq!(extra(&bytes, 2), None);
        assert_eq!(extra(&bytes[..9], 1), None);
    }
}
