//! Databases in place: aggregates are pushed down as SQL, and only the small result travels. Knows ADBC, which loads a
//! database's driver while the program runs; nothing above knows that there are drivers.

mod address;
mod answer;
mod ask;
mod dialect;
mod rows;
mod session;
mod table;
mod words;

pub use address::is_database;
pub use session::Drivers;

use super::datafusion::plan;
use super::explain::{Reading, Way};
use super::progress::Stage;
use super::{DataError, Engine, Progress};
use crate::query::{Answer, Measure, Query, TableInfo, TableSource};
use address::Address;
use answer::Given;
use ask::Ask;
use datafusion::error::DataFusionError;
use indexmap::IndexMap;
use session::{Fault, Session};
use table::Table;

/// Reads tables of databases. Tables of one address are read over one connection, at one moment of the database.
#[derive(Default)]
pub struct Warehouse {
    drivers: Drivers,
    sessions: IndexMap<String, Session>,
    tables: IndexMap<String, (String, Table)>,
    progress: Progress,
}

impl Warehouse {
    /// Connected to nothing yet.
    pub fn new(drivers: Drivers) -> Self {
        Self { drivers, ..Self::default() }
    }

    /// From now on, `progress` is told of the rows that are read one by one, and asked whether to go on.
    pub fn set_progress(&mut self, progress: Progress) {
        self.progress = progress;
    }

    /// The statements that would answer `query`, in order, and how many of its requests are answered from rows.
    ///
    /// # Errors
    /// As [`Engine::run`], before anything is asked.
    pub fn statements(&self, query: &Query) -> Result<(Vec<String>, usize), DataError> {
        let (_, table) = self.table(&query.table)?;
        let plan = plan::plan(query, &table.opened)?;
        let ask = table.ask(&plan);
        let able = able(&ask, &plan);
        let said = || -> datafusion::error::Result<Vec<String>> {
            let statements = ask.statements(&able, &vec![None; plan.requests.len()])?;
            statements.iter().map(ask::Statement::sql).collect()
        };
        let statements = said().map_err(|e| table.failed(&e.strip_backtrace()))?;
        Ok((statements, plan.requests.len() - able.len()))
    }

    fn table(&self, name: &str) -> Result<&(String, Table), DataError> {
        self.tables.get(name).ok_or_else(|| DataError::NotOpen { table: name.to_owned() })
    }
}

impl Table {
    fn ask<'a>(&'a self, plan: &'a plan::Plan) -> Ask<'a> {
        Ask::new(&self.speaker, self.dialect(), plan, &self.place, self.opened.info.time.as_deref())
    }
}

/// The requests that the database answers alone.
fn able(ask: &Ask<'_>, plan: &plan::Plan) -> Vec<usize> {
    let requests = plan.requests.iter().enumerate();
    requests.filter(|(_, request)| ask.can(request)).map(|(i, _)| i).collect()
}

/// Why the database's own answer isn't one.
enum Stop {
    /// A value in a row, which is computed differently here: what the database says of it.
    Row(String),
    /// Anything else.
    Fault(String),
}

impl From<Fault> for Stop {
    fn from(fault: Fault) -> Self {
        if fault.of_a_row { Self::Row(fault.reason) } else { Self::Fault(fault.reason) }
    }
}

impl From<DataFusionError> for Stop {
    fn from(error: DataFusionError) -> Self {
        Self::Fault(error.strip_backtrace())
    }
}

/// Asks the database; requests that it doesn't answer stay without.
fn push(
    session: &mut Session,
    table: &Table,
    plan: &plan::Plan,
    asked: &mut Vec<String>,
) -> Result<Vec<Option<Answer>>, Stop> {
    let mut read = |sql: String| {
        let given = session.read(&sql);
        asked.push(sql);
        given
    };
    let ask = table.ask(plan);
    let able = able(&ask, plan);
    let mut answers: Vec<Option<Answer>> = plan.requests.iter().map(|_| None).collect();
    let mut edges = vec![None; plan.requests.len()];
    let (statement, places) = ask.edges(&able)?;
    if !statement.is_empty() {
        let given = Given::new(&read(statement.sql()?)?, false)?;
        for (request, at) in places {
            if let Some(edge) = edges.get_mut(request) {
                *edge = given.integer(at, 0)?;
            }
        }
    }
    let timed = plan.time.is_some();
    for statement in ask.statements(&able, &edges)? {
        let given = Given::new(&read(statement.sql()?)?, statement.group.is_some())?;
        for wanted in &statement.wanted {
            let Some(request) = plan.requests.get(wanted.request) else { continue };
            let edge = edges.get(wanted.request).copied().flatten();
            let mut answer = given.answer(wanted, request, edge, timed)?;
            if request.measure == Measure::Extent
                && let Some(Answer::One(cell)) = &mut answer
                && let Some(sql) = ask.times(request, crate::query::MAX_TIMES + 1)?
            {
                cell.times = answer::times(&read(sql)?)?;
            }
            if let Some(place) = answers.get_mut(wanted.request) {
                *place = answer;
            }
        }
    }
    Ok(answers)
}

