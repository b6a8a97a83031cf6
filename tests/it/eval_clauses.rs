//! Language reference, section 6, the table of clauses: a test a line. Each is quoted; numbers are worked out by hand.

use super::memory::*;
use milepost::eval::verdict::Verdict;

/// A level by region at each quarter's end. Abroad: 70, 74, 77; in all 100, 104, 108.
const SUBS: &str = "q,region,subs\n2020-12-31,UCAN,30\n2020-12-31,EMEA,40\n2020-12-31,APAC,30\n\
                    2021-03-31,UCAN,30\n2021-03-31,EMEA,42\n2021-03-31,APAC,32\n\
                    2021-06-30,UCAN,31\n2021-06-30,EMEA,41\n2021-06-30,APAC,36\n";
/// A total and a ratio's parts each month.
const SHOP: &str = "m,sales,orders,channel\n2020-10-31,100,10,web\n2020-11-30,110,11,web\n2020-12-31,120,12,web\n\
                    2021-01-31,130,13,web\n2021-02-28,140,14,web\n2021-03-31,150,30,web\n2021-04-30,160,16,web\n\
                    2021-05-31,170,17,web\n2021-06-30,180,18,web\n";
const PLAN: &str = "table m from \"m.csv\" time q every quarter\ntable shop from \"shop.csv\" time m every month\n\
                    segment abroad = region <> \"UCAN\"\n\
                    metric subs = last(m.subs)\nmetric sales = sum(shop.sales)\n\
                    metric basket = sum(shop.sales) / sum(shop.orders)\n\
                    campaign spring 2021-04-01..2021-05-31 where channel = \"web\"\n";

fn of_at(goal: &str, as_of: &str) -> Verdict {
    verdict(&format!("{PLAN}goal {goal}"), &[("m", SUBS), ("shop", SHOP)], as_of)
}

fn of(goal: &str) -> Verdict {
    of_at(goal, "2021-12-31")
}

fn told(goal: &str) -> String {
    line(&of(goal))
}

fn refused(goal: &str) -> String {
    wrong(&format!("{PLAN}goal {goal}"), &[("m", SUBS), ("shop", SHOP)], "2021-12-31")
}

// "`where CONDITION` | filter on every aggregate of the subject, its target, baseline, and, where their tables have the
// columns, its KPIs and guardrails."
#[test]
fn where_filters_subject_baseline_target_and_kpis() {
    // Abroad 77 against 70 × 1.1 = 77; in all it would be 108 against 110.
    let v = of("subs +10% where abroad from Q4 2020 by Q2 2021 measure subs, basket");
    assert_eq!(line(&v), "met: 77 (Q2 2021) >= 77 from 70 (Q4 2020)");
    assert_eq!(told("subs +10% from Q4 2020 by Q2 2021"), "missed: 108 (Q2 2021) >= 110 from 100 (Q4 2020)");
    // The KPI over the same table is filtered; the shop has no regions: Q1 and Q2 are 930 / 108.
    assert_eq!(v.kpis[0].value, Some(77.0));
    assert!((v.kpis[1].value.unwrap() - 930.0 / 108.0).abs() < 1e-12);
    noted(&v, &["doesn't reach shop", "region"]);
    // A target that is a formula is filtered too: 77 against 1.05 × 70.
    assert_eq!(
        told("subs >= 1.05 * subs[Q4 2020] where abroad by Q2 2021"),
        "met: 77 (Q2 2021) >= 73.5 from 70 (Q4 2020)"
    );
}

// "An error where it reaches only some of the subject's tables (help: put it in brackets on the part), or a column that
// the aggregate already fixes"
#[test]
fn where_that_reaches_a_part_is_an_error() {
    let text = refused("(subs / sales) >= 1 where abroad by Q2 2021");
    assert!(text.contains("bracket"), "{text}");
    let text = refused("subs[region = \"EMEA\"] >= 1 where region = \"APAC\" by Q2 2021");
    assert!(text.contains("region"), "{text}");
}

