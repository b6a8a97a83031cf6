//! The words of errors that depend on what they hold: counts, lists, and the next edit. Knows no error by itself.

use super::{Example, Spot, TimeCell};

/// A name as the language writes it: between back-ticks where it isn't plain.
pub fn name(column: &str) -> String {
    let plain =
        column.chars().all(|c| c.is_alphanumeric() || c == '_') && !column.starts_with(|c: char| c.is_numeric());
    if plain { column.to_owned() } else { format!("`{column}`") }
}

/// A size in memory, as `--memory` takes it.
pub fn size(bytes: usize) -> String {
    let units = [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)];
    match units.iter().find(|(_, unit)| bytes > 0 && bytes.is_multiple_of(*unit)) {
        Some((name, unit)) => format!("{}{name}", bytes / unit),
        None if bytes >= 1 << 30 => format!("about {}MiB", bytes >> 20),
        None => format!("{bytes} bytes"),
    }
}

/// What is counted in a file of that ending: lines of text, else rows.
pub fn unit(path: &str) -> &'static str {
    if is_lines(path) { "line" } else { "row" }
}

fn is_lines(path: &str) -> bool {
    is_csv(path) || ends(path, &["jsonl", "ndjson", "json"])
}

fn is_csv(path: &str) -> bool {
    ends(path, &["csv", "tsv", "tab", "txt"])
}

fn ends(path: &str, endings: &[&str]) -> bool {
    let lower = path.to_ascii_lowercase();
    let stem = [".gz", ".zst"].iter().find_map(|packed| lower.strip_suffix(packed)).unwrap_or(&lower);
    stem.rsplit_once('.').is_some_and(|(_, ending)| endings.contains(&ending))
}

fn is_database(path: &str) -> bool {
    ends(path, &["sqlite", "sqlite3", "db"])
}

/// What to do about a file without a row.
pub fn empty_help(path: &str) -> &'static str {
    match is_csv(path) || ends(path, &["xlsx", "xlsm", "xlsb", "xls", "ods"]) {
        true => "export it again; the first line must hold the columns' names, such as `date,subs`",
        false => "export it again, with its rows",
    }
}

/// What to do about bytes that are no text.
pub fn encoding_help(path: &str) -> &'static str {
    match is_database(path) {
        true => "correct that text in the database",
        false => "save the file as UTF-8 (in a spreadsheet: \"CSV UTF-8\")",
    }
}

/// What to do about a line that is no JSON object.
pub fn json_help(reason: &str) -> &'static str {
    match reason {
        "it is not UTF-8" => "save the file as UTF-8",
        "it is a list" => {
            "write one object a line, such as {\"date\": \"2021-03-31\", \"subs\": 12}; a list becomes that with: jq -c '.[]'"
        }
        _ => "write one object a line, such as {\"date\": \"2021-03-31\", \"subs\": 12}",
    }
}

/// What to do about a cell that no table needs.
pub fn long_help(path: &str) -> &'static str {
    match is_csv(path) {
        true => "look for a double quote that opens there and is never closed; else leave the column out of the export",
        false => "leave the column out of the export, or shorten its texts",
    }
}

/// Where credentials belong instead of into an address.
pub fn credentials_help(table: &str, url: &str) -> String {
    let scheme = url.split_once("://").map(|(scheme, _)| scheme.to_ascii_lowercase()).unwrap_or_default();
    let variables = match scheme.as_str() {
        "s3" | "s3a" => "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
        "gs" => "GOOGLE_SERVICE_ACCOUNT",
        "http" | "https" => {
            return format!(
                "take them out of it, and renew them if others have seen it; web addresses are read without signing in: download the file, and name it: --data {table}=PATH"
            );
        }
        _ => "AZURE_STORAGE_ACCOUNT_NAME and AZURE_STORAGE_ACCOUNT_KEY",
    };
    format!("take them out of it, renew them if others have seen it, and put them into the environment: {variables}")
}

/// What to do about an executor that failed where this machine didn't, by the code of its error.
pub fn executor_help(code: &str) -> &'static str {
    match code {
        "D021" => {
            "start executors with a larger `--memory`, or with fewer `--tasks`, of which each then gets more; without --engine the data is read in process"
        }
        "D052" => {
            "install one version on this machine and on those of scheduler and executors, and start them again; without --engine the data is read in process"
        }
        _ => {
            "put the files where every executor finds them under the same path (a shared folder), or into an object store that each executor has credentials for; without --engine the data is read in process"
        }
    }
}

/// Which sheets (or tables) there are.
pub fn sheets_help(what: &str, sheets: &[String]) -> String {
    match sheets {
        [only] => format!("its only {what} is \"{only}\""),
        sheets => format!("its {what}s are {}", quoted(sheets)),
    }
}

/// Names between quotes, one after the other.
pub fn quoted(names: &[String]) -> String {
    names.iter().map(|n| format!("\"{n}\"")).collect::<Vec<_>>().join(", ")
}

/// That there is no file.
pub fn no_files(path: &str, table: &str) -> String {
    match path.contains(['*', '?', '[']) {
        true => format!("no file matches `{path}` of table `{table}`"),
        false => format!("the folder `{path}` of table `{table}` holds no data files"),
    }
}

