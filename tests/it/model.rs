//! Plans resolved: names, units, kinds, clauses; and every mistake as people read it.

use indexmap::IndexMap;
use milepost::diagnostic::codes::CODES;
use milepost::diagnostic::render::{self, Options};
use milepost::model::plan::{Direction, Formula, From, GoalBody, Kind, Node, Over, Quantifier, TargetKind, Timing};
use milepost::model::{Catalog, Plan, resolve};
use milepost::quantity::{Currency, Unit};
use milepost::query::{ColumnType, Measure, Row, TableInfo, TableSource};
use milepost::source::{FileId, SourceFile, Sources};
use milepost::syntax::parse;
use std::fmt::Write;

/// A plan of one text that parses, resolved, with the codes of its errors and their text.
fn resolved(text: &str, catalog: &Catalog) -> (Plan, Vec<&'static str>, String) {
    let mut sources = Sources::default();
    let id = sources.add(SourceFile::new("plan.goal", text));
    let parsed = parse(text);
    assert!(parsed.errors.is_empty(), "{text}\n{:#?}", parsed.errors);
    let files: Vec<(FileId, _)> = vec![(id, parsed.file)];
    let (plan, found) = resolve(&files, &sources, catalog);
    let codes = found.iter().map(|d| d.code).collect();
    (plan, codes, render::text(&found, &sources, Options::default()))
}

/// A plan without errors.
fn good(text: &str) -> Plan {
    good_with(text, &Catalog::default())
}

fn good_with(text: &str, catalog: &Catalog) -> Plan {
    let (plan, _, errors) = resolved(text, catalog);
    assert!(errors.is_empty(), "{text}\n{errors}");
    plan
}

/// The codes of the errors of a plan read alone.
fn codes(text: &str) -> Vec<&'static str> {
    resolved(text, &Catalog::default()).1
}

/// What is known of tables: a line each, `NAME [given] [tidy a b]: COLUMN TYPE, …`.
fn catalog(text: &str) -> Catalog {
    let mut catalog = Catalog::default();
    for line in text.lines().filter(|l| !l.trim().is_empty()) {
        let (head, columns) = line.split_once(':').expect("a colon");
        let mut words = head.split_whitespace();
        let name = words.next().expect("a name").to_owned();
        let words: Vec<&str> = words.collect();
        if words.contains(&"given") {
            catalog.given.push(TableSource {
                name: name.clone(),
                path: format!("{name}.csv"),
                shown: format!("{name}.csv"),
                within: None,
                time: None,
                sheet: None,
                filter: None,
                timezone: "UTC".to_owned(),
                week_start: jiff::civil::Weekday::Monday,
                implicit: true,
            });
        }
        let tidy = words.iter().position(|w| *w == "tidy");
        let tidy = tidy.map(|i| words[i + 1..].iter().map(|w| (*w).to_owned()).collect());
        let columns: IndexMap<String, ColumnType> = columns.split(',').map(|c| column(c.trim())).collect();
        let info = TableInfo { columns, time: None, rows: 1, blake3: None, tidy, notes: Vec::new() };
        catalog.opened.insert(name, info);
    }
    catalog
}

fn column(text: &str) -> (String, ColumnType) {
    let (name, holds) = text.rsplit_once(' ').expect("a name and a type");
    let holds = match holds {
        "number" => ColumnType::Number,
        "text" => ColumnType::Text,
        "truth" => ColumnType::Truth,
        _ => ColumnType::Timestamp,
    };
    (name.to_owned(), holds)
}

#[test]
fn mistakes_as_people_read_them() {
    insta::glob!("../corpus-wrong", "{names,units}/*.goal", |path| {
        let text = std::fs::read_to_string(path).expect("a readable file");
        let known = std::fs::read_to_string(path.with_extension("columns")).unwrap_or_default();
        let (_, codes, errors) = resolved(&text, &catalog(&known));
        assert!(!codes.is_empty(), "{} holds no mistake", path.display());
        insta::with_settings!({ omit_expression => true }, { insta::assert_snapshot!(errors) });
    });
}

