//! The commands that read data.

use super::*;

/// Published figures of `../shared/data/netflix`, rounded to thousands: paid memberships outside UCAN.
const MEMBERSHIPS: &str = "period_end,region,paid\n\
    2020-09-30,EMEA,62242\n2020-09-30,TOTAL,62242\n\
    2020-12-31,EMEA,66698\n2020-12-31,TOTAL,66698\n\
    2021-03-31,EMEA,68508\n2021-03-31,TOTAL,68508\n\
    2021-06-30,EMEA,68696\n2021-06-30,TOTAL,68696\n\
    2021-09-30,EMEA,70500\n2021-09-30,TOTAL,70500\n";

const GOAL: &str = "table memberships from \"memberships.csv\" time period_end every quarter where region <> \"TOTAL\"\n\
    metric subs \"Paid memberships\" = last(memberships.paid) unit members\n\n\
    goal intl \"Paid members in EMEA\": subs +5% from Q4 2020 by 2021-09-30\n";

fn emea() -> Folder {
    folder(&[("plan.goal", GOAL), ("memberships.csv", MEMBERSHIPS)])
}

// 70500 / 66698 = 1.0570: met. Of the way to 66698 * 1.05 = 70032.9: (70500 - 66698) / 3334.9 = 114 %.
#[test]
fn a_goal_that_is_met() {
    insta::assert_snapshot!(emea().run(&["eval"]));
}

// (68696 - 66698) / 3334.9 = 60 % of the way.
#[test]
fn as_of_an_earlier_day() {
    insta::assert_snapshot!(emea().run(&["eval", "--as-of", "2021-06-30", "--fail-on", "off-track,at-risk,missed"]));
}

