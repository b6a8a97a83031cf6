//! Each thing that the language has stands in the reference, and in an evaluated example: a goal, milestone or alert of
//! `tests/corpus/evaluated` uses it, itself or through what it names, and a line of `expected.tsv` checks that one.
//!
//! What a tree holds is named by matches over its enums, so that nothing new in the language goes without a name.

use crate::arbitrary;
use crate::corpus::{Expected, Folder, folders};
use crate::sentences::root;
use milepost::model::functions;
use milepost::syntax::tree::*;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// Everything but functions: its name, and how the reference writes it.
const LANGUAGE: &[(&str, &str)] = &[
    // Facts about the whole plan.
    ("plan", "plan \""),
    ("mission", "mission \""),
    ("vision", "`vision \"…\"`"),
    ("owner", "owner \""),
    ("currency", "currency EUR"),
    ("timezone", "timezone"),
    ("fiscal year starts", "fiscal year starts"),
    ("week starts", "week starts"),
    ("horizon", "horizon 2021"),
    ("on track above", "on track above"),
    ("at risk above", "at risk above"),
    ("import", "`import \"…\"`"),
    // Statements and their clauses.
    ("table", "table sales from"),
    ("table: sheet", "`sheet \"…\"`"),
    ("table: time", " time sold_at"),
    ("table: time as", "time answered as \"%d/%m/%Y\""),
    ("table: every", "every month"),
    ("table: sparse", "sparse"),
    ("table: lag", "lag 3 days"),
    ("table: where", "where status <> \"spam\""),
    ("table: about", "about \"Sent every Monday\""),
    ("segment", "segment lisbon"),
    ("let", "let last_year"),
    ("metric", "metric revenue"),
    ("metric: where", "where CONDITION"),
    ("metric: unit", "unit EUR"),
    ("metric: higher is better", "`higher is better`"),
    ("metric: lower is better", "`lower is better`"),
    ("metric: drives", "`drives METRIC"),
    ("metric: cap", "`cap EXPRESSION`"),
    ("metric: about", "about \"4 or 5 of 5\""),
    ("implied metric", "a metric by itself"),
    ("campaign", "campaign spring"),
    ("campaign: budget", "budget €20k"),
    ("campaign: where", "where utm"),
    ("campaign: about", "about \"…\""),
    ("objective", "objective service"),
    ("objective: weight", "weight 2"),
    ("objective: supports", "supports OBJECTIVE"),
    ("objective: owner", "owner \"Bo\""),
    ("objective: about", "about \"…\""),
    ("goal", "goal club"),
    ("milestone", "milestone launch"),
    ("milestone: by", "by 2021-09-15"),
    ("milestone: done", "`done DATE`"),
    ("milestone: when", "`when CONDITION`"),
    ("milestone: supports", "supports service"),
    ("milestone: owner", "owner \"…\""),
    ("milestone: about", "about \"…\""),
    ("alert", "alert quiet"),
    ("alert: every", "every day"),
    ("alert: hold", "`hold SPAN`"),
    ("alert: note", "`note \"…\"`"),
    ("exclude", "exclude 2021-03-01..2021-03-03"),
    ("exclude: from", "from sales because"),
    ("scenario: set", "set NAME = EXPRESSION"),
    ("scenario: +N%", "NAME +N%"),
    ("test: given points", "given paying = 10k at 2020-12-31"),
    ("test: given run", "x 12 every month from 2021-01"),
    ("test: given always", "`given METRIC = V`"),
    ("test: as of", "as of 2021-12-31"),
    ("test: expect status", "expect club met"),
    ("test: expect condition", "expect paying[2021-09] = 11k"),
    // Goals.
    ("a goal called after its subject", "A goal without a name is called after its subject"),
    ("all of", "`all of`"),
    ("any of", "`any of`"),
    ("+5%", "revenue +10%"),
    ("+250", "revenue +€50k"),
    ("+2pp", "card_share +3pp"),
    ("+5% relative", "+3% relative"),
    ("x2", "x2"),
    ("double", "revenue double"),
    ("halve", "halve"),
    ("up", "up: any change"),
    ("down", "wait down"),
    ("to", "paying to 12k"),
    ("from A to B", "from 40% to 60%"),
    (">=", ">="),
    ("<=", "wait <= 4h"),
    (">", ">="),
    ("<", "< >"),
    ("=", "< > ="),
    ("between A and B", "between €20 and €30"),
    ("within 10% of", "within 10% of €1M"),
    ("top N by", "top 3 by"),
    ("where", "`where CONDITION`"),
    ("by", "`by 2021-09-30`"),
    ("in a period", "`in Q2 2021`"),
    ("in a campaign", "`in spring`"),
    ("within", "`within 6 months`"),
    ("every", "`every month in 2021`"),
    ("every in", "`every month in 2021`"),
    ("per", "`per quarter`"),
    ("from a date", "`from Q4 2020`"),
    ("from a value", "`from 400`"),
    ("yoy", "`yoy`"),
    ("for each value", "`for each region`"),
    ("for 95% of values", "`for 95% of region`"),
    ("for at most 5% of values", "`for at most 5% of region`"),
    ("for each row", "`for each tickets`"),
    ("for 95% of rows", "`for 95% of tickets`"),
    ("for at most 5% of rows", "(or that share)"),
    ("for 90% of periods", "for 90% of months"),
    ("for at most 10% of periods", "for 90% of months"),
    ("hold", "`hold SPAN`"),
    ("measure", "`measure KPI"),
    ("measure with a target", "KPI >= 2%`"),
    ("guardrail", "`guardrail"),
    ("checkpoints SPAN", "a span, dates"),
    ("checkpoints weekly", "`weekly`"),
    ("checkpoints monthly", "`checkpoints monthly`"),
    ("checkpoints quarterly", "`quarterly`"),
    ("checkpoints DATE", "a span, dates"),
    ("checkpoints DATE TARGET", "targets on checkpoints"),
    ("pace linear", "pace"),
    ("pace compound", "pace compound"),
    ("pace seasonal", "pace seasonal"),
    ("grace", "`grace 2 weeks`"),
    ("cap", "`cap"),
    ("supports", "`supports OBJECTIVE`"),
    ("goal: owner", "`owner \"…\"`"),
    ("weight", "`weight 2`"),
    ("about", "`about \"…\"`"),
    // Expressions.
    ("number", "`42`"),
    ("number with a suffix", "`10k`"),
    ("percent", "`5%`"),
    ("points", "`2pp`"),
    ("money", "`€10k`"),
    ("duration", "`24h`"),
    ("period in an expression", "| period |"),
    ("moment", "`2021-09-30T17:00`"),
    ("text", "Texts stand between double quotes"),
    ("truth", "`true` `false`"),
    ("table.column", "`table.column`"),
    ("campaign.budget", "spring.budget"),
    ("x per d", "`last(x per d)`"),
    ("f(x by d)", "### Across a dimension"),
    ("f(x where c)", "sum(sales.price where"),
    ("x[period]", "revenue[2020]"),
    ("x[-1 quarter]", "revenue[-1 quarter]"),
    ("x[segment]", "revenue[lisbon]"),
    ("x[condition]", "revenue[paid_by = \"card\"]"),
    ("x[campaign]", "revenue[spring]"),
    ("over", "revenue over 28 days"),
    ("ytd", "revenue ytd"),
    ("qtd", "qtd"),
    ("mtd", "mtd"),
    ("-x", "`-2^2`"),
    ("not", "and or not"),
    ("a + b", "`+ - * / ^`"),
    ("a - b", "`+ - * / ^`"),
    ("a * b", "`+ - * / ^`"),
    ("a / b", "`+ - * / ^`"),
    ("a ^ b", "`+ - * / ^`"),
    ("a = b", "(`= <> < <= > >=`)"),
    ("a <> b", "(`= <> < <= > >=`)"),
    ("a < b", "(`= <> < <= > >=`)"),
    ("a <= b", "(`= <> < <= > >=`)"),
    ("a > b", "(`= <> < <= > >=`)"),
    ("a >= b", "(`= <> < <= > >=`)"),
    ("a and b", "and or not"),
    ("a or b", "and or not"),
    ("a ?? b", "`x ?? y`"),
    ("in (…)", "`in (…)`"),
    ("not in (…)", "`not in (…)`"),
    ("between … and …", "`between … and …`"),
    ("not between … and …", "not between"),
];

