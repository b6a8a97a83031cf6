//! How tables were read for the verdicts of a plan, as text and JSON. Shows what engines noted, and knows no verdict.

use super::paint::{Line, Paint, wrapped};
use super::text::Style;
use crate::engine::explain::{Dimension, DimensionKind, Pass, Reading, Share};
use crate::eval::verdict::TableRead;
use crate::query::TableInfo;
use indexmap::IndexMap;
use serde::Serialize;

/// The version of the JSON.
const SCHEMA: u32 = 1;

/// Where what is said of a reading stands.
const SAID: usize = 14;

/// A table with all readings of it.
#[derive(Debug, Serialize)]
pub struct TablePlan {
    table: String,
    source: String,
    rows: u64,
    time: Option<String>,
    readings: Vec<Reading>,
}

/// The tables in the order of the report; what wasn't read is told too.
pub fn tables(read: &[TableRead], opened: &IndexMap<String, TableInfo>, readings: &[Reading]) -> Vec<TablePlan> {
    let table = |t: &TableRead| TablePlan {
        table: t.table.clone(),
        source: t.source.clone(),
        rows: t.rows,
        time: opened.get(&t.table).and_then(|info| info.time.clone()),
        readings: readings.iter().filter(|r| r.table == t.table).cloned().collect(),
    };
    read.iter().map(table).collect()
}

/// For people.
pub fn text(tables: &[TablePlan], style: Style) -> String {
    let mut lines = Vec::new();
    for (at, table) in tables.iter().enumerate() {
        if at > 0 {
            lines.push(Line::default());
        }
        let time = table.time.as_ref().map(|time| format!(", time `{time}`")).unwrap_or_default();
        let rows = counted(table.rows, "row");
        lines
            .push(Line::of(Paint::Strong, &table.table).add(Paint::Plain, format!("  {}, {rows}{time}", table.source)));
        if table.readings.is_empty() {
            lines.push(Line::of(Paint::Plain, "not read for these goals"));
        }
        for (number, reading) in table.readings.iter().enumerate() {
            let head = format!("reading {} of {}: ", number + 1, table.readings.len());
            lines.push(Line::of(Paint::Plain, head).add(Paint::Strong, reading.way.name()));
            lines.extend(block(reading));
        }
    }
    if tables.is_empty() {
        lines.push(Line::of(Paint::Plain, "these goals read no table"));
    }
    lines.iter().map(|line| line.write(style.color) + "\n").collect()
}

/// For programs: fields are only added.
///
/// # Errors
/// None that is known.
pub fn json(tables: &[TablePlan]) -> serde_json::Result<String> {
    #[derive(Serialize)]
    struct Plans<'a> {
        schema: u32,
        tables: &'a [TablePlan],
    }
    serde_json::to_string_pretty(&Plans { schema: SCHEMA, tables }).map(|text| text + "\n")
}

fn block(reading: &Reading) -> Vec<Line> {
    let requests: Vec<String> = reading.requests.iter().map(|(name, n)| format!("{n} × {name}")).collect();
    let all = reading.requests.values().sum::<usize>() as u64;
    let mut said = vec![
        ("asked", format!("{}: {}", counted(all, "request"), requests.join(", "))),
        ("why", reading.why.clone()),
        ("files", share(reading.files)),
        ("row groups", share(reading.row_groups)),
        ("columns", reading.columns.join(", ")),
    ];
    if reading.files.of > 0 || reading.rows > 0 {
        let bytes = if reading.bytes > 0 { format!(", {}", counted(reading.bytes, "byte")) } else { String::new() };
        said.push(("rows", format!("{}{bytes}", grouped(reading.rows))));
    }
    if let Some(pass) = &reading.pass {
        said.extend(together(pass));
    }
    let mut lines: Vec<Line> = said.into_iter().filter(|(_, text)| !text.is_empty()).flat_map(line).collect();
    for sql in &reading.statements {
        lines.extend(line(("asks", String::new())));
        // One line, so that it can be copied.
        lines.push(Line::of(Paint::Plain, sql));
    }
    lines
}

fn line((name, text): (&'static str, String)) -> Vec<Line> {
    wrapped(&format!("  {name:<width$}", width = SAID - 2), &text, Paint::Plain)
}

fn together(pass: &Pass) -> Vec<(&'static str, String)> {
    let dimensions: Vec<String> = pass.dimensions.iter().map(dimension).collect();
    let kept: Vec<String> =
        pass.kept.iter().map(|(what, n)| format!("{what} ({})", counted(*n as u64, "request"))).collect();
    let limit =
        pass.limit.map(|limit| format!(" of {} that it may take", counted(limit as u64, "byte"))).unwrap_or_default();
    vec![
        (
            "time",
            format!("{} cut it into {}", counted(pass.windows as u64, "window"), counted(pass.atoms as u64, "atom")),
        ),
        ("dimensions", dimensions.join("; ")),
        ("together", counted(pass.combinations as u64, "combination")),
        ("added up", pass.folds.join("; ")),
        ("kept", kept.join("; ")),
        (
            "memory",
            if pass.memory == 0 { String::new() } else { format!("{}{limit}", counted(pass.memory as u64, "byte")) },
        ),
    ]
}

fn dimension(dimension: &Dimension) -> String {
    let values = dimension.values.map(|n| format!(", {}", counted(n as u64, "value"))).unwrap_or_default();
    let kind = match dimension.kind {
        DimensionKind::Column => "column",
        DimensionKind::Computed => "computed in each row",
        DimensionKind::Group => "groups",
    };
    format!("{} ({kind}{values})", dimension.name)
}

/// `12 of 20 (8 skipped: …)`
fn share(share: Share) -> String {
    match (share.of, share.of.saturating_sub(share.read)) {
        (0, _) => String::new(),
        (of, 0) => format!("{of} of {of}"),
        (of, skipped) => format!("{} of {of} ({skipped} skipped: no goal needs a row there)", share.read),
    }
}

/// `1 row`, `20,000,000 rows`
fn counted(n: u64, what: &str) -> String {
    format!("{} {what}{}", grouped(n), if n == 1 { "" } else { "s" })
}

fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let groups: Vec<&str> = digits.as_bytes().rchunks(3).rev().filter_map(|g| std::str::from_utf8(g).ok()).collect();
    groups.join(",")
}
