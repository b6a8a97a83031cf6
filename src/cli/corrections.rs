//! Corrections made in memory, round by round; in the end each changed file is written whole, or its changes are shown.
//! Knows no rule.

use super::exit::CommandError;
use super::files::{Instead, Loaded};
use super::terminal::Terminal;
use super::{changes, count};
use crate::diagnostic::{Diagnostic, fix};
use indexmap::IndexMap;
use std::path::{Path, PathBuf};

/// What corrections have made of a plan's files so far.
#[derive(Debug, Default)]
pub struct Corrections {
    /// By the key of the file, in the order in which they were first changed.
    changed: IndexMap<PathBuf, Change>,
    instead: Instead,
}

/// One changed file.
#[derive(Debug)]
struct Change {
    /// As people know it.
    name: String,
    /// `None`: standard input.
    path: Option<PathBuf>,
    before: String,
    /// How many corrections.
    made: usize,
}

impl Corrections {
    /// Makes the corrections of `found`, findings of `loaded`; false where there are none. `unsafe_too`: also those that
    /// change what the plan says.
    pub fn make(&mut self, loaded: &Loaded, found: &[Diagnostic], unsafe_too: bool) -> bool {
        let sources = loaded.plan.sources();
        let corrected = fix::correct(found, sources, unsafe_too);
        for (id, text) in corrected.texts.iter() {
            let (file, made) = (sources.get(*id), corrected.made.get(id).copied().unwrap_or_default());
            // A file that has gone away meanwhile is said when it is read again.
            let Some(key) = loaded.key(*id) else { continue };
            let change = self.changed.entry(key.clone()).or_insert_with(|| Change {
                name: file.path.clone(),
                path: loaded.path(*id).map(Path::to_owned),
                before: file.text.clone(),
                made: 0,
            });
            change.made += made;
            self.instead.insert(key, text.clone());
        }
        // Standard input is read once only.
        let input = sources.files.iter().find(|f| f.path == "-");
        if let Some(input) = input {
            self.instead.entry(PathBuf::from("-")).or_insert_with(|| input.text.clone());
        }
        !corrected.texts.is_empty()
    }

    /// The texts as they are now.
    pub fn texts(&self) -> &Instead {
        &self.instead
    }

    /// Writes every changed file whole, and says how many corrections it has.
    ///
    /// # Errors
    /// Standard input, which can't be written; a file that can't be.
    pub fn write(&self, terminal: &Terminal) -> Result<(), CommandError> {
        let path = |change: &Change| change.path.clone().ok_or(CommandError::FixInput);
        let paths = self.changed.values().map(path).collect::<Result<Vec<_>, _>>()?;
        for ((key, change), path) in self.changed.iter().zip(paths) {
            let Some(text) = self.instead.get(key).filter(|text| **text != change.before) else { continue };
            changes::replace(&path, text)?;
            terminal.report(&format!("{}: {}\n", change.name, count(change.made, "correction")));
        }
        Ok(())
    }

    /// What would be written.
    pub fn differences(&self, color: bool) -> String {
        let texts = self.changed.iter().filter_map(|(key, change)| Some((change, self.instead.get(key)?)));
        texts.map(|(c, text)| changes::difference(Path::new(&c.name), &c.before, text, color)).collect()
    }
}
