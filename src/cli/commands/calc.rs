//! `milepost calc`: formulas without a plan, one result a line.

use crate::cli::Session;
use crate::cli::arguments::Calc;
use crate::cli::exit::{CommandError, Exit};
use crate::cli::phrase::{self, ANSWER};
use crate::diagnostic::render;
use crate::eval::series::constant;
use crate::eval::value::Value;
use crate::quantity::{Unit, show_exact};
use std::io::BufRead;

/// Works out each formula; a bad one says so, and the others go on.
pub fn run(arguments: &Calc, session: &Session) -> Result<Exit, CommandError> {
    let mut exit = Exit::Clean;
    let mut answer = |text: &str| -> Result<(), CommandError> {
        match work_out(text, session) {
            Some(result) => session.terminal.print(&format!("{result}\n")),
            None => {
                exit = Exit::Plan;
                Ok(())
            }
        }
    };
    for expression in &arguments.expressions {
        if expression != "-" {
            answer(expression)?;
            continue;
        }
        for line in std::io::stdin().lock().split(b'\n') {
            let line = line.map_err(|e| CommandError::Unreadable { path: "-".to_owned(), reason: e.to_string() })?;
            let line = String::from_utf8_lossy(&line);
            if !line.trim().is_empty() {
                answer(&line)?;
            }
        }
    }
    Ok(exit)
}

/// The result as text; `None` where the formula can't be read, which is told.
fn work_out(text: &str, session: &Session) -> Option<String> {
    let formula = phrase::formula(text);
    let (Some(cell), true) = (formula.plan.lets.get(ANSWER), formula.found.is_empty()) else {
        let drawn: Vec<String> =
            formula.found.iter().map(|d| render::one(d, &formula.sources, session.terminal.drawing())).collect();
        session.terminal.report(&drawn.concat());
        return None;
    };
    let result = constant(&formula.plan, &cell.value);
    Some(written(&result.value, &cell.value.gives.unit()))
}

/// A value with its unit, at full precision.
fn written(value: &Value, unit: &Unit) -> String {
    match value {
        Value::Number(x) => show_exact(*x, unit),
        Value::Text(text) => render::clean(text),
        Value::Truth(truth) => truth.to_string(),
        Value::Missing(why) => format!("n/a: {why}"),
        Value::Error(kind, place) => format!("{} in {place}", kind.name()),
        Value::Time(at) if at.time() == jiff::civil::Time::midnight() => at.date().to_string(),
        Value::Time(at) => at.to_string(),
    }
}