#[test]
fn as_json_and_csv() {
    let told = [emea().run(&["eval", "--format", "json"]), emea().run(&["eval", "--format", "csv"])];
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn a_plan_of_one_line() {
    let folder = folder(&[
        ("p.goal", "goal subs +5% by 2021-09-30 measure conversion_rate\n"),
        ("metrics.csv", "date,subs,conversion_rate\n2020-12-31,100,0.02\n2021-03-31,103,0.021\n2021-09-30,106,0.025\n"),
    ]);
    insta::assert_snapshot!(folder.run(&["eval", "p.goal", "--data", "metrics.csv"]));
}

#[test]
fn wrong_words_on_the_command_line() {
    let told = [
        emea().run(&["eval", "--goal", "itnl"]),
        emea().run(&["eval", "--fail-on", "mised"]),
        emea().run(&["eval", "--as-of", "yesterday"]),
        emea().run(&["eval", "--data", "x.csv"]),
        emea().run(&["eval", "--data", "membership=x.csv"]),
        emea().run(&["eval", "--scenario", "best"]),
        emea().run(&["show", "sub"]),
        emea().run(&["show", "subs", "--every", "often"]),
    ];
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn data_that_is_not_there_or_outside() {
    let folder = folder(&[
        (
            "a/plan.goal",
            "table t from \"../t.csv\" time date\ntable u from \"none.csv\" time date\ngoal (sum(t.x)) >= 3 by 2021\n",
        ),
        ("t.csv", "date,x\n2021-01-01,4\n"),
        ("u.csv", "date,x\n2021-01-01,4\n"),
    ]);
    let told = [
        folder.run(&["eval", "a/plan.goal"]),
        folder.run(&["eval", "a/plan.goal", "--allow-outside", "--data", "u=u.csv"]),
    ];
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn tables_of_the_settings() {
    let folder = folder(&[
        ("plan/plan.goal", GOAL),
        (
            "milepost.toml",
            "as-of = \"2021-03-31\"\nfail-on = [\"at-risk\", \"off-track\"]\n[tables]\nmemberships = \"data/m.csv\"\n",
        ),
        ("data/m.csv", MEMBERSHIPS),
    ]);
    insta::assert_snapshot!(folder.run(&["eval", "plan/plan.goal"]));
}

#[test]
fn check_with_data_knows_the_columns() {
    let folder = folder(&[
        ("plan.goal", &GOAL.replace("memberships.paid", "memberships.piad")),
        ("memberships.csv", MEMBERSHIPS),
    ]);
    let told = [
        folder.run(&["check", "--data", "memberships=memberships.csv"]),
        folder.run(&["check", "--data", "memberships=memberhsips.csv"]),
    ];
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn show_a_grid() {
    let told = [
        emea().run(&["show", "subs", "--by", "region", "--in", "Q4 2020..Q3 2021"]),
        emea().run(&["show", "subs", "--format", "csv"]),
        emea().run(&["show", "paid", "--in", "2021"]),
    ];
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn init_writes_a_plan_that_evaluates_and_overwrites_nothing() {
    let folder = folder(&[
        ("memberships.csv", MEMBERSHIPS),
        ("data/posts.csv", "posted_at,Post ID,Total Likes,clicks\n2021-01-01T10:00,1,5,2\n2021-01-05T11:30,2,7,3\n"),
        ("tidy.csv", "date,metric,value\n2021-01-31,subs,5\n2021-01-31,new visits,7\n2021-02-28,subs,6\n"),
    ]);
    let told = [
        folder.run(&["init", "memberships.csv", "data/posts.csv", "tidy=tidy.csv"]),
        folder.read("plan.goal"),
        folder.run(&["check"]),
        folder.run(&["fmt", "--diff"]),
        folder.run(&["init", "memberships.csv"]),
        folder.run(&["init", "nothing.csv", "-o", "-"]),
    ];
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn the_library_judges_a_text() {
    let folder = emea();
    let plan = milepost::Plan::parse(
        &GOAL.replace("memberships.csv", &folder.path().join("memberships.csv").to_string_lossy()),
    );
    assert_eq!(plan.check(), []);
    let mut engine = milepost::engine::datafusion::DataFusionEngine::new(Some(1)).expect("an engine");
    let report = plan.eval(&mut engine, &milepost::eval::Options::default()).expect("a report");
    assert_eq!(report.goals[0].status.name(), "met");
}

#[test]
fn show_a_column_that_no_statement_uses() {
    let folder = folder(&[
        ("p.goal", "goal subs +5% by 2021-09-30\n"),
        ("metrics.csv", "date,subs,visits\n2021-01-31,100,7\n2021-02-28,103,9\n2021-03-31,106,8\n"),
    ]);
    let data = ["--data", "metrics.csv"];
    let told = [
        folder.run(&[&["show", "visits"], &data[..]].concat()),
        folder.run(&[&["show", "visit"], &data[..]].concat()),
        folder.run(&[&["show", "subs", "--format", "plot"], &data[..]].concat()),
    ];
    insta::assert_snapshot!(told.join("\n"));
}

/// `explain GOAL` reads the data as `eval` does. 66,698 × 1.05 = 70,032.9.
#[test]
fn a_goal_explained() {
    let told = emea().run(&["explain", "intl", "--as-of", "2021-09-30"]);
    for part in [
        "MET       intl \"Paid members in EMEA\"",
        "plan.goal:4",
        "goal      subs +5% from Q4 2020 by 2021-09-30",
        "meaning   subs = last(memberships.paid)",
        " x 1.05",
        "1 row of memberships in Q4 2020",
        "expected  100%, the deadline is reached (273 of 273 days)",
        "5 left out by the `where` of",
        "--- exit 0",
    ] {
        assert!(told.contains(part), "{part}\n{told}");
    }
    let json = emea().run(&["explain", "intl", "--format", "json"]);
    assert!(json.contains("\"derivation\": {") && json.contains("\"goal\": {"), "{json}");
    let wrong = emea().run(&["explain", "intel"]);
    assert!(wrong.contains("no code, goal, function or lint is called `intel`; did you mean `intl`?"), "{wrong}");
}

/// A row of 2,000 without a date counts for no period: a goal that it would miss is met, and the report says why.
#[test]
fn rows_without_a_time_are_told() {
    let plan = |rest: &str| {
        format!(
            "table orders from \"orders.csv\" time date sparse{rest}\ngoal total: sum(orders.amount) <= 100 in 2021\n"
        )
    };
    let rows = "date,amount,region\n2021-01-05,20,EU\n,2000,EU\n,7,US\n2021-12-30,30,EU\n";
    let told = |rest: &str| {
        let folder = folder(&[("plan.goal", &plan(rest)), ("orders.csv", rows)]);
        folder.run(&["eval", "plan.goal", "--as-of", "2022-01-05"])
    };
    let all = told("");
    assert!(all.contains("note: table orders: 2 rows have no time, and are in no period"), "{all}");
    let some = told(" where region = \"EU\"");
    assert!(some.contains("note: table orders: 1 row has no time, and is in no period"), "{some}");
    let none = told(" where amount < 100 and region = \"EU\"");
    assert!(!none.contains("no time"), "{none}");
}
