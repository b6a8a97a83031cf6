//! How a value came about: while a trace is on, every formula that is evaluated leaves a step with its value, its window,
//! its filters and the steps below it. Evaluation computes as ever; nothing here knows a goal.

use super::formula::Context;
use super::value::{Datum, Value};
use super::words;
use crate::calendar::Window;
use crate::model::plan::{BinaryOp, Formula, Node, Plan, TableId, Type};
use crate::query::Request;
use std::cell::RefCell;

/// A formula that was worked out.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// The formula, its names as they are written.
    pub text: String,
    /// The formula with holes for `children`; empty where those aren't simply its parts.
    pub pieces: Vec<Piece>,
    /// What it is.
    pub role: Role,
    /// What it came to.
    pub value: Value,
    /// A number with its unit, a text, a truth value or a time.
    pub gives: Type,
    /// Over which stretch, as far as it is read; `None` for all time.
    pub window: Option<Window>,
    /// The filters that it is taken under, outermost first, and the value of a dimension.
    pub filters: Vec<String>,
    /// The rows that it is made of.
    pub read: Option<Read>,
    /// What it was worked out from, in order.
    pub children: Vec<Step>,
}

/// A stretch of a formula's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// As it stands.
    Text(String),
    /// The step with this number.
    Child(usize),
}

/// What a step is, as far as that matters for telling of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Written in the plan.
    Literal,
    /// A metric, a let or a budget: its child is what it stands for.
    Name,
    /// The same under a filter or in another window: its child is what is taken there.
    Elsewhere,
    /// Rows of a table.
    Rows,
    /// An operator between two numbers.
    Arithmetic(BinaryOp),
    /// Anything else that is worked out from its children.
    Other,
}

/// The rows that a value is made of.
#[derive(Debug, Clone, PartialEq)]
pub struct Read {
    /// Of which table.
    pub table: TableId,
    /// Its name.
    pub name: String,
    /// What was asked for.
    pub request: Request,
    /// The columns that its filters mention.
    pub columns: Vec<String>,
    /// Rows that passed.
    pub rows: u64,
    /// Of those, blank ones.
    pub blank: u64,
    /// Of those, out of range.
    pub bad: u64,
}

/// Steps in the making, while a trace is on.
#[derive(Debug, Default)]
pub struct Trace(RefCell<Option<Vec<Open>>>);

/// A step that is being worked out.
#[derive(Debug, Default)]
struct Open {
    children: Vec<Step>,
    read: Option<Read>,
}

/// Stands for a child while a formula is put into words.
const HOLE: char = '\u{1}';

impl Trace {
    /// Runs `compute` and gives the steps of the formulas that it evaluated, in order.
    pub fn of<T>(&self, compute: impl FnOnce() -> T) -> (T, Vec<Step>) {
        *self.0.borrow_mut() = Some(vec![Open::default()]);
        let result = compute();
        let mut open = self.0.borrow_mut().take().unwrap_or_default();
        (result, open.pop().unwrap_or_default().children)
    }

    /// A formula is about to be evaluated. True where a trace is on: [`Self::leave`] must follow.
    pub fn enter(&self) -> bool {
        match self.0.borrow_mut().as_mut() {
            Some(open) => {
                open.push(Open::default());
                true
            }
            None => false,
        }
    }

    /// The formula came to `datum`.
    pub fn leave(&self, plan: &Plan, formula: &Formula, context: &Context<'_>, datum: &Datum) {
        let mut trace = self.0.borrow_mut();
        let Some(open) = trace.as_mut() else { return };
        let Some(Open { children, read }) = open.pop() else { return };
        let step = step(plan, formula, context, datum, children, read);
        if let Some(above) = open.last_mut() {
            above.children.push(step);
        }
    }

    /// True while a trace is on.
    pub fn is_on(&self) -> bool {
        self.0.borrow().is_some()
    }

    /// The formula that is being evaluated read rows.
    pub fn reads(&self, read: Read) {
        if let Some(open) = self.0.borrow_mut().as_mut().and_then(|open| open.last_mut()) {
            open.read = Some(read);
        }
    }
}

fn step(
    plan: &Plan,
    formula: &Formula,
    context: &Context<'_>,
    datum: &Datum,
    children: Vec<Step>,
    read: Option<Read>,
) -> Step {
    let role = match &formula.node {
        Node::Number(_) | Node::Text(_) | Node::Truth(_) | Node::Time(_) => Role::Literal,
        Node::Metric(_) | Node::Let(_) | Node::Budget(_) => Role::Name,
        Node::Window(..)
        | Node::Shift(..)
        | Node::Filter(..)
        | Node::Campaign(..)
        | Node::Over(..)
        | Node::ToDate(..) => Role::Elsewhere,
        Node::Aggregate(_) => Role::Rows,
        Node::Binary(op, ..) => Role::Arithmetic(*op),
        _ => Role::Other,
    };
    let mut filters: Vec<String> = context.filters.iter().map(|(c, _)| c.text.clone()).collect();
    filters.extend(context.group.map(|(column, key)| format!("{column} = \"{key}\"")));
    Step {
        text: words::formula(plan, formula),
        pieces: pieces(plan, formula, children.len()),
        role,
        value: datum.value.clone(),
        gives: formula.gives.clone(),
        window: context.stretch.map(|s| s.read()),
        filters,
        read,
        children,
    }
}

/// A formula's text around its parts, where those are what was evaluated.
fn pieces(plan: &Plan, formula: &Formula, children: usize) -> Vec<Piece> {
    let parts = words::parts(formula);
    if parts.is_empty() || parts.len() != children {
        return Vec::new();
    }
    let text = words::formula_with(plan, formula, &|part| {
        let number = parts.iter().position(|p| std::ptr::eq(*p, part)).unwrap_or(0);
        format!("{HOLE}{number}{HOLE}")
    });
    let pieces = text.split(HOLE).enumerate().filter_map(|(i, piece)| match i % 2 {
        0 => (!piece.is_empty()).then(|| Piece::Text(piece.to_owned())),
        _ => piece.parse().ok().map(Piece::Child),
    });
    pieces.collect()
}
