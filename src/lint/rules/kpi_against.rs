//! R404: an indicator that got worse where the goal got better.

use crate::calendar::{self, CalendarSpan, SpanUnit, Window};
use crate::diagnostic::Level;
use crate::eval::along;
use crate::eval::functions::statistics::correl;
use crate::eval::subject::Subject;
use crate::lint::{Correction, Finding, Found, GoalView, Look, Mark, Observed, Rule};
use crate::model::plan::{Comparison, Direction, Kind, Target, TargetKind};
use crate::quantity::numbers;
use statrs::distribution::{ContinuousCDF, StudentsT};

pub static RULE: Rule = Rule {
    code: "R404",
    name: "kpi-against",
    level: Level::Warning,
    mark: Mark::Doubtful,
    since: "0.1",
    correction: Correction::None,
    look: Look::GoalData(look),
    page: include_str!("kpi_against.md"),
};

/// With fewer changes nothing is said.
const FEW: usize = 8;
/// In so many of the changes the two have to go apart: else it is one or two great ones that make the correlation.
const MOST: f64 = 0.6;
/// How often chance alone may go so far, on both sides together.
const ERROR: f64 = 0.05;

fn look(observed: &Observed<'_, '_>, goal: &GoalView<'_>, found: &mut Found) {
    if goal.goal.kpis.is_empty() || along::campaign_filter(observed.world, goal.goal).is_some() {
        return;
    }
    let Some(subject) = observed.subject(goal) else { return };
    let wanted = goal.targets().iter().find_map(|t| direction(t, subject.direction));
    for kpi in &goal.goal.kpis {
        let beside = along::beside(observed.world, goal.goal, kpi);
        let Some((step, windows)) = periods(observed, &subject, &beside) else { continue };
        // All are read, also where the goal's direction isn't known: what is asked for doesn't depend on what was read.
        let goals = better(changes(observed, &subject, &windows), wanted.unwrap_or(Direction::Higher));
        let own = beside.direction.or(kpi.target.as_ref().and_then(|t| direction(t, None)));
        let kpis = better(changes(observed, &beside, &windows), own.unwrap_or(Direction::Higher));
        let Some(against) = against(&goals, &kpis).filter(|_| wanted.is_some()) else { continue };
        let (name, of) = (&kpi.text, goal.subject_text());
        let n = against.changes;
        let shown = |x: f64| format!("{:.2}", numbers::round(x, 2.0));
        let unit = if step.count == 1 { format!("{}s", step.unit.name()) } else { format!("times {step}") };
        found.say(
            Finding::new(
                format!(
                    "{name} did worse where this goal did better: correlation {} over {n} {unit}",
                    shown(against.r)
                ),
                kpi.at,
                "moved against the goal",
            )
            .because(format!(
                "In {} of {n} {unit} one of {name} and {of} did better than its average, and the other worse. Chance \
                 alone brings {} or less in one of 40 cases.",
                against.opposite,
                shown(-against.critical)
            ))
            .help(format!(
                "ask whether {name} drives {of} at all. If it is the price of it, guard it instead of measuring it: \
                 guardrail {name} {} …",
                if own == Some(Direction::Lower) { "<=" } else { ">=" }
            )),
        );
    }
}

/// Which way a target wants its subject to go, where it wants one.
fn direction(target: &Target, own: Option<Direction>) -> Option<Direction> {
    let up = match &target.kind {
        TargetKind::Relative(x) | TargetKind::Absolute(x) => *x > 0.0,
        TargetKind::Multiple(x) => *x > 1.0,
        TargetKind::Up => true,
        TargetKind::Down => false,
        TargetKind::Bound(Comparison::AtLeast | Comparison::Above, _) => true,
        TargetKind::Bound(Comparison::AtMost | Comparison::Below, _) | TargetKind::Top(_) => false,
        TargetKind::To(_) | TargetKind::FromTo(..) => return own,
        TargetKind::Bound(Comparison::Equal, _) | TargetKind::Between(..) | TargetKind::Near(..) => return None,
    };
    Some(if up { Direction::Higher } else { Direction::Lower })
}

