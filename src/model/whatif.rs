//! What a scenario makes of a plan: the same statements, with some lets and metrics worked out otherwise. Rewrites trees,
//! so that names, units and circles are checked as everywhere; knows no data and no verdict.

use super::error::{NameError, WhatIfError, did_you_mean};
use super::names::{nearest, written};
use super::plan::{Node, Plan, Type};
use super::{Catalog, functions, resolve_plain, units};
use crate::diagnostic::{Diagnostic, Level};
use crate::quantity::{Currency, Unit};
use crate::source::{FileId, Sources, Span, Spanned};
use crate::syntax::tree::{
    BinaryOp, Change, Context, Expr, ExprKind, File, Let, Literal, Metric, MoneySign, Number, Sign, Statement,
    StatementKind,
};

/// A change and the file that it is written in.
pub type Written = (FileId, Spanned<Change>);

/// A plan under changes.
#[derive(Debug)]
pub struct Supposed {
    /// The trees as they would be.
    pub files: Vec<(FileId, File)>,
    /// Metrics that are multiplied, by name.
    pub scaled: Vec<String>,
    /// What is wrong with the changes.
    pub found: Vec<Diagnostic>,
}

/// The name of what a scenario puts in another's place, and of what it had before.
fn inside(name: &str) -> String {
    format!("{name} in the scenario")
}

fn former(name: &str) -> String {
    format!("{name} as planned")
}

/// The changes that a scenario of the plan makes.
///
/// # Errors
/// Where there is none of that name: the nearest name, if one is near.
pub fn changes(files: &[(FileId, File)], scenario: &str) -> Result<Vec<Written>, Option<String>> {
    let all = || {
        files.iter().flat_map(|(file, tree)| tree.statements.iter().map(move |s| (*file, s))).filter_map(|(file, s)| {
            match &s.node {
                StatementKind::Scenario(s) => Some((file, s)),
                _ => None,
            }
        })
    };
    match all().find(|(_, s)| s.name.node == scenario) {
        Some((file, s)) => Ok(s.changes.iter().map(|c| (file, c.clone())).collect()),
        None => Err(nearest(scenario, all().map(|(_, s)| s.name.node.as_str())).map(str::to_owned)),
    }
}

/// The changes of a statement that is a scenario.
pub fn of_statement(file: FileId, statement: Statement) -> Vec<Written> {
    match statement.node {
        StatementKind::Scenario(s) => s.changes.into_iter().map(|c| (file, c)).collect(),
        _ => Vec::new(),
    }
}

/// What stands before the text of a `--set` so that it is a statement.
pub const BEFORE_SET: &str = "scenario what_if set ";

/// The text of a `--set` as a change of the grammar, byte for byte as long: `signups=+10%` is `signups +10%`.
pub fn as_change(text: &str) -> String {
    let line = text.replace(['\n', '\r', '\t'], " ");
    let Some((name, value)) = line.split_once('=') else { return line };
    let value_alone = value.trim();
    // No formula begins with a plus; one that is a negative percentage alone is a change by it.
    let share = value_alone
        .strip_prefix('-')
        .and_then(|v| v.strip_suffix('%'))
        .is_some_and(|n| n.trim().parse::<f64>().is_ok());
    if value_alone.starts_with('+') || share { format!("{name} {value}") } else { line }
}

/// The trees under `changes`, of which a later one of the same name wins. `plain` is the plan as it stands.
pub fn suppose(files: &[(FileId, File)], plain: &Plan, catalog: &Catalog, changes: &[Written]) -> Supposed {
    let mut out = Supposed { files: files.to_vec(), scaled: Vec::new(), found: Vec::new() };
    let last = |name: &str| changes.iter().rposition(|(_, c)| named(&c.node).0 == name);
    for (i, (file, change)) in changes.iter().enumerate() {
        if last(named(&change.node).0) == Some(i) {
            out.change(*file, change, plain, catalog);
        }
    }
    out
}