// "`by DATE|PERIOD` | deadline"
#[test]
fn by_is_the_deadline() {
    for (by, last) in [("2021-06-30", "2021-06-30"), ("Q2 2021", "2021-06-30"), ("2021", "2021-12-31")] {
        assert_eq!(of(&format!("subs >= 1 by {by}")).target.by.unwrap().to_string(), last);
    }
}

// "`in PERIOD|CAMPAIGN` | judged once, over the whole window (a stock at its end)"
#[test]
fn in_is_judged_once() {
    assert_eq!(told("sales >= 500 in Q2 2021"), "met: 510 (Q2 2021) >= 500");
    assert_eq!(told("subs >= 108 in H1 2021"), "met: 108 (Q2 2021) >= 108");
    assert_eq!(told("basket >= 8 in H1 2021"), "met: 8.611111 (H1 2021) >= 8");
    // Once: a ratio that is kept half-way isn't met yet. 160 / 16 = 10.
    assert_eq!(line(&of_at("basket >= 10 in Q2 2021", "2021-04-30")), "on track: 10 (Q2 2021) >= 10");
    // A campaign is its window, April and May, and its filter.
    assert_eq!(told("sales >= 330 in spring"), "met: 330 (2021-04-01..2021-05-31) >= 330");
    let shop = SHOP.replace("2021-05-31,170,17,web", "2021-05-31,170,17,shop");
    let v = verdict(&format!("{PLAN}goal sales >= 330 in spring"), &[("m", SUBS), ("shop", &shop)], "2021-12-31");
    assert_eq!(line(&v), "missed: 160 (2021-04-01..2021-05-31) >= 330");
    // Members have no channel: its window alone, and said. No quarter ends in it.
    let v = of("subs >= 100 in spring");
    assert_eq!(line(&v), "no data: n/a >= n/a from 104 (Q1 2021)");
    assert!(v.current.reason.as_deref().unwrap().contains("ends in 2021-04-01..2021-05-31"), "{:?}", v.current.reason);
    noted(&v, &["campaign's filter", "isn't applied to m"]);
}

// "`within SPAN` | the deadline: that long after the end of `from`'s date or period; where a total is counted, from its
// start. It needs `from`"
#[test]
fn within_is_a_deadline_after_from() {
    let by = |goal: &str| of(goal).target.by.unwrap().to_string();
    assert_eq!(by("subs +5% within 6 months from Q4 2020"), "2021-06-30");
    assert_eq!(by("subs +5% within 1 quarter from 2020-12-31"), "2021-03-31");
    assert_eq!(by("sales +5% within 1 quarter from Q4 2020"), "2021-03-31");
    assert_eq!(by("sales >= 5 within 1 quarter from Q4 2020"), "2020-12-31");
    assert_eq!(by("sales to 5 within 30 days from 2021-01-01"), "2021-01-30");
    // 104 is short of 70 × …: 100 × 1.05 = 105, reached in the second quarter.
    assert_eq!(told("subs +5% within 6 months from Q4 2020"), "met: 108 (Q2 2021) >= 105 from 100 (Q4 2020)");
    assert!(refused("subs +5% within 6 months").contains("from"));
}

fn kept(goal: &str) -> (u64, u64, &'static str) {
    let v = of(goal);
    (v.kept.unwrap().periods, v.kept.unwrap().of, v.status.name())
}

// "`every SPAN [in PERIOD]` | recurring: each whole period judged; over `in`, else from `from` to the horizon's end."
#[test]
fn every_judges_each_whole_period() {
    // 160, 170, 180
    assert_eq!(kept("sales >= 160 every month in Q2 2021"), (3, 3, "met"));
    assert_eq!(kept("sales >= 170 every month in Q2 2021"), (2, 3, "missed"));
    // 420 and 510
    assert_eq!(kept("sales >= 500 every quarter in H1 2021"), (1, 2, "missed"));
    // A level at each one's end: 104, 108.
    assert_eq!(kept("subs >= 104 every quarter in H1 2021"), (2, 2, "met"));
    // From March to the end of 2021: four months have data, six have none yet.
    let v = of_at("sales >= 150 every month from 2021-03", "2021-06-30");
    assert_eq!(v.periods.len(), 10);
    assert_eq!((v.kept.unwrap().periods, v.kept.unwrap().of, v.status.name()), (4, 4, "on track"));
    // Whole periods only: of 15 January to 15 April, February and March.
    let v = of("sales >= 140 every month in 2021-01-15..2021-04-15");
    assert_eq!((v.kept.unwrap().periods, v.kept.unwrap().of), (2, 2));
    noted(&v, &["2021-01-15 to 2021-01-31", "not judged"]);
    noted(&v, &["2021-04-01 to 2021-04-15", "not judged"]);
}