#[test]
fn pages_of_names_and_units_hold_what_they_say() {
    let block = |page: &str, kind: &str| {
        let (_, rest) = page.split_once(&format!("```goal {kind}\n"))?;
        rest.split_once("```").map(|(block, _)| block.to_owned())
    };
    // Imports are files: the command line's own tests hold those pages.
    let pages = CODES.iter().filter(|c| c.code.starts_with(['N', 'U']) && !c.code.starts_with("N09"));
    for code in pages {
        if let Some(bad) = block(code.page, "bad") {
            let found = codes(&bad);
            assert_eq!(found, [code.code], "the bad block of {}", code.code);
        }
        if let Some(fine) = block(code.page, "good") {
            good(&fine);
        }
    }
}

#[test]
fn a_one_line_plan_reads_columns_of_any_table() {
    let plan = good("goal subs +5% by 2021-09-30 measure conversion_rate\n");
    assert_eq!(plan.tables.keys().collect::<Vec<_>>(), ["data"]);
    assert_eq!(plan.metrics.keys().collect::<Vec<_>>(), ["subs", "conversion_rate"]);
    assert!(plan.metrics.values().all(|m| m.implicit && m.kind == Kind::Stock && m.at.is_none()));
    let goal = &plan.goals["subs"];
    assert_eq!(goal.wanted, "+5% by 2021-09-30");
    let Timing::By { deadline, period: None, per: None } = &goal.timing else { panic!("{:?}", goal.timing) };
    assert_eq!(deadline.to_string(), "2021-10-01T00:00:00");
}

#[test]
fn given_tables_serve_names_that_no_statement_describes() {
    let wide = catalog("data given: date time, subs number, region text");
    let plan = good_with("goal subs +5% by 2021-09-30", &wide);
    let Node::Aggregate(a) = &plan.metrics["subs"].value.node else { panic!("no aggregate") };
    assert_eq!(a.measure, Measure::Last(Row::Column("subs".to_owned())));
    assert!(a.filter.is_none());

    let tidy = catalog("data given tidy subs reach: date time, metric text, value number");
    let plan = good_with("goal reach +5% by 2021-09-30", &tidy);
    let Node::Aggregate(a) = &plan.metrics["reach"].value.node else { panic!("no aggregate") };
    assert_eq!(a.measure, Measure::Last(Row::Column("value".to_owned())));
    assert_eq!(a.filter.as_ref().map(|f| f.text.as_str()), Some("metric = \"reach\""));

    let closed = Catalog { opened: IndexMap::new(), ..wide };
    good_with("goal anything +5% by 2021-09-30", &closed);
}

const TABLES: &str = "
    metric subs = last(m.paid) unit members
    metric visits = sum(v.visits)
    metric spend = sum(ads.cost) unit USD
    metric rate = share(v.signed)
    metric wait = avg(t.wait) unit duration
    metric posts_made = count(posts)
";

/// The unit and kind of a formula beside metrics of every sort.
fn of(formula: &str) -> (Unit, Kind) {
    let plan = good(&format!("{TABLES}\nmetric it = {formula}"));
    (plan.metrics["it"].unit.clone(), plan.metrics["it"].kind)
}

#[test]
fn units_of_formulas() {
    use Unit::{Duration, Money, Percent, Plain};
    let usd = Money(Currency::USD);
    let members = Unit::Count("members".to_owned());
    // Language reference, section 5, Units.
    let table: &[(&str, Unit)] = &[
        ("subs", members.clone()),
        ("subs - subs[-1 quarter]", members.clone()),
        ("subs + 3", members.clone()),
        ("subs * 105%", members.clone()),
        ("subs * 2", members.clone()),
        ("subs / 2", members.clone()),
        ("-subs", members.clone()),
        ("abs(subs)", members.clone()),
        ("subs ?? 0", members.clone()),
        ("max(subs, 3)", members.clone()),
        ("subs / posts_made", Plain),
        ("subs / subs", Plain),
        ("growth(subs, 1 year)", Percent),
        ("yoy(subs)", Percent),
        ("spend / subs", usd.clone()),
        ("spend / spend[-1 year]", Plain),
        ("spend / visits", usd.clone()),
        ("spend * 2 + $5", usd.clone()),
        ("$5 * subs", usd.clone()),
        ("rate + 2pp", Percent),
        ("rate - rate[-1 year]", Percent),
        ("rate * 2", Percent),
        ("rate * visits", Plain),
        ("5% * visits", Plain),
        ("rate * subs", members.clone()),
        ("1 - rate", Percent),
        ("wait + 1h", Duration),
        ("wait + 2 days", Duration),
        ("wait / posts_made", Duration),
        ("wait / 2h", Plain),
        ("posts_made", Unit::Count("posts".to_owned())),
        ("nps(s.score)", Plain),
        ("csat(s.rating, 4)", Percent),
        ("distinct(v.user)", Plain),
        ("roi(spend, spend[-1 year])", Percent),
        ("if(visits > 3, spend, 0)", usd.clone()),
        ("(1 + 5%) ^ 2", Percent),
        ("sum(t.seconds) + sum(t.more)", Plain),
    ];
    for (formula, unit) in table {
        assert_eq!(of(formula).0, *unit, "{formula}");
    }
}

