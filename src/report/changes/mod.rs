//! Two versions of a plan compared, as text and as JSON. Words what the comparison holds and compares nothing.

mod json;

pub use json::json;

use super::paint::{Line, Paint, WIDTH, broken, wrapped};
use super::text::Style;
use crate::compare::{Became, Change, Changes, ClauseChange, Effect, Moment, Moved, Thing, Through};
use crate::source::{Loc, Sources};

/// What was compared.
#[derive(Debug, Clone, Copy)]
pub struct Versions<'a> {
    /// How people call the old plan: `HEAD~1`, `old.goal`.
    pub old_name: &'a str,
    /// And the new one.
    pub new_name: &'a str,
    /// The old texts.
    pub old: &'a Sources,
    /// The new ones.
    pub new: &'a Sources,
    /// The moment, where one is known.
    pub moment: Option<&'a Moment>,
    /// True where data was read.
    pub with_data: bool,
}

/// The column at which names stand, after what became of them.
const NAMES: usize = 10;
/// The column at which clauses stand, after what they are.
const CLAUSES: usize = 15;
/// What a change does isn't moved further right than this to stand in one column.
const EFFECTS: usize = 52;

/// The changes for people: lines of at most 80 columns, each with its end.
pub fn text(changes: &Changes, versions: Versions<'_>, style: Style) -> String {
    let mut lines = wrapped("", &format!("{} -> {}", versions.old_name, versions.new_name), Paint::Plain);
    if let Some(moment) = versions.moment {
        lines.extend(wrapped("", &format!("as of {}", moment.named()), Paint::Plain));
    }
    for change in &changes.list {
        lines.push(Line::default());
        lines.extend(block(change, versions));
    }
    lines.push(Line::default());
    lines.extend(summary(changes, style));
    lines.iter().map(|line| line.write(style.color) + "\n").collect()
}

/// One thing and what changed in it.
fn block(change: &Change, versions: Versions<'_>) -> Vec<Line> {
    let mut lines = heading(change, versions);
    lines.extend(change.wanted.iter().flat_map(|w| wrapped("  ", w, Paint::Plain)));
    let rows: Vec<Row> = change.clauses.iter().map(|c| clause(c, versions.with_data)).collect();
    let rows: Vec<Row> = rows.into_iter().chain(below(change)).chain(standing(change)).collect();
    let width = rows.iter().filter(|r| !r.tag.is_empty()).map(|r| r.said.width()).filter(|w| *w <= EFFECTS).max();
    lines.extend(rows.into_iter().flat_map(|row| row.lines(width.unwrap_or(0) + 3)));
    lines.extend(change.moved.iter().flat_map(goalpost));
    lines
}

/// What became of it, its name and title; at the right where it stands.
fn heading(change: &Change, versions: Versions<'_>) -> Vec<Line> {
    let (word, paint) = match change.became {
        Became::Changed => ("CHANGED", Paint::Warn),
        Became::Added => ("ADDED", Paint::Good),
        Became::Dropped => ("DROPPED", Paint::Bad),
        Became::Renamed => ("RENAMED", Paint::Strong),
    };
    let kind = match change.thing {
        Thing::Goal => "",
        Thing::Plan => "the ",
        Thing::Objective => "objective ",
        Thing::Milestone => "milestone ",
        Thing::Alert => "alert ",
    };
    let was = change.old_name.as_ref().map(|old| format!("{old} -> ")).unwrap_or_default();
    let title = change.title.as_ref().map(|t| format!(" \"{t}\"")).unwrap_or_default();
    let sources = if change.became == Became::Dropped { versions.old } else { versions.new };
    let place = Line::of(Paint::Faint, change.at.map(|at| place(at, sources)).unwrap_or_default());
    let mut lines: Vec<Line> = broken(&format!("{kind}{was}{}{title}", change.name), WIDTH - NAMES - 2)
        .iter()
        .enumerate()
        .map(|(i, piece)| {
            let start = if i == 0 { Line::of(paint, word) } else { Line::default() };
            start.padded_to(NAMES).add(Paint::Plain, piece)
        })
        .collect();
    let last = lines.pop().unwrap_or_default();
    match last.with_right(&place) {
        Some(whole) => lines.push(whole),
        None => {
            lines.push(last);
            lines.extend(Line::default().padded_to(NAMES).with_right(&place));
        }
    }
    lines
}

