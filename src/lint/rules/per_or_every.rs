//! M213: a goal for the last span before the deadline, where probably each span is meant.

use crate::calendar::{CalendarSpan, Window, step_name};
use crate::diagnostic::Level;
use crate::eval::frame::{horizon_of, span_word};
use crate::lint::{Context, Correction, Finding, Found, GoalView, Look, Mark, Rule, times};
use crate::model::plan::{Kind, TargetKind, Timing};
use crate::syntax::tree::GoalClause;

pub static RULE: Rule = Rule {
    code: "M213",
    name: "per-or-every",
    level: Level::Hint,
    mark: Mark::Kept,
    since: "0.1",
    correction: Correction::Unsafe,
    look: Look::Goal(look),
    page: include_str!("per_or_every.md"),
};

fn look(context: &Context<'_>, goal: &GoalView<'_>, found: &mut Found) {
    let Timing::By { deadline, per: Some(span), period } = &goal.goal.timing else { return };
    // A change, a value to reach, and what begins at a baseline grow towards the deadline: its last span is what counts.
    let bound = goal.targets().first().is_some_and(|t| matches!(t.kind, TargetKind::Bound(..) | TargetKind::Between(..)));
    if !bound || goal.goal.from.is_some() || goal.goal.yoy || times::kind(context, goal) != Some(Kind::Flow) {
        return;
    }
    let rules = &context.plan.facts.rules;
    if period.as_ref().and_then(|p| p.span(rules)) == Some(*span) {
        return;
    }
    let over = Window::new(horizon_of(&context.plan.facts, *deadline).0.start, *deadline);
    if over.length_days() < 2.0 * span.approximate_days() {
        return;
    }
    say(context, goal, *span, over, found);
}

fn say(context: &Context<'_>, goal: &GoalView<'_>, span: CalendarSpan, over: Window, found: &mut Found) {
    let by = goal.clause(|c| matches!(c, GoalClause::By(_)).then_some(()));
    let per = goal.clause(|c| matches!(c, GoalClause::Per(_)).then_some(()));
    let (Some((_, by)), Some((_, per))) = (by, per) else { return };
    let (word, name) = (span_word(span), step_name(&over, &context.plan.facts.rules));
    let every = format!("every {} in {name}", times::written(span));
    found.say(
        Finding::new(format!("only the last {word} before the deadline is judged"), per, format!("each {word}?"))
            .because(format!("`per` says over which span the value at the deadline is measured; no {word} before counts."))
            .help(format!("where each {word} is meant, write {every}"))
            .fix(format!("judge every {word}"), [(by, every), (context.line_of(per), String::new())]),
    );
}
