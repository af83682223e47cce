//! The bucket against a server that answers from a script.

#[cfg(test)]
mod carry;
#[cfg(test)]
mod objects;
#[cfg(test)]
mod scripted;
#[cfg(test)]
mod secrets;
#[cfg(test)]
mod support;
