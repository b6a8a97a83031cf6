//! Laws that hold of every verdict, whatever the plan and the data say: random goals over small random tables. The
//! numbers themselves are checked elsewhere; here two ways to one answer have to agree.

use crate::law_plans::*;
use crate::memory::report;
use proptest::prelude::*;

/// Few cases in each run, as each judges many goals twice; `PROPTEST_CASES=1000` looks longer.
fn config(cases: u32) -> ProptestConfig {
    let longer = std::env::var("PROPTEST_CASES").ok().and_then(|n| n.parse().ok());
    let (cases, max_shrink_iters) = (longer.unwrap_or(cases), 60);
    ProptestConfig { cases, failure_persistence: None, max_shrink_iters, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config(6))]

    /// "No row later than it is read": an earlier moment is judged as if the later rows had been deleted.
    #[test]
    fn an_earlier_moment_is_judged_without_the_later_rows(plan in plan(), data in data(), at in moment()) {
        let whole = plan.judge(&data, &at);
        let early = plan.judge(&data.until(&at), &at);
        agree(&plan, &whole, &early)?;
    }

    /// An end that lies later than the moment isn't known by then: as if its cell were still blank.
    #[test]
    fn an_end_that_comes_later_is_not_known_yet(data in data(), at in moment()) {
        let goals = [
            "t.done - t.at <= 36h for 80% of t in H1 2021",
            "t.done - t.at < 24h for each t by 2021-06-30 where g = \"a\"",
            "t.done - t.at >= 12h for 50% of t in H1 2021",
            "t.done - t.at > 48h for at most 30% of t every month in H1 2021",
            "t.done - t.at between 1h and 48h for 60% of t in H1 2021",
        ];
        let lines: Vec<String> = goals.iter().enumerate().map(|(i, goal)| format!("goal g{i}: {goal}")).collect();
        let plan = Plan::sparse(&lines);
        agree(&plan, &plan.judge(&data, &at), &plan.judge(&data.written_at(&at), &at))?;
    }

    /// The order of the rows says nothing.
    #[test]
    fn shuffled_rows_say_the_same((plan, data, at) in (plan(), data(), moment()), seed in any::<u64>()) {
        let straight = plan.judge(&data, &at);
        let shuffled = plan.judge(&data.shuffled(seed), &at);
        agree(&plan, &straight, &shuffled)?;
    }

    /// A column that nothing reads, and a goal beside the others, change none of them.
    #[test]
    fn what_is_unrelated_changes_nothing(plan in plan(), data in data(), at in moment()) {
        let alone = plan.judge(&data, &at);
        let more = plan.and("goal beside: u_level >= 3 by 2021-05-31").judge(&data.with_a_column(), &at);
        agree(&plan, &alone, &more)?;
    }

    /// "decreasing goals mirror increasing ones": the data and the target negated give the same status on the same way.
    #[test]
    fn less_of_the_negative_is_more(mirror in mirrored(), data in data(), at in moment()) {
        let (up, down) = mirror;
        let (a, b) = (up.judge(&data, &at), down.judge(&data.negated(), &at));
        for (a, b) in a.goals().iter().zip(b.goals()) {
            for key in ["status", "progress", "expected", "pace", "met_on", "kept", "each_kept", "each_total"] {
                prop_assert!(close(&a[key], &b[key], 1.0), "{key}: {} and {}\n{}\n{}\n{a:#}\n{b:#}", a[key], b[key], up.line(&a["name"]), down.line(&a["name"]));
            }
            // Of a goal for each value that comes back, the current value is how many kept it.
            let factor = if up.line(&a["name"]).contains("for each") { 1.0 } else { -1.0 };
            for (key, factor) in [("baseline", -1.0), ("current", factor)] {
                let (x, y) = (&a[key]["value"], &b[key]["value"]);
                prop_assert!(close(x, y, factor), "{key}: {x} and {y}\n{}\n{}\n{a:#}\n{b:#}", up.line(&a["name"]), down.line(&a["name"]));
            }
        }
    }
}

