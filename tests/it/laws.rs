//! Laws that hold of every verdict, whatever the plan and the data say: random goals over small random tables. The
//! numbers themselves are checked elsewhere; here two ways to one answer have to agree.

use crate::law_data::*;
use crate::law_plans::*;
use crate::memory::report;
use milepost::eval::derivation::{Derived, Way};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use serde_json::Value;

/// Few cases in each run, as each judges many goals twice, and the same ones, so that a change is judged by itself:
/// `PROPTEST_CASES=1000` looks longer and elsewhere.
fn config(cases: u32) -> ProptestConfig {
    let plain = ProptestConfig { failure_persistence: None, max_shrink_iters: 60, ..ProptestConfig::default() };
    match std::env::var_os("PROPTEST_CASES") {
        Some(_) => plain,
        None => ProptestConfig { cases, rng_seed: RngSeed::Fixed(2021), ..plain },
    }
}

/// Why a value isn't known may name the newest row there is; the value itself may not change.
fn without_reasons(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let kept = fields.iter().filter(|(key, _)| *key != "reason");
            Value::Object(kept.map(|(key, value)| (key.clone(), without_reasons(value))).collect())
        }
        Value::Array(values) => Value::Array(values.iter().map(without_reasons).collect()),
        other => other.clone(),
    }
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

