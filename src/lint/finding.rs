//! What a rule says: message, places, the numbers behind it, the next edit. Knows no level and no rule.

use crate::diagnostic::{Edit, Label};
use crate::source::Loc;

/// One thing that a rule has found.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Finding {
    pub(super) message: String,
    pub(super) reason: Option<String>,
    pub(super) help: Option<String>,
    pub(super) labels: Vec<Label>,
    pub(super) fix: Option<(String, Vec<Edit>)>,
    /// Goals, by their number in the plan, that it concerns beside the one that was looked at.
    pub(super) goals: Vec<usize>,
}

impl Finding {
    /// What is there and why it is doubtful, in one sentence without a full stop, at its main place; `label` is a short
    /// word about the place, empty where the message says it all.
    pub fn new(message: impl Into<String>, at: Loc, label: impl Into<String>) -> Self {
        Self { message: message.into(), ..Self::default() }.and(at, label)
    }

    /// Another place.
    #[must_use]
    pub fn and(mut self, at: Loc, label: impl Into<String>) -> Self {
        self.labels.push(Label { at, text: label.into() });
        self
    }

    /// The numbers that show it.
    #[must_use]
    pub fn because(mut self, reason: impl Into<String>) -> Self {
        self.reason = Some(reason.into());
        self
    }

    /// The next edit.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// A correction: a title in the imperative, and texts for places. Whether it is safe is the rule's to say.
    #[must_use]
    pub fn fix(mut self, title: impl Into<String>, edits: impl IntoIterator<Item = (Loc, String)>) -> Self {
        let edits = edits.into_iter().map(|(at, text)| Edit { at, text }).collect();
        self.fix = Some((title.into(), edits));
        self
    }

    /// A goal that it concerns, by its number in the plan.
    #[must_use]
    pub fn concerns(mut self, goal: usize) -> Self {
        self.goals.push(goal);
        self
    }
}

/// Where rules put what they find.
#[derive(Debug, Default)]
pub struct Found {
    pub(super) findings: Vec<Finding>,
}

impl Found {
    /// One more.
    pub fn say(&mut self, finding: Finding) {
        self.findings.push(finding);
    }
}
