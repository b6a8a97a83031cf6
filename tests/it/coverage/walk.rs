//! What a statement's tree holds, named by matches over its enums, so that nothing new in the language goes without a
//! name.

use super::list::Place;
use milepost::syntax::tree::*;
use std::collections::BTreeSet;

/// What one statement uses.
#[derive(Debug, Default)]
pub struct Used {
    pub features: BTreeSet<String>,
    /// Names that may be those of other statements.
    pub names: BTreeSet<String>,
}

/// What the names of a plan stand for, as far as that decides what a clause is.
#[derive(Debug, Default)]
pub struct Names {
    pub tables: BTreeSet<String>,
    pub campaigns: BTreeSet<String>,
    pub segments: BTreeSet<String>,
    /// Metrics and lets.
    pub values: BTreeSet<String>,
}

impl Names {
    pub fn of(trees: &[&File]) -> Self {
        let mut names = Self::default();
        for statement in trees.iter().flat_map(|t| &t.statements) {
            match &statement.node {
                StatementKind::Table(t) => _ = names.tables.insert(t.name.node.clone()),
                StatementKind::Campaign(c) => _ = names.campaigns.insert(c.name.node.clone()),
                StatementKind::Segment(s) => _ = names.segments.insert(s.name.node.clone()),
                StatementKind::Metric(m) => _ = names.values.insert(m.name.node.clone()),
                StatementKind::Let(l) => _ = names.values.insert(l.name.node.clone()),
                _ => {}
            }
        }
        names
    }

    pub fn declares(&self, name: &str) -> bool {
        [&self.tables, &self.campaigns, &self.segments, &self.values].iter().any(|names| names.contains(name))
    }
}

pub struct Walk<'a> {
    pub names: &'a Names,
    pub used: Used,
}

