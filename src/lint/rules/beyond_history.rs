//! A301: a goal that asks for more than its metric ever brought in as long a time.

use crate::diagnostic::Level;
use crate::eval::history::By;
use crate::lint::precedent::{self, Answer, Precedent};
use crate::lint::{Correction, Finding, Found, GoalView, Look, Mark, Observed, Rule};
use crate::model::plan::TargetKind;
use crate::quantity::Digits;

pub static RULE: Rule = Rule {
    code: "A301",
    name: "beyond-history",
    level: Level::Warning,
    mark: Mark::Doubtful,
    since: "0.1",
    correction: Correction::None,
    look: Look::GoalData(look),
    page: include_str!("beyond_history.md"),
};

fn look(observed: &Observed<'_, '_>, goal: &GoalView<'_>, found: &mut Found) {
    let Some(precedent) = precedent::precedent(observed, goal) else { return };
    if precedent.answers.iter().any(|a| a.record.as_good > 0) {
        return;
    }
    // What is said is the plainest way of comparing; the others agree.
    let Some(answer) = precedent.answers.first() else { return };
    let record = &answer.record;
    let best = precedent.shown(answer.by, record.best_brought, answer.wanted);
    let when = precedent::name(observed, &record.best.judged);
    let came = match answer.by {
        By::Value => format!("came to {best} ({when})"),
        _ => format!("brought {best} (to {when})"),
    };
    let message = format!(
        "{} {}: of {} such windows none was as good; the best {came}",
        asks(&precedent, answer),
        precedent.stretch(answer.by),
        record.windows,
    );
    found.say(
        Finding::new(message, precedent.target.at, "never done before")
            .because(beyond(&precedent, answer))
            .help(help(&precedent, answer)),
    );
}

/// The target as written, and the change that it takes where it names a value.
fn asks(precedent: &Precedent<'_>, answer: &Answer) -> String {
    let text = &precedent.target.text;
    let names_value = matches!(precedent.target.kind, TargetKind::To(_) | TargetKind::FromTo(..) | TargetKind::Bound(..));
    match answer.by {
        By::Relative | By::Difference if names_value => {
            format!("{text} is {}", precedent.shown(answer.by, answer.wanted, answer.record.best_brought))
        }
        _ => text.clone(),
    }
}

/// How far the goal lies beyond the best, and where the best would lead from here.
fn beyond(precedent: &Precedent<'_>, answer: &Answer) -> String {
    let (wanted, best) = (answer.wanted, answer.record.best_brought);
    let (more, less) = if precedent.up { ("more", "rose") } else { ("less", "fell") };
    let unit = &precedent.unit;
    let turned = if precedent.up { best <= 0.0 } else { best >= 0.0 };
    if answer.by == By::Value {
        let digits = Digits::of(unit, &[wanted, best]);
        let share = if best == 0.0 { String::new() } else { format!(", {} {more}", percent((wanted - best) / best)) };
        return format!("The goal asks for {} {more} than the best one{share}.", digits.amount(gap(&digits, wanted, best)));
    }
    if turned {
        return format!("In none of these windows it {less} at all.");
    }
    let times = wanted / best;
    let apart = match answer.by {
        By::Relative => {
            let (of, one) = (crate::quantity::Unit::Percent, Digits::of(&crate::quantity::Unit::Percent, &[wanted, best]));
            let shown = Digits::of(&of, &[one.rounded(wanted), one.rounded(best)]);
            shown.amount(gap(&shown, wanted, best))
        }
        _ => {
            let digits = Digits::of(unit, &[wanted, best]);
            digits.amount(gap(&digits, wanted, best))
        }
    };
    let times = if times >= 1.5 { format!(", {} times as much", crate::quantity::show(round1(times), &PLAIN)) } else { String::new() };
    let there = precedent.baseline.map_or(String::new(), |from| {
        let reach = |x| precedent.from_here(answer.by, from, x);
        let digits = Digits::of(unit, &[reach(wanted), reach(best)]);
        format!(" As good as the best ever leads to {}, the goal is {}.", digits.show(reach(best)), digits.show(reach(wanted)))
    });
    format!("The goal asks for {apart} more than the best one brought{times}.{there}")
}

const PLAIN: crate::quantity::Unit = crate::quantity::Unit::Plain;

fn round1(x: f64) -> f64 {
    crate::quantity::numbers::round(x, 1.0)
}

/// How far two numbers are from one another, as they are shown.
fn gap(digits: &Digits, a: f64, b: f64) -> f64 {
    (digits.rounded(a) - digits.rounded(b)).abs()
}

fn percent(x: f64) -> String {
    crate::quantity::share(x.abs(), &[])
}

fn help(precedent: &Precedent<'_>, answer: &Answer) -> String {
    let best = answer.record.best_brought;
    let turned = answer.by != By::Value && if precedent.up { best <= 0.0 } else { best >= 0.0 };
    let reason = "say what will be different: # milepost: allow(A301) because …";
    match turned {
        true => reason.to_owned(),
        false => format!("ask for what was done before: {}; or {reason}", precedent.target_text(answer.by, best)),
    }
}