// "A change is from the period before."
#[test]
fn a_recurring_change_is_from_the_period_before() {
    // 130/120, 140/130, 150/140: +8.3%, +7.7%, +7.1%.
    assert_eq!(kept("sales +8% every month in Q1 2021"), (1, 3, "missed"));
    assert_eq!(kept("sales +7% every month in Q1 2021"), (3, 3, "met"));
    let v = of("sales +10 every month in Q1 2021");
    assert_eq!(v.periods.iter().map(|p| p.target.unwrap()).collect::<Vec<_>>(), [130.0, 140.0, 150.0]);
    // Levels: 104/100 and 108/104.
    assert_eq!(kept("subs +4% every quarter in H1 2021"), (1, 2, "missed"));
}

// "`for 90% of months` allows misses"
#[test]
fn for_a_share_of_months_allows_misses() {
    // Two of three: one miss of three is 33%.
    assert_eq!(kept("sales >= 170 every month in Q2 2021 for 60% of months"), (2, 3, "met"));
    assert_eq!(kept("sales >= 170 every month in Q2 2021 for 70% of months"), (2, 3, "missed"));
}

// "`per SPAN` | with `by`: over which span something that isn't a stock is measured"
#[test]
fn per_is_the_span_that_is_measured() {
    assert_eq!(
        told("sales >= 180 per month by Q2 2021 from Q1 2021").split(" from").next(),
        Some("met: 180 (2021-06) >= 180")
    );
    assert_eq!(
        told("sales >= 500 per quarter by Q2 2021 from Q1 2021").split(" from").next(),
        Some("met: 510 (Q2 2021) >= 500")
    );
}

// "`from DATE|PERIOD|EXPR` · `yoy` | the baseline: that value; `yoy` the same window a year earlier."
#[test]
fn from_is_the_baseline() {
    assert_eq!(told("subs +5% from 2020-12-31 by Q2 2021"), "met: 108 (Q2 2021) >= 105 from 100 (Q4 2020)");
    assert_eq!(told("subs +5% from Q1 2021 by Q2 2021"), "missed: 108 (Q2 2021) >= 109.2 from 104 (Q1 2021)");
    assert_eq!(told("subs +5% from 50 * 2 by Q2 2021"), "met: 108 (Q2 2021) >= 105 from 100 (written in the goal)");
    let years = "q,x\n2020-03-31,100\n2020-06-30,50\n2020-09-30,70\n2020-12-31,80\n2021-03-31,120\n2021-06-30,90\n";
    let plan = "table t from \"t.csv\" time q every quarter\nmetric total = sum(t.x)\nmetric level = last(t.x)\ngoal ";
    let yoy = |goal: &str| judged(&format!("{plan}{goal}"), &[("t", years)], "2021-12-31");
    // 100 × 1.2 = 120; not against the quarter before, 80.
    assert_eq!(yoy("total +20% yoy in Q1 2021"), "met: 120 (Q1 2021) >= 120 from 100 (a year earlier)");
    assert_eq!(yoy("total +20% yoy by Q1 2021"), "met: 120 (Q1 2021) >= 120 from 100 (a year earlier)");
    assert_eq!(yoy("level +90% yoy by Q2 2021"), "missed: 90 (Q2 2021) >= 95 from 50 (a year earlier)");
    assert_eq!(yoy("level +80% yoy in Q2 2021"), "met: 90 (Q2 2021) >= 90 from 50 (a year earlier)");
}

