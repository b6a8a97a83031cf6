//! A303: a goal that was reached before it began.

use crate::calendar::{CalendarSpan, day_before_edge};
use crate::diagnostic::Level;
use crate::eval::frame::Mode;
use crate::eval::subject::MONTH;
use crate::lint::observed::Measured;
use crate::lint::{Correction, Finding, Found, GoalView, Look, Mark, Observed, Rule, times};
use crate::model::plan::{Comparison, Kind, TargetKind};
use crate::quantity::show;

pub static RULE: Rule = Rule {
    code: "A303",
    name: "already-met",
    level: Level::Warning,
    mark: Mark::Doubtful,
    since: "0.1",
    correction: Correction::None,
    look: Look::GoalData(look),
    page: include_str!("already_met.md"),
};

fn look(observed: &Observed<'_, '_>, goal: &GoalView<'_>, found: &mut Found) {
    let Some(measured) = observed.measured(goal) else { return };
    let (Some(baseline), Some(aim)) = (&measured.judged.baseline, measured.judged.aim) else { return };
    let Some(value) = baseline.datum.number() else { return };
    // What is counted from nothing has no baseline to be met at.
    if measured.frame.mode == Mode::Total || !aim.wanted.kept(value) || is_kept(&measured) {
        return;
    }
    let unit = measured.subject.formula.gives.unit();
    let shown = |x: f64| show(x, &unit);
    let at = match baseline.window {
        Some(window) => format!(" at {}", day_before_edge(window.end)),
        None => String::new(),
    };
    found.say(
        Finding::new("this goal is met before it begins", measured.target.at, "reached already")
            .because(format!("{} was {}{at}.", goal.subject_text(), shown(value)))
            .help(format!("ask for more than there is; or, to keep what there is, judge each period{}", each(observed, goal))),
    );
}

/// `: every quarter in 2021`, by the step of the data and the year of the deadline.
fn each(observed: &Observed<'_, '_>, goal: &GoalView<'_>) -> String {
    let Some(end) = times::deadline(observed.context, goal) else { return String::new() };
    let tables = goal.subject().map(|f| observed.world.moving_tables(f)).unwrap_or_default();
    let steps = tables.into_iter().filter_map(|t| observed.world.timelines.get(t)?.every);
    let longest = steps.max_by(|a, b| a.approximate_days().total_cmp(&b.approximate_days()));
    let every = longest.filter(|e| *e != CalendarSpan::DAY).unwrap_or(MONTH);
    format!(": every {} in {}", times::written(every), day_before_edge(end).year())
}

/// True for a bound that is there to be kept, not reached: over a window, or a limit on what is counted.
fn is_kept(measured: &Measured<'_>) -> bool {
    let TargetKind::Bound(comparison, _) = &measured.target.kind else { return false };
    let limit = matches!(comparison, Comparison::AtMost | Comparison::Below);
    matches!(measured.frame.mode, Mode::Once(_)) || (limit && measured.subject.kind == Kind::Flow)
}
