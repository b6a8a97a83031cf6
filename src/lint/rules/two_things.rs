//! S107: one goal that asks for two things at once.

use crate::diagnostic::Level;
use crate::lint::{Context, Correction, Finding, Found, GoalView, Look, Mark, Rule};
use crate::model::plan::{BinaryOp, Formula, GoalBody, Node, Quantifier};
use crate::model::written;
use crate::syntax::tree::{self, Expr, ExprKind, GoalClause};

pub static RULE: Rule = Rule {
    code: "S107",
    name: "two-things",
    level: Level::Warning,
    mark: Mark::Doubtful,
    since: "0.1",
    correction: Correction::None,
    look: Look::Goal(look),
    page: include_str!("two_things.md"),
};

fn look(context: &Context<'_>, goal: &GoalView<'_>, found: &mut Found) {
    // Over rows, a row keeps all of it or not: 95% on time and 95% in budget isn't 95% both.
    let (GoalBody::Measured { subject, .. }, tree::GoalBody::Measured { subject: expr, .. }) =
        (&goal.goal.body, &goal.tree.body)
    else {
        return;
    };
    if !matches!(subject.node, Node::Binary(BinaryOp::And, ..)) || counts_together(goal) {
        return;
    }
    let (mut parts, mut written) = (Vec::new(), Vec::new());
    conjuncts(subject, &mut parts);
    written_conjuncts(expr, &mut written);
    if parts.len() != written.len() || !parts.iter().all(|p| compares(p)) || !are_apart(context, &parts) {
        return;
    }
    let second = goal.place(written.get(1).map_or(expr.span, |e| e.span));
    let first = goal.place(written.first().map_or(expr.span, |e| e.span));
    found.say(
        Finding::new(format!("this goal asks for {} things at once", number(parts.len())), second, "another one")
            .and(first, "one thing")
            .because(
                "Its verdict can't say which of them fails, and a condition has no progress, pace or projection.",
            )
            .help(split(context, goal, &written)),
    );
}

/// True where the parts are counted together, so that judging each by itself could come out otherwise.
fn counts_together(goal: &GoalView<'_>) -> bool {
    let share = matches!(goal.goal.quantifier, Some((Quantifier::Share(_) | Quantifier::AtMost(_), _)));
    share || goal.goal.hold.is_some()
}

fn conjuncts<'f>(formula: &'f Formula, into: &mut Vec<&'f Formula>) {
    match &formula.node {
        Node::Binary(BinaryOp::And, a, b) => {
            conjuncts(a, into);
            conjuncts(b, into);
        }
        _ => into.push(formula),
    }
}

fn written_conjuncts<'t>(expr: &'t Expr, into: &mut Vec<&'t Expr>) {
    match &expr.node {
        ExprKind::Group(inner) if matches!(ungrouped(inner).node, ExprKind::Binary(BinaryOp::And, ..)) => {
            written_conjuncts(inner, into);
        }
        ExprKind::Binary(BinaryOp::And, a, b) => {
            written_conjuncts(a, into);
            written_conjuncts(b, into);
        }
        _ => into.push(expr),
    }
}

fn ungrouped(expr: &Expr) -> &Expr {
    let mut e = expr;
    while let ExprKind::Group(inner) = &e.node {
        e = inner;
    }
    e
}

fn compares(part: &Formula) -> bool {
    use BinaryOp::*;
    match &part.node {
        Node::Binary(op, ..) => matches!(op, Equal | NotEqual | Less | LessOrEqual | Greater | GreaterOrEqual),
        Node::Between(..) | Node::In(..) => true,
        _ => false,
    }
}

/// True where each part measures something, and none what another measures too: two bounds of one metric are a range.
fn are_apart<'a>(context: &Context<'a>, parts: &[&'a Formula]) -> bool {
    let all: Vec<Vec<&str>> = parts.iter().map(|part| aggregates(context, part)).collect();
    let overlap = |a: &[&str], b: &[&str]| a.iter().any(|x| b.contains(x));
    all.iter().all(|a| !a.is_empty())
        && all.iter().enumerate().all(|(i, a)| all.iter().skip(i + 1).all(|b| !overlap(a, b)))
}

/// The aggregates that a formula reads, as written.
fn aggregates<'a>(context: &Context<'a>, formula: &'a Formula) -> Vec<&'a str> {
    let mut texts = Vec::new();
    context.visit(formula, &mut |f| {
        if let Node::Aggregate(a) = &f.node {
            texts.push(a.text.as_str());
        }
    });
    texts
}

/// The goals to write instead.
fn split(context: &Context<'_>, goal: &GoalView<'_>, parts: &[&Expr]) -> String {
    let clauses = goal.tree.clauses.iter().filter(|c| splits(&c.node));
    let line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let clauses: String = clauses.map(|c| format!(" {}", line(context.text(goal.place(c.span))))).collect();
    let mut out = "write a goal for each, and one that asks for all of them:".to_owned();
    let mut names = Vec::new();
    for (i, part) in parts.iter().enumerate() {
        let name = written(&format!("{}_{}", goal.goal.name, i + 1));
        let text = line(context.text(goal.place(part.span)));
        let text = if is_bound(part) { text } else { format!("({text})") };
        out.push_str(&format!("\n  goal {name}: {text}{clauses}"));
        names.push(name);
    }
    let name = written(&goal.goal.name);
    out + &format!("\n  goal {name}: all of {}", names.join(", "))
}

/// Clauses that each of the goals takes.
fn splits(clause: &GoalClause) -> bool {
    use GoalClause::*;
    matches!(clause, Where(_) | By(_) | In(_) | Within(_) | Every { .. } | Per(_) | From(_) | Yoy | For { .. } | Grace(_))
}

/// True for `name >= …`: a subject with a target.
fn is_bound(expr: &Expr) -> bool {
    use BinaryOp::*;
    match &expr.node {
        ExprKind::Binary(Equal | Less | LessOrEqual | Greater | GreaterOrEqual, a, _) => {
            matches!(a.node, ExprKind::Name(_) | ExprKind::Call { .. } | ExprKind::Context { .. })
        }
        _ => false,
    }
}

fn number(n: usize) -> String {
    match n {
        2 => "two".to_owned(),
        3 => "three".to_owned(),
        n => n.to_string(),
    }
}