/// What a change names.
pub(super) fn named(change: &Change) -> (&str, Span) {
    let (Change::Set { name, .. } | Change::Scale { name, .. }) = change;
    (&name.node, name.span)
}

impl Supposed {
    fn change(&mut self, file: FileId, change: &Spanned<Change>, plain: &Plan, catalog: &Catalog) {
        let (name, at) = named(&change.node);
        if self.value_of(name).is_none() && !self.declare(name, file, at, catalog) {
            let known = plain.metrics.keys().chain(plain.lets.keys()).map(String::as_str);
            let help = did_you_mean(nearest(name, known));
            let error = NameError::UnknownOf { what: "let or metric", name: name.to_owned(), at, help };
            self.found.push(Diagnostic::of(&error, file));
            return;
        }
        match &change.node {
            Change::Set { value, .. } => self.set(name, file, value, plain),
            Change::Scale { sign, by, .. } => match by.node {
                Literal::Percent(share) => self.scale(name, *sign, share, plain),
                _ => {
                    self.found.push(Diagnostic::of(&WhatIfError::NotAShare { name: written(name), at: by.span }, file))
                }
            },
        }
    }

    /// The formula of the metric, else the let, of a name, and its file.
    fn value_of(&mut self, name: &str) -> Option<(usize, &mut Expr, bool)> {
        let metric = |s: &Statement| matches!(&s.node, StatementKind::Metric(m) if m.name.node == name);
        let cell = |s: &Statement| matches!(&s.node, StatementKind::Let(l) if l.name.node == name);
        let place = |is: &dyn Fn(&Statement) -> bool| {
            self.files.iter().enumerate().find_map(|(f, (_, tree))| Some((f, tree.statements.iter().position(is)?)))
        };
        let (f, s) = place(&metric).or_else(|| place(&cell))?;
        match &mut self.files.get_mut(f)?.1.statements.get_mut(s)?.node {
            StatementKind::Metric(m) => Some((f, &mut m.value, true)),
            StatementKind::Let(l) => Some((f, &mut l.value, false)),
            _ => None,
        }
    }

    /// A column without a metric is its level, `last(column)`: now a statement says so.
    fn declare(&mut self, name: &str, file: FileId, at: Span, catalog: &Catalog) -> bool {
        if !catalog.opened.values().any(|t| t.columns.contains_key(name)) {
            return false;
        }
        let column = Expr::new(ExprKind::Name(name.to_owned()), at);
        let function = Spanned::new("last".to_owned(), at);
        let last = ExprKind::Call { function, arguments: vec![column], per: None, by: None, condition: None };
        self.add(file, name, Expr::new(last, at), true);
        true
    }

    fn add(&mut self, file: FileId, name: &str, value: Expr, metric: bool) {
        let name = Spanned::new(name.to_owned(), value.span);
        let span = value.span;
        let node = match metric {
            true => StatementKind::Metric(Metric { name, title: None, value, clauses: Vec::new() }),
            false => StatementKind::Let(Let { name, value }),
        };
        if let Some((_, tree)) = self.files.iter_mut().find(|(f, _)| *f == file) {
            tree.statements.push(Spanned::new(node, span));
        }
    }

    /// The formula is another one, written in another place; its own name in it means what it was.
    fn set(&mut self, name: &str, file: FileId, value: &Expr, plain: &Plan) {
        let mut value = value.clone();
        let own = rename(&mut value, false, name, &former(name));
        adopt(&mut value, unit_of(plain, name).as_ref(), plain.facts.currency);
        let Some((place, formula, metric)) = self.value_of(name) else { return };
        let at = formula.span;
        let before = std::mem::replace(formula, Expr::new(ExprKind::Name(inside(name)), at));
        let home = self.files.get(place).map_or(file, |(f, _)| *f);
        if own {
            self.add(home, &former(name), before, metric);
        }
        self.add(file, &inside(name), value, metric);
    }