/// `plan.goal:17`, without what stands before a long path's last parts.
fn place(at: Loc, sources: &Sources) -> String {
    const LONGEST: usize = 40;
    let place = sources.files.get(at.file.0 as usize).map_or_else(String::new, |_| sources.place(at));
    let length = place.chars().count();
    if length <= LONGEST {
        place
    } else {
        format!("…{}", place.chars().skip(length - LONGEST + 1).collect::<String>())
    }
}

/// One line of a block: what changed, and at the right what that does.
struct Row {
    what: String,
    said: Line,
    tag: String,
    paint: Paint,
    /// The old and the new text, for where both don't fit in one line.
    texts: (String, Option<String>),
}

impl Row {
    fn new(what: &str, old: Option<&str>, new: Option<&str>, tag: String, paint: Paint) -> Self {
        let (first, second) = match (old, new) {
            (Some(old), Some(new)) => (old.to_owned(), Some(format!("-> {new}"))),
            (one, other) => (one.or(other).unwrap_or_default().to_owned(), None),
        };
        let whole = second.as_ref().map_or_else(|| first.clone(), |second| format!("{first} {second}"));
        let said = Line::of(Paint::Plain, format!("  {what}")).padded_to(CLAUSES).add(Paint::Plain, whole);
        Self { what: what.to_owned(), said, tag, paint, texts: (first, second) }
    }

    /// The row with its tag from a column on, on lines of their own where they don't fit.
    fn lines(self, column: usize) -> Vec<Line> {
        if self.said.width() > WIDTH {
            let first = format!("{:CLAUSES$}", format!("  {}", self.what));
            let mut lines = wrapped(&first, &self.texts.0, Paint::Plain);
            let open = " ".repeat(CLAUSES);
            lines.extend(self.texts.1.iter().flat_map(|new| wrapped(&open, new, Paint::Plain)));
            if !self.tag.is_empty() {
                lines.extend(wrapped(&open, &self.tag, self.paint));
            }
            return lines;
        }
        if self.tag.is_empty() {
            return vec![self.said];
        }
        let beside = self.said.clone().padded_to(column.max(self.said.width() + 2)).add(self.paint, &self.tag);
        if beside.width() <= WIDTH {
            return vec![beside];
        }
        let mut lines = vec![self.said];
        lines.extend(wrapped(&" ".repeat(CLAUSES), &self.tag, self.paint));
        lines
    }
}

fn clause(c: &ClauseChange, with_data: bool) -> Row {
    let gone = match (&c.old, &c.new) {
        (Some(_), None) => Some("removed"),
        (None, Some(_)) => Some("new"),
        _ => None,
    };
    let how = match (gone, &c.how) {
        (Some(gone), Some(how)) => Some(format!("{gone}; {how}")),
        (gone, how) => gone.map(str::to_owned).or_else(|| how.clone()),
    };
    let unsure = matches!(c.what, "target" | "baseline" | "window");
    let tag = match (c.effect, how) {
        (Effect::Easier, how) => format!("easier{}", how.map(|h| format!(": {h}")).unwrap_or_default()),
        (Effect::Harder, how) => format!("harder{}", how.map(|h| format!(": {h}")).unwrap_or_default()),
        (Effect::Unknown, how) if unsure => {
            let why =
                if with_data { "which is harder isn't known" } else { "which is harder isn't known without data" };
            how.map_or_else(|| why.to_owned(), |how| format!("{how}; {why}"))
        }
        (_, how) => how.unwrap_or_default(),
    };
    let paint = match c.effect {
        Effect::Easier => Paint::Warn,
        Effect::Harder => Paint::Good,
        Effect::Unknown | Effect::None => Paint::Faint,
    };
    Row::new(c.what, c.old.as_deref(), c.new.as_deref(), tag, paint)
}

