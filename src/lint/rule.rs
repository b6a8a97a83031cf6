//! What a rule is: the facts that it declares about itself, and the function that looks. Knows no single rule.

use super::context::{Context, GoalView};
use super::finding::Found;
use super::observed::Observed;
use super::silence::Silencer;
use crate::diagnostic::Level;
use serde::Serialize;

/// The letter of SMART that a rule serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[allow(missing_docs)]
pub enum Letter {
    Specific,
    Measurable,
    Attainable,
    Relevant,
    TimeBound,
}

impl Letter {
    /// In the order of the word.
    pub const ALL: [Self; 5] = [Self::Specific, Self::Measurable, Self::Attainable, Self::Relevant, Self::TimeBound];

    /// `S`, `M`, `A`, `R` or `T`.
    pub fn sign(self) -> char {
        match self {
            Self::Specific => 'S',
            Self::Measurable => 'M',
            Self::Attainable => 'A',
            Self::Relevant => 'R',
            Self::TimeBound => 'T',
        }
    }

    /// The word that the letter stands for.
    pub fn name(self) -> &'static str {
        match self {
            Self::Specific => "specific",
            Self::Measurable => "measurable",
            Self::Attainable => "attainable",
            Self::Relevant => "relevant",
            Self::TimeBound => "time-bound",
        }
    }

    /// The letter of a rule's code.
    pub fn of(code: &str) -> Option<Self> {
        let sign = code.chars().next()?;
        Self::ALL.into_iter().find(|l| l.sign() == sign)
    }
}

/// What a finding does to its letter on the goal's card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Default)]
#[serde(rename_all = "lowercase")]
pub enum Mark {
    /// Nothing: a remark.
    #[default]
    Kept,
    /// The letter is in doubt.
    Doubtful,
    /// The goal isn't that.
    Broken,
}

impl Mark {
    /// As people read it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Kept => "kept",
            Self::Doubtful => "doubtful",
            Self::Broken => "broken",
        }
    }
}

/// Whether a rule corrects what it finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Correction {
    /// Only people can.
    None,
    /// The plan means the same afterwards: `--fix` makes it.
    Safe,
    /// It changes what the plan says: `--fix --unsafe` makes it.
    Unsafe,
}

/// How a rule looks.
#[derive(Clone, Copy)]
pub enum Look {
    /// Once, at the whole plan.
    Plan(fn(&Context<'_>, &mut Found)),
    /// At every goal by itself; goals are looked at in parallel.
    Goal(fn(&Context<'_>, &GoalView<'_>, &mut Found)),
    /// Once, at the plan and its data.
    PlanData(fn(&Observed<'_, '_>, &mut Found)),
    /// At every comment that silences.
    Silencer(fn(&Context<'_>, &Silencer, &mut Found)),
    /// At every goal by itself, with its data.
    GoalData(fn(&Observed<'_, '_>, &GoalView<'_>, &mut Found)),
    /// At every goal by itself: with its data where data is read, and else at the plan alone.
    GoalEither(fn(&Context<'_>, Option<&Observed<'_, '_>>, &GoalView<'_>, &mut Found)),
    /// Not at a plan, but at what changed between two versions of one: `compare` looks, and `check` never does.
    Versions,
}

impl Look {
    /// True where it reads data, if only to see more.
    pub fn reads_data(&self) -> bool {
        matches!(self, Self::PlanData(_) | Self::GoalData(_) | Self::GoalEither(_))
    }
}

/// A rule.
pub struct Rule {
    /// Its letter and three digits: `S101`.
    pub code: &'static str,
    /// Words with hyphens, as settings may name it: `no-owner`.
    pub name: &'static str,
    /// How grave it is unless the settings say otherwise.
    pub level: Level,
    /// What it does to the goal's card.
    pub mark: Mark,
    /// The version that brought it.
    pub since: &'static str,
    /// Whether it corrects what it finds.
    pub correction: Correction,
    /// What it does.
    pub look: Look,
    /// Its page, in Markdown: `# CODE: title`, why, a plan that is wrong (`goal bad`), one that isn't (`goal good`), the
    /// wrong one corrected (`goal fixed`).
    pub page: &'static str,
}

impl Rule {
    /// The letter of SMART that it serves; `None` for those about the lints themselves.
    pub fn letter(&self) -> Option<Letter> {
        Letter::of(self.code)
    }

    /// What it declares about itself, in a line: `no-deadline: a warning for T (time-bound); needs no data; …`.
    pub fn facts(&self) -> String {
        let level = match self.level {
            Level::Error => "an error",
            Level::Warning => "a warning",
            Level::Hint => "a hint",
        };
        let about = match self.letter() {
            Some(letter) => format!("for {} ({})", letter.sign(), letter.name()),
            None => "about the lints themselves".to_owned(),
        };
        let data = match self.look {
            Look::Versions => "looks at two versions of a plan",
            _ if self.look.reads_data() => "looks at data",
            _ => "needs no data",
        };
        let correction = match self.correction {
            Correction::None => "corrected by hand",
            Correction::Safe => "corrected by --fix",
            Correction::Unsafe => "corrected by --fix --unsafe",
        };
        format!("{}: {level} {about}; {data}; {correction}; since {}", self.name, self.since)
    }

    /// The entry of its page.
    pub fn entry(&self) -> crate::diagnostic::codes::Code {
        crate::diagnostic::codes::Code { code: self.code, page: self.page }
    }
}

impl std::fmt::Debug for Rule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.code, self.name)
    }
}
