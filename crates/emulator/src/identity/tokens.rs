//! Tokens that were given out, found by their value at once, and never more than a bound.

use std::collections::{HashMap, VecDeque};
use std::fmt;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Role;
use crate::oic::Hidden;

/// How many tokens of a sort are known; the oldest goes for a new one.
const MOST: usize = 10_000;

/// What a token stands for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Grant {
    /// The client that asked.
    pub(super) client: String,
    /// The user in whose name; none for the client's own.
    pub(super) user: Option<String>,
    /// The instance that the scope names.
    pub(super) instance: String,
    /// The role there.
    pub(super) role: Option<Role>,
    /// Whether the client or the user belongs to another instance. Such a token is given out and then refused by
    /// the instance's API (assumed).
    pub(super) foreign: bool,
}

#[derive(Clone, Serialize, Deserialize)]
struct Token {
    value: Hidden,
    /// Real time.
    expires: Timestamp,
    grant: Grant,
}

/// Tokens of one sort. All live equally long, so the order of their beginning is that of their end.
#[derive(Default)]
pub(super) struct Tokens {
    by_value: HashMap<String, Token>,
    /// Values, oldest first.
    order: VecDeque<String>,
}

impl Tokens {
    /// Gives a token out, and forgets those that have expired.
    pub(super) fn issue(
        &mut self,
        grant: Grant,
        lifetime: SignedDuration,
        real_now: Timestamp,
        rng: &mut fastrand::Rng,
    ) -> String {
        while let Some(oldest) = self.order.front() {
            let expired = |token: &Token| token.expires <= real_now;
            if self.order.len() < MOST && !self.by_value.get(oldest).is_none_or(expired) {
                break;
            }
            self.by_value.remove(oldest);
            self.order.pop_front();
        }
        let value = format!("{:032x}{:032x}", rng.u128(..), rng.u128(..));
        self.add(Token {
            value: Hidden(value.clone()),
            expires: real_now.saturating_add(lifetime).unwrap_or(Timestamp::MAX),
            grant,
        });
        value
    }

    /// What a token stands for, or why it stands for nothing.
    pub(super) fn get(&self, value: &str, real_now: Timestamp) -> Result<&Grant, &'static str> {
        let token = self
            .by_value
            .get(value)
            .ok_or("the token is not known here, or not any more")?;
        if token.expires <= real_now {
            return Err("the token has expired");
        }
        Ok(&token.grant)
    }

    /// Forgets all.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    fn add(&mut self, token: Token) {
        self.order.push_back(token.value.0.clone());
        self.by_value.insert(token.value.0.clone(), token);
    }
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{} hidden]", self.order.len())
    }
}

impl Serialize for Tokens {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let in_order = self
            .order
            .iter()
            .filter_map(|value| self.by_value.get(value));
        serializer.collect_seq(in_order)
    }
}

impl<'de> Deserialize<'de> for Tokens {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut tokens = Self::default();
        for token in Vec::<Token>::deserialize(deserializer)? {
            tokens.add(token);
        }
        Ok(tokens)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: SignedDuration = SignedDuration::from_hours(1);

    fn grant() -> Grant {
        Grant {
            client: "app".to_owned(),
            user: None,
            instance: "test".to_owned(),
            role: Some(Role::ServiceUser),
            foreign: false,
        }
    }

    #[test]
    fn end_in_time_and_are_forgotten() {
        let (mut tokens, mut rng) = (Tokens::default(), fastrand::Rng::with_seed(1));
        let start = Timestamp::UNIX_EPOCH;
        let value = tokens.issue(grant(), HOUR, start, &mut rng);
        assert_eq!(tokens.get(&value, start).unwrap(), &grant());
        assert_eq!(
            tokens.get(&value, start + HOUR),
            Err("the token has expired")
        );
        let next = tokens.issue(grant(), HOUR, start + HOUR, &mut rng);
        assert_eq!((tokens.order.len(), tokens.by_value.len()), (1, 1));
        assert!(tokens.get(&next, start + HOUR).is_ok());
        tokens.clear();
        assert!(tokens.get(&next, start).is_err());
    }

    #[test]
    fn are_bounded_and_kept() {
        let (mut tokens, mut rng) = (Tokens::default(), fastrand::Rng::with_seed(1));
        let now = Timestamp::UNIX_EPOCH;
        let values: Vec<String> = (0..MOST + 2)
            .map(|_| tokens.issue(grant(), HOUR, now, &mut rng))
            .collect();
        assert_eq!((tokens.order.len(), tokens.by_value.len()), (MOST, MOST));
        assert!(tokens.get(&values[1], now).is_err());
        let kept = serde_json::to_string(&tokens).unwrap();
        let read: Tokens = serde_json::from_str(&kept).unwrap();
        assert!(
            values
                .iter()
                .skip(2)
                .all(|value| read.get(value, now).is_ok())
        );
        assert_eq!(serde_json::to_string(&read).unwrap(), kept);
        assert!(!format!("{read:?}").contains(&values[2]));
    }
}
