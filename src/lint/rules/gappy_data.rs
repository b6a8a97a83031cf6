//! M209: steps or days without a row inside of a table.

use crate::calendar::{self, CalendarSpan, Window};
use crate::diagnostic::Level;
use crate::eval::frame::span_word;
use crate::eval::timeline::Timeline;
use crate::lint::span::{count, named, needed};
use crate::lint::{Correction, Finding, Found, GoalView, Look, Mark, Observed, Rule, on_table};
use crate::model::plan::{Checkpoint, Kind, TableId, Timing};
use jiff::civil::Date;

pub static RULE: Rule = Rule {
    code: "M209",
    name: "gappy-data",
    level: Level::Warning,
    mark: Mark::Doubtful,
    since: "0.1",
    correction: Correction::None,
    look: Look::PlanData(look),
    page: include_str!("gappy_data.md"),
};

/// With fewer days, "daily" is a guess.
const MIN_DAYS: usize = 30;
/// Of a daily table's days this share has a row at the least.
const DAILY: f64 = 0.9;
/// With so many rows a day a day without any isn't chance.
const MANY: f64 = 8.0;

/// The holes of a table, in order, and what each is.
struct Holes {
    windows: Vec<Window>,
    step: CalendarSpan,
    word: String,
    /// What they do to a number.
    effect: &'static str,
}

fn look(observed: &Observed<'_, '_>, found: &mut Found) {
    for (table, timeline) in observed.world.timelines.iter().enumerate() {
        let Some(holes) = holes(timeline) else { continue };
        let goals = observed.context.goals.iter().filter(|g| observed.context.tables_of(g).contains(&table));
        let covered: Vec<(&GoalView<'_>, Vec<Window>)> = goals
            .filter(|g| observed.readable(g))
            .map(|g| (g, inside(observed, table, &holes.windows, &read(observed, g))))
            .filter(|(_, holes)| !holes.is_empty())
            .collect();
        let Some((first, _)) = covered.first() else { continue };
        let mut all: Vec<Window> = covered.iter().flat_map(|(_, holes)| holes.iter().copied()).collect();
        all.sort_unstable();
        all.dedup();
        let at = on_table::name_place(observed.context, table).unwrap_or_else(|| first.subject_place());
        let missing = named(&all, &timeline.rules);
        let of = whole(timeline, &holes);
        let message = format!(
            "{} has no row for {} that {} goal{} over",
            timeline.table,
            count(all.len(), &holes.word),
            if covered.len() == 1 { "a" } else { "its" },
            if covered.len() == 1 { " looks" } else { "s look" }
        );
        let verb = if all.len() == 1 { "is" } else { "are" };
        let finding = Finding::new(message, at, "")
            .because(format!("Of its {of} {missing} {verb} missing: {}.", holes.effect))
            .help(format!("bring the rows; or say why they count for nothing: exclude {} because \"…\"", example(&all, timeline)));
        found.say(covered.iter().fold(finding, |f, (g, _)| f.concerns(g.number)));
    }
}

/// `36 months`: all that the table could have.
fn whole(timeline: &Timeline, holes: &Holes) -> String {
    let Some(first) = timeline.first else { return String::new() };
    let steps = calendar::grid_steps(Window::new(first, timeline.known.max(first)), holes.step, &timeline.rules);
    count(steps.len(), &holes.word)
}

/// The first hole as a plan writes it, with those that follow on it.
fn example(holes: &[Window], timeline: &Timeline) -> String {
    let follows = |pair: &&[Window]| matches!(pair, [a, b] if a.end == b.start);
    let run = holes.windows(2).take_while(follows).count();
    let name = |hole: Option<&Window>| hole.map(|w| calendar::step_name(w, &timeline.rules)).unwrap_or_default();
    match run {
        0 => name(holes.first()),
        last => format!("{}..{}", name(holes.first()), name(holes.get(last))),
    }
}

/// The windows that a goal looks at with all that is in them. A level, or a ratio by a deadline, is compared with its
/// baseline, and what lies between them doesn't matter.
fn read(observed: &Observed<'_, '_>, goal: &GoalView<'_>) -> Vec<Window> {
    let Some(whole) = needed(observed, goal) else { return Vec::new() };
    let on_the_way = goal.goal.hold.is_some()
        || !goal.goal.guardrails.is_empty()
        || goal.goal.checkpoints.iter().any(|c| matches!(c, Checkpoint::Every(_)));
    let stock = observed.subject(goal).is_some_and(|s| s.kind == Kind::Stock);
    if on_the_way || !stock && matches!(goal.goal.timing, Timing::In { .. }) || recurs(goal) {
        return vec![whole];
    }
    let Some(measured) = observed.measured(goal) else { return Vec::new() };
    let baseline = measured.judged.baseline.as_ref().and_then(|b| b.window);
    baseline.into_iter().chain(measured.judged.current.1).collect()
}

fn recurs(goal: &GoalView<'_>) -> bool {
    matches!(goal.goal.timing, Timing::Every { .. })
}

/// The holes in windows that the plan doesn't leave out itself.
fn inside(observed: &Observed<'_, '_>, table: TableId, holes: &[Window], windows: &[Window]) -> Vec<Window> {
    let excluded = |w: &Window| observed.context.plan.excludes_of(table).any(|e| e.window.holds(w));
    let within = |w: &Window| windows.iter().any(|g| g.start < w.end && w.start < g.end);
    holes.iter().copied().filter(|w| within(w) && !excluded(w)).collect()
}

fn holes(timeline: &Timeline) -> Option<Holes> {
    if !timeline.timed || timeline.sparse {
        return None;
    }
    match (timeline.every, &timeline.steps) {
        (Some(every), Some(starts)) => {
            let whole = Window::new(*starts.first()?, *starts.last()?);
            let steps = calendar::grid_steps(whole, every, &timeline.rules);
            let windows: Vec<Window> =
                steps.iter().copied().filter(|s| starts.binary_search(&s.start).is_err()).collect();
            // Where most are missing, the step isn't what it was taken for.
            let holey = timeline.inferred && 2 * windows.len() > steps.len();
            let effect = "a total over them isn't known, and a level is missing there";
            (!windows.is_empty() && !holey).then(|| Holes { windows, step: every, word: span_word(every), effect })
        }
        _ => days(timeline),
    }
}

/// Days without a row in a table that has rows daily: one a day, or so many that none is no chance.
fn days(timeline: &Timeline) -> Option<Holes> {
    let mut days: Vec<Date> = timeline.times.as_ref()?.iter().map(|t| t.date()).collect();
    days.dedup();
    let (first, last) = (*days.first()?, *days.last()?);
    let all = calendar::grid_steps(Window::days(first, last), CalendarSpan::DAY, &timeline.rules);
    let each = timeline.rows as f64 / days.len() as f64;
    let daily = days.len() >= MIN_DAYS && days.len() as f64 >= DAILY * all.len() as f64;
    if !daily || each > 1.0 && each < MANY {
        return None;
    }
    let windows: Vec<Window> =
        all.into_iter().filter(|d| days.binary_search(&d.start.date()).is_err()).collect();
    let effect = "as the table holds events, they count as days on which nothing happened";
    (!windows.is_empty()).then(|| Holes { windows, step: CalendarSpan::DAY, word: "day".to_owned(), effect })
}