proptest! {
    #![proptest_config(config(3))]

    /// "after the deadline later data changes nothing": a verdict that is settled by complete data stays as it is.
    #[test]
    fn what_is_settled_stays(plan in plan(), data in data(), later in data(), at in 260i32..300, days in 1i32..90) {
        // Every deadline up to May, with its grace, is over and complete on 19 June, day 200.
        let (plan, data) = (plan.plain(), data.and_then(200, &later));
        let (then, now) = (plan.judge(&data, &day_text(at)), plan.judge(&data, &day_text(at + days)));
        for (a, b) in then.goals().iter().zip(now.goals()) {
            let by = a["target"]["by"].as_str().unwrap_or("9999");
            if !["met", "met late", "missed"].contains(&a["status"].as_str().unwrap_or("")) || by > "2021-05-31" {
                continue;
            }
            for key in ["status", "met_on", "progress", "baseline", "current", "target", "kept", "periods", "guardrails",
                "checkpoints", "each_total", "each_kept", "each_pending", "hold", "standings", "decided"] {
                let (a_told, b_told) = (without_reasons(&a[key]), without_reasons(&b[key]));
                prop_assert!(a_told == b_told, "{key} of {}\n{a_told:#}\n{b_told:#}\n{plan:?}\n{a:#}", plan.line(&a["name"]));
            }
            // A row without an end grows older.
            if a["kind"] != "rows" {
                prop_assert!(a["each"] == b["each"], "each of {}\n{:#}\n{:#}\n{plan:?}", plan.line(&a["name"]), a["each"], b["each"]);
            }
        }
    }

    /// `all of` and `any of` follow from their parts, and change none of them.
    #[test]
    fn combined_goals_follow_from_their_parts((plan, data, at) in (plan(), data(), moment()), a in 0usize..30, b in 0usize..30) {
        let alone = plan.judge(&data, &at);
        let goals = alone.goals();
        let parts: Vec<&Value> = [a, b, a + b].iter().map(|i| &goals[i % goals.len()]).collect();
        let name = |v: &Value| v["name"].as_str().unwrap_or_default().to_owned();
        let mut names: Vec<String> = parts.iter().map(|v| name(v)).collect();
        names.dedup();
        if names.len() < 3 || names[0] == names[2] {
            return Ok(());
        }
        let list = names.join(", ");
        let more = plan.and(&format!("goal all_three: all of {list}")).and(&format!("goal any_three: any of {list}"));
        let judged = more.judge(&data, &at);
        agree(&plan, &alone, &judged)?;
        let found = |name: &str| judged.goals().iter().find(|g| g["name"] == name).expect("a goal").clone();
        // The first that one of the parts is.
        let first = |order: &[&'static str]| order.iter().find(|s| parts.iter().any(|v| v["status"] == **s)).copied();
        let all = first(&["missed", "no data", "off track", "at risk", "on track", "not started", "met late", "met"]);
        let any = first(&["met", "met late", "on track", "at risk", "off track", "not started", "no data", "missed"]);
        prop_assert!(found("all_three")["status"].as_str() == all, "{all:?} {parts:?}");
        prop_assert!(found("any_three")["status"].as_str() == any, "{any:?} {parts:?}");
        let met = |v: &Value| v["status"] == "met" || v["status"] == "met late";
        let there = |v: &&Value| if met(v) { Some(1.0) } else { v["progress"].as_f64().map(|p| p.clamp(0.0, 1.0)) };
        let known: Vec<f64> = parts.iter().filter_map(there).collect();
        let mean = (!known.is_empty()).then(|| known.iter().sum::<f64>() / known.len() as f64);
        let best = known.iter().copied().reduce(f64::max);
        prop_assert!(close(&found("all_three")["progress"], &serde_json::json!(mean), 1.0), "{mean:?} {parts:?}");
        prop_assert!(close(&found("any_three")["progress"], &serde_json::json!(best), 1.0), "{best:?} {parts:?}");
    }

    /// One goal asked for alone is judged as among the others.
    #[test]
    fn a_goal_alone_is_judged_as_among_all((plan, data, at) in (plan(), data(), moment()), nth in 0usize..5) {
        let plan = plan.plain();
        let all = plan.judge(&data, &at);
        for goal in all.goals().iter().skip(nth).step_by(5) {
            let alone = plan.judge_one(&data, &at, goal["name"].as_str().unwrap_or_default());
            prop_assert!(alone.goals() == [goal.clone()], "{}\n{goal:#}\n{:#?}\n{plan:?}", plan.line(&goal["name"]), alone.goals());
        }
    }

    /// A what-if that puts what is there in its place changes nothing.
    #[test]
    fn what_is_set_to_itself_changes_nothing((plan, data, at) in (plan(), data(), moment()), which in 0usize..5) {
        let plan = plan.plain();
        let ways: [&[&str]; 5] = [
            &["half=half", "january=january"],
            &["half=2", "new_year=level[2020-12]"],
            &["total=total", "carried=carried"],
            &["total=sum(t.x)", "level=last(t.x)", "kept=share(t.x > 3)"],
            &["total +0%", "half=+0%"],
        ];
        let (plain, under) = (plan.judge(&data, &at), plan.judge_set(&data, &at, ways[which]));
        for (a, b) in plain.goals().iter().zip(under.goals()) {
            prop_assert_eq!(&b["plain"]["changed"], false, "{:?} {} {:#}", ways[which], plan.line(&a["name"]), b);
            let (mut a, mut b) = (a.clone(), b.clone());
            for goal in [&mut a, &mut b] {
                goal["plain"] = Value::Null;
                goal["reasons"]["plain"] = Value::Null;
                // A metric that is multiplied says so.
                if which == 4 {
                    let notes = goal["notes"].as_array_mut().expect("a list");
                    notes.retain(|n| !n.to_string().contains("the scenario multiplies"));
                }
            }
            prop_assert!(a == b, "{:?} {}\n{a:#}\n{b:#}\n{plan:?}", ways[which], plan.line(&a["name"]));
        }
    }

    /// What a derivation arrives at is what the verdict says.
    #[test]
    fn a_derivation_arrives_at_the_verdict((plan, data, at) in (plan(), data(), moment()), nth in 0usize..5) {
        let plan = plan.plain();
        let all = plan.judge(&data, &at);
        for goal in all.goals().iter().skip(nth).step_by(5) {
            let line = plan.line(&goal["name"]);
            let told = plan.explain(&data, &at, goal["name"].as_str().unwrap_or_default());
            let (verdict, way) = (&told.verdict, &told.derivation);
            let own = Judged::of(&told.report);
            let own = own.goals().iter().find(|g| g["name"] == goal["name"]).expect("the goal").clone();
            prop_assert!(own == *goal, "{line}\n{goal:#}\n{own:#}\n{plan:?}");
            prop_assert_eq!(verdict.status.name(), &goal["status"]);
            let same = |a: Option<f64>, b: Option<f64>| a.is_some() == b.is_some()
                && a.zip(b).is_none_or(|(a, b)| (a - b).abs() <= 1e-9 * a.abs().max(1.0));
            // What the last step comes to; a mean over several spans is that part of it.
            let arrives = |d: &Derived| d.step.as_ref().is_none_or(|s| {
                let times = f64::from(d.mean_of.unwrap_or(1));
                let found = s.value.as_number().or(s.value.as_truth().map(|t| f64::from(u8::from(t))));
                same(found.map(|x| x / times), d.value)
            });
            if let Some(current) = &way.current {
                prop_assert!(same(current.value, verdict.current.value) && arrives(current), "{line}: {current:#?}\n{goal:#}\n{plan:?}");
                prop_assert!(current.step.is_some() || current.value.is_none(), "{line}: not told\n{current:#?}\n{goal:#}\n{plan:?}");
            }
            if let Some(baseline) = &way.baseline {
                let value = verdict.baseline.as_ref().and_then(|b| b.value);
                prop_assert!(same(baseline.value, value) && arrives(baseline), "{line}: {baseline:#?}\n{goal:#}\n{plan:?}");
            }
            for (label, period) in &way.periods {
                let value = verdict.periods.iter().find(|p| p.label == *label).and_then(|p| p.value);
                prop_assert!(same(period.value, value) && arrives(period) && period.step.is_some(), "{line}: {label} {period:#?}\n{goal:#}\n{plan:?}");
            }
            for (key, one) in &way.values {
                let value = verdict.each.iter().flat_map(|e| &e.listed).find(|e| e.key == *key).and_then(|e| e.value);
                prop_assert!(same(one.value, value) && arrives(one) && one.step.is_some(), "{line}: {key} {one:#?}\n{goal:#}\n{plan:?}");
            }
            let progress = match way.way {
                Some(Way::Between { baseline, current, target }) => Some((current - baseline) / (target - baseline)),
                Some(Way::Of { current, target }) => Some(current / target),
                _ => None,
            };
            prop_assert!(progress.is_none() || same(progress, verdict.progress), "{line}: {:?}\n{goal:#}\n{plan:?}", way.way);
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