#[test]
fn units_that_do_not_go_together() {
    let table: &[(&str, &str)] = &[
        ("subs + posts_made", "U001"),
        ("spend + subs", "U001"),
        ("wait - subs", "U001"),
        ("subs + 5%", "U002"),
        ("5% + subs", "U002"),
        ("spend - 5%", "U002"),
        ("spend + €5", "U003"),
        ("spend / €5", "U003"),
        ("subs + 2pp", "U004"),
        ("rate + 2", "U005"),
        ("if(rate > 95, 1, 2)", "U005"),
        ("spend * spend", "U013"),
        ("if(subs > $5, 1, 2)", "U001"),
        ("subs over 28 days + 1 month", "U012"),
    ];
    for (formula, code) in table {
        assert_eq!(codes(&format!("{TABLES}\nmetric it = {formula}")), [*code], "{formula}");
    }
}

#[test]
fn kinds_of_formulas() {
    use Kind::{Flow, Neither, Stock};
    // Language reference, section 5, Formulas: ± of one kind, and × ÷ by a constant, keep it.
    let table: &[(&str, Kind)] = &[
        ("sum(a.x)", Flow),
        ("count(a)", Flow),
        ("last(a.x)", Stock),
        ("last(a.x per d)", Stock),
        ("first(a.x)", Stock),
        ("avg(a.x)", Neither),
        ("nps(a.x)", Neither),
        ("share(a.x > 3)", Neither),
        ("visits + sum(a.x)", Flow),
        ("visits - visits[-1 month]", Flow),
        ("visits * 2", Flow),
        ("2 * visits / 3", Flow),
        ("-visits", Flow),
        ("visits[a = 1]", Flow),
        ("visits + last(a.x)", Neither),
        ("visits / sum(a.x)", Neither),
        ("visits * sum(a.x)", Neither),
        ("visits / visits[2020]", Flow),
        ("visits + 3", Neither),
        ("visits ytd", Stock),
        ("visits over 28 days", Stock),
        ("growth(visits, 1 year)", Neither),
        ("sum(visits, sum(a.x))", Flow),
        ("sum(visits, last(a.x))", Neither),
        ("sum(visits, 3)", Neither),
        ("max(visits, sum(a.x))", Neither),
        ("correl(visits, sum(a.x))", Neither),
        ("abs(visits)", Neither),
        ("if(visits > 3, visits, 0)", Neither),
    ];
    for (formula, kind) in table {
        assert_eq!(of(formula).1, *kind, "{formula}");
    }
}

#[test]
fn literals_take_the_plan_s_dollar_and_zone() {
    let plan = good(
        "currency CAD\ntimezone \"America/New_York\"\nlet a = $5\nlet b = 250ms\nlet c = 2 weeks\nlet d = 5%\nlet e = 2pp\n\
         let f = 2021-03-01T10:00Z",
    );
    let number = |name: &str| match (&plan.lets[name].value.node, plan.lets[name].value.gives.unit()) {
        (Node::Number(v), unit) => (*v, unit),
        (node, _) => panic!("{node:?}"),
    };
    assert_eq!(number("a"), (5.0, Unit::Money(Currency::from_code("CAD").expect("CAD"))));
    assert_eq!(number("b"), (0.25, Unit::Duration));
    assert_eq!(number("c"), (14.0 * 86_400.0, Unit::Duration));
    assert_eq!(number("d"), (0.05, Unit::Percent));
    assert_eq!(number("e"), (0.02, Unit::Points));
    // 10:00 in Greenwich on 1 March, before summer time, is 05:00 in New York.
    let Node::Time(t) = plan.lets["f"].value.node else { panic!("no time") };
    assert_eq!(t.to_string(), "2021-03-01T05:00:00");
}

