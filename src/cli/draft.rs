//! The text of a first plan from what is known of the data. Knows no files and no engine.

use crate::calendar::CalendarSpan;
use crate::query::ColumnType;
use indexmap::IndexMap;
use jiff::civil::Date;
use std::collections::HashSet;
use std::fmt::Write;

/// A plan to be written.
#[derive(Debug, Default)]
pub struct Draft {
    /// In the order of the command line.
    pub tables: Vec<TableDraft>,
}

/// A table to be declared.
#[derive(Debug)]
pub struct TableDraft {
    /// Its name.
    pub name: String,
    /// Relative to the plan.
    pub path: String,
    /// True where the path leads out of the plan's folder.
    pub outside: bool,
    /// In the order of the file.
    pub columns: IndexMap<String, ColumnType>,
    /// The time column, where one was found.
    pub time: Option<String>,
    /// The metrics of a table in tidy form.
    pub tidy: Option<Vec<String>>,
    /// The step between its times.
    pub every: Option<CalendarSpan>,
    /// Its newest day.
    pub newest: Option<Date>,
}

/// A metric to be declared.
#[derive(Debug)]
struct MetricDraft {
    name: String,
    /// Where the name isn't the column's.
    title: Option<String>,
    value: String,
}

/// Words of columns that hold what happened in a period, not where things stood at its end.
const TOTALS: &[&str] = &[
    "add",
    "added",
    "adds",
    "amount",
    "churned",
    "clicks",
    "comments",
    "conversions",
    "cost",
    "costs",
    "downloads",
    "impressions",
    "installs",
    "likes",
    "lost",
    "mentions",
    "net",
    "new",
    "orders",
    "payments",
    "posts",
    "purchases",
    "reach",
    "revenue",
    "sales",
    "shares",
    "signups",
    "sold",
    "spend",
    "spent",
    "tickets",
    "views",
    "visits",
];
/// Words of columns whose sum means nothing.
const MEANS: &[&str] = &[
    "age",
    "arm",
    "arpu",
    "average",
    "avg",
    "csat",
    "index",
    "mean",
    "nps",
    "pct",
    "percent",
    "percentage",
    "price",
    "rank",
    "rate",
    "rating",
    "ratio",
    "score",
];
/// Words of columns that count nothing at all.
const LABELS: &[&str] =
    &["code", "day", "hour", "id", "key", "month", "quarter", "uuid", "week", "weekday", "year", "zip"];

impl Draft {
    /// A table's name that no table has yet.
    pub fn free_name(&self, wanted: &str) -> String {
        let taken = |name: &str| self.tables.iter().any(|t| t.name == name);
        free(wanted, taken)
    }

    /// How many metrics it declares.
    pub fn metrics(&self) -> usize {
        self.all_metrics().len()
    }

    fn all_metrics(&self) -> Vec<(usize, MetricDraft)> {
        let mut names = HashSet::new();
        let mut all = Vec::new();
        for (i, table) in self.tables.iter().enumerate() {
            for mut metric in table.metrics() {
                metric.name = free(&metric.name, |n| names.contains(n));
                names.insert(metric.name.clone());
                all.push((i, metric));
            }
        }
        all
    }

    /// The plan.
    pub fn text(&self) -> String {
        let mut out = String::from(
            "# Written by milepost init. sum(x) is the total over a period, last(x) the level at its end, avg(x) the mean\n\
             # of the rows: which one a column wants was guessed from its name. Mend what is wrong.\n\n",
        );
        let metrics = self.all_metrics();
        for (i, table) in self.tables.iter().enumerate() {
            out.push_str(&table.statement());
            for (_, metric) in metrics.iter().filter(|(t, _)| *t == i) {
                let title = metric.title.as_ref().map(|t| format!(" {}", quoted(t))).unwrap_or_default();
                // Writing to a String doesn't fail.
                let _ = writeln!(out, "metric {}{title} = {}", ticked(&metric.name), metric.value);
            }
            out.push('\n');
        }
        out.push_str(&self.example(&metrics));
        out
    }

    /// A goal as a comment: a person has to want something first.
    fn example(&self, metrics: &[(usize, MetricDraft)]) -> String {
        let timed = metrics.iter().find(|(t, _)| self.tables[*t].newest.is_some());
        let Some((table, metric)) = timed else {
            return "# A goal needs a table with a time column:\n# table NAME from \"PATH\" time COLUMN\n".to_owned();
        };
        let year = self.tables[*table].newest.map_or(1, |d| d.year().saturating_add(1));
        let name = ticked(&metric.name);
        format!(
            "# A goal says what, how much and by when. Take away the # and write your own:\n# goal {name} +5% by {year}-12-31\n"
        )
    }
}