    /// The formula times 1 + N%.
    fn scale(&mut self, name: &str, sign: Sign, share: Number, plain: &Plan) {
        let share = if sign == Sign::Minus { -share.value } else { share.value } / 100.0;
        let Some((_, formula, metric)) = self.value_of(name) else { return };
        let at = formula.span;
        let factor = Number { value: 1.0 + share, suffix: None, decimals: 0, grouped: false };
        let factor = Expr::new(ExprKind::Literal(Literal::Number(factor)), at);
        let before = std::mem::replace(formula, factor.clone());
        let before = Expr::new(ExprKind::Group(Box::new(before)), at);
        *formula = Expr::new(ExprKind::Binary(BinaryOp::Multiply, Box::new(before), Box::new(factor)), at);
        if metric || plain.metrics.contains_key(name) {
            self.scaled.push(name.to_owned());
        }
    }
}

/// The unit of a metric, else of a let.
fn unit_of(plan: &Plan, name: &str) -> Option<Unit> {
    let metric = plan.metrics.get(name).map(|m| m.unit.clone());
    metric.or_else(|| plan.lets.get(name).map(|l| l.value.gives.unit()))
}

/// A bare number takes the unit of what it stands for: `set price = 12`.
fn adopt(value: &mut Expr, unit: Option<&Unit>, plans: Option<Currency>) {
    let ExprKind::Literal(literal) = &mut value.node else { return };
    let Literal::Number(number) = *literal else { return };
    match unit {
        Some(Unit::Money(currency)) => {
            let dollar = plans.unwrap_or(Currency::USD) == *currency;
            let sign = if dollar { MoneySign::Dollar } else { MoneySign::Code(*currency) };
            *literal = Literal::Money(number, sign);
        }
        Some(Unit::Percent) if number.value.abs() <= 1.0 => {
            *literal = Literal::Percent(Number { value: number.value * 100.0, ..number });
        }
        _ => {}
    }
}

/// Gives a name between values another one; in rows it is a column. True where it was there.
fn rename(expr: &mut Expr, rows: bool, name: &str, to: &str) -> bool {
    let each = |e: &mut Expr, r: bool| rename(e, rows || r, name, to);
    match &mut expr.node {
        ExprKind::Name(own) if !rows && own == name => {
            to.clone_into(own);
            true
        }
        ExprKind::Literal(_) | ExprKind::Name(_) | ExprKind::Dotted(..) => false,
        ExprKind::Group(x) | ExprKind::Unary(_, x) | ExprKind::Over { of: x, .. } | ExprKind::ToDate { of: x, .. } => {
            each(x, false)
        }
        ExprKind::Call { function, arguments, by, condition, .. } => {
            let info = functions::find(&function.node);
            let of_rows = by.is_none()
                && info.is_some_and(|i| i.aggregate.is_some() && (i.value.is_none() || arguments.len() == 1));
            let conditions = condition.as_mut().is_some_and(|c| each(c, true));
            arguments.iter_mut().fold(conditions, |any, a| each(a, of_rows) || any)
        }
        ExprKind::Context { of, context } => {
            let condition = match &mut context.node {
                Context::Condition(c) => each(c, true),
                Context::Period(_) | Context::Shift(_) => false,
            };
            each(of, false) || condition
        }
        ExprKind::Binary(_, a, b) => {
            let first = each(a, false);
            each(b, false) || first
        }
        ExprKind::In { of, values, .. } => {
            let first = each(of, false);
            values.iter_mut().fold(first, |any, v| each(v, false) || any)
        }
        ExprKind::Between { of, low, high, .. } => {
            let any = [each(of, false), each(low, false), each(high, false)];
            any.contains(&true)
        }
    }
}