/// All names, functions included: each function once for every place in which it can stand.
fn everything() -> Vec<String> {
    let places = |f: &functions::FunctionInfo| {
        let in_places =
            [(f.aggregate.is_some(), Place::Rows), (f.value.is_some(), Place::Values), (f.row.is_some(), Place::Row)];
        in_places.into_iter().filter(|(can, _)| *can).map(|(_, place)| place.of(f.name)).collect::<Vec<_>>()
    };
    LANGUAGE.iter().map(|(name, _)| (*name).to_owned()).chain(functions::all().flat_map(places)).collect()
}

/// Where a function stands.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Place {
    /// Over a table's rows.
    Rows,
    /// Between values.
    Values,
    /// Within one row.
    Row,
}

impl Place {
    fn of(self, name: &str) -> String {
        let place = match self {
            Self::Rows => "over rows",
            Self::Values => "of values",
            Self::Row => "in a row",
        };
        format!("{name} {place}")
    }
}

// --- what a tree holds ---------------------------------------------------------------------------------------------

/// What one statement uses.
#[derive(Debug, Default)]
struct Used {
    features: BTreeSet<String>,
    /// Names that may be those of other statements.
    names: BTreeSet<String>,
}

/// What the names of a plan stand for, as far as that decides what a clause is.
#[derive(Debug, Default)]
struct Names {
    tables: BTreeSet<String>,
    campaigns: BTreeSet<String>,
    segments: BTreeSet<String>,
    /// Metrics and lets.
    values: BTreeSet<String>,
}