/// What changed underneath.
fn below(change: &Change) -> Vec<Row> {
    if change.through.is_empty() && change.underneath {
        let said = Some("the same words mean something else now");
        return vec![Row::new("meaning", said, None, String::new(), Paint::Plain)];
    }
    let row = |t: &Through| {
        let name = format!("{} {}: ", t.kind, t.name);
        let old = t.old.as_ref().map(|old| format!("{name}{old}"));
        let new = match &old {
            Some(_) => t.new.clone(),
            None => t.new.as_ref().map(|new| format!("{name}{new}")),
        };
        let gone = match (&t.old, &t.new) {
            (Some(_), None) => "removed".to_owned(),
            (None, Some(_)) => "new".to_owned(),
            _ => t.how.clone().unwrap_or_default(),
        };
        Row::new("through", old.as_deref(), new.as_deref(), gone, Paint::Faint)
    };
    change.through.iter().map(row).collect()
}

/// How it stood and stands, where that isn't the same.
fn standing(change: &Change) -> Option<Row> {
    let (before, now) = change.statuses.filter(|(before, now)| before != now)?;
    Some(Row::new("status", Some(before.name()), Some(now.name()), "with the same data".to_owned(), Paint::Faint))
}

/// Whether it is a moved goalpost, or why not.
fn goalpost(moved: &Moved) -> Vec<Line> {
    let first = |what: &str| format!("{:CLAUSES$}", format!("  {what}"));
    if let Some(because) = &moved.because {
        return wrapped(&first("because"), because, Paint::Faint);
    }
    let easier = if moved.surely { "made easier" } else { "made easier in part" };
    let (said, paint) = match (moved.behind, moved.began) {
        (Some(status), _) => (format!("{easier} while it was {}", status.name()), Paint::Bad),
        (None, Some(true)) => (format!("{easier} after its window began"), Paint::Bad),
        (None, Some(false)) => (format!("{easier} before its window begins: that is planning"), Paint::Faint),
        (None, None) => (format!("{easier}; --as-of DATE tells whether its window had begun"), Paint::Faint),
    };
    let what = if moved.unexplained() { "R411" } else { "when" };
    wrapped(&first(what), &said, paint)
}

/// How many became what.
fn summary(changes: &Changes, style: Style) -> Vec<Line> {
    let of = |became| changes.list.iter().filter(|c| c.became == became).count();
    let kinds = [
        (of(Became::Changed), "changed"),
        (of(Became::Renamed), "renamed"),
        (of(Became::Added), "added"),
        (of(Became::Dropped), "dropped"),
    ];
    let counted: Vec<String> = kinds.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{n} {what}")).collect();
    let mut line = match counted.is_empty() {
        true => Line::of(Paint::Plain, "no change in meaning"),
        false => Line::of(Paint::Plain, counted.join(", ")),
    };
    let posts = moved_goalposts(changes);
    if posts > 0 {
        let s = if posts == 1 { "" } else { "s" };
        line = line.add(Paint::Plain, "; ").add(Paint::Bad, format!("{posts} moved goalpost{s}"));
    }
    let Some(code) = style.exit else { return vec![line] };
    let exit = Line::of(Paint::Faint, format!("exit {code}"));
    match line.with_right(&exit) {
        Some(whole) => vec![whole],
        None => vec![line, exit],
    }
}

/// Goals that surely were made easier too late, with nobody saying why.
fn moved_goalposts(changes: &Changes) -> usize {
    changes.list.iter().filter_map(|c| c.moved.as_ref()).filter(|m| m.surely && m.unexplained()).count()
}
