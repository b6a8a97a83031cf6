//! M214: a filter lets a row through that is the sum of the others.

use crate::calendar::{self, Window};
use crate::diagnostic::Level;
use crate::eval::formula::World;
use crate::eval::past::Past;
use crate::eval::value::Stretch;
use crate::lint::totals::{self, Total};
use crate::lint::reads::{self, Use};
use crate::lint::{Context, Correction, Finding, Found, GoalView, Look, Mark, Observed, Rule, on_table};
use crate::model::plan::{Condition, Kind, Node, TableId};
use crate::model::written;
use crate::quantity::{Digits, Unit};
use crate::query::{Answer, Measure, Request, Row, RowOp};
use crate::source::Loc;
use indexmap::IndexMap;
use jiff::civil::DateTime;

pub static RULE: Rule = Rule {
    code: "M214",
    name: "total-row",
    level: Level::Warning,
    mark: Mark::Doubtful,
    since: "0.1",
    correction: Correction::Unsafe,
    look: Look::PlanData(look),
    page: include_str!("total_row.md"),
};

/// How many names a sum lists.
const NAMES: usize = 5;

/// How a total row counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum How {
    /// A condition on its column lets it through.
    Through,
    /// No condition is on its column.
    Open,
    /// It is taken for one more of the values.
    Beside,
}

/// Where one total row is counted.
struct Place<'a> {
    how: How,
    at: Loc,
    total: Total,
    goals: Vec<GoalView<'a>>,
}

fn look(observed: &Observed<'_, '_>, found: &mut Found) {
    let readable: Vec<&GoalView<'_>> = observed.context.goals.iter().filter(|g| observed.readable(g)).collect();
    let mut totals: IndexMap<(TableId, &Row), Vec<Total>> = IndexMap::new();
    for goal in &readable {
        let beside = goal.goal.kpis.iter().chain(&goal.goal.guardrails).map(|k| &k.value);
        for formula in goal.subject().into_iter().chain(beside) {
            observed.context.visit(formula, &mut |f| {
                if let Node::Aggregate(a) = &f.node
                    && let Some(x) = reads::added(a)
                {
                    totals.entry((a.table, x)).or_insert_with(|| totals::totals(observed.world, a.table, x));
                }
            });
        }
    }
    totals.retain(|_, found| !found.is_empty());
    if totals.is_empty() {
        return;
    }
    let uses: Vec<(GoalView<'_>, Use<'_>)> =
        readable.into_iter().flat_map(|g| reads::of_goal(observed, g).into_iter().map(|u| (*g, u))).collect();
    let mut places: IndexMap<(How, Loc, TableId, String), Place<'_>> = IndexMap::new();
    for (goal, used) in &uses {
        let Some(x) = reads::added(used.aggregate) else { continue };
        let Some(known) = totals.get(&(used.aggregate.table, x)) else { continue };
        for total in known {
            let Some((how, at)) = counted(observed, goal, used, total) else { continue };
            let key = (how, at, total.table, total.column.clone());
            let place = places.entry(key).or_insert_with(|| Place { how, at, total: total.clone(), goals: Vec::new() });
            if !place.goals.iter().any(|g| g.number == goal.number) {
                place.goals.push(*goal);
            }
        }
    }
    places.into_values().for_each(|place| found.say(finding(observed, &place)));
}

/// How a total row counts in what is read, and where that is written; `None` where it doesn't, or stands alone.
fn counted(observed: &Observed<'_, '_>, goal: &GoalView<'_>, used: &Use<'_>, total: &Total) -> Option<(How, Loc)> {
    let end = observed.world.timelines.get(total.table)?.readable;
    let request = Request {
        measure: Measure::Count,
        filter: used.filter(),
        window: Some(used.window.unwrap_or(Window::new(DateTime::MIN, end))),
        group: Some(total.column.clone()),
    };
    let Some(Answer::Groups(groups)) = observed.world.cells.ask(total.table, request) else { return None };
    let passes = |value: &String| groups.get(value).is_some_and(|cell| cell.rows > 0);
    if !passes(&total.value) || !total.others.iter().any(passes) {
        return None;
    }
    if used.by.contains(&total.column.as_str()) {
        use crate::syntax::tree::GoalClause;
        let each = goal.clause(|c| match c {
            GoalClause::For { of, .. } if of.node == total.column => Some(()),
            _ => None,
        });
        return Some((How::Beside, each.map_or(used.at, |(_, at)| at)));
    }
    let through = used.conditions.iter().rev().find(|c| c.columns.contains(&total.column));
    Some(through.map_or((How::Open, used.at), |c| {
        // A segment is mended, or allowed, where it is declared.
        let segment = observed.context.plan.segments.get(&c.text);
        (How::Through, segment.map_or(c.at, |s| s.condition.at))
    }))
}

