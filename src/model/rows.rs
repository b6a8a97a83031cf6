//! Row expressions and conditions: what stands inside an aggregate's brackets, a `where` and a segment.

use super::error::NameError;
use super::fold::{negated, row_op};
use super::formula::spine;
use super::literals::Meaning;
use super::plan::{Condition, TableId, Type};
use super::tables::Known;
use super::{R, Reported, Resolver};
use crate::calendar::Period;
use crate::quantity::Unit;
use crate::query::{ColumnType, Row, RowOp};
use crate::source::{FileId, Loc, Span};
use crate::syntax::tree::{BinaryOp, Expr, ExprKind, Literal, Name, UnaryOp};
use ordered_float::OrderedFloat;

/// What a row expression gives; `None` where a column's type isn't known.
pub(crate) type RowType = Option<Type>;

/// Where a row expression stands, and what it was found to read.
pub(crate) struct RowScope {
    pub file: FileId,
    /// The table, where it is known; a segment goes to any.
    pub table: Option<TableId>,
    pub columns: Vec<String>,
    pub tables: Vec<TableId>,
}

impl RowScope {
    pub fn new(file: FileId, table: Option<TableId>) -> Self {
        Self { file, table, columns: Vec::new(), tables: Vec::new() }
    }

    fn reads(&mut self, column: &str) {
        if !self.columns.iter().any(|c| c == column) {
            self.columns.push(column.to_owned());
        }
    }

    fn goes_to(&mut self, table: TableId) {
        if !self.tables.contains(&table) {
            self.tables.push(table);
        }
    }
}

