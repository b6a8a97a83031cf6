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
    Unreached(Unreached),
}

/// A filter that doesn't reach a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreached {
    /// What was computed, where it stands beside the verdict: `kpi reach`.
    pub what: Option<String>,
    /// The filter as written: `where abroad`.
    pub filter: String,
    /// The table that it doesn't reach.
    pub table: String,
    /// Why, of one table: `it has no column region`.
    pub why: String,
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
    /// True where there is nothing to say.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds a sentence, unless it is there.
    pub fn say(&mut self, sentence: impl Into<String>) {
        self.put(Note::Said(sentence.into()));
    }

    /// Adds rows that were left out, unless this reading is there.
    pub fn lose(&mut self, loss: Loss) {
        self.put(Note::Left(loss));
    }

    /// Adds a filter that doesn't reach a table, unless it is there.
    pub fn unreached(&mut self, unreached: Unreached) {
        self.put(Note::Unreached(unreached));
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
            Note::Unreached(u) => {
                let what = u.what.as_ref().map_or(what.to_owned(), |inner| format!("{what}: {inner}"));
                Note::Unreached(Unreached { what: Some(what), ..u.clone() })
            }
        };
        Self(self.0.iter().map(of).collect())
    }

    /// As sentences: the losses of one aggregate over several windows are added up where the first stands, and tables that
    /// one filter doesn't reach for one reason are told together.
    pub fn told(&self) -> Vec<String> {
        let mut told = Vec::new();
        for (i, note) in self.0.iter().enumerate() {
            match note {
                Note::Said(sentence) => told.push(sentence.clone()),
                Note::Unreached(first) => {
                    let alike = |n: &Note| match n {
                        Note::Unreached(u) if u.filter == first.filter && u.why == first.why => Some(u.clone()),
                        _ => None,
                    };
                    if !self.0[..i].iter().any(|n| alike(n).is_some()) {
                        told.push(Unreached::told(&self.0.iter().filter_map(alike).collect::<Vec<_>>()));
                    }
                }
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

impl Unreached {
    /// Tables that one filter doesn't reach for one reason, as a sentence.
    fn told(all: &[Self]) -> String {
        let Some(first) = all.first() else { return String::new() };
        let Self { filter, table, why, .. } = first;
        if let [Self { what, .. }] = all {
            let of = what.as_ref().map_or(String::new(), |w| format!("{w}: "));
            return format!("{of}`{filter}` doesn't reach {table}: {why}");
        }
        let mut tables: Vec<(&str, Vec<&str>)> = Vec::new();
        for u in all {
            let whats = match tables.iter_mut().find(|(t, _)| *t == u.table) {
                Some((_, whats)) => whats,
                None => {
                    tables.push((&u.table, Vec::new()));
                    let Some((_, whats)) = tables.last_mut() else { continue };
                    whats
                }
            };
            whats.extend(u.what.as_deref());
        }
        let list: Vec<String> = tables
            .iter()
            .map(|(table, whats)| match whats.is_empty() {
                true => (*table).to_owned(),
                false => format!("{table} ({})", whats.join(", ")),
            })
            .collect();
        let why = match (list.len(), why.strip_prefix("it has ")) {
            (2.., Some(has)) => format!("they have {has}"),
            _ => why.clone(),
        };
        format!("`{filter}` doesn't reach {}: {why}", list.join(", "))
    }
}

impl Loss {
    fn same_kind(&self, other: &Loss) -> bool {
        self.what == other.what && self.table == other.table && self.why == other.why
    }
}