/// The whole periods for which both have data: the longer step of their tables; of events and days months, where there
/// are enough of them, else weeks. `None` where there are too few.
fn periods(observed: &Observed<'_, '_>, a: &Subject<'_>, b: &Subject<'_>) -> Option<(CalendarSpan, Vec<Window>)> {
    let usable = |s: &Subject<'_>| s.timed && !s.fixed;
    if !usable(a) || !usable(b) {
        return None;
    }
    let (first, known) = (a.first?.max(b.first?), a.known.min(b.known));
    let whole = |span: CalendarSpan, rules: &calendar::CalendarRules| {
        let common = Window::new(first, known.max(first));
        let all = calendar::grid_steps(common, span, rules).into_iter().filter(|w| common.holds(w));
        let windows: Vec<Window> = all.collect();
        (windows.len() > FEW).then_some((span, windows))
    };
    let steps = [a, b].into_iter().filter_map(|s| Some((s.every?, s.rules)));
    let longest = steps.max_by(|a, b| a.0.approximate_days().total_cmp(&b.0.approximate_days()));
    match longest.filter(|(every, _)| *every != CalendarSpan::DAY) {
        Some((every, rules)) => whole(every, &rules),
        None => {
            let rules = observed.context.plan.facts.rules;
            [SpanUnit::Month, SpanUnit::Week].into_iter().find_map(|unit| whole(CalendarSpan::new(1, unit), &rules))
        }
    }
}

/// By how much a metric changed from each period to the next, where both are known.
fn changes<'a>(observed: &Observed<'_, 'a>, subject: &Subject<'a>, windows: &[Window]) -> Vec<Option<f64>> {
    let values: Vec<Option<f64>> = match subject.kind {
        Kind::Stock => windows.iter().map(|w| along::over(observed.world, subject, *w).number()).collect(),
        _ => subject.numbers(observed.world, windows),
    };
    values.windows(2).map(|pair| Some(pair[1]? - pair[0]?)).collect()
}

/// The same as how much better it got.
fn better(changes: Vec<Option<f64>>, direction: Direction) -> Vec<Option<f64>> {
    let sign = if direction == Direction::Lower { -1.0 } else { 1.0 };
    changes.into_iter().map(|c| c.map(|x| x * sign)).collect()
}

/// How two metrics went against one another.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Against {
    /// Pearson's correlation of their changes.
    r: f64,
    /// How far chance alone would rarely go.
    critical: f64,
    /// How many changes of both are known.
    changes: usize,
    /// In how many of them one did better than its mean and the other worse.
    opposite: usize,
}

/// `None` where there are too few changes, or where what they have against one another may be chance.
fn against(a: &[Option<f64>], b: &[Option<f64>]) -> Option<Against> {
    let both = a.iter().zip(b).filter_map(|(a, b)| Some(((*a)?, (*b)?)));
    let (a, b): (Vec<f64>, Vec<f64>) = both.unzip();
    if a.len() < FEW {
        return None;
    }
    let r = correl(&a, &b).ok()?;
    let critical = critical(independent(&a, &b)?)?;
    let mean = |x: &[f64]| x.iter().sum::<f64>() / x.len() as f64;
    let (mean_a, mean_b) = (mean(&a), mean(&b));
    let opposite = a.iter().zip(&b).filter(|(a, b)| (*a - mean_a) * (*b - mean_b) < 0.0).count();
    let most = opposite as f64 >= MOST * a.len() as f64;
    (r <= -critical && most).then_some(Against { r, critical, changes: a.len(), opposite })
}

/// How many of the changes count as independent: n·(1 − ab) / (1 + ab), a and b being how the changes of either go with
/// their own next ones (Bartlett, Some Aspects of the Time-Correlation Problem, 1935); never more than there are. A metric
/// that goes up and down about a level has changes that follow from one another.
fn independent(a: &[f64], b: &[f64]) -> Option<f64> {
    let next = |x: &[f64]| correl(x.get(1..)?, x.get(..x.len() - 1)?).ok();
    let both = next(a).unwrap_or(0.0) * next(b).unwrap_or(0.0);
    let n = a.len() as f64;
    let left = n * (1.0 - both) / (1.0 + both);
    Some(left.min(n)).filter(|left| *left > 3.0)
}

/// The size of a correlation of `n` pairs that chance alone exceeds in [`ERROR`] of all cases: t / √(n − 2 + t²), where
/// t is the quantile of Student's distribution with n − 2 degrees of freedom (Kendall & Stuart, The Advanced Theory of
/// Statistics, volume 2, section 26.23).
fn critical(n: f64) -> Option<f64> {
    let freedom = n - 2.0;
    let t = StudentsT::new(0.0, 1.0, freedom).ok()?.inverse_cdf(1.0 - ERROR / 2.0);
    Some(t / (freedom + t * t).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The table that textbooks print: critical values of Pearson's r, 0.05 two-tailed.
    #[test]
    fn critical_values_are_those_of_the_printed_table() {
        for (n, printed) in [(8.0, 0.707), (10.0, 0.632), (12.0, 0.576), (20.0, 0.444), (30.0, 0.361)] {
            let found = critical(n).unwrap_or(0.0);
            assert!((found - printed).abs() < 0.0006, "{n}: {found} instead of {printed}");
        }
    }
}