impl Names {
    fn of(trees: &[&File]) -> Self {
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
}

impl Names {
    fn declares(&self, name: &str) -> bool {
        [&self.tables, &self.campaigns, &self.segments, &self.values].iter().any(|names| names.contains(name))
    }
}

struct Walk<'a> {
    names: &'a Names,
    used: Used,
}

impl Walk<'_> {
    fn saw(&mut self, feature: impl Into<String>) {
        self.used.features.insert(feature.into());
    }

    fn named(&mut self, name: &str) {
        self.used.names.insert(name.to_owned());
    }

    fn statement(&mut self, statement: &StatementKind) {
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

    fn fact(&mut self, fact: &Fact) {
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

    fn table(&mut self, table: &Table) {
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

    fn metric(&mut self, metric: &Metric) {
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

    fn campaign(&mut self, campaign: &Campaign) {
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

    fn objective(&mut self, objective: &Objective) {
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

    fn milestone(&mut self, milestone: &Milestone) {
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

    fn alert(&mut self, alert: &Alert) {
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

    fn test_part(&mut self, part: &TestPart) {
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

    fn goal(&mut self, goal: &Goal) {
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

    fn target(&mut self, target: &Target) {
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

    fn wanted(&mut self, name: &str, of: &[&Expr]) {
        self.saw(name);
        of.iter().for_each(|x| self.expr(x, Place::Values));
    }

    fn goal_clause(&mut self, clause: &GoalClause) {
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

    fn in_what(&mut self, what: &InWhat) {
        match what {
            InWhat::Period(_) => self.saw("in a period"),
            InWhat::Campaign(name) => {
                self.saw("in a campaign");
                self.named(name);
            }
        }
    }

    fn quantifier(&mut self, quantifier: &Quantifier, of: &str) {
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

    fn kpi(&mut self, kpi: &Kpi) {
        self.expr(&kpi.subject, Place::Values);
        kpi.target.iter().for_each(|t| self.target(&t.node));
    }

    fn checkpoint(&mut self, checkpoint: &Checkpoint) {
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

    /// An expression between values or within a row.
    fn expr(&mut self, expr: &Expr, place: Place) {
        match &expr.node {
            ExprKind::Literal(literal) => self.literal(literal),
            ExprKind::Name(name) => {
                if place == Place::Values && !self.names.declares(name) {
                    self.saw("implied metric");
                }
                self.named(name);
            }
            ExprKind::Dotted(of, part) => {
                self.named(&of.node);
                self.saw(match self.names.campaigns.contains(&of.node) && part.node == "budget" {
                    true => "campaign.budget",
                    false => "table.column",
                });
            }
            ExprKind::Group(x) => self.expr(x, place),
            ExprKind::Call { function, arguments, per, by, condition } => {
                self.call(&function.node, arguments, place);
                for (there, name) in [(per, "x per d"), (by, "f(x by d)")] {
                    if there.is_some() {
                        self.saw(name);
                    }
                }
                if let Some(condition) = condition {
                    self.saw("f(x where c)");
                    self.expr(condition, Place::Row);
                }
            }
            ExprKind::Context { of, context } => {
                self.expr(of, place);
                self.context(&context.node);
            }
            ExprKind::Over { of, .. } => {
                self.saw("over");
                self.expr(of, place);
            }
            ExprKind::ToDate { of, from } => {
                self.saw(match from {
                    ToDate::Year => "ytd",
                    ToDate::Quarter => "qtd",
                    ToDate::Month => "mtd",
                });
                self.expr(of, place);
            }
            ExprKind::Unary(op, x) => {
                self.saw(match op {
                    UnaryOp::Negate => "-x",
                    UnaryOp::Not => "not",
                });
                self.expr(x, place);
            }
            ExprKind::Binary(op, a, b) => {
                self.saw(format!("a {} b", op.symbol()));
                self.expr(a, place);
                self.expr(b, place);
            }
            ExprKind::In { of, values, negated } => {
                self.saw(if *negated { "not in (…)" } else { "in (…)" });
                self.expr(of, place);
                values.iter().for_each(|v| self.expr(v, place));
            }
            ExprKind::Between { of, low, high, negated } => {
                self.saw(if *negated { "not between … and …" } else { "between … and …" });
                [of, low, high].into_iter().for_each(|x| self.expr(x, place));
            }
        }
    }

    fn context(&mut self, context: &Context) {
        match context {
            Context::Period(_) => self.saw("x[period]"),
            Context::Shift(_) => self.saw("x[-1 quarter]"),
            Context::Condition(condition) => match &condition.node {
                ExprKind::Name(name) if self.names.campaigns.contains(name) => {
                    self.saw("x[campaign]");
                    self.named(name);
                }
                ExprKind::Name(name) if self.names.segments.contains(name) => {
                    self.saw("x[segment]");
                    self.named(name);
                }
                _ => {
                    self.saw("x[condition]");
                    self.expr(condition, Place::Row);
                }
            },
        }
    }

    fn call(&mut self, name: &str, arguments: &[Expr], place: Place) {
        let name = name.to_lowercase();
        let info = functions::find(&name);
        let rows = info.is_some_and(|f| f.aggregate.is_some());
        let values = info.is_some_and(|f| f.value.is_some());
        let place = match place {
            Place::Values if rows && (!values || arguments.first().is_some_and(|x| self.of_rows(x))) => Place::Rows,
            other => other,
        };
        self.saw(place.of(&name));
        let inner = if place == Place::Values { Place::Values } else { Place::Row };
        arguments.iter().for_each(|x| self.expr(x, inner));
    }

    /// True where an argument stands for a column.
    fn of_rows(&self, x: &Expr) -> bool {
        match &x.node {
            ExprKind::Dotted(of, _) => self.names.tables.contains(&of.node),
            ExprKind::Name(name) => !self.names.values.contains(name),
            ExprKind::Group(x) | ExprKind::Unary(_, x) => self.of_rows(x),
            ExprKind::Binary(_, a, b) => self.of_rows(a) || self.of_rows(b),
            ExprKind::Call { function, arguments, .. } => {
                functions::find(&function.node.to_lowercase()).is_some_and(|f| f.row.is_some())
                    && arguments.iter().any(|x| self.of_rows(x))
            }
            _ => false,
        }
    }

    fn literal(&mut self, literal: &Literal) {
        self.saw(match literal {
            Literal::Number(n) if n.suffix.is_some() => "number with a suffix",
            Literal::Number(_) => "number",
            Literal::Percent(_) => "percent",
            Literal::Points(_) => "points",
            Literal::Money(..) => "money",
            // A day or a week is a length of time beside one.
            Literal::Duration(..) | Literal::Span(_) => "duration",
            Literal::Period(_) => "period in an expression",
            Literal::Moment(_) => "moment",
            Literal::Text(_) => "text",
            Literal::Truth(_) => "truth",
        });
    }
}

// --- what the corpus checks ----------------------------------------------------------------------------------------

/// What a folder's lines check, with all that it uses on the way.
fn checked(folder: &Folder) -> BTreeSet<String> {
    let plan = folder.plan();
    let trees: Vec<&File> = plan.trees().iter().map(|(_, tree)| tree).collect();
    let names = Names::of(&trees);
    let mut statements: BTreeMap<String, Vec<Used>> = BTreeMap::new();
    let mut whole = Used::default();
    for statement in trees.iter().flat_map(|t| &t.statements) {
        let mut walk = Walk { names: &names, used: Used::default() };
        walk.statement(&statement.node);
        match name_of(&statement.node) {
            Some(name) => statements.entry(name).or_default().push(walk.used),
            // Facts, exclusions, scenarios and tests concern the whole plan.
            None if looked_at(&statement.node, folder) => whole.features.extend(walk.used.features),
            None => {}
        }
    }
    let mut found = BTreeSet::new();
    let mut open: Vec<String> = folder.expected.iter().filter_map(|e| checked_name(&e.what)).collect();
    if !folder.expected.is_empty() {
        found.extend(whole.features);
    }
    let mut seen = BTreeSet::new();
    while let Some(name) = open.pop() {
        if !seen.insert(name.clone()) {
            continue;
        }
        for used in statements.get(&name).into_iter().flatten() {
            found.extend(used.features.iter().cloned());
            open.extend(used.names.iter().cloned());
        }
        if !statements.contains_key(&name) {
            // A column without its table, or one that no statement describes: any table may hold it.
            open.extend(names.tables.iter().cloned());
        }
    }
    found
}

/// Scenarios and tests are judged where something asks for them.
fn looked_at(statement: &StatementKind, folder: &Folder) -> bool {
    let any = |asks: &dyn Fn(&Expected) -> bool| folder.expected.iter().any(asks);
    match statement {
        StatementKind::Scenario(s) => any(&|e| e.as_of.ends_with(&format!(" scenario {}", s.name.node))),
        StatementKind::Test(t) => any(&|e| e.what.starts_with(&format!("tests/{}/", t.title.node))),
        _ => true,
    }
}

/// The goal, milestone, alert or objective that a path enters.
fn checked_name(what: &str) -> Option<String> {
    let mut parts = what.split('/');
    let list = parts.next()?;
    ["goals", "milestones", "alerts", "objectives"].contains(&list).then(|| parts.next().map(str::to_owned)).flatten()
}

fn name_of(statement: &StatementKind) -> Option<String> {
    let name = match statement {
        StatementKind::Table(x) => &x.name,
        StatementKind::Segment(x) => &x.name,
        StatementKind::Let(x) => &x.name,
        StatementKind::Metric(x) => &x.name,
        StatementKind::Campaign(x) => &x.name,
        StatementKind::Objective(x) => &x.name,
        StatementKind::Milestone(x) => &x.name,
        StatementKind::Alert(x) => &x.name,
        StatementKind::Goal(Goal { name: Some(name), .. }) => name,
        StatementKind::Goal(Goal { body: GoalBody::Measured { subject, .. }, .. }) => match &subject.node {
            ExprKind::Name(name) => return Some(name.clone()),
            _ => return None,
        },
        _ => return None,
    };
    Some(name.node.clone())
}

#[test]
fn everything_has_an_evaluated_example() {
    let covered: BTreeSet<String> = folders().iter().flat_map(checked).collect();
    let missing: Vec<String> = everything().into_iter().filter(|f| !covered.contains(f)).collect();
    assert!(missing.is_empty(), "without an evaluated example: {missing:#?}");
}

#[test]
fn the_reference_lists_everything() {
    let read = |page: &str| std::fs::read_to_string(root().join("docs/reference").join(page)).expect("a page");
    let (language, list) = (read("language.md"), read("functions.md"));
    let mut missing: Vec<&str> =
        LANGUAGE.iter().filter(|(_, text)| !language.contains(text)).map(|(name, _)| *name).collect();
    missing.extend(functions::all().map(|f| f.name).filter(|name| !list.contains(&format!("`{name}("))));
    assert!(language.contains("functions.md"), "the language's page leads to that of the functions");
    assert!(missing.is_empty(), "not in the reference: {missing:#?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever a tree holds has a line in the list.
    #[test]
    fn everything_is_listed(statement in arbitrary::statement()) {
        let names = Names::default();
        let mut walk = Walk { names: &names, used: Used::default() };
        walk.statement(&statement.node);
        let all = everything();
        // A random tree calls functions by any name, anywhere.
        let function = |f: &str| [Place::Rows, Place::Values, Place::Row].iter().any(|p| f.ends_with(&p.of("")));
        let unlisted: Vec<&String> = walk.used.features.iter().filter(|f| !function(f) && !all.contains(f)).collect();
        prop_assert!(unlisted.is_empty(), "{:?}", unlisted);
    }
}
