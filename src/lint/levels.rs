//! How grave each rule is: its own level unless settings say otherwise. Knows where no setting comes from.

use super::rule::Rule;
use super::{find, rules};
use crate::diagnostic::Level;
use std::collections::BTreeMap;
use thiserror::Error;

/// What a rule can be set to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Setting {
    /// It doesn't look at all.
    Off,
    /// It looks, at that level.
    At(Level),
}

/// A setting that can't be taken.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum LevelError {
    /// Neither rule, letter nor level.
    #[error("`{name}` is no lint{}", nearest.as_ref().map(|n| format!("; did you mean `{n}`?")).unwrap_or_default())]
    Unknown {
        /// As given.
        name: String,
        /// A code or name that is near.
        nearest: Option<String>,
    },
    /// Not a level.
    #[error("`{word}` is no level: write off, hint, warning or error")]
    Level {
        /// As given.
        word: String,
    },
}

/// What the settings say of rules.
#[derive(Debug, Clone, Default)]
pub struct Levels {
    set: BTreeMap<&'static str, Setting>,
}

impl Levels {
    /// Sets the rules of a name to a level (`off`, `hint`, `warning`, `error`). A name is a code (`S101`), a rule's name
    /// (`no-owner`), a letter (`S`) for all of it, a level (`warning`) for all rules that have it by themselves, or `all`.
    /// What is set later wins.
    ///
    /// # Errors
    /// A name of no rule; a word that is no level.
    pub fn set(&mut self, name: &str, level: &str) -> Result<(), LevelError> {
        let setting = match level {
            "off" => Setting::Off,
            word => Setting::At(level_of(word).ok_or_else(|| LevelError::Level { word: word.to_owned() })?),
        };
        let own = level_of(name);
        let letter = (name.len() == 1).then(|| name.to_uppercase());
        let chosen: Vec<&'static str> = match (find(name), own, letter) {
            (Some(rule), ..) => vec![rule.code],
            (None, Some(level), _) => rules::ALL.iter().filter(|r| r.level == level).map(|r| r.code).collect(),
            (None, None, Some(letter)) => codes(|r| r.code.starts_with(&letter)),
            (None, None, None) if name == "all" => codes(|_| true),
            _ => Vec::new(),
        };
        if chosen.is_empty() {
            let known = rules::ALL.iter().flat_map(|r| [r.code, r.name]);
            let near = known.map(|k| (strsim::damerau_levenshtein(&name.to_lowercase(), &k.to_lowercase()), k)).min();
            let nearest = near.filter(|(d, k)| *d <= 1 + k.len() / 4).map(|(_, k)| k.to_owned());
            return Err(LevelError::Unknown { name: name.to_owned(), nearest });
        }
        self.set.extend(chosen.into_iter().map(|code| (code, setting)));
        Ok(())
    }

    /// The level of a rule; `None` where it is off.
    pub fn of(&self, rule: &Rule) -> Option<Level> {
        match self.set.get(rule.code) {
            None => Some(rule.level),
            Some(Setting::At(level)) => Some(*level),
            Some(Setting::Off) => None,
        }
    }
}

fn codes(wanted: impl Fn(&Rule) -> bool) -> Vec<&'static str> {
    rules::ALL.iter().filter(|r| wanted(r)).map(|r| r.code).collect()
}

fn level_of(word: &str) -> Option<Level> {
    [Level::Error, Level::Warning, Level::Hint].into_iter().find(|l| l.name() == word)
}