#[test]
fn rows_take_columns_then_lets_then_segments() {
    let plan = good(
        "let big = 2 * 500k\nlet start = 2021-03\nsegment large = paid > big\n\
         table m from \"m.csv\" time day where large and day >= start and region <> \"TOTAL\"\n\
         metric subs = last(m.paid where large)",
    );
    let filter = plan.tables["m"].source.filter.as_ref().expect("a filter");
    insta::assert_debug_snapshot!(filter);
    // Where a column is known, it wins over the let.
    let known = catalog("m: day time, paid number, big number, region text");
    let plan = good_with("let big = 3\ntable m from \"m.csv\"\nmetric x = sum(m.paid where paid > big)", &known);
    let Node::Aggregate(a) = &plan.metrics["x"].value.node else { panic!("no aggregate") };
    assert_eq!(a.filter.as_ref().map(|f| f.columns.clone()), Some(vec!["paid".to_owned(), "big".to_owned()]));
}

#[test]
fn a_condition_says_what_it_fixes() {
    let plan = good("segment s = region = \"UCAN\" and (kind = \"a\" or kind = \"b\") and paid = 3");
    let fixes = &plan.segments["s"].condition.fixes;
    assert_eq!(fixes, &[("region".to_owned(), "UCAN".to_owned()), ("paid".to_owned(), "3".to_owned())]);
}

#[test]
fn names_of_goals_without_one() {
    let plan = good(
        "goal subs +5% by 2021\ngoal subs +6% by 2022\ngoal subs_2: reach +5% by 2021\ngoal subs +7% by 2023\n\
         goal (sum(a.x) / sum(a.y)) >= 2% in 2021",
    );
    let names: Vec<&str> = plan.goals.keys().map(String::as_str).collect();
    assert_eq!(names, ["subs", "subs_3", "subs_2", "subs_4", "sum(a.x) / sum(a.y)"]);
}

#[test]
fn a_plain_subject_takes_the_unit_of_its_target() {
    let unit = |text: &str| match &good(text).goals[0].body {
        GoalBody::Measured { subject, .. } => subject.gives.unit(),
        GoalBody::Rows { gives, .. } => gives.unit(),
        GoalBody::Combined { .. } => panic!("combined"),
    };
    assert_eq!(unit("goal rate >= 2% in 2021"), Unit::Percent);
    assert_eq!(unit("goal rate +2pp by 2021"), Unit::Percent);
    assert_eq!(unit("goal cost <= $5 in 2021"), Unit::Money(Currency::USD));
    assert_eq!(unit("goal t.replied - t.asked <= 1h for 95% of t"), Unit::Duration);
    assert_eq!(unit("goal avg(t.replied - t.asked) <= 1h in 2021"), Unit::Duration);
    assert_eq!(unit("goal subs >= 10k by 2021"), Unit::Plain);
}

#[test]
fn goals_over_rows_values_and_periods() {
    let plan = good(
        "table tickets from \"t.csv\" time asked\nmetric open = count(tickets)\n\
         goal a: tickets.replied - tickets.asked <= 1h for 95% of tickets in 2021\n\
         goal b: (has_alt) for each tickets\n\
         goal c: open <= 3 in 2021 for at most 5% of teams\n\
         goal d: open <= 3 every month in 2021 for 90% of months",
    );
    let over = |name: &str| plan.goals[name].quantifier.clone();
    assert_eq!(over("a"), Some((Quantifier::Share(0.95), Over::Rows(0))));
    assert_eq!(over("b"), Some((Quantifier::Each, Over::Rows(0))));
    assert_eq!(over("c"), Some((Quantifier::AtMost(0.05), Over::Dimension("teams".to_owned()))));
    let month = milepost::calendar::SpanUnit::Month;
    assert_eq!(over("d"), Some((Quantifier::Share(0.9), Over::Periods(month))));
    let GoalBody::Rows { targets, .. } = &plan.goals["a"].body else { panic!("not over rows") };
    let TargetKind::Bound(_, Formula { node: Node::Number(limit), .. }) = &targets[0].kind else { panic!("no bound") };
    assert_eq!(*limit, 3600.0);
    assert!(matches!(&plan.goals["b"].body, GoalBody::Rows { value: Row::Column(c), .. } if c == "has_alt"));
}

