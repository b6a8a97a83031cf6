//! A303: a goal that was reached before it began.

use crate::diagnostic::Level;
use crate::eval::frame::Mode;
use crate::lint::observed::Measured;
use crate::lint::{Correction, Finding, Found, GoalView, Look, Mark, Observed, Rule};
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
        Some(window) => format!(" at {}", crate::calendar::day_before_edge(window.end)),
        None => String::new(),
    };
    found.say(
        Finding::new("this goal is met before it begins", measured.target.at, "reached already")
            .because(format!("{} was {}{at}.", goal.subject_text(), shown(value)))
            .help("ask for more than there is; or, to keep what there is, judge each period: every month in 2021"),
    );
}

/// True for a bound that is there to be kept, not reached: over a window, or a limit on what is counted.
fn is_kept(measured: &Measured<'_>) -> bool {
    let TargetKind::Bound(comparison, _) = &measured.target.kind else { return false };
    let limit = matches!(comparison, Comparison::AtMost | Comparison::Below);
    matches!(measured.frame.mode, Mode::Once(_)) || (limit && measured.subject.kind == Kind::Flow)
}
