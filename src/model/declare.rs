//! Plan facts, objectives, segments, lets, metrics and campaigns, each from its statement.

use super::error::NameError;
use super::formula::Scope;
use super::names::written;
use super::plan::{Campaign, Direction, Facts, Formula, Kind, Let, Metric, Node, Objective, Scenario, Segment, Type};
use super::reach::Reach;
use super::targets::Subject;
use super::unit_error::UnitError;
use super::{R, Reported, Resolver, kinds, units};
use crate::calendar::Window;
use crate::diagnostic::Label;
use crate::quantity::{Currency, Unit};
use crate::source::{FileId, Loc, Span};
use crate::syntax::tree::{
    BinaryOp, CampaignClause, Expr, ExprKind, Fact, File, Literal, MetricClause, ObjectiveClause, StatementKind, Text,
};
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

impl Resolver<'_> {
    /// Facts about the whole plan. The first file's win; a fact said twice in one file is an error.
    pub(crate) fn facts(&mut self, files: &[(FileId, File)]) {
        let mut said: Vec<(&'static str, Loc)> = Vec::new();
        let mut horizon = None;
        for (file, tree) in files {
            for s in &tree.statements {
                let StatementKind::Fact(fact) = &s.node else { continue };
                let name = fact_name(fact);
                if let Some((_, first)) = said.iter().find(|(n, _)| *n == name && name != "import") {
                    if first.file == *file {
                        self.report(*file, &NameError::FactTwice { fact: name, at: s.span, first: first.span });
                    }
                    continue;
                }
                said.push((name, Loc { file: *file, span: s.span }));
                match fact {
                    Fact::Horizon(period) => horizon = Some((*file, period)),
                    other => self.fact(other, *file),
                }
            }
        }
        // A horizon may be a fiscal year, so it is read once the calendar is known.
        if let Some((file, period)) = horizon {
            self.plan.facts.horizon = self.window(&period.node, file, period.span).ok();
        }
    }

    fn fact(&mut self, fact: &Fact, file: FileId) {
        let text = |t: &Text| Some(t.node.clone());
        let facts: &mut Facts = &mut self.plan.facts;
        match fact {
            Fact::Plan(t) => facts.title = text(t),
            Fact::Mission(t) => facts.mission = text(t),
            Fact::Vision(t) => facts.vision = text(t),
            Fact::Owner(t) => facts.owner = text(t),
            Fact::FiscalYearStarts(month) => facts.rules.fiscal_start = month.node,
            Fact::WeekStarts(day) => facts.rules.week_start = day.node,
            Fact::Currency(code) => match Currency::from_code(&code.node) {
                Some(currency) => facts.currency = Some(currency),
                None => {
                    let upper = code.node.to_uppercase();
                    let help = match Currency::from_code(&upper) {
                        Some(_) => format!("write {upper}"),
                        None => "write the three letters of ISO 4217: USD, EUR, GBP, JPY".to_owned(),
                    };
                    let what = format!("{} is no currency", code.node);
                    self.report(file, &NameError::OutOfRange { what, at: code.span, help });
                }
            },
            Fact::Timezone(name) => match TimeZone::get(&name.node) {
                Ok(zone) => {
                    self.zone = zone;
                    self.plan.facts.timezone.clone_from(&name.node);
                }
                Err(_) => {
                    let what = format!("there is no time zone \"{}\"", name.node);
                    let help = "write it as a place, such as \"America/New_York\" or \"UTC\"".to_owned();
                    self.report(file, &NameError::OutOfRange { what, at: name.span, help });
                }
            },
            Fact::OnTrackAbove(mark) => {
                if let Ok(v) = self.mark(mark, file, "95%") {
                    self.plan.facts.on_track = v;
                }
            }
            Fact::AtRiskAbove(mark) => {
                if let Ok(v) = self.mark(mark, file, "75%") {
                    self.plan.facts.at_risk = v;
                }
            }
            Fact::Horizon(_) | Fact::Import(_) => {}
        }
    }

    fn mark(&mut self, literal: &crate::source::Spanned<Literal>, file: FileId, example: &str) -> R<f64> {
        self.fraction(literal, file, example)
    }

    /// Objectives; what they support is looked up once all are known.
    pub(crate) fn declare_objectives(&mut self) {
        let all: Vec<_> = self.names.objectives.values().copied().collect();
        for d in all {
            let mut objective = Objective {
                name: d.tree.name.node.clone(),
                title: d.tree.title.as_ref().map(|t| t.node.clone()),
                weight: 1.0,
                supports: None,
                owner: None,
                at: d.loc(),
            };
            for clause in &d.tree.clauses {
                match &clause.node {
                    ObjectiveClause::Weight(w) => objective.weight = self.weight(w, d.file).unwrap_or(1.0),
                    ObjectiveClause::Supports(name) => {
                        objective.supports = self.objective_id(&name.node, d.file, name.span).ok();
                    }
                    ObjectiveClause::Owner(t) => objective.owner = Some(t.node.clone()),
                    ObjectiveClause::About(_) => {}
                }
            }
            self.plan.objectives.insert(objective.name.clone(), objective);
        }
        self.objective_circles();
    }

    /// An objective that supports itself, however far round.
    fn objective_circles(&mut self) {
        let supports: Vec<Option<usize>> = self.plan.objectives.values().map(|o| o.supports).collect();
        let mut seen = vec![0_usize; supports.len()];
        for start in 0..supports.len() {
            let mut way = Vec::new();
            let mut at = Some(start);
            while let Some(i) = at {
                if seen[i] == start + 1 {
                    let from = way.iter().position(|w| *w == i).unwrap_or(0);
                    self.objective_circle(&way[from..]);
                    break;
                }
                if seen[i] != 0 {
                    break;
                }
                seen[i] = start + 1;
                way.push(i);
                at = supports[i];
            }
        }
    }

    fn objective_circle(&mut self, way: &[usize]) {
        let name = |r: &Self, i: usize| r.plan.objectives.get_index(i).map_or("", |(n, _)| n.as_str()).to_owned();
        let Some(first) = way.first() else { return };
        let mut path: Vec<String> = way.iter().map(|i| name(self, *i)).collect();
        path.push(name(self, *first));
        let places: Vec<Loc> = way.iter().filter_map(|i| self.supports_at(*i)).collect();
        let Some(at) = places.first().copied() else { return };
        let label = |i: usize| format!("{} supports {}", path[i], path[i + 1]);
        let more = places.iter().enumerate().skip(1).map(|(i, at)| Label { at: *at, text: label(i) }).collect();
        let error = NameError::Circle {
            what: format!("`{}` supports itself", path[0]),
            path: path.join(" → "),
            at: at.span,
            edge: label(0),
            help: "take one `supports` out",
        };
        self.report_with(at.file, &error, more);
        for i in way {
            if let Some((_, o)) = self.plan.objectives.get_index_mut(*i) {
                o.supports = None;
            }
        }
    }

    /// Where an objective says what it supports.
    fn supports_at(&self, id: usize) -> Option<Loc> {
        let (_, d) = self.names.objectives.get_index(id)?;
        d.tree.clauses.iter().find_map(|c| match &c.node {
            ObjectiveClause::Supports(name) => Some(Loc { file: d.file, span: name.span }),
            _ => None,
        })
    }

    /// The number of an objective.
    pub(crate) fn objective_id(&mut self, name: &str, file: FileId, at: Span) -> R<usize> {
        self.names.objectives.get_index_of(name).ok_or_else(|| {
            let help = self
                .suggestion(name, self.names.objectives.keys().copied())
                .or_else(|| Some(format!("declare it: objective {} \"…\"", written(name))));
            let error = NameError::UnknownOf { what: "objective", name: name.to_owned(), at, help };
            self.report(file, &error)
        })
    }

    /// Scenarios: their changes are tried one by one when the plan is resolved.
    pub(crate) fn declare_scenarios(&mut self) {
        for d in self.names.scenarios.values() {
            let scenario = Scenario {
                name: d.tree.name.node.clone(),
                title: d.tree.title.as_ref().map(|t| t.node.clone()),
                set: d.tree.changes.iter().map(|c| self.text(d.file, c.span)).collect(),
                at: d.loc(),
            };
            self.plan.scenarios.insert(scenario.name.clone(), scenario);
        }
    }

    /// Gives every let, metric and campaign its number before any of them is resolved.
    pub(crate) fn placeholders(&mut self) {
        let nothing = |at: Loc| Formula { node: Node::Number(f64::NAN), gives: Type::Number(Unit::Plain), at };
        for (name, d) in &self.names.lets {
            let text = String::new();
            self.plan.lets.insert((*name).to_owned(), Let { value: nothing(d.loc()), text, at: d.loc() });
        }
        for (name, d) in &self.names.metrics {
            let declared = d.tree.clauses.iter().find_map(|c| match &c.node {
                MetricClause::Unit(word) => Some(units::from_word(&word.node)),
                _ => None,
            });
            let metric = Metric {
                name: (*name).to_owned(),
                title: d.tree.title.as_ref().map(|t| t.node.clone()),
                value: nothing(d.loc()),
                text: String::new(),
                unit: declared.unwrap_or_default(),
                kind: Kind::Neither,
                fixed: false,
                direction: None,
                drives: Vec::new(),
                cap: None,
                about: None,
                at: Some(d.loc()),
                implicit: false,
                uses_past: false,
            };
            self.plan.metrics.insert(metric.name.clone(), metric);
        }
        self.reach = vec![Reach::default(); self.plan.metrics.len()];
        let midnight = DateTime::ZERO;
        for (name, d) in &self.names.campaigns {
            let campaign = Campaign {
                name: (*name).to_owned(),
                title: d.tree.title.as_ref().map(|t| t.node.clone()),
                period: d.tree.period.node.clone(),
                window: Window::new(midnight, midnight),
                budget: None,
                filter: None,
                at: d.loc(),
            };
            self.plan.campaigns.insert(campaign.name.clone(), campaign);
        }
    }

    pub(crate) fn resolve_segment(&mut self, id: usize) -> R<()> {
        let Some((name, d)) = self.names.segments.get_index(id).map(|(n, d)| (*n, *d)) else { return Ok(()) };
        let condition = self.condition(&d.tree.condition, None, d.file)?;
        self.plan.segments.insert(name.to_owned(), Segment { condition, at: d.loc() });
        Ok(())
    }

    pub(crate) fn resolve_let(&mut self, id: usize) -> R<()> {
        let Some((name, d)) = self.names.lets.get_index(id).map(|(n, d)| (*n, *d)) else { return Ok(()) };
        let value = self.formula(&d.tree.value, Scope::new(d.file))?;
        if kinds::kind(&value, &self.plan).is_some() {
            let error = NameError::LetWithoutWindow { name: written(name), at: d.tree.value.span };
            return Err(self.report(d.file, &error));
        }
        self.ranks_placed(&value)?;
        let text = self.text(d.file, d.tree.value.span);
        self.plan.lets[id] = Let { value, text, at: d.loc() };
        self.lets_done.insert(id);
        Ok(())
    }

    pub(crate) fn resolve_campaign(&mut self, id: usize) -> R<()> {
        let Some(d) = self.names.campaigns.get_index(id).map(|(_, d)| *d) else { return Ok(()) };
        let file = d.file;
        let window = self.window(&d.tree.period.node, file, d.tree.period.span);
        let (mut budget, mut filter) = (Ok(None), Ok(None));
        for clause in &d.tree.clauses {
            match &clause.node {
                CampaignClause::Budget(e) => budget = self.number(e, Scope::new(file)).map(Some),
                CampaignClause::Where(e) => filter = self.condition(e, None, file).map(Some),
                CampaignClause::About(_) => {}
            }
        }
        let (window, budget, filter) = (window?, budget?, filter?);
        let campaign = &mut self.plan.campaigns[id];
        (campaign.window, campaign.budget, campaign.filter) = (window, budget, filter);
        Ok(())
    }

    pub(crate) fn resolve_metric(&mut self, id: usize) -> R<()> {
        let Some(d) = self.names.metrics.get_index(id).map(|(_, d)| *d) else { return Ok(()) };
        let file = d.file;
        let scope = Scope::new(file);
        let value = self.number_or_truth(&d.tree.value, scope);
        let (mut filter, mut declared, mut cap) = (Ok(None), None, None);
        let mut direction = None;
        let mut about = None;
        for clause in &d.tree.clauses {
            match &clause.node {
                MetricClause::Where(e) => filter = self.condition(e, None, file).map(Some),
                MetricClause::Unit(word) => declared = Some(word),
                MetricClause::HigherIsBetter => direction = Some(Direction::Higher),
                MetricClause::LowerIsBetter => direction = Some(Direction::Lower),
                MetricClause::Cap(e) => cap = Some(e),
                MetricClause::About(t) => about = Some(t.node.clone()),
                MetricClause::Drives(_) => {}
            }
        }
        let (mut value, filter) = (value?, filter?);
        let unit = match declared {
            Some(word) => self.declared_unit(&value, &d.tree.value, word, file)?,
            None => value.gives.unit(),
        };
        if let Some(condition) = filter {
            self.filter_reaches(&value, &condition)?;
            let (gives, at) = (value.gives.clone(), value.at);
            value = Formula { node: Node::Filter(Box::new(value), Box::new(condition)), gives, at };
        }
        let mut held = Subject { unit: unit.clone(), at: d.tree.value.span, implicit: false, top: None };
        let cap = cap.map(|e| self.limit(e, &mut held, scope)).transpose()?;
        let over_time = kinds::kind(&value, &self.plan);
        let (kind, fixed) = (over_time.unwrap_or(Kind::Neither), over_time.is_none());
        self.reach[id] = Reach::of(&value, &self.reach);
        let text = self.text(file, d.tree.value.span);
        let metric = &mut self.plan.metrics[id];
        (metric.value, metric.unit, metric.kind, metric.text) = (value, unit, kind, text);
        (metric.cap, metric.direction, metric.about) = (cap, direction, about);
        metric.fixed = fixed;
        Ok(())
    }

    /// A metric's formula: a number, or a truth value.
    fn number_or_truth(&mut self, expr: &Expr, scope: Scope) -> R<Formula> {
        let formula = self.formula(expr, scope)?;
        if matches!(formula.gives, Type::Number(_) | Type::Truth) {
            return Ok(formula);
        }
        let is = super::rows::described(&formula.gives);
        let error = NameError::WrongType { wanted: "a number", is, at: expr.span, help: None };
        Err(self.report(scope.file, &error))
    }

    /// The unit that a metric declares, against the one that its formula gives.
    fn declared_unit(
        &mut self,
        value: &Formula,
        expr: &Expr,
        word: &crate::source::Spanned<String>,
        file: FileId,
    ) -> R<Unit> {
        let declared = units::from_word(&word.node);
        if declared == Unit::Percent
            && let Some(cut) = times_hundred(expr)
        {
            return Err(self.report(file, &UnitError::TimesHundred { at: cut, cut }));
        }
        let gives = value.gives.unit();
        units::declare(&gives, &declared).map_err(|_| {
            let error = UnitError::Declared {
                gives: units::describe(&gives),
                declared: word.node.clone(),
                at: word.span,
                other: expr.span,
            };
            self.report(file, &error)
        })
    }

    /// Enters a metric that no statement describes.
    pub(crate) fn enter_implicit(&mut self, name: &str, text: String, value: Formula) -> usize {
        let reach = Reach::of(&value, &self.reach);
        let metric = Metric {
            name: name.to_owned(),
            title: None,
            value,
            text,
            unit: Unit::Plain,
            kind: Kind::Stock,
            fixed: false,
            direction: None,
            drives: Vec::new(),
            cap: None,
            about: None,
            at: None,
            implicit: true,
            uses_past: false,
        };
        let (id, _) = self.plan.metrics.insert_full(name.to_owned(), metric);
        self.reach.push(reach);
        self.implicit.insert(name.to_owned(), id);
        id
    }

    /// `drives`: metrics by name, implicit ones too.
    pub(crate) fn drives(&mut self) {
        let all: Vec<_> = self.names.metrics.values().copied().collect();
        for (id, d) in all.into_iter().enumerate() {
            for clause in &d.tree.clauses {
                let MetricClause::Drives(names) = &clause.node else { continue };
                for name in names {
                    let at = Loc { file: d.file, span: name.span };
                    if let Ok(driven) = self.metric_id(&name.node, at) {
                        self.plan.metrics[id].drives.push(driven);
                    }
                }
            }
        }
    }

    /// A declared metric, or an implicit one.
    pub(crate) fn metric_id(&mut self, name: &str, at: Loc) -> R<usize> {
        match self.names.metrics.get_index_of(name) {
            Some(id) if self.broken.metrics.contains(&id) => Err(Reported),
            Some(id) => Ok(id),
            None => self.implicit_metric(name, at),
        }
    }
}

