//! T507: a title that speaks of another time than the goal.

use crate::calendar::{Window, day_before_edge, days_between, step_name};
use crate::diagnostic::Level;
use crate::lint::title_dates::{Lead, Mention, mentions};
use crate::lint::{Context, Correction, Finding, Found, GoalView, Look, Mark, Rule, times};
use crate::model::plan::Timing;
use crate::source::Span;

pub static RULE: Rule = Rule {
    code: "T507",
    name: "title-disagrees",
    level: Level::Warning,
    mark: Mark::Doubtful,
    since: "0.1",
    correction: Correction::None,
    look: Look::Goal(look),
    page: include_str!("title_disagrees.md"),
};

/// A goal that is due some days before the end of a month, or on the first of the next, is due at the end of it.
const FEW_DAYS: f64 = 10.0;

fn look(context: &Context<'_>, goal: &GoalView<'_>, found: &mut Found) {
    let Some(title) = &goal.tree.title else { return };
    let all = mentions(&title.node);
    if all.is_empty() || matches!(goal.goal.timing, Timing::Open) {
        return;
    }
    let (Some(end), Some(start)) = (times::deadline(context, goal), times::start(context, goal)) else { return };
    let window = Window::new(start.min(end), end);
    // A title may name the way as well as its end: one time that agrees is enough.
    if all.iter().any(|m| agrees(context, goal, m, window)) {
        return;
    }
    let (Some(mention), Some(at)) = (all.first(), times::place(goal)) else { return };
    let said = title.node.get(mention.range.clone()).unwrap_or("");
    let by = matches!(goal.goal.timing, Timing::By { .. } | Timing::Within { .. });
    let own = match by {
        true => day_before_edge(end).to_string(),
        false => step_name(&window, &context.plan.facts.rules),
    };
    let due = if by { "is due on" } else { "is judged over" };
    // With an escape in it, where a word stands isn't plain.
    let plain = title.span.len() == title.node.len() + 2;
    let start = title.span.start as usize + 1;
    let word = Span::new(start + mention.range.start, start + mention.range.end);
    let place = goal.place(if plain { word } else { title.span });
    found.say(
        Finding::new(format!("the title says {said}, and the goal {due} {own}"), place, "")
            .and(at, "")
            .because("People go by the title, and the verdict by the clause.")
            .help(match as_clause(context, goal, mention, window) {
                Some(clause) => format!("if the title is right, write {clause}; else let it say {own}"),
                None => format!("let the title say {own}"),
            }),
    );
}

/// The clause that says what the title does, where that can be the goal's time: `by 2021-09-30`, `in Q3 2021`.
fn as_clause(context: &Context<'_>, goal: &GoalView<'_>, mention: &Mention, window: Window) -> Option<String> {
    let rules = &context.plan.facts.rules;
    let year = day_before_edge(window.end).year();
    let named = mention.time.windows(year, rules).into_iter().next()?;
    match goal.goal.timing {
        Timing::By { .. } if named.end > window.start => Some(format!("by {}", day_before_edge(named.end))),
        Timing::In { .. } if goal.goal.from.is_none() => Some(format!("in {}", step_name(&named, rules))),
        _ => None,
    }
}

/// True where a time of the title can be the goal's: of those of the years around it, where it names none.
fn agrees(context: &Context<'_>, goal: &GoalView<'_>, mention: &Mention, window: Window) -> bool {
    let rules = &context.plan.facts.rules;
    let by = matches!(goal.goal.timing, Timing::By { .. } | Timing::Within { .. });
    let year = day_before_edge(window.end).year();
    let fits = |named: &Window| match mention.lead {
        Lead::End => {
            let early = days_between(window.end, named.end);
            (-FEW_DAYS..=FEW_DAYS.max(named.length_days() / 12.0)).contains(&early)
        }
        // What is due at the start of a month is due by it as well.
        Lead::Deadline => named.start <= window.end && window.end <= named.end,
        _ if by => named.start < window.end && window.end <= named.end,
        _ => named.start < window.end && window.start < named.end,
    };
    (year - 1..=year + 1).flat_map(|year| mention.time.windows(year, rules)).any(|named| fits(&named))
}