/// The plan under changes, and what is wrong with them: nothing that is wrong with the plan as it stands.
pub fn resolve_supposed(
    supposed: &Supposed,
    changes: &[Written],
    plain: (&Plan, &[Diagnostic]),
    sources: &Sources,
    catalog: &Catalog,
) -> (Plan, Vec<Diagnostic>) {
    let (plan, meaning) = resolve_plain(&supposed.files, sources, catalog);
    let mut found = supposed.found.clone();
    found.extend(changes.iter().filter_map(|(file, change)| other_unit(*file, &change.node, plain.0, &plan)));
    // What follows from a wrong unit needn't be told.
    if found.is_empty() {
        let new = meaning.into_iter().filter(|d| d.level == Level::Error && !plain.1.contains(d));
        found.extend(new.map(|d| with_own_names(d, changes)));
    }
    (plan, found)
}

/// What is said of a replacement is said of the name that it stands for, but for the way round a circle.
fn with_own_names(mut found: Diagnostic, changes: &[Written]) -> Diagnostic {
    for (_, change) in changes {
        let (name, _) = named(&change.node);
        found.message = found.message.replace(&format!("``{}``", inside(name)), &format!("`{name}`"));
        let aside = found.help.as_ref().and_then(|h| Some((h, h.find(&inside(name))?)));
        let kept = aside.map(|(help, at)| {
            help.get(..help.get(..at).and_then(|h| h.rfind("; ")).unwrap_or(0)).unwrap_or("").to_owned()
        });
        if let Some(kept) = kept {
            found.help = Some(kept).filter(|k| !k.is_empty());
        }
    }
    found
}

/// A replacement must be in the unit of what it replaces.
fn other_unit(file: FileId, change: &Change, plain: &Plan, plan: &Plan) -> Option<Diagnostic> {
    let Change::Set { name, value } = change else { return None };
    let gives = |plan: &Plan| {
        // A metric's own `unit` clause speaks for what it is given.
        let metric = plan.metrics.get(&name.node).map(|m| match m.value.gives {
            Type::Number(_) => Type::Number(m.unit.clone()),
            ref other => other.clone(),
        });
        metric.or_else(|| plan.lets.get(&name.node).map(|l| l.value.gives.clone()))
    };
    let was = gives(plain)?;
    let plain_count = |a: &Type, b: &Type| {
        matches!((a, b), (Type::Number(Unit::Plain), Type::Number(Unit::Count(_))))
            || matches!((b, a), (Type::Number(Unit::Plain), Type::Number(Unit::Count(_))))
    };
    // What could not be worked out has no unit: why is told instead.
    let new = inside(&name.node);
    let formula = plan.metrics.get(&new).map(|m| &m.value).or_else(|| plan.lets.get(&new).map(|l| &l.value));
    let formula = formula.filter(|f| !matches!(f.node, Node::Number(x) if x.is_nan()))?;
    // A metric that can't bear its own `unit` any more is none: then its new formula speaks.
    let refused = match (&was, &formula.gives) {
        (Type::Number(unit), Type::Number(new)) => units::declare(new, unit).is_err(),
        _ => false,
    };
    let is = if refused { formula.gives.clone() } else { gives(plan)? };
    let differs = refused || (was != is && !plain_count(&was, &is));
    differs.then(|| {
        let error = WhatIfError::OtherUnit {
            name: written(&name.node),
            was: in_words(&was),
            is: in_words(&is),
            at: value.span,
        };
        Diagnostic::of(&error, file)
    })
}

fn in_words(gives: &Type) -> String {
    match gives {
        Type::Number(Unit::Plain) => "a plain number".to_owned(),
        Type::Number(Unit::Percent) => "a percentage".to_owned(),
        Type::Number(Unit::Points) => "points".to_owned(),
        Type::Number(Unit::Duration) => "a length of time".to_owned(),
        Type::Number(Unit::Money(currency)) => format!("an amount in {currency}"),
        Type::Number(Unit::Count(word)) => format!("a count of {word}"),
        Type::Text => "a text".to_owned(),
        Type::Truth => "true or false".to_owned(),
        Type::Time => "a date".to_owned(),
    }
}