impl Resolver<'_> {
    /// A condition over the rows of `table`, or of any table.
    pub(crate) fn condition(&mut self, expr: &Expr, table: Option<TableId>, file: FileId) -> R<Condition> {
        let mut scope = RowScope::new(file, table);
        let row = self.truth(expr, &mut scope)?;
        let mut fixes = Vec::new();
        fixed(&row, &mut fixes);
        Ok(Condition {
            row,
            tables: scope.tables,
            text: self.text(file, expr.span),
            columns: scope.columns,
            fixes,
            at: Loc { file, span: expr.span },
        })
    }

    /// A row expression that must be true or false.
    pub(crate) fn truth(&mut self, expr: &Expr, scope: &mut RowScope) -> R<Row> {
        let (row, gives) = self.row(expr, scope, true)?;
        self.row_truth(&gives, scope.file, expr.span)?;
        Ok(row)
    }

    /// Refuses what is surely neither true nor false.
    fn row_truth(&mut self, gives: &RowType, file: FileId, at: Span) -> R<()> {
        match gives {
            None | Some(Type::Truth) => Ok(()),
            Some(other) => {
                let help = Some("compare it with something, such as region = \"EMEA\" or paid > 0".to_owned());
                let is = described(other);
                Err(self.report(file, &NameError::WrongType { wanted: "a condition", is, at, help }))
            }
        }
    }

    /// A row expression and what it gives. `condition`: where segments may stand.
    pub(crate) fn row(&mut self, expr: &Expr, scope: &mut RowScope, condition: bool) -> R<(Row, RowType)> {
        self.nested(scope.file, expr.span, |r| r.row_inner(expr, scope, condition))
    }

    fn row_inner(&mut self, expr: &Expr, scope: &mut RowScope, condition: bool) -> R<(Row, RowType)> {
        match &expr.node {
            ExprKind::Literal(literal) => self.row_literal(literal, scope.file, expr.span),
            ExprKind::Name(name) => self.row_name(name, scope, expr.span, condition),
            ExprKind::Dotted(table, column) => self.row_dotted(table, column, scope),
            ExprKind::Group(inner) => self.row(inner, scope, condition),
            ExprKind::Call { function, arguments, per, by, condition: inner } => {
                if per.is_some() || by.is_some() || inner.is_some() {
                    return Err(self.not_for_rows(&function.node, scope.file, expr.span));
                }
                self.row_call(function, arguments, scope, expr.span)
            }
            ExprKind::Context { .. } | ExprKind::Over { .. } | ExprKind::ToDate { .. } => {
                let error = NameError::NotForRows {
                    what: "a period".to_owned(),
                    at: expr.span,
                    help: "write the period outside of the brackets: sum(posts.likes)[Q1 2021]",
                };
                Err(self.report(scope.file, &error))
            }
            ExprKind::Unary(UnaryOp::Negate, inner) => {
                let (row, gives) = self.row(inner, scope, false)?;
                self.row_number(&gives, scope.file, inner.span)?;
                Ok((negated(row), gives))
            }
            ExprKind::Unary(UnaryOp::Not, inner) => {
                Ok((Row::Not(Box::new(self.truth(inner, scope)?)), Some(Type::Truth)))
            }
            ExprKind::Binary(..) => self.row_chain(expr, scope),
            ExprKind::In { of, values, negated } => self.row_one_of(of, values, *negated, scope),
            ExprKind::Between { of, low, high, negated } => self.row_range(of, [low, high], *negated, scope),
        }
    }

    fn row_one_of(&mut self, of: &Expr, values: &[Expr], negated: bool, scope: &mut RowScope) -> R<(Row, RowType)> {
        let left = self.row(of, scope, false)?;
        let values: Vec<R<Row>> = values.iter().map(|v| self.row_beside(&left, of.span, v, scope)).collect();
        let row = Row::In(Box::new(left.0), values.into_iter().collect::<R<_>>()?);
        Ok((if negated { Row::Not(Box::new(row)) } else { row }, Some(Type::Truth)))
    }

    fn row_range(
        &mut self,
        of: &Expr,
        [low, high]: [&Expr; 2],
        negated: bool,
        scope: &mut RowScope,
    ) -> R<(Row, RowType)> {
        let left = self.row(of, scope, false)?;
        let low = self.row_beside(&left, of.span, low, scope)?;
        let high = self.row_beside(&left, of.span, high, scope)?;
        let row = Row::Between(Box::new(left.0), Box::new(low), Box::new(high));
        Ok((if negated { Row::Not(Box::new(row)) } else { row }, Some(Type::Truth)))
    }

    fn row_literal(&mut self, literal: &Literal, file: FileId, at: Span) -> R<(Row, RowType)> {
        Ok(match self.meaning(literal) {
            Meaning::Number(v, unit) => (Row::Number(OrderedFloat(v)), Some(Type::Number(unit))),
            Meaning::Text(t) => (Row::Text(t), Some(Type::Text)),
            Meaning::Truth(b) => (Row::Truth(b), Some(Type::Truth)),
            Meaning::Period(p) => (Row::Period(self.window(&p, file, at)?), Some(Type::Time)),
            Meaning::Moment(m) => (Row::Moment(m), Some(Type::Time)),
            Meaning::Months => return Err(self.calendar_length(file, at)),
        })
    }

    /// A bare name: a column, then a let, and a segment where a condition may stand.
    fn row_name(&mut self, name: &str, scope: &mut RowScope, at: Span, condition: bool) -> R<(Row, RowType)> {
        let known = match scope.table {
            Some(table) => self.column(table, name),
            None => self.column_anywhere(name),
        };
        if let Known::Is(holds) = known {
            scope.reads(name);
            return Ok((Row::Column(name.to_owned()), column_type(holds)));
        }
        if let Some(found) = self.row_let(name, scope.file, at) {
            return found;
        }
        if condition && self.names.segments.contains_key(name) {
            return self.row_segment(name, scope, at);
        }
        match (known, scope.table) {
            (Known::Unknown, _) => {
                scope.reads(name);
                Ok((Row::Column(name.to_owned()), None))
            }
            _ if self.names.metrics.contains_key(name) => Err(self.not_for_rows_metric(name, scope.file, at)),
            (_, Some(table)) => Err(self.no_column(table, name, scope.file, at)),
            (_, None) => Err(self.no_column_anywhere(name, scope.file, at)),
        }
    }

    /// A let as the fixed value that it is; `None` where there is no such let.
    fn row_let(&mut self, name: &str, file: FileId, at: Span) -> Option<R<(Row, RowType)>> {
        let id = self.names.lets.get_index_of(name)?;
        if self.broken.lets.contains(&id) {
            return Some(Err(Reported));
        }
        // A let that is worked out right now means the column: `let paid = last(paid)[Q4 2020]`.
        if !self.lets_done.contains(&id) {
            return None;
        }
        let formula = self.plan.lets.get(name)?.value.clone();
        Some(match self.folded(&formula) {
            Some(row) => Ok((row, Some(formula.gives))),
            None => Err(self.report(file, &NameError::LetReadsData { name: name.to_owned(), at })),
        })
    }

    fn row_segment(&mut self, name: &str, scope: &mut RowScope, at: Span) -> R<(Row, RowType)> {
        let Some(segment) = self.plan.segments.get(name) else { return Err(Reported) };
        if let Some(table) = scope.table {
            let condition = segment.condition.clone();
            if let Some(other) = condition.tables.iter().find(|t| **t != table) {
                let (first, second) = (self.table_name(table).to_owned(), self.table_name(*other).to_owned());
                return Err(self.report(scope.file, &NameError::TwoTables { first, second, at }));
            }
            let missing = condition.columns.iter().find(|c| matches!(self.column(table, c), Known::No));
            if let Some(column) = missing {
                return Err(self.no_column(table, column, scope.file, at));
            }
        }
        let Some(segment) = self.plan.segments.get(name) else { return Err(Reported) };
        segment.condition.columns.iter().for_each(|c| scope.reads(c));
        segment.condition.tables.iter().for_each(|t| scope.goes_to(*t));
        Ok((segment.condition.row.clone(), Some(Type::Truth)))
    }

    fn row_dotted(&mut self, table: &Name, column: &Name, scope: &mut RowScope) -> R<(Row, RowType)> {
        let file = scope.file;
        let is_campaign = self.names.campaigns.contains_key(table.node.as_str());
        if is_campaign && column.node == "budget" && !self.plan.tables.contains_key(&table.node) {
            let budget = self.plan.campaigns.get(&table.node).and_then(|c| c.budget.clone()).ok_or(Reported)?;
            let error = NameError::LetReadsData { name: format!("{}.budget", table.node), at: table.span };
            let row = self.folded(&budget).ok_or_else(|| self.report(file, &error))?;
            return Ok((row, Some(budget.gives)));
        }
        let id = self.table_id(&table.node, file, table.span)?;
        if let Some(other) = scope.table.filter(|t| *t != id) {
            let first = self.table_name(other).to_owned();
            let second = table.node.clone();
            return Err(self.report(file, &NameError::TwoTables { first, second, at: table.span.to(column.span) }));
        }
        scope.goes_to(id);
        scope.reads(&column.node);
        match self.column(id, &column.node) {
            Known::Is(holds) => Ok((Row::Column(column.node.clone()), column_type(holds))),
            Known::Unknown => Ok((Row::Column(column.node.clone()), None)),
            Known::No => Err(self.no_column(id, &column.node, file, column.span)),
        }
    }

    /// `a or b or c …`: taken apart from the left without recursion.
    fn row_chain(&mut self, expr: &Expr, scope: &mut RowScope) -> R<(Row, RowType)> {
        let (first, rest) = spine(expr);
        let condition = |op: BinaryOp| matches!(op, BinaryOp::And | BinaryOp::Or);
        let mut at = first.span;
        let mut left = self.row(first, scope, rest.first().is_some_and(|(op, ..)| condition(*op)));
        for (op, b, span) in rest {
            let right = self.row(b, scope, condition(op));
            left = match (left, right) {
                (Ok(left), Ok(right)) => self.row_binary(op, (left, at), (right, b.span), scope.file),
                _ => Err(Reported),
            };
            at = span;
        }
        left
    }

    fn row_binary(
        &mut self,
        op: BinaryOp,
        ((left, x), at_left): ((Row, RowType), Span),
        ((right, y), at_right): ((Row, RowType), Span),
        file: FileId,
    ) -> R<(Row, RowType)> {
        use BinaryOp::{Add, And, Divide, Multiply, Or, Otherwise, Power, Subtract};
        let (left, right, gives) = match op {
            And | Or => {
                let (a, b) = (self.row_truth(&x, file, at_left), self.row_truth(&y, file, at_right));
                a.and(b)?;
                (left, right, Some(Type::Truth))
            }
            Add | Subtract | Multiply | Divide | Power => {
                let gives = self.row_arithmetic(op, (&x, at_left), (&y, at_right), file)?;
                (left, right, gives)
            }
            Otherwise => (left, right, x.or(y)),
            _ => {
                let (left, right) = self.row_comparison(((left, x), at_left), ((right, y), at_right), file)?;
                (left, right, Some(Type::Truth))
            }
        };
        Ok((Row::Binary(row_op(op), Box::new(left), Box::new(right)), gives))
    }

    /// `value` as the other side of a comparison with `left`.
    fn row_beside(&mut self, left: &(Row, RowType), at: Span, value: &Expr, scope: &mut RowScope) -> R<Row> {
        let right = self.row(value, scope, false)?;
        Ok(self.row_comparison((left.clone(), at), (right, value.span), scope.file)?.1)
    }

    /// Both sides of a comparison, a bare year beside a time as that year.
    fn row_comparison(
        &mut self,
        (left, at_left): ((Row, RowType), Span),
        (right, at_right): ((Row, RowType), Span),
        file: FileId,
    ) -> R<(Row, Row)> {
        let (a, x) = self.year_beside(left, &right.1);
        let (b, y) = self.year_beside(right, &x);
        let (Some(first), Some(second)) = (&x, &y) else { return Ok((a, b)) };
        if let (Type::Number(u), Type::Number(v)) = (first, second) {
            if let Err(clash) = super::units::compare(u, v) {
                return Err(self.clash(clash, (u, at_left), (v, at_right), "can't be held against", file));
            }
        } else if first != second {
            let help = match (first, second) {
                (Type::Text, _) => Some("text stands between double quotes: \"EMEA\"".to_owned()),
                (_, Type::Text) => Some("leave the double quotes out".to_owned()),
                _ => None,
            };
            let error = NameError::Incomparable {
                first: described(first),
                second: described(second),
                at: at_right,
                other: at_left,
                help,
            };
            return Err(self.report(file, &error));
        }
        Ok((a, b))
    }

    /// A bare four-digit number beside a time is that year, and a bare year beside a number is the number.
    fn year_beside(&self, (row, gives): (Row, RowType), other: &RowType) -> (Row, RowType) {
        match (&row, other) {
            (Row::Number(n), Some(Type::Time)) if n.fract() == 0.0 && (1000.0..=9999.0).contains(&n.0) => {
                match Period::Year(n.0 as i16).window(&self.plan.facts.rules) {
                    Some(window) => (Row::Period(window), Some(Type::Time)),
                    None => (row, gives),
                }
            }
            (Row::Period(w), Some(Type::Number(_)))
                if Period::Year(w.start.year()).window(&self.plan.facts.rules) == Some(*w) =>
            {
                (Row::Number(OrderedFloat(f64::from(w.start.year()))), Some(Type::Number(Unit::Plain)))
            }
            _ => (row, gives),
        }
    }

    /// What arithmetic between two row values gives.
    fn row_arithmetic(
        &mut self,
        op: BinaryOp,
        (x, at_x): (&RowType, Span),
        (y, at_y): (&RowType, Span),
        file: FileId,
    ) -> R<RowType> {
        use BinaryOp::{Add, Divide, Multiply, Subtract};
        match (op, x, y) {
            (Subtract, Some(Type::Time), Some(Type::Time)) => return Ok(Some(Type::Number(Unit::Duration))),
            (Subtract, Some(Type::Time), None) | (Subtract, None, Some(Type::Time)) => return Ok(None),
            (Add | Subtract, Some(Type::Time), Some(Type::Number(Unit::Duration))) => return Ok(Some(Type::Time)),
            _ => {}
        }
        self.row_number(x, file, at_x)?;
        self.row_number(y, file, at_y)?;
        let (Some(Type::Number(u)), Some(Type::Number(v))) = (x, y) else { return Ok(None) };
        let (a, b) = (super::units::Side { unit: u, constant: false }, super::units::Side { unit: v, constant: true });
        let unit = match op {
            Add | Subtract => super::units::add(u, v),
            Multiply => super::units::multiply(a, b),
            Divide => super::units::divide(a, b),
            _ => Ok(super::units::power(u)),
        };
        let verb = if op == Subtract { "can't be taken from" } else { "can't be added to" };
        unit.map(|u| Some(Type::Number(u))).map_err(|clash| self.clash(clash, (u, at_x), (v, at_y), verb, file))
    }

    /// Refuses what is surely no number.
    fn row_number(&mut self, gives: &RowType, file: FileId, at: Span) -> R<()> {
        match gives {
            None | Some(Type::Number(_)) => Ok(()),
            Some(other) => {
                let is = described(other);
                Err(self.report(file, &NameError::WrongType { wanted: "a number", is, at, help: None }))
            }
        }
    }
}

