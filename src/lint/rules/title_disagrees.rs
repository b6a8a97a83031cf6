//! T507: a title that speaks of another time than the goal.

use crate::calendar::{Window, day_before_edge};
use crate::diagnostic::Level;
use crate::lint::title_dates::{Mention, mentions};
use crate::lint::{Context, Correction, Finding, Found, GoalView, Look, Mark, Rule, times};
use crate::model::plan::Timing;

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
    let due = match by {
        true => format!("is due on {}", day_before_edge(end)),
        false => format!("is judged over {window}"),
    };
    found.say(
        Finding::new(format!("the title says {said}, and the goal {due}"), goal.place(title.span), "")
            .and(at, "")
            .help("people read the title, and the verdict goes by the clause: let them say the same"),
    );
}

/// True where a time of the title can be the goal's: of those of the years around it, where it names none.
fn agrees(context: &Context<'_>, goal: &GoalView<'_>, mention: &Mention, window: Window) -> bool {
    let rules = &context.plan.facts.rules;
    let by = matches!(goal.goal.timing, Timing::By { .. } | Timing::Within { .. });
    let year = day_before_edge(window.end).year();
    let fits = |named: &Window| {
        // What is due at the start of a month is due by it as well.
        let due = named.start <= window.end && window.end <= named.end;
        let touches = named.start < window.end && window.start < named.end;
        if mention.deadline || by { due } else { touches }
    };
    (year - 1..=year + 1).flat_map(|year| mention.time.windows(year, rules)).any(|named| fits(&named))
}