fn finding(observed: &Observed<'_, '_>, place: &Place<'_>) -> Finding {
    let (context, total) = (observed.context, &place.total);
    let row = format!("{} \"{}\"", total.column, total.value);
    let (message, label) = match place.how {
        How::Through => ("this filter counts a total row as well".to_owned(), format!("lets {row} through")),
        How::Open => ("a total row is counted as well".to_owned(), format!("counts {row} too")),
        How::Beside => (format!("a total row is taken for one more {}", total.column), format!("{} too", total.value)),
    };
    let reading = match place.how {
        How::Beside => None,
        _ => place.goals.iter().find_map(|g| reading(observed, g, total)),
    };
    let end = match reading {
        Some(reading) => format!(", so {reading}"),
        None if place.how == How::Beside => String::new(),
        None => ", so everything is counted twice".to_owned(),
    };
    let condition = exclusion(total);
    let mut finding = Finding::new(message, place.at, label).because(format!("On all {} dates {}{end}.", total.dates, sum(total)));
    for goal in &place.goals {
        finding = finding.concerns(goal.number);
    }
    let Some(name) = on_table::name_place(context, total.table) else {
        let name = written(context.table_name(total.table));
        return finding.help(format!("declare the table and leave it out there: table {name} from … where {condition}"));
    };
    let help = format!("leave it out once, on the table: where {condition}");
    match on_table::with_condition(context, total.table, &condition).filter(|_| !total.blanks) {
        Some(edits) => finding.and(name, format!("where {condition}")).help(help).fix("leave it out", edits),
        None => finding.help(help),
    }
}

/// `region <> "TOTAL"`
fn exclusion(total: &Total) -> String {
    format!("{} <> {:?}", written(&total.column), total.value)
}

/// `TOTAL = UCAN + EMEA + LATAM + APAC`
fn sum(total: &Total) -> String {
    let others = match total.others.len() {
        n if n <= NAMES => total.others.join(" + "),
        n => format!("the sum of the {n} others"),
    };
    format!("{} = {others}", total.value)
}

/// What a goal's number is with the total row and without: `members abroad would be 333.390M at 2020-12-31, not
/// 129.727M`.
fn reading(observed: &Observed<'_, '_>, goal: &GoalView<'_>, total: &Total) -> Option<String> {
    let measured = observed.measured(goal)?;
    let (judged, subject) = (&measured.judged, &measured.subject);
    let baseline = judged.baseline.as_ref().filter(|b| b.datum.number().is_some()).and_then(|b| b.window);
    let window = baseline.or(judged.current.1)?;
    let without = Condition {
        row: Row::Binary(
            RowOp::NotEqual,
            Box::new(Row::Column(total.column.clone())),
            Box::new(Row::Text(total.value.clone())),
        ),
        tables: vec![total.table],
        text: exclusion(total),
        columns: vec![total.column.clone()],
        fixes: Vec::new(),
        at: goal.goal.at,
    };
    // What was worked out of the past is told apart by where conditions are: this one is new.
    let past = Past::default();
    let world = World { past: &past, ..*observed.world };
    let mut context = subject.context.at(Stretch::new(window, subject.known));
    let with = world.value(subject.formula, &context).number();
    context.filters.push((&without, true));
    let left = world.value(subject.formula, &context).number();
    let (with, left) = (with?, left?);
    if crate::quantity::same(with, left) {
        return None;
    }
    let unit = subject.formula.gives.unit();
    let digits = Digits::of(&unit, &[with, left]);
    let when = match subject.kind {
        Kind::Stock => format!("at {}", window.last_day()),
        _ => format!("in {}", calendar::step_name(&window, &observed.context.plan.facts.rules)),
    };
    let what = what(observed.context, goal, &unit);
    Some(format!("{what} would be {} {when}, not {}", digits.show(with), digits.show(left)))
}

/// `members abroad`
fn what(context: &Context<'_>, goal: &GoalView<'_>, unit: &Unit) -> String {
    let what = match unit {
        Unit::Count(things) => things.clone(),
        _ => goal.subject_text().to_owned(),
    };
    match &goal.goal.filter {
        Some(filter) if context.plan.segments.contains_key(&filter.text) => format!("{what} {}", filter.text),
        Some(filter) => format!("{what} where {}", filter.text),
        None => what,
    }
}