impl Walk<'_> {
    pub fn saw(&mut self, feature: impl Into<String>) {
        self.used.features.insert(feature.into());
    }

    pub fn named(&mut self, name: &str) {
        self.used.names.insert(name.to_owned());
    }

    pub fn statement(&mut self, statement: &StatementKind) {
        match statement {
            StatementKind::Fact(fact) => self.fact(fact),
            StatementKind::Table(table) => self.table(table),
            StatementKind::Segment(segment) => {
                self.saw("segment");
                self.expr(&segment.condition, Place::Row);
            }
            StatementKind::Let(cell) => {
                self.saw("let");
                self.expr(&cell.value, Place::Values);
            }
            StatementKind::Metric(metric) => self.metric(metric),
            StatementKind::Campaign(campaign) => self.campaign(campaign),
            StatementKind::Objective(objective) => self.objective(objective),
            StatementKind::Goal(goal) => self.goal(goal),
            StatementKind::Milestone(milestone) => self.milestone(milestone),
            StatementKind::Alert(alert) => self.alert(alert),
            StatementKind::Exclude(exclude) => {
                self.saw("exclude");
                if exclude.table.is_some() {
                    self.saw("exclude: from");
                }
            }
            StatementKind::Scenario(scenario) => {
                for change in &scenario.changes {
                    match &change.node {
                        Change::Set { value, .. } => {
                            self.saw("scenario: set");
                            self.expr(value, Place::Values);
                        }
                        Change::Scale { .. } => self.saw("scenario: +N%"),
                    }
                }
            }
            StatementKind::Test(test) => test.parts.iter().for_each(|part| self.test_part(&part.node)),
        }
    }

    pub fn fact(&mut self, fact: &Fact) {
        self.saw(match fact {
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
        });
    }

    pub fn table(&mut self, table: &Table) {
        self.saw("table");
        for clause in &table.clauses {
            match &clause.node {
                TableClause::Sheet(_) => self.saw("table: sheet"),
                TableClause::Time { format, .. } => {
                    self.saw(if format.is_some() { "table: time as" } else { "table: time" });
                }
                TableClause::Every(_) => self.saw("table: every"),
                TableClause::Sparse => self.saw("table: sparse"),
                TableClause::Lag(_) => self.saw("table: lag"),
                TableClause::Where(condition) => {
                    self.saw("table: where");
                    self.expr(condition, Place::Row);
                }
                TableClause::About(_) => self.saw("table: about"),
            }
        }
    }

    pub fn metric(&mut self, metric: &Metric) {
        self.saw("metric");
        self.expr(&metric.value, Place::Values);
        for clause in &metric.clauses {
            match &clause.node {
                MetricClause::Where(condition) => {
                    self.saw("metric: where");
                    self.expr(condition, Place::Row);
                }
                MetricClause::Unit(_) => self.saw("metric: unit"),
                MetricClause::HigherIsBetter => self.saw("metric: higher is better"),
                MetricClause::LowerIsBetter => self.saw("metric: lower is better"),
                MetricClause::Drives(_) => self.saw("metric: drives"),
                MetricClause::Cap(cap) => {
                    self.saw("metric: cap");
                    self.expr(cap, Place::Values);
                }
                MetricClause::About(_) => self.saw("metric: about"),
            }
        }
    }

    pub fn campaign(&mut self, campaign: &Campaign) {
        self.saw("campaign");
        for clause in &campaign.clauses {
            match &clause.node {
                CampaignClause::Budget(budget) => {
                    self.saw("campaign: budget");
                    self.expr(budget, Place::Values);
                }
                CampaignClause::Where(condition) => {
                    self.saw("campaign: where");
                    self.expr(condition, Place::Row);
                }
                CampaignClause::About(_) => self.saw("campaign: about"),
            }
        }
    }

    pub fn objective(&mut self, objective: &Objective) {
        self.saw("objective");
        for clause in &objective.clauses {
            match &clause.node {
                ObjectiveClause::Weight(_) => self.saw("objective: weight"),
                ObjectiveClause::Supports(name) => {
                    self.saw("objective: supports");
                    self.named(&name.node);
                }
                ObjectiveClause::Owner(_) => self.saw("objective: owner"),
                ObjectiveClause::About(_) => self.saw("objective: about"),
            }
        }
    }

    pub fn milestone(&mut self, milestone: &Milestone) {
        self.saw("milestone");
        for clause in &milestone.clauses {
            match &clause.node {
                MilestoneClause::By(_) => self.saw("milestone: by"),
                MilestoneClause::Done(_) => self.saw("milestone: done"),
                MilestoneClause::When(condition) => {
                    self.saw("milestone: when");
                    self.expr(condition, Place::Values);
                }
                MilestoneClause::Supports(name) => {
                    self.saw("milestone: supports");
                    self.named(&name.node);
                }
                MilestoneClause::Owner(_) => self.saw("milestone: owner"),
                MilestoneClause::About(_) => self.saw("milestone: about"),
            }
        }
    }

    pub fn alert(&mut self, alert: &Alert) {
        self.saw("alert");
        self.expr(&alert.condition, Place::Values);
        for clause in &alert.clauses {
            self.saw(match &clause.node {
                AlertClause::Every(_) => "alert: every",
                AlertClause::Hold(_) => "alert: hold",
                AlertClause::Note(_) => "alert: note",
            });
        }
    }

    pub fn test_part(&mut self, part: &TestPart) {
        match part {
            TestPart::Given { data, .. } => match data {
                Given::Points(points) => {
                    self.saw("test: given points");
                    points.iter().for_each(|(value, _)| self.expr(value, Place::Values));
                }
                Given::Run { start, .. } => {
                    self.saw("test: given run");
                    self.expr(start, Place::Values);
                }
                Given::Always(value) => {
                    self.saw("test: given always");
                    self.expr(value, Place::Values);
                }
            },
            TestPart::AsOf(_) => self.saw("test: as of"),
            TestPart::ExpectStatus { .. } => self.saw("test: expect status"),
            TestPart::Expect(condition) => {
                self.saw("test: expect condition");
                self.expr(condition, Place::Values);
            }
        }
    }

    pub fn goal(&mut self, goal: &Goal) {
        self.saw("goal");
        if goal.name.is_none() {
            self.saw("a goal called after its subject");
        }
        let over_rows = goal
            .clauses
            .iter()
            .any(|c| matches!(&c.node, GoalClause::For { of, .. } if self.names.tables.contains(&of.node)));
        match &goal.body {
            GoalBody::Measured { subject, targets } => {
                self.expr(subject, if over_rows { Place::Row } else { Place::Values });
                targets.iter().for_each(|t| self.target(&t.node));
            }
            GoalBody::Combined { all, goals } => {
                self.saw(if *all { "all of" } else { "any of" });
                goals.iter().for_each(|g| self.named(&g.node));
            }
        }
        goal.clauses.iter().for_each(|c| self.goal_clause(&c.node));
    }

    pub fn target(&mut self, target: &Target) {
        match target {
            Target::Change { amount, relative, .. } => self.saw(match &amount.node {
                Literal::Percent(_) if *relative => "+5% relative",
                Literal::Percent(_) => "+5%",
                Literal::Points(_) => "+2pp",
                _ => "+250",
            }),
            Target::Multiple(Multiple::Times(_)) => self.saw("x2"),
            Target::Multiple(Multiple::Double) => self.saw("double"),
            Target::Multiple(Multiple::Halve) => self.saw("halve"),
            Target::Up => self.saw("up"),
            Target::Down => self.saw("down"),
            Target::To(x) => self.wanted("to", &[x]),
            Target::FromTo(a, b) => self.wanted("from A to B", &[a, b]),
            Target::Bound(comparison, x) => {
                let name = match comparison {
                    Comparison::AtLeast => ">=",
                    Comparison::AtMost => "<=",
                    Comparison::Above => ">",
                    Comparison::Below => "<",
                    Comparison::Equal => "=",
                };
                self.wanted(name, &[x]);
            }
            Target::Between(a, b) => self.wanted("between A and B", &[a, b]),
            Target::Near { of, .. } => self.wanted("within 10% of", &[of]),
            Target::Top { .. } => self.saw("top N by"),
        }
    }

    pub fn wanted(&mut self, name: &str, of: &[&Expr]) {
        self.saw(name);
        of.iter().for_each(|x| self.expr(x, Place::Values));
    }

    pub fn goal_clause(&mut self, clause: &GoalClause) {
        match clause {
            GoalClause::Where(condition) => {
                self.saw("where");
                self.expr(condition, Place::Row);
            }
            GoalClause::By(_) => self.saw("by"),
            GoalClause::In(what) => self.in_what(&what.node),
            GoalClause::Within(_) => self.saw("within"),
            GoalClause::Every { within, .. } => {
                self.saw(if within.is_some() { "every in" } else { "every" });
                within.iter().for_each(|w| self.in_what(&w.node));
            }
            GoalClause::Per(_) => self.saw("per"),
            GoalClause::From(from) => match &from.node {
                FromWhat::When(_) => self.saw("from a date"),
                FromWhat::Value(x) => {
                    self.saw("from a value");
                    self.expr(x, Place::Values);
                }
            },
            GoalClause::Yoy => self.saw("yoy"),
            GoalClause::For { quantifier, of } => self.quantifier(quantifier, &of.node),
            GoalClause::Hold(_) => self.saw("hold"),
            GoalClause::Measure(kpis) => {
                self.saw("measure");
                if kpis.iter().any(|k| k.node.target.is_some()) {
                    self.saw("measure with a target");
                }
                kpis.iter().for_each(|k| self.kpi(&k.node));
            }
            GoalClause::Guardrail(kpis) => {
                self.saw("guardrail");
                kpis.iter().for_each(|k| self.kpi(&k.node));
            }
            GoalClause::Checkpoints(checkpoints) => checkpoints.iter().for_each(|c| self.checkpoint(&c.node)),
            GoalClause::Pace(pace) => self.saw(match pace.node {
                PaceKind::Linear => "pace linear",
                PaceKind::Compound => "pace compound",
                PaceKind::Seasonal => "pace seasonal",
            }),
            GoalClause::Grace(_) => self.saw("grace"),
            GoalClause::Cap(cap) => {
                self.saw("cap");
                self.expr(cap, Place::Values);
            }
            GoalClause::Supports(name) => {
                self.saw("supports");
                self.named(&name.node);
            }
            GoalClause::Owner(_) => self.saw("goal: owner"),
            GoalClause::Weight(_) => self.saw("weight"),
            GoalClause::About(_) => self.saw("about"),
        }
    }

    pub fn in_what(&mut self, what: &InWhat) {
        match what {
            InWhat::Period(_) => self.saw("in a period"),
            InWhat::Campaign(name) => {
                self.saw("in a campaign");
                self.named(name);
            }
        }
    }

    pub fn quantifier(&mut self, quantifier: &Quantifier, of: &str) {
        self.named(of);
        let periods = ["days", "weeks", "months", "quarters", "years"].contains(&of);
        let name = match (quantifier, self.names.tables.contains(of), periods) {
            (Quantifier::Each, true, _) => "for each row",
            (Quantifier::Each, ..) => "for each value",
            (Quantifier::Share(_), true, _) => "for 95% of rows",
            (Quantifier::Share(_), _, true) => "for 90% of periods",
            (Quantifier::Share(_), ..) => "for 95% of values",
            (Quantifier::AtMost(_), true, _) => "for at most 5% of rows",
            (Quantifier::AtMost(_), _, true) => "for at most 10% of periods",
            (Quantifier::AtMost(_), ..) => "for at most 5% of values",
        };
        self.saw(name);
    }

    pub fn kpi(&mut self, kpi: &Kpi) {
        self.expr(&kpi.subject, Place::Values);
        kpi.target.iter().for_each(|t| self.target(&t.node));
    }

    pub fn checkpoint(&mut self, checkpoint: &Checkpoint) {
        match checkpoint {
            Checkpoint::Every(_) => self.saw("checkpoints SPAN"),
            Checkpoint::Weekly => self.saw("checkpoints weekly"),
            Checkpoint::Monthly => self.saw("checkpoints monthly"),
            Checkpoint::Quarterly => self.saw("checkpoints quarterly"),
            Checkpoint::At(_, None) => self.saw("checkpoints DATE"),
            Checkpoint::At(_, Some(target)) => {
                self.saw("checkpoints DATE TARGET");
                self.target(&target.node);
            }
        }
    }
}