// A date beside `in`: the latest whole span as long as the window that ends by it.
#[test]
fn from_a_date_beside_in() {
    assert_eq!(told("sales +20% from 2021-03-31 in Q2 2021"), "met: 510 (Q2 2021) >= 504 from 420 (Q1 2021)");
    assert_eq!(told("sales +50% from 2021-01-20 in Q2 2021"), "met: 510 (Q2 2021) >= 495 from 330 (Q4 2020)");
    assert_eq!(told("basket up from 2021-01-20 in Q2 2021"), "missed: 10 (Q2 2021) > 10 from 10 (Q4 2020)");
    assert_eq!(told("sales +20% from 2020-12-31 in 2021-04"), "met: 160 (2021-04) >= 144 from 120 (2020-12)");
}

// "A period of several steps is, for a flow, the mean of spans as long as the goal's"
#[test]
fn a_longer_baseline_is_the_mean_of_spans() {
    // (100 + 110 + 120) / 3 = 110, × 1.2 = 132.
    let v = of("sales +20% from Q4 2020 in 2021-04");
    assert_eq!(line(&v), "met: 160 (2021-04) >= 132 from 110 (Q4 2020)");
    noted(&v, &["the mean of the 3 spans"]);
    // A ratio is pooled, 330 / 33, and a level is its last, 100.
    assert_eq!(told("basket up from Q4 2020 in 2021-04"), "missed: 10 (2021-04) > 10 from 10 (Q4 2020)");
    assert_eq!(told("subs up from H2 2020 in Q1 2021"), "met: 104 (Q1 2021) > 100 from 100 (H2 2020)");
}

// "`for each D` · `for 95% of D` · `for at most 5% of D` | for every value (that share) of a dimension, or of a table's
// rows"; "A change has a baseline of its own for every value"
#[test]
fn for_each_judges_every_value() {
    // By Q2: UCAN 31 / 30 = +3.3%, EMEA 41 / 40 = +2.5%, APAC 36 / 30 = +20%.
    let each = |goal: &str| {
        let v = of(goal);
        let each = v.each.unwrap();
        (each.kept, each.total, v.status.name())
    };
    assert_eq!(each("subs +3% from Q4 2020 by Q2 2021 for each region"), (2, 3, "missed"));
    assert_eq!(each("subs +2% from Q4 2020 by Q2 2021 for each region"), (3, 3, "met"));
    assert_eq!(each("subs +3% from Q4 2020 by Q2 2021 for 60% of region"), (2, 3, "met"));
    // At most half may shrink below 35: UCAN does.
    assert_eq!(each("subs <= 35 by Q2 2021 for at most 50% of region"), (1, 3, "met"));
    assert_eq!(each("subs <= 35 by Q2 2021 for at most 30% of region"), (1, 3, "missed"));
    let v = of("subs +3% from Q4 2020 by Q2 2021 for each region");
    let listed: Vec<_> = v.each.unwrap().listed.into_iter().map(|r| (r.key, r.baseline, r.value, r.kept)).collect();
    assert_eq!(
        listed,
        [
            ("EMEA".to_owned(), Some(40.0), Some(41.0), Some(false)),
            ("APAC".to_owned(), Some(30.0), Some(36.0), Some(true)),
            ("UCAN".to_owned(), Some(30.0), Some(31.0), Some(true)),
        ]
    );
    // Rows: 6 of 9 months have at least 130.
    assert_eq!(each("shop.sales >= 130 for 60% of shop in 2020-10-01..2021-06-30"), (6, 9, "met"));
}