#[test]
fn a_chain_of_ten_thousand_metrics() {
    let mut text = String::from("table t from \"t.csv\"\n");
    for i in 0..10_000 {
        let _ = writeln!(text, "metric m{i} = m{} + 1", i + 1);
    }
    text.push_str("metric m10000 = sum(t.x)\ngoal m0 +5% by 2021\n");
    let plan = good(&text);
    assert_eq!(plan.metrics.len(), 10_001);
    assert_eq!(plan.metrics["m0"].kind, Kind::Neither);
}

#[test]
fn the_whole_example_of_the_reference() {
    let plan = good(
        "currency USD\ntable memberships from \"memberships.csv\" time period_end every quarter where region <> \"TOTAL\"\n\
         table posts from \"posts.parquet\" time posted_at\nsegment abroad = region <> \"UCAN\"\nlet seats = 300M\n\
         metric subs \"Paid memberships\" = last(memberships.paid_memberships) unit members cap seats higher is better\n\
         metric impressions = sum(posts.impressions)\nmetric conversion_rate = sum(posts.conversions) / impressions unit %\n\
         metric virality = sum(posts.shares) / impressions unit %\n\
         campaign spring 2021-04-01..2021-06-30 budget $500k where utm = \"spring\"\n\
         objective growth \"Business conversions\" weight 2\n\
         goal intl \"Paid members abroad\": subs +5% where abroad\n  from Q4 2020 by 2021-09-30\n  \
         measure virality >= 2%, conversion_rate\n  supports growth\n  checkpoints quarterly\n  grace 2 weeks\n",
    );
    let goal = &plan.goals["intl"];
    assert_eq!(goal.wanted, "+5% by 2021-09-30");
    assert_eq!(goal.supports, Some(0));
    assert_eq!(goal.kpis.len(), 2);
    assert!(matches!(&goal.from, Some(From::Period { window, .. }) if window.to_string() == "2020-10-01..2020-12-31"));
    assert_eq!(goal.filter.as_ref().map(|f| f.text.as_str()), Some("abroad"));
    let GoalBody::Measured { targets, text, .. } = &goal.body else { panic!("not measured") };
    assert!(matches!(targets[0].kind, TargetKind::Relative(v) if v == 0.05));
    assert_eq!(text, "subs");
    assert_eq!(plan.metrics["subs"].direction, Some(Direction::Higher));
    assert_eq!(plan.campaigns["spring"].window.to_string(), "2021-04-01..2021-06-30");
}

#[test]
fn deep_and_long_expressions() {
    let nested = format!("goal subs >= {}1{} by 2021", "(".repeat(50), " + 1)".repeat(50));
    good(&nested);
    let any: Vec<String> = (0..150).map(|i| format!("region = \"r{i}\"")).collect();
    good(&format!("segment s = {}", any.join(" or ")));
    good(&format!("goal subs >= 1{} by 2021", " + 1".repeat(480)));
}

#[test]
fn what_is_wanted_is_target_and_timing_as_written() {
    let wanted = |text: &str| good(text).goals[0].wanted.clone();
    assert_eq!(wanted("goal (sum(t.a)) -5% by 2021 # soon\n  per  month from Q4 2020\n"), "-5% by 2021 per month");
    assert_eq!(wanted("goal sum(t.a) - sum(t.b) -5% by end of Q1 2021"), "-5% by end of Q1 2021");
    assert_eq!(
        wanted("goal subs +25% to 254.58M every month in 2021 owner \"Ann\""),
        "+25% to 254.58M every month in 2021"
    );
}
