//! M208: a table that ends long before the moment of judgement.

use crate::calendar::{self, CalendarRules, CalendarSpan, Window};
use crate::diagnostic::Level;
use crate::eval::frame::span_word;
use crate::eval::timeline::Timeline;
use crate::lint::span::{count, needed};
use crate::lint::{Correction, Finding, Found, GoalView, Look, Mark, Observed, Rule, on_table};
use jiff::civil::{Date, DateTime};

pub static RULE: Rule = Rule {
    code: "M208",
    name: "stale-data",
    level: Level::Warning,
    mark: Mark::Doubtful,
    since: "0.1",
    correction: Correction::None,
    look: Look::PlanData(look),
    page: include_str!("stale_data.md"),
};

/// So many steps may be missing: numbers take their time to arrive.
const LATE_STEPS: usize = 2;
/// Silence of events is strange when it is so many times as long as any before it.
const LONGER: f64 = 3.0;
/// Fewer days with a row don't tell how long silences are.
const MIN_DAYS: usize = 10;

fn look(observed: &Observed<'_, '_>, found: &mut Found) {
    // Without any time in the data there is no moment either.
    if observed.world.as_of == DateTime::MAX {
        return;
    }
    let goals: Vec<(&GoalView<'_>, Window)> =
        observed.context.goals.iter().filter_map(|g| Some((g, needed(observed, g)?))).collect();
    for (table, timeline) in observed.world.timelines.iter().enumerate() {
        let Some((end, reason)) = silence(observed, timeline) else { continue };
        // What was judged before the silence isn't touched by it.
        let touched: Vec<&GoalView<'_>> = goals
            .iter()
            .filter(|(_, w)| w.end > end && w.start < observed.world.as_of)
            .filter(|(g, _)| observed.context.tables_of(g).contains(&table))
            .map(|(g, _)| *g)
            .collect();
        let Some(first) = touched.first() else { continue };
        let at = on_table::name_place(observed.context, table).unwrap_or_else(|| first.subject_place());
        let to = calendar::day_before_edge(end);
        let message = format!("the data of {} ends long before it is judged", timeline.table);
        let finding = Finding::new(message, at, format!("ends on {to}")).because(reason).help(format!(
            "bring its newer rows; until then {} at what was known on {to}",
            if touched.len() == 1 { format!("{} stands still", first.goal.name) } else { "its goals stand still".into() }
        ));
        found.say(touched.iter().fold(finding, |f, g| f.concerns(g.number)));
    }
}

/// Up to where a table goes, and why that is too early.
pub(super) fn silence(observed: &Observed<'_, '_>, timeline: &Timeline) -> Option<(DateTime, String)> {
    let newest = timeline.newest.filter(|_| timeline.timed && !timeline.sparse)?;
    let as_of = observed.world.as_of;
    let judged = calendar::day_before_edge(as_of);
    match timeline.every {
        Some(every) => {
            let (end, missing) = steps_after(newest, every, &timeline.rules, as_of, lag(observed, timeline))?;
            let word = span_word(every);
            let reason = format!(
                "Its newest reading is of {}; by {judged} {} are missing.",
                calendar::step_name(&calendar::step_holding(newest, every, &timeline.rules)?, &timeline.rules),
                count(missing, &word),
            );
            (missing > LATE_STEPS).then_some((end, reason))
        }
        None => {
            let due = lag(observed, timeline).and_then(|l| l.back().shift_edge(as_of)).unwrap_or(as_of);
            let silent = calendar::days_between(newest.date().into(), due).floor() - 1.0;
            let longest = longest_gap(timeline.times.as_ref()?)?;
            let reason = format!(
                "Its newest row is of {}, {silent} days before {}; no gap between its days was longer than {}.",
                newest.date(),
                calendar::day_before_edge(due),
                count(longest as usize, "day"),
            );
            let end = DateTime::from(calendar::next_day(newest.date()));
            (silent > LONGER * longest && silent >= 7.0).then_some((end, reason))
        }
    }
}

/// What the table's statement grants for rows to arrive.
fn lag(observed: &Observed<'_, '_>, timeline: &Timeline) -> Option<CalendarSpan> {
    observed.context.plan.tables.get(&timeline.table)?.lag
}

/// The end of the newest reading's step, and how many steps after it are over, `lag` granted.
fn steps_after(
    newest: DateTime,
    every: CalendarSpan,
    rules: &CalendarRules,
    as_of: DateTime,
    lag: Option<CalendarSpan>,
) -> Option<(DateTime, usize)> {
    let end = calendar::step_holding(newest, every, rules)?.end;
    let due = lag.map_or(Some(as_of), |l| l.back().shift_edge(as_of))?.max(end);
    let steps = calendar::grid_steps(Window::new(end, due), every, rules);
    Some((end, steps.iter().filter(|s| s.end <= due).count()))
}

/// The longest time between two days with rows, in days; nothing where there are too few of them.
fn longest_gap(times: &[DateTime]) -> Option<f64> {
    let mut days: Vec<Date> = times.iter().map(|t| t.date()).collect();
    days.dedup();
    if days.len() < MIN_DAYS {
        return None;
    }
    days.windows(2).map(|d| calendar::days_between(d[0].into(), d[1].into())).max_by(f64::total_cmp)
}