/// The error of rows that couldn't be read, with what the database said `first`.
fn spoilt(session: &mut Session, error: DataError, first: Option<String>) -> DataError {
    if !matches!(error, DataError::Interrupted) {
        session.begin_anew();
    }
    let DataError::Server { table, path, reason } = error else { return error };
    match first.filter(|first| *first != reason) {
        Some(first) => DataError::Server { table, path, reason: format!("{first}; and of its rows: {reason}") },
        None => DataError::Server { table, path, reason },
    }
}

impl Engine for Warehouse {
    fn open(&mut self, source: &TableSource) -> Result<TableInfo, DataError> {
        self.progress.go_on()?;
        self.progress.begin(Stage::Opening, &source.name, 0, 0);
        let address = Address::of(source)?;
        let session = match self.sessions.entry(address.uri.to_owned()) {
            indexmap::map::Entry::Occupied(open) => open.into_mut(),
            indexmap::map::Entry::Vacant(place) => place.insert(Session::open(source, address, &self.drivers)?),
        };
        let table = table::open(source, address, session, self.progress.clone());
        if let Err(DataError::Server { .. }) = &table {
            session.begin_anew();
        }
        let table = table?;
        let info = table.opened.info.clone();
        self.tables.insert(source.name.clone(), (address.uri.to_owned(), table));
        Ok(info)
    }

    fn run(&mut self, query: &Query) -> Result<Vec<Answer>, DataError> {
        let not_open = || DataError::NotOpen { table: query.table.clone() };
        let (uri, table) = self.tables.get(&query.table).ok_or_else(not_open)?;
        let session = self.sessions.get_mut(uri).ok_or_else(not_open)?;
        let plan = plan::plan(query, &table.opened)?;
        self.progress.go_on()?;
        self.progress.begin(Stage::Reading, &query.table, 0, 0);
        let product = session.dialect.product;
        let mut asked = Vec::new();
        let mut first = None;
        let mut why = format!("the SQL of {product} can't say it so that it comes to the same");
        let mut answers = match push(session, table, &plan, &mut asked) {
            Ok(answers) => answers,
            Err(Stop::Row(reason)) => {
                why = format!("a value in a row is computed otherwise in {product}: its own answer isn't taken");
                first = Some(reason);
                query.requests.iter().map(|_| None).collect()
            }
            Err(Stop::Fault(reason)) => return Err(table.failed(&reason)),
        };
        self.progress.go_on()?;
        let pushed = answers.iter().any(Option::is_some);
        let told = || {
            let reason = format!("{product} works it out, and only what it comes to travels");
            let requests = query.requests.iter().zip(&answers).filter(|(_, a)| a.is_some()).map(|(r, _)| r.clone());
            let answered = Query { requests: requests.collect(), ..query.clone() };
            Reading { statements: asked, ..Reading::new(&answered, Way::InDatabase, reason) }
        };
        if pushed {
            self.progress.note(told);
        }
        let open: Vec<usize> = answers.iter().enumerate().filter(|(_, a)| a.is_none()).map(|(i, _)| i).collect();
        if !open.is_empty() {
            let requests = open.iter().filter_map(|i| query.requests.get(*i).cloned()).collect();
            let rest = Query { requests, ..query.clone() };
            let (sql, given) = rows::run(session, table, &rest).map_err(|e| spoilt(session, e, first))?;
            self.progress.note(|| Reading { statements: vec![sql], ..Reading::new(&rest, Way::RowsOfDatabase, why) });
            for (place, answer) in open.into_iter().zip(given) {
                if let Some(slot) = answers.get_mut(place) {
                    *slot = Some(answer);
                }
            }
        }
        let whole: Option<Vec<Answer>> = answers.into_iter().collect();
        self.progress.over(whole.ok_or_else(|| table.failed("an answer is missing")))
    }
}