// "`measure KPI [TARGET], …` | leading indicators shown with the verdict, over the goal's window and baseline; one with
// a target is judged as well"
#[test]
fn measured_indicators_stand_beside_the_verdict() {
    let v = of("subs +5% from Q4 2020 by Q2 2021 measure sales >= 900, basket >= 9, sales");
    assert_eq!(v.status.name(), "met");
    // January to June: 930; 930 / 108 = 8.61.
    assert_eq!(v.kpis[0].value, Some(930.0));
    let status: Vec<_> = v.kpis.iter().map(|k| k.status.map(|s| s.name())).collect();
    assert_eq!(status, [Some("met"), Some("missed"), None]);
    // A change is from the goal's baseline, the fourth quarter: 10 → 8.61.
    let v = of("subs +5% from Q4 2020 by Q2 2021 measure basket up");
    assert_eq!((v.kpis[0].target, v.kpis[0].status.map(|s| s.name())), (Some(10.0), Some("missed")));
}

// "`checkpoints SPAN|weekly|monthly|quarterly|DATE` | expected and actual at each"
#[test]
fn checkpoints_show_expected_and_actual() {
    let v = of("subs +10 from Q4 2020 by Q2 2021 checkpoints quarterly");
    // On 31 March 90 of 181 days are over: 100 + 10 × 90 / 181 = 104.97; there were 104.
    let c = &v.checkpoints[0];
    assert_eq!((c.at.to_string().as_str(), c.value), ("2021-03-31", Some(104.0)));
    assert!((c.expected_value.unwrap() - (100.0 + 10.0 * 90.0 / 181.0)).abs() < 1e-9);
    assert!((c.progress.unwrap() - 0.4).abs() < 1e-12);
    let days = |goal: &str| of(goal).checkpoints.iter().map(|c| c.at.to_string()).collect::<Vec<_>>();
    assert_eq!(days("subs +10 from Q4 2020 by Q2 2021 checkpoints quarterly"), ["2021-03-31", "2021-06-30"]);
    assert_eq!(
        days("subs +10 from Q4 2020 by Q1 2021 checkpoints monthly"),
        ["2021-01-31", "2021-02-28", "2021-03-31"]
    );
    assert_eq!(days("subs +10 from Q4 2020 by Q2 2021 checkpoints 2021-03-31"), ["2021-03-31"]);
}

// "`grace SPAN` | a slight extension: reached within it is `met late`"
#[test]
fn grace_is_an_extension() {
    assert_eq!(told("subs +5% from Q4 2020 by Q1 2021").split(':').next(), Some("missed"));
    // 108 on 30 June, within a quarter of 31 March.
    let v = of("subs +5% from Q4 2020 by Q1 2021 grace 1 quarter");
    assert_eq!((v.status.name(), v.met_on.unwrap().to_string().as_str()), ("met late", "2021-06-30"));
    assert_eq!(of("subs +5% from Q4 2020 by Q1 2021 grace 2 weeks").status.name(), "missed");
    // While the grace runs it isn't missed.
    assert_eq!(of_at("subs +5% from Q4 2020 by Q1 2021 grace 1 quarter", "2021-05-01").status.name(), "at risk");
}

// "One of `in`, `by`, `within`; `every` goes with `in` or `from` alone, `per` with `by`; anything else is an error."
#[test]
fn clauses_that_exclude_each_other() {
    for goal in [
        "subs +5% by Q2 2021 in Q2 2021",
        "subs +5% by Q2 2021 within 3 months from Q1 2021",
        "subs +5% in Q2 2021 within 3 months from Q1 2021",
        "sales +5% every month by Q2 2021",
        "sales +5% every month within 3 months from Q1 2021",
        "sales +5% per month in Q2 2021",
        "sales +5% every month per month in Q2 2021",
    ] {
        refused(goal);
    }
}

// "Combined: `goal both: all of a, b, c` or `any of …`"
#[test]
fn combined_goals_follow_their_parts() {
    let plan = format!(
        "{PLAN}goal a: subs +5% from Q4 2020 by Q2 2021\ngoal b: subs +50% from Q4 2020 by Q2 2021\n\
         goal both: all of a, b\ngoal either: any of a, b"
    );
    let r = report(&plan, &[("m", SUBS), ("shop", SHOP)], "2021-12-31");
    let status: Vec<_> = r.goals.iter().map(|g| (g.name.as_str(), g.status.name())).collect();
    assert_eq!(status, [("a", "met"), ("b", "missed"), ("both", "missed"), ("either", "met")]);
}
