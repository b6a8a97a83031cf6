//! What people must know beside a number: assumptions as sentences, and rows that were left out, counted so that many
//! readings of one aggregate become one sentence. Knows no goal.

use crate::calendar::Window;

/// Notes in the order in which they came up, each once.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Notes(Vec<Note>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Note {
    Said(String),
    Left(Loss),
}

/// Rows that an aggregate left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loss {
    /// What was computed, with what it was computed for: `kpi reach: sum(posts.reach)`.
    pub what: String,
    /// Whose rows.
    pub table: String,
    /// Why: `are blank and left out`.
    pub why: &'static str,
    /// Over which window and value of a dimension: the same reading counts once.
    pub reading: (Option<Window>, Option<String>),
    /// How many.
    pub lost: u64,
    /// Of how many.
    pub of: u64,
}

impl Notes {
    /// Adds a sentence, unless it is there.
    pub fn say(&mut self, sentence: impl Into<String>) {
        self.put(Note::Said(sentence.into()));
    }

    /// Adds rows that were left out, unless this reading is there.
    pub fn lose(&mut self, loss: Loss) {
        self.put(Note::Left(loss));
    }

    /// Adds those of `other` that aren't there.
    pub fn add(&mut self, other: &Notes) {
        for note in &other.0 {
            self.put(note.clone());
        }
    }

    /// The same notes, each said of something: `kpi reach: …`.
    pub fn about(&self, what: &str) -> Self {
        let of = |note: &Note| match note {
            Note::Said(sentence) => Note::Said(format!("{what}: {sentence}")),
            Note::Left(loss) => Note::Left(Loss { what: format!("{what}: {}", loss.what), ..loss.clone() }),
        };
        Self(self.0.iter().map(of).collect())
    }

    /// As sentences: the losses of one aggregate over several windows are added up where the first stands.
    pub fn told(&self) -> Vec<String> {
        let mut told = Vec::new();
        for (i, note) in self.0.iter().enumerate() {
            match note {
                Note::Said(sentence) => told.push(sentence.clone()),
                Note::Left(first) => {
                    let alike = |n: &&Note| matches!(n, Note::Left(l) if l.same_kind(first));
                    if self.0[..i].iter().any(|n| alike(&n)) {
                        continue;
                    }
                    let losses = self.0.iter().filter_map(|n| match n {
                        Note::Left(l) if l.same_kind(first) => Some((l.lost, l.of)),
                        _ => None,
                    });
                    let (lost, of) = losses.fold((0, 0), |(a, b), (lost, of)| (a + lost, b + of));
                    told.push(format!("{}: {lost} of {of} rows of {} {}", first.what, first.table, first.why));
                }
            }
        }
        told
    }

    fn put(&mut self, note: Note) {
        if !self.0.contains(&note) {
            self.0.push(note);
        }
    }
}

impl Loss {
    fn same_kind(&self, other: &Loss) -> bool {
        self.what == other.what && self.table == other.table && self.why == other.why
    }
}
