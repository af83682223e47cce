//! The instance against a server that answers from a script.

#[cfg(test)]
mod connections;
#[cfg(test)]
mod integrations;
#[cfg(test)]
mod jobs;
#[cfg(test)]
mod moving;
#[cfg(test)]
mod objects;
#[cfg(test)]
mod scripted;
#[cfg(test)]
mod secrets;
#[cfg(test)]
mod support;
#[cfg(test)]
mod tokens;
