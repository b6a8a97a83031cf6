//! What the tool has to say about a plan: code, message, labels, help and fix as plain data, and how each is shown.
//! Knows places in texts, and nothing of syntax, plans or data.

use crate::source::{FileId, Loc, Span};
use serde::Serialize;

/// How grave a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// The plan can't be understood, or must not stand.
    Error,
    /// Likely wrong.
    Warning,
    /// Worth a look.
    Hint,
}

/// A place with a word about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// The place.
    pub at: Loc,
    /// Short; empty where the message says it all.
    pub text: String,
}

/// One replacement in one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// What is replaced; empty to insert.
    pub at: Loc,
    /// By what.
    pub text: String,
}

/// A correction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// In the imperative: `write +5%`.
    pub title: String,
    /// Not overlapping.
    pub edits: Vec<Edit>,
    /// True where the plan means the same afterwards, or couldn't be understood before: `--fix` makes it. Others change
    /// what the plan says and wait for `--fix --unsafe`.
    pub safe: bool,
}

/// One thing to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// A code of the registry, such as `P021`.
    pub code: &'static str,
    /// How grave.
    pub level: Level,
    /// What is there and why it is wrong.
    pub message: String,
    /// The numbers or the reading that show it; may be several lines.
    pub reason: Option<String>,
    /// The next edit.
    pub help: Option<String>,
    /// The first is the main place; none where it concerns no text (a file that can't be read).
    pub labels: Vec<Label>,
    /// Where one is certain.
    pub fix: Option<Fix>,
}

/// What each stage's error enum gives: its message and code stand on the variant by `thiserror` and `miette`.
pub trait Finding: miette::Diagnostic {
    /// The correction, where one is certain; places are in the finding's own file.
    fn fix(&self) -> Option<(String, Vec<(Span, String)>)> {
        None
    }
}

impl Diagnostic {
    /// The plain form of a stage's finding about `file`.
    pub fn of(finding: &dyn Finding, file: FileId) -> Self {
        let labels = finding
            .labels()
            .into_iter()
            .flatten()
            .map(|l| Label {
                at: Loc { file, span: Span::new(l.offset(), l.offset() + l.len()) },
                text: l.label().unwrap_or("").to_owned(),
            })
            .collect();
        let level = match finding.severity() {
            None | Some(miette::Severity::Error) => Level::Error,
            Some(miette::Severity::Warning) => Level::Warning,
            Some(miette::Severity::Advice) => Level::Hint,
        };
        let code = finding.code().map(|c| c.to_string()).unwrap_or_default();
        let fix = finding.fix().map(|(title, edits)| Fix {
            title,
            edits: edits.into_iter().map(|(span, text)| Edit { at: Loc { file, span }, text }).collect(),
            safe: true,
        });
        Self {
            code: codes::find(&code).map_or("P000", |c| c.code),
            level,
            message: finding.to_string(),
            reason: None,
            help: finding.help().map(|h| h.to_string()),
            labels,
            fix,
        }
    }

    /// All that it says in words: the message, the numbers behind it, the next edit; a paragraph each.
    pub fn told(&self) -> String {
        let help = self.help.as_ref().map(|h| format!("help: {h}"));
        let paragraphs = [Some(&self.message), self.reason.as_ref(), help.as_ref()];
        paragraphs.into_iter().flatten().map(String::as_str).collect::<Vec<_>>().join("\n")
    }

    /// Where it points first.
    pub fn place(&self) -> Option<Loc> {
        self.labels.first().map(|l| l.at)
    }
}

impl From<Span> for miette::SourceSpan {
    fn from(span: Span) -> Self {
        (span.start as usize, span.len()).into()
    }
}

pub mod codes;
mod excerpt;
pub mod fix;
pub mod json;
pub mod render;
pub mod short;
