//! A load described in one file: instances, and the switches and faults to begin with.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::{Settings, Source, caused, folder, wrong};
use crate::fault::Rule;
use crate::generate;
use crate::oic::Generation;
use crate::options::{Load, Options, StartError};

/// What the file holds. Unknown keys are errors.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
struct File {
    switches: BTreeMap<String, toml::Value>,
    rules: Vec<Rule>,
    instances: BTreeMap<String, Settings>,
}

/// Instances that were described.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Description {
    instances: BTreeMap<String, Settings>,
    /// What the folders in it are relative to.
    base: PathBuf,
}

impl Options {
    /// Takes everything that a description in TOML holds: its instances as the load, its switches, its faults.
    pub fn describe(&mut self, file: &Path) -> Result<(), StartError> {
        let place = file.display().to_string();
        let text = fs_err::read_to_string(file).map_err(|e| caused(&place, e))?;
        let read: File = toml::from_str(&text).map_err(|e| caused(&place, e))?;
        if read.instances.is_empty() {
            return Err(wrong(format!(
                "{place} describes no instance: [instances.NAME]"
            )));
        }
        for (name, value) in &read.switches {
            let text = value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned);
            self.switches
                .set(name, &text)
                .map_err(|e| caused(&place, e))?;
        }
        for rule in read.rules {
            rule.check()
                .map_err(|why| wrong(format!("{place}: a rule cannot be used: {why}")))?;
            self.rules.push(rule);
        }
        self.load = Load::Described(Description {
            instances: read.instances,
            base: file.parent().unwrap_or(Path::new("")).to_owned(),
        });
        Ok(())
    }
}

impl Description {
    /// Every instance before it is loaded.
    pub(super) fn sources(&self, rng: &mut fastrand::Rng) -> Result<Vec<Source>, StartError> {
        let source = |(name, settings): (&String, &Settings)| {
            let mut files = Vec::new();
            if let Some(folder) = &settings.folder {
                folder::collect(&self.base.join(folder), "", &mut files)?;
            }
            if let Some(count) = settings.integrations {
                let projects = settings.generation != Some(Generation::Gen2);
                let made = generate::generate(rng, count, projects)
                    .map_err(|e| caused(&format!("what is generated for {name}"), e))?;
                files.extend(made);
            }
            Ok(Source {
                name: name.clone(),
                settings: settings.clone(),
                files,
            })
        };
        self.instances.iter().map(source).collect()
    }
}