impl TableDraft {
    fn statement(&self) -> String {
        let mut out = format!("table {} from {}", ticked(&self.name), quoted(&self.path));
        if let Some(time) = &self.time {
            // Writing to a String doesn't fail.
            let _ = write!(out, " time {}", ticked(time));
        }
        if let Some(every) = self.every {
            let _ = write!(out, " every {}", step(every));
        }
        if self.time.is_none() {
            out.push_str("   # no time column was found: name one with `time COLUMN`");
        }
        out + "\n"
    }

    fn metrics(&self) -> Vec<MetricDraft> {
        let table = ticked(&self.name);
        if let Some(names) = &self.tidy {
            return self.tidy_metrics(names, &table);
        }
        let mut found = Vec::new();
        for (column, kind) in &self.columns {
            let of = format!("{table}.{}", ticked(column));
            if *kind != ColumnType::Number || column.contains('`') || Some(column) == self.time.as_ref() {
                continue;
            }
            let Some(aggregate) = self.aggregate(column) else { continue };
            let name = plain(column);
            let title = (name != *column).then(|| column.clone());
            found.push(MetricDraft { name, title, value: format!("{aggregate}({of})") });
        }
        if self.every.is_none() && self.time.is_some() {
            found.push(MetricDraft {
                name: format!("{}_count", plain(&self.name)),
                title: None,
                value: format!("count({table})"),
            });
        }
        found
    }

    /// `date, metric, value`: a metric for each of its names.
    fn tidy_metrics(&self, names: &[String], table: &str) -> Vec<MetricDraft> {
        let of =
            |kind| self.columns.iter().find(|(c, k)| **k == kind && Some(*c) != self.time.as_ref()).map(|(c, _)| c);
        let (Some(label), Some(value)) = (of(ColumnType::Text), of(ColumnType::Number)) else { return Vec::new() };
        let (label, value) = (ticked(label), ticked(value));
        let metric = |name: &String| MetricDraft {
            name: plain(name),
            title: (plain(name) != *name).then(|| name.clone()),
            value: format!(
                "{}({table}.{value} where {label} = {})",
                self.aggregate(name).unwrap_or("last"),
                quoted(name)
            ),
        };
        names.iter().map(metric).collect()
    }

    /// How the values of a column are taken together; `None` for one that counts nothing.
    fn aggregate(&self, column: &str) -> Option<&'static str> {
        let name = plain(column);
        let has = |words: &[&str]| name.split('_').any(|w| words.contains(&w));
        let summed = if self.every.is_some() { has(TOTALS) } else { true };
        match () {
            () if has(LABELS) => None,
            () if has(MEANS) => Some("avg"),
            () if summed => Some("sum"),
            () => Some("last"),
        }
    }
}

fn step(every: CalendarSpan) -> String {
    if every.count == 1 { every.unit.name().to_owned() } else { every.to_string() }
}

/// `wanted`, or with the first number that makes it new.
fn free(wanted: &str, taken: impl Fn(&str) -> bool) -> String {
    let numbered = (2u32..).map(|n| format!("{wanted}_{n}"));
    std::iter::once(wanted.to_owned()).chain(numbered).find(|n| !taken(n)).unwrap_or_default()
}

/// A column's name as a name without back-ticks: `Post Total Reach` is `post_total_reach`.
fn plain(column: &str) -> String {
    let words: Vec<String> =
        column.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).map(str::to_lowercase).collect();
    let name = words.join("_");
    match name.chars().next() {
        None => "value".to_owned(),
        Some(c) if c.is_numeric() => format!("n{name}"),
        Some(_) => name,
    }
}

/// A name as a plan writes it: between back-ticks unless it is letters, digits and `_`.
fn ticked(name: &str) -> String {
    let mut letters = name.chars();
    let simple = letters.next().is_some_and(|c| c.is_alphabetic() || c == '_')
        && letters.all(|c| c.is_alphanumeric() || c == '_');
    if simple { name.to_owned() } else { format!("`{}`", name.replace('`', "")) }
}

/// A text as a plan writes it.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => out.extend(c.escape_unicode()),
            c => out.push(c),
        }
    }
    out + "\""
}