/// What to do then, and what is there instead.
pub fn no_files_help(table: &str, around: &[String]) -> String {
    let way = format!("check the path in `table {table} from …`, or give it: --data {table}=PATH");
    match around {
        [] => way,
        some => {
            format!("{way}; the folder holds {}", some.iter().map(|n| format!("`{n}`")).collect::<Vec<_>>().join(", "))
        }
    }
}

/// What to look at where a database lets nobody in.
pub fn connection_help(product: &str) -> &'static str {
    match product {
        "DuckDB" => "check the file's path; a file that another program has open for writing can't be read meanwhile",
        _ => {
            "check host, port and database in the address; user and password come from PGUSER and PGPASSWORD, or from ~/.pgpass"
        }
    }
}

/// Which tables there are.
pub fn which_help(table: &str, tables: &[String]) -> String {
    match tables {
        [] => "it has no table that this user may see: check the database's name and the user's rights".to_owned(),
        [first, ..] => {
            let more = tables.len().saturating_sub(20);
            let listed = tables.iter().take(20).map(String::as_str).collect::<Vec<_>>().join(", ");
            let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
            format!("name one: `table {} from \"…\" sheet \"{first}\"`; there are {listed}{rest}", name(table))
        }
    }
}

/// How a time should have been written.
pub fn written(format: &Option<String>) -> String {
    match format {
        Some(format) => format!("written as \"{format}\" says"),
        None => "a date like 2021-03-31 or a period like Q1 2021".to_owned(),
    }
}

/// So many cells.
pub fn cells(n: usize) -> String {
    format!("{n} cell{}", if n == 1 { "" } else { "s" })
}

/// So many columns.
pub fn columns(n: usize) -> String {
    format!("{n} column{}", if n == 1 { "" } else { "s" })
}

/// What to do about a row of another length.
pub fn ragged_help(found: &usize, expected: &usize, separator: &str, around: &Option<String>) -> String {
    match around {
        Some(cell) if found > expected => format!(
            "a cell that holds a {separator} of its own stands between double quotes: look near `{cell}`, or take the surplus cells away"
        ),
        _ => format!("fill the row up with empty cells (a {separator} for each), or take it away"),
    }
}

/// What to do about a time that nobody can read.
pub fn unreadable_help(cell: &TimeCell, reading: &Option<(String, &'static str)>) -> String {
    let (table, column) = (&cell.table, name(&cell.column));
    match reading {
        Some((date, format)) => {
            format!("if it is {date}, say so: `table {table} from … time {column} as \"{format}\"`")
        }
        None => format!(
            "correct the cell, say how the dates are written (`time {column} as \"%d/%m/%Y\"`), or name the column of dates: `time COLUMN`"
        ),
    }
}

/// What to do about a column whose cells don't go together.
pub fn unusable_help(column: &str, reason: &str) -> String {
    match reason.contains("whole numbers") {
        true => format!("store `{column}` as text, as names are: its values are then told apart"),
        false => format!("export `{column}` as a plain number or text in every row"),
    }
}

/// Which columns there are.
pub fn unknown_help(near: &[String], columns: &[String]) -> String {
    let list = |names: &[String]| names.iter().map(|n| format!("`{n}`")).collect::<Vec<_>>().join(", ");
    match near {
        [] if columns.len() <= 12 => format!("its columns are {}", list(columns)),
        [] => format!("its columns are {} and {} more", list(&columns[..10]), columns.len() - 10),
        near => format!("did you mean {}?", near.iter().map(|n| format!("`{n}`")).collect::<Vec<_>>().join(" or ")),
    }
}

/// The cell that shows it.
pub fn sample(example: &Example) -> String {
    let Some(Spot { path, line, value }) = example.as_deref() else { return String::new() };
    match (line, value.as_str()) {
        (0, _) => format!(" (`{path}` says `{value}`)"),
        (line, "") => format!(" (`{path}` {} {line} holds an empty text)", unit(path)),
        (line, _) => format!(" (`{path}` {} {line} holds `{value}`)", unit(path)),
    }
}

/// What to do about a value of another type.
pub fn type_help(found: &str, needed: &str) -> String {
    match (found, needed) {
        ("text", "a number") => {
            "numbers are written 1234.5, without separators, signs of money or words: clean the column, or name another one".to_owned()
        }
        ("a condition", "a number") => "to count the rows that fulfil it, write `count(… where …)`".to_owned(),
        (_, "a condition") => "write a comparison, such as `region = \"UCAN\"`".to_owned(),
        _ => format!("name a column that holds {needed}"),
    }
}

/// What to do about two sides that can't be compared.
pub fn compare_help(left: &str, right: &str, example: &Example) -> String {
    match (left, right) {
        // A cell is why the column is text.
        ("a number", "text") | ("text", "a number") if example.is_some() => type_help("text", "a number"),
        ("a number", "text") | ("text", "a number") => {
            "write numbers without quotes and texts between double quotes, as the column holds them".to_owned()
        }
        ("a time", "text") | ("text", "a time") => {
            "dates are written without quotes, as 2021-03-31, and the column's cells must be such dates".to_owned()
        }
        _ => "compare numbers with numbers, text with text, dates with dates".to_owned(),
    }
}
