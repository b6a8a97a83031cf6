//! M205: what a goal leaves to be read, spelled out.

use crate::diagnostic::Level;
use crate::lint::readings::{Reading, implied};
use crate::lint::{Context, Correction, Finding, Found, GoalView, Look, Mark, Observed, Rule, times};
use crate::source::{Loc, Span};

pub static RULE: Rule = Rule {
    code: "M205",
    name: "which-reading",
    level: Level::Hint,
    mark: Mark::Kept,
    since: "0.1",
    correction: Correction::Unsafe,
    look: Look::GoalEither(look),
    page: include_str!("which_reading.md"),
};

fn look(context: &Context<'_>, observed: Option<&Observed<'_, '_>>, goal: &GoalView<'_>, found: &mut Found) {
    let readings = implied(context, observed, goal);
    if readings.is_empty() {
        return;
    }
    let Some(at) = times::place(goal) else { return };
    let names: Vec<&str> = readings.iter().map(|r| r.name).collect();
    let said: Vec<&str> = readings.iter().map(|r| r.said.as_str()).collect();
    let mut finding = Finding::new(format!("this goal doesn't write down its {}", names.join(" and its ")), at, "")
        .because(said.join(" "));
    let all = clauses(&readings, |_| true);
    if all.is_empty() {
        finding = finding.help("write over which time it recurs: every month in 2021");
    } else {
        finding = finding.help(format!("if that is meant, spell it out: {all}"));
    }
    let same = clauses(&readings, |r| r.same);
    if !same.is_empty() {
        let end = Loc { file: at.file, span: Span { start: at.span.end, end: at.span.end } };
        finding = finding.fix(format!("write {same}"), [(end, format!(" {same}"))]);
    }
    found.say(finding);
}

/// The clauses of some readings, as they are written.
fn clauses(readings: &[Reading], wanted: impl Fn(&Reading) -> bool) -> String {
    let all = readings.iter().filter(|r| wanted(r)).filter_map(|r| r.write.as_deref());
    all.collect::<Vec<_>>().join(" ")
}