/// The type of a column's values; `None` where it has none yet.
pub(crate) fn column_type(holds: ColumnType) -> Option<Type> {
    Some(match holds {
        ColumnType::Number => Type::Number(Unit::Plain),
        ColumnType::Text => Type::Text,
        ColumnType::Truth => Type::Truth,
        ColumnType::Date | ColumnType::Timestamp => Type::Time,
        ColumnType::Empty | ColumnType::Mixed | ColumnType::Unusable => return None,
    })
}

/// What a type is in words.
pub(crate) fn described(gives: &Type) -> String {
    match gives {
        Type::Number(unit) => super::units::describe(unit),
        Type::Text => "a text".to_owned(),
        Type::Truth => "true or false".to_owned(),
        Type::Time => "a time".to_owned(),
    }
}

/// The columns that a condition fixes to one value, over its outer `and`s.
fn fixed(row: &Row, into: &mut Vec<(String, String)>) {
    match row {
        Row::Binary(RowOp::And, a, b) => {
            fixed(a, into);
            fixed(b, into);
        }
        Row::Binary(RowOp::Equal, a, b) => {
            let (column, value) = match (a.as_ref(), b.as_ref()) {
                (Row::Column(c), v) | (v, Row::Column(c)) => (c, v),
                _ => return,
            };
            let value = match value {
                Row::Text(t) => t.clone(),
                Row::Number(n) => n.to_string(),
                Row::Truth(b) => b.to_string(),
                _ => return,
            };
            into.push((column.clone(), value));
        }
        _ => {}
    }
}