/// The ` * 100` of a formula that ends in it, with the operator.
fn times_hundred(expr: &Expr) -> Option<Span> {
    let hundred = |e: &Expr| matches!(&e.node, ExprKind::Literal(Literal::Number(n)) if n.value == 100.0);
    match &expr.node {
        ExprKind::Group(inner) => times_hundred(inner),
        ExprKind::Binary(BinaryOp::Multiply, a, b) if hundred(b) => Some(Span { start: a.span.end, end: b.span.end }),
        ExprKind::Binary(BinaryOp::Multiply, a, b) if hundred(a) => {
            Some(Span { start: a.span.start, end: b.span.start })
        }
        ExprKind::Binary(BinaryOp::Divide, a, _) => times_hundred(a),
        _ => None,
    }
}

fn fact_name(fact: &Fact) -> &'static str {
    match fact {
        Fact::Plan(_) => "plan",
        Fact::Mission(_) => "mission",
        Fact::Vision(_) => "vision",
        Fact::Owner(_) => "owner",
        Fact::Currency(_) => "currency",
        Fact::Timezone(_) => "timezone",
        Fact::FiscalYearStarts(_) => "fiscal year starts",
        Fact::WeekStarts(_) => "week starts",
        Fact::Horizon(_) => "horizon",
        Fact::OnTrackAbove(_) => "on track above",
        Fact::AtRiskAbove(_) => "at risk above",
        Fact::Import(_) => "import",
    }
}
