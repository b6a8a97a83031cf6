//! `milepost explain`: the page of a code or of a function, as plain text.

use crate::cli::Session;
use crate::cli::arguments::Explain;
use crate::cli::exit::{CommandError, Exit};
use crate::cli::near::nearest;
use crate::diagnostic::codes::{CODES, find};
use crate::model::functions;
use crate::report;

/// Prints a page, or the list of all.
pub fn run(arguments: &Explain, session: &Session) -> Result<Exit, CommandError> {
    let text = match &arguments.what {
        None => CODES.iter().map(|c| format!("{}  {}\n", c.code, c.title())).collect(),
        Some(what) => match find(what) {
            Some(code) => plain(code.page),
            None => match functions::find(&what.to_lowercase()) {
                Some(f) => report::function(f, session.terminal.out_color),
                None => return Err(unknown(what)),
            },
        },
    };
    session.terminal.print(&text)?;
    Ok(Exit::Clean)
}

/// A letter and digits is a code that isn't there; all else is a goal's name.
fn unknown(what: &str) -> CommandError {
    let mut letters = what.chars();
    let is_code = letters.next().is_some_and(|c| c.is_ascii_alphabetic())
        && (1..=4).contains(&letters.as_str().len())
        && letters.all(|c| c.is_ascii_digit());
    match is_code {
        true => CommandError::NoCode {
            code: what.to_owned(),
            nearest: nearest(what, CODES.iter().map(|c| c.code)).map(str::to_owned),
        },
        false => CommandError::NotBuilt { what: "explain GOAL".to_owned() },
    }
}

/// A page without its Markdown: what is said of plans is indented, the wrong one and the right one named.
fn plain(page: &str) -> String {
    let mut out = String::new();
    let mut inside = false;
    for line in page.lines() {
        match line.strip_prefix("```") {
            Some(info) if !inside => {
                inside = true;
                match info.split_whitespace().last() {
                    Some("bad") => out.push_str("Not so:\n"),
                    Some("good") => out.push_str("But so:\n"),
                    _ => {}
                }
            }
            Some(_) => inside = false,
            None if inside => out.push_str(format!("    {line}").trim_end()),
            None => out.push_str(&line.trim_start_matches('#').trim_start().replace('`', "")),
        }
        if !line.starts_with("```") {
            out.push('\n');
        }
    }
    out
}
