//! M211: events that end before a deadline that is past, so that its verdict waits.

use crate::calendar::{self, Window};
use crate::diagnostic::Level;
use crate::eval::verdict::Status;
use crate::lint::span::{count, needed};
use crate::lint::{Correction, Finding, Found, GoalView, Look, Mark, Observed, Rule, on_table};
use super::stale_data;
use crate::eval::timeline::Timeline;
use jiff::civil::{Date, DateTime};

pub static RULE: Rule = Rule {
    code: "M211",
    name: "ends-early",
    level: Level::Warning,
    mark: Mark::Doubtful,
    since: "0.1",
    correction: Correction::Unsafe,
    look: Look::PlanData(look),
    page: include_str!("ends_early.md"),
};

/// Where rows come steadily, half of the days with rows follow one another within so many days.
const DENSE: f64 = 2.0;

fn look(observed: &Observed<'_, '_>, found: &mut Found) {
    let as_of = observed.world.as_of;
    if as_of == DateTime::MAX {
        return;
    }
    for (table, timeline) in observed.world.timelines.iter().enumerate() {
        let events = timeline.timed && timeline.every.is_none() && !timeline.sparse;
        let Some(newest) = timeline.newest.filter(|_| events) else { continue };
        // Where rows came one after the other, the export stopped: that is told as such, or is soon to end.
        if stale_data::silence(observed, timeline).is_some() || still_coming(timeline, as_of) {
            continue;
        }
        let waits = |goal: &&GoalView<'_>| {
            let Some(window) = needed(observed, goal) else { return false };
            // What begins before the first row has no number, whatever comes later.
            let begun = timeline.first.is_some_and(|first| first <= window.start) && newest >= window.start;
            let past = begun && timeline.known < window.end && window.end <= as_of;
            past && observed.context.tables_of(goal).contains(&table)
                && observed.readable(goal)
                && observed.verdict(goal).is_some_and(|v| waiting(v.status))
        };
        let waiting: Vec<&GoalView<'_>> = observed.context.goals.iter().filter(waits).collect();
        let Some(first) = waiting.first() else { continue };
        let ends = waiting.iter().filter_map(|g| needed(observed, g)).map(|w: Window| w.end).min().unwrap_or(as_of);
        let silent = calendar::days_between(timeline.known, ends).ceil() as usize;
        let at = on_table::name_place(observed.context, table).unwrap_or_else(|| first.subject_place());
        let whose = match waiting.len() {
            1 => format!("the deadline of {}, which is past", first.goal.name),
            n => format!("the deadlines of {n} goals, which are past"),
        };
        let finding = Finding::new(format!("{} ends before {whose}", timeline.table), at, "")
            .because(format!(
                "No row since {}, {} before {}: rows may be missing, so the verdict waits for one, for ever if none comes.",
                newest.date(),
                count(silent, "day"),
                calendar::day_before_edge(ends)
            ))
            .help("if silence means that there was none, write `sparse` on the table; else bring its newer rows");
        let finding = waiting.iter().fold(finding, |f, g| f.concerns(g.number));
        found.say(match on_table::with_clause(observed.context, table, "sparse") {
            Some(edit) => finding.fix("write `sparse` on the table", [edit]),
            None => finding,
        });
    }
}

/// True where a table has rows on most days and its silence is no longer than others before it.
fn still_coming(timeline: &Timeline, as_of: DateTime) -> bool {
    let Some(times) = &timeline.times else { return false };
    let mut days: Vec<Date> = times.iter().map(|t| t.date()).collect();
    days.dedup();
    let mut gaps: Vec<f64> = days.windows(2).map(|d| calendar::days_between(d[0].into(), d[1].into())).collect();
    gaps.sort_by(f64::total_cmp);
    let (Some(middle), Some(longest)) = (gaps.get(gaps.len() / 2), gaps.last()) else { return false };
    *middle <= DENSE && calendar::days_between(timeline.known, as_of) <= *longest
}

/// True where later rows may still decide.
fn waiting(status: Status) -> bool {
    !matches!(status, Status::Met | Status::MetLate | Status::Missed | Status::NotStarted)
}