proptest! {
    #![proptest_config(config(12))]

    /// "sums over a partition of a window equal the whole for flows", by time and by the values of a dimension.
    #[test]
    fn totals_add_up(data in data(), mut cuts in prop::collection::vec(1i32..119, 1..5)) {
        cuts.extend([0, 119]);
        cuts.sort_unstable();
        cuts.dedup();
        for flow in ["sum(t.x)", "count(t)", "sum(t.x where g = \"a\")", "(3 * sum(t.y) - sum(t.y * t.y))", "sum(if(t.x > 3, t.y, 0))"] {
            let mut lines = vec![format!("goal whole: {flow} >= 0 in {}", days(0, 119))];
            let parts = cuts.windows(2).map(|c| days(c[0] + i32::from(c[0] > 0), c[1]));
            lines.extend(parts.enumerate().map(|(i, w)| format!("goal part{i}: {flow} >= 0 in {w}")));
            lines.push(format!("goal each: {flow} >= 0 for each k in {}", days(0, 119)));
            let judged = Plan::sparse(&lines).judge(&data, "2021-12-31");
            let goals = judged.goals();
            // Where all rows are blank the total isn't known: such a part adds nothing.
            let value = |i: usize| goals[i]["current"]["value"].as_f64().unwrap_or(0.0);
            let unknown = goals.iter().find(|g| g["current"]["value"].is_null() && !g.to_string().contains("blank") && g["name"] != "each");
            prop_assert!(unknown.is_none(), "{:#?}", unknown);
            let n = goals.len() - 1;
            let whole = value(0);
            prop_assert_eq!((1..n).map(value).sum::<f64>(), whole, "{}", flow);
            let each = goals[n]["each"].as_array().expect("a list");
            prop_assert_eq!(each.iter().filter_map(|e| e["value"].as_f64()).sum::<f64>(), whole, "{} each {:?}", flow, each);
        }
    }

    /// "a ratio never equals the mean of its parts unless denominators are equal": over two windows it is the mean
    /// weighted by the denominators, which is the plain mean just where they or the two ratios are equal.
    #[test]
    fn a_ratio_over_two_windows_is_the_weighted_mean(data in data(), cut in 0i32..118) {
        let (a, b) = (days(0, cut), days(cut + 1, 119));
        let lines: Vec<String> = [("a", a), ("b", b), ("ab", days(0, 119))].iter().flat_map(|(name, w)| [
            format!("goal r{name}: ratio >= 0 in {w}"),
            format!("goal d{name}: sum(t.y) >= 0 in {w}"),
        ]).collect();
        let judged = Plan::sparse(&lines).judge(&data, "2021-12-31");
        let values: Vec<Option<f64>> = judged.goals().iter().map(|g| g["current"]["value"].as_f64()).collect();
        let [Some(ra), Some(da), Some(rb), Some(db), Some(whole), Some(dab)] = values[..] else { return Ok(()) };
        prop_assert_eq!(da + db, dab);
        let weighted = (ra * da + rb * db) / (da + db);
        prop_assert!((whole - weighted).abs() <= 1e-9 * weighted.abs().max(1.0), "{whole}, weighted {weighted}");
        let plain = (ra + rb) / 2.0;
        let same = |x: f64, y: f64| (x - y).abs() <= 1e-9 * x.abs().max(1.0);
        prop_assert_eq!(same(whole, plain), same(da, db) || same(ra, rb), "{} {} {} {}", ra, da, rb, db);
    }

    /// "shifting a window and shifting the data back agree": x[-n] over a window is x over it where every row came that
    /// much later.
    #[test]
    fn a_shifted_window_reads_what_shifted_data_would_hold(data in data(), shift in 1i32..4, from in 30i32..80, long in 0i32..60) {
        let measures = ["total", "rows", "ratio", "mean", "level", "each_last", "kept", "p", "total over 28 days", "total - level"];
        for (span, by) in [(format!("-{shift} weeks"), Shift::Days(7 * shift)), (format!("-{} days", 5 * shift), Shift::Days(5 * shift))] {
            let window = days(from, from + long);
            let shifted: Vec<String> = measures.iter().enumerate()
                .map(|(i, m)| format!("goal g{i}: (({m})[{span}]) >= 0 in {window}")).collect();
            let plain: Vec<String> = measures.iter().enumerate()
                .map(|(i, m)| format!("goal g{i}: ({m}) >= 0 in {window}")).collect();
            let a = Plan::sparse(&shifted).judge(&data, "2021-12-31");
            let b = Plan::sparse(&plain).judge(&data.shifted(by), "2021-12-31");
            for ((a, b), m) in a.goals().iter().zip(b.goals()).zip(measures) {
                let (a, b) = (&a["current"]["value"], &b["current"]["value"]);
                prop_assert!(close(a, b, 1.0), "{m}[{span}] over {window}: {a}, not {b}");
            }
        }
    }

    /// The same for whole months, where no day of a month is cut off: February's value is January's shifted data.
    #[test]
    fn a_month_before_is_the_month_of_the_shifted_data(data in data(), months in 1i8..3, month in 1i8..6) {
        let measures = ["total", "rows", "ratio", "mean", "kept", "p", "level", "each_last"];
        let data = data.days_of_a_month();
        let of = |text: &dyn Fn(&str) -> String| measures.iter().enumerate()
            .map(|(i, m)| format!("goal g{i}: ({}) >= 0 in 2021-{month:02}", text(m))).collect::<Vec<_>>();
        let a = Plan::sparse(&of(&|m| format!("{m}[-{months} months]"))).judge(&data, "2021-12-31");
        let b = Plan::sparse(&of(&|m| m.to_owned())).judge(&data.shifted(Shift::Months(months)), "2021-12-31");
        for ((a, b), m) in a.goals().iter().zip(b.goals()).zip(measures) {
            let (a, b) = (&a["current"]["value"], &b["current"]["value"]);
            prop_assert!(close(a, b, 1.0), "{m}[-{months} months] in 2021-{month:02}: {a}, not {b}");
        }
    }

    /// A table that comes as two files: the sum of both is the one table's. (Blanks aside: a total of blanks only isn't known.)
    #[test]
    fn a_file_split_in_two_is_judged_the_same(data in data(), at in moment(), seed in any::<u64>()) {
        let goals = |total: &str, rows: &str| format!("horizon 2021\nmetric total = {total}\nmetric rows = {rows}
goal g0: total >= 40 by 2021-03-31
goal g1: total +10% in Q2 2021 from Q1 2021
goal g2: total to 50 from 2021-01-01 by 2021-05-31 checkpoints monthly
goal g3: total >= 5 every month in H1 2021
goal g4: (total / rows) >= 2 in Q1 2021
goal g5: rows up in 2021-03
goal g6: total >= 3 for each k in Q1 2021
goal g7: (total over 28 days) >= 10 by 2021-04-30
");
        let one = format!("table t from \"t.csv\" time at sparse\n{}", goals("sum(t.x)", "sum(t.y)"));
        let two = format!(
            "table a from \"a.csv\" time at sparse\ntable b from \"b.csv\" time at sparse\n{}",
            goals("sum(a.x) + sum(b.x)", "sum(a.y) + sum(b.y)")
        );
        let data = data.filled();
        let (left, right) = data.split(seed);
        let whole = report(&one, &[("t", &data.t())], &at);
        let parts = report(&two, &[("a", &left.t()), ("b", &right.t())], &at);
        for (a, b) in whole.goals.iter().zip(&parts.goals) {
            prop_assert_eq!((a.status, a.current.value, a.progress, a.pace), (b.status, b.current.value, b.progress, b.pace), "{:#?}\n{:#?}", a, b);
            prop_assert_eq!(&a.checkpoints, &b.checkpoints);
            prop_assert_eq!(&a.periods, &b.periods);
            let each = |v: &milepost::eval::verdict::Verdict| v.each.as_ref().map(|e| (e.kept, e.total, e.pending));
            prop_assert_eq!(each(a), each(b));
        }
    }
}

/// "verdicts do not change … when units are spelled differently": each line's ways to write one thing.
#[test]
fn spelling_says_nothing() {
    let ways: &[&[&str]] = &[
        &[
            "total >= 10k in Q1 2021",
            "total >= 10_000 in Q1 2021",
            "total >= 10000 in Q1 2021",
            "total >= 0.01M in Q1 2021",
        ],
        &["total to 1.5k by 2021-05-31", "total to 1500 by 2021-05-31", "total to 1_500.00 by 2021-05-31"],
        &[
            "total +€1k in Q2 2021",
            "total +€1_000 in Q2 2021",
            "total +1k EUR in Q2 2021",
            "total +1000 EUR in Q2 2021",
        ],
        &["kept >= 50% by 2021-03-31", "kept >= 50.0% by 2021-03-31", "kept >= 0.5 by 2021-03-31"],
        &[
            "waited <= 36h in Q1 2021",
            "waited <= 2160min in Q1 2021",
            "waited <= 129600s in Q1 2021",
            "waited <= 36 hours in Q1 2021",
        ],
        &["level double by 2021-04-30", "level x2 by 2021-04-30"],
        &["level halve by 2021-04-30", "level x0.5 by 2021-04-30"],
        &[
            "level >= 3 by Q1 2021 grace 2 weeks",
            "level >= 3 by Q1 2021 grace 2w",
            "level >= 3 by Q1 2021 grace 14 days",
            "level >= 3 by Q1 2021 grace 14d",
        ],
        &["rows >= 3 every month in Q1 2021", "rows >= 3 every 1 month in Q1 2021", "rows >= 3 every 1mo in Q1 2021"],
        &["total up in Mar 2021", "total up in March 2021", "total up in 2021-03"],
        &["total up in Q1 2021", "total up in 2021-01..2021-03", "total up in 2021-01-01..2021-03-31"],
        &["level +5% by Q1 2021", "level +5% by end of Q1 2021"],
        &[
            "(total over 28 days) >= 1 by 2021-03-31",
            "(total over 4 weeks) >= 1 by 2021-03-31",
            "(total over 28d) >= 1 by 2021-03-31",
        ],
    ];
    let head = "horizon 2021\ntable t from \"t.csv\" time at\nmetric total = sum(t.x) unit EUR\nmetric rows = count(t)
metric level = last(t.y)\nmetric kept = share(t.x > 3) unit %\nmetric waited = avg(t.done - t.at)\n";
    let csv = Data::example().t();
    for ways in ways {
        for as_of in ["2021-02-14", "2021-03-31", "2021-06-30"] {
            let judged: Vec<String> = ways
                .iter()
                .map(|goal| {
                    let mut v = report(&format!("{head}goal g: {goal}\n"), &[("t", &csv)], as_of).goals.remove(0);
                    // What is written is shown as written, and a stretch by the name it was given.
                    v.wanted.clear();
                    (v.at, v.subject) = (Default::default(), String::new());
                    v.decided = v.decided.replace("2021-01-01 to 2021-03-31", "Q1 2021");
                    format!("{v:#?}").replace("4 weeks", "28 days")
                })
                .collect();
            for (way, judged_so) in ways.iter().zip(&judged).skip(1) {
                assert_eq!(&judged[0], judged_so, "{} and {way}, as of {as_of}", ways[0]);
            }
        }
    }
}
