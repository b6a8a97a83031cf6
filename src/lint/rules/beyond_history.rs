//! A301: a goal that asks for more than its metric ever brought in as long a time.

use crate::diagnostic::Level;
use crate::eval::history::By;
use crate::lint::precedent::{self, Answer, Precedent};
use crate::lint::{Correction, Finding, Found, GoalView, Look, Mark, Observed, Rule};
use crate::model::plan::{Over, Quantifier, TargetKind};
use crate::quantity::{self, Digits, Unit};

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
    match &goal.goal.quantifier {
        Some((quantifier, Over::Dimension(_))) => each(observed, goal, *quantifier, found),
        _ => {
            let Some(precedent) = precedent::precedent(observed, goal) else { return };
            let Some(answer) = never(&precedent).filter(|_| !likely(observed, goal)) else { return };
            let message = message(observed, &precedent, answer);
            say(&precedent, answer, message, "", found);
        }
    }
}

/// True where the goal is about to do it all the same.
fn likely(observed: &Observed<'_, '_>, goal: &GoalView<'_>) -> bool {
    let chance = observed.verdict(goal).and_then(|v| v.projection.as_ref()?.chance);
    chance.is_some_and(|chance| chance >= 0.5)
}

/// What was never done, compared in the plainest way; the other ways agree.
fn never<'p>(precedent: &'p Precedent<'_>) -> Option<&'p Answer> {
    precedent.answers.first().filter(|_| precedent.answers.iter().all(|a| a.record.as_good == 0))
}

/// A goal for each value of a dimension: where more values never did it than may miss it.
fn each(observed: &Observed<'_, '_>, goal: &GoalView<'_>, quantifier: Quantifier, found: &mut Found) {
    let all = observed.measured_each(goal);
    let asked: Vec<(&str, Precedent<'_>)> =
        all.iter().filter_map(|(key, m)| Some((*key, precedent::of_measured(observed, goal, m)?))).collect();
    let beyond: Vec<(&str, &Precedent<'_>, &Answer)> =
        asked.iter().filter_map(|(key, p)| Some((*key, p, never(p)?))).collect();
    let left = (all.len() - beyond.len()) as f64;
    let enough = match quantifier {
        Quantifier::Each => beyond.is_empty(),
        Quantifier::Share(share) => quantity::at_least(left, share * all.len() as f64),
        Quantifier::AtMost(_) => true,
    };
    let Some((key, precedent, answer)) = beyond.first().filter(|_| !enough) else { return };
    let best = |p: &Precedent<'_>, a: &Answer| p.shown(a.by, a.record.best_brought, a.wanted);
    let others: Vec<String> =
        beyond.iter().skip(1).take(LISTED).map(|(key, p, a)| format!("{key} (best {})", best(p, a))).collect();
    let more = beyond.len().saturating_sub(1 + LISTED);
    let more = if more == 0 { String::new() } else { format!(" and {more} more") };
    let others =
        if others.is_empty() { String::new() } else { format!(" Nor was it for {}{more}.", others.join(", ")) };
    let message = format!("{key}: {}", message(observed, precedent, answer));
    say(precedent, answer, message, &others, found);
}

/// How many further values are named.
const LISTED: usize = 4;

fn message(observed: &Observed<'_, '_>, precedent: &Precedent<'_>, answer: &Answer) -> String {
    let record = &answer.record;
    let best = precedent.shown(answer.by, record.best_brought, answer.wanted);
    let when = precedent::name(observed, &record.best.judged);
    let came = match answer.by {
        By::Value => format!("came to {best} ({when})"),
        _ => format!("brought {best} (to {when})"),
    };
    format!(
        "{} {}: of {} such windows none was as good; the best {came}",
        asks(precedent, answer),
        precedent.stretch(answer.by),
        record.windows,
    )
}

fn say(precedent: &Precedent<'_>, answer: &Answer, message: String, others: &str, found: &mut Found) {
    let because = beyond(precedent, answer) + others;
    let finding = Finding::new(message, precedent.target.at, "never done before");
    found.say(finding.because(because).help(help(precedent, answer)));
}

/// The target as written, and the change that it takes where it names a value.
fn asks(precedent: &Precedent<'_>, answer: &Answer) -> String {
    let text = &precedent.target.text;
    let names_value =
        matches!(precedent.target.kind, TargetKind::To(_) | TargetKind::FromTo(..) | TargetKind::Bound(..));
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
    let unit = if answer.by == By::Relative { &Unit::Percent } else { &precedent.unit };
    let digits = Digits::of(unit, &[wanted, best]);
    let apart = digits.amount((digits.rounded(wanted) - digits.rounded(best)).abs());
    if answer.by == By::Value {
        let more = if precedent.up { "more" } else { "less" };
        let share = match best {
            b if b > 0.0 && wanted >= 3.0 * b => format!(", {} times as much", round_times(wanted / b)),
            b if b > 0.0 => format!(" ({})", quantity::change((wanted - b) / b, None)),
            _ => String::new(),
        };
        return format!("The goal asks for {apart} {more} than the best one came to{share}.");
    }
    if turned(precedent, answer) {
        let way = if precedent.up { "rose" } else { "fell" };
        return format!("In none of these windows it {way} at all.");
    }
    let times = wanted / best;
    let times = match times >= 1.5 {
        true => format!(", {} times as much", round_times(times)),
        false => String::new(),
    };
    let there = precedent.baseline.map_or(String::new(), |from| {
        let (best, goal) = (precedent.from_here(answer.by, from, best), precedent.from_here(answer.by, from, wanted));
        let digits = Digits::of(&precedent.unit, &[best, goal]);
        format!(" The best once more would lead to {}; the goal is {}.", digits.show(best), digits.show(goal))
    });
    format!("The goal asks for {apart} more than the best one brought{times}.{there}")
}

/// How many times, with two digits.
pub fn round_times(times: f64) -> String {
    let places = 1.0 - times.abs().log10().floor();
    quantity::show(quantity::numbers::round(times, places), &Unit::Plain)
}

/// True where the best window went the other way, or not at all.
fn turned(precedent: &Precedent<'_>, answer: &Answer) -> bool {
    let best = answer.record.best_brought;
    answer.by != By::Value && if precedent.up { best <= 0.0 } else { best >= 0.0 }
}

fn help(precedent: &Precedent<'_>, answer: &Answer) -> String {
    let reason = "say above the goal what will be different: # milepost: allow(A301) because …";
    match turned(precedent, answer) {
        true => reason.to_owned(),
        false => {
            let done = precedent.target_text(answer.by, answer.record.best_brought);
            format!("ask for what was done before, {done}, or {reason}")
        }
    }
}
