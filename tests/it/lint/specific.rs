//! Letter S: near misses and numbers that the pages don't hold.

use super::{codes, linted, said};

/// How often a rule is found in a plan, without data.
fn times(code: &str, plan: &str) -> usize {
    codes(plan, &[], "").iter().filter(|c| **c == code).count()
}

/// How often a rule is found in a plan with a table `t`.
fn times_in(code: &str, plan: &str, csv: &str, as_of: &str) -> usize {
    codes(plan, &[("t", csv)], as_of).iter().filter(|c| **c == code).count()
}

const T: &str = "table t from \"t.csv\" time date every quarter\nmetric subs = last(t.paid)\n";
const REGIONS: &str = "date,region,paid\n2021-03-31,APAC,26\n2021-03-31,EMEA,67\n2021-03-31,UCAN,73\n";

fn in_regions(code: &str, goal: &str) -> usize {
    times_in(code, &format!("{T}{goal}"), REGIONS, "")
}

#[test]
fn a_plan_without_owners_is_told_once_and_a_goal_beside_owned_ones_each_time() {
    assert_eq!(times("S101", "plan \"P\"\ngoal a: x +5% by 2021-09-30\ngoal b: y +5% by 2021-09-30"), 1);
    let two = "goal a: x +5% by 2021-09-30 owner \"A\"\ngoal b: y +5% by 2021-09-30\ngoal c: z +5% by 2021-09-30";
    assert_eq!(times("S101", two), 2);
    assert_eq!(times("S101", &format!("owner \"A\"\n{two}")), 0);
    // A goal over parts that each have an owner needs none; its own goes for its parts, however deep.
    let parts =
        "goal a: x +5% by 2021-09-30 owner \"A\"\ngoal b: y +5% by 2021-09-30 owner \"B\"\ngoal both: all of a, b";
    assert_eq!(times("S101", parts), 0);
    let deep = "goal top: any of both, c owner \"A\"\ngoal both: all of a, b\n\
                goal a: x +5% by 2021-09-30\ngoal b: y +5% by 2021-09-30\ngoal c: z +5% by 2021-09-30";
    assert_eq!(times("S101", deep), 0);
}

#[test]
fn metric_titles_describe_goals_also_under_a_window_or_filter() {
    let plan = |goal: &str| {
        format!(
            "plan \"P\"\ntable t from \"t.csv\" time date\nmetric subs \"Members\" = last(t.paid)\n\
             metric reach = sum(t.r)\nsegment abroad = region <> \"UCAN\"\n{goal}"
        )
    };
    assert_eq!(times("S102", &plan("goal a: subs[abroad] +5% by 2021-09-30")), 0);
    assert_eq!(times("S102", &plan("goal a: (subs over 28 days) +5% by 2021-09-30")), 0);
    assert_eq!(times("S102", &plan("goal a: reach >= 5 in 2021")), 1);
    assert_eq!(times("S102", &plan("goal a: reach >= 5 in 2021 about \"Seen\"")), 0);
    // A goal over others is described by them.
    assert_eq!(times("S102", &plan("goal a \"A\": reach >= 5 in 2021\ngoal b: all of a")), 0);
}

#[test]
fn goals_are_the_same_whatever_their_layout_and_only_then() {
    let pair = |a: &str, b: &str| times("S104", &format!("goal a: {a}\ngoal b: {b}"));
    assert_eq!(pair("x +5% by 2021-09-30", "x  +5%\n  by   2021-09-30"), 1);
    assert_eq!(pair("x +5% by 2021-09-30 from Q4 2020", "x +5% # as above\n  from Q4 2020 by 2021-09-30"), 1);
    assert_eq!(pair("x +5% by 2021-09-30 measure y", "x +5% by 2021-09-30 owner \"A\" weight 2"), 1);
    assert_eq!(pair("x +5% by 2021-09-30", "x +6% by 2021-09-30"), 0);
    assert_eq!(pair("x +5% by 2021-09-30", "x +5% by 2021-09-29"), 0);
    assert_eq!(pair("x +5% by 2021-09-30", "y +5% by 2021-09-30"), 0);
    assert_eq!(pair("x +5% by 2021-09-30", "x +5% by 2021-09-30 grace 2 weeks"), 0);
    assert_eq!(pair("x +5% by 2021-09-30", "x +5% by 2021-09-30 pace compound"), 0);
    assert_eq!(pair("x +5% by 2021-09-30", "x +5% by 2021-09-30 for each region"), 0);
    // White space within quotes is no layout.
    assert_eq!(pair("x +5% where a = \"b c\" by 2021-09-30", "x +5% where a = \"bc\" by 2021-09-30"), 0);
    // Three are one finding, on the card of each.
    let thrice = "goal a: x +5% by 2021-09-30\ngoal b: x +5% by 2021-09-30\ngoal c: x +5% by 2021-09-30";
    assert_eq!(times("S104", thrice), 1);
    assert!(said("S104", thrice, &[], "").contains("this goal and 1 more ask for the same as `a`"));
    let combined = "goal a: x +5% by 2021-09-30\ngoal b: y +5% by 2021-09-30\n";
    assert_eq!(times("S104", &format!("{combined}goal c: all of a, b\ngoal d: all of b, a")), 1);
    assert_eq!(times("S104", &format!("{combined}goal c: all of a, b\ngoal d: any of a, b")), 0);
}

#[test]
fn each_copy_is_told_beside_the_first() {
    let plan: String = (0..2_000).map(|i| format!("goal g{i}: x +{}% by 2021-09-30\n", i % 1_000 + 1)).collect();
    let found = times("S104", &plan);
    assert_eq!(found, 1_000);
}

#[test]
fn titles_that_name_something_are_left_alone() {
    let titled = |title: &str, target: &str| times("S105", &format!("goal g \"{title}\": x {target} by 2021-09-30"));
    for vague in ["Improve", "Better performance", "Grow our business ASAP", "Be the best!", "World-class results"] {
        assert_eq!(titled(vague, "+5%"), 1, "{vague}");
    }
    for said in ["Improve engagement", "Growth in EMEA", "20% better", "Faster feedback", "Wachstum", "Happy customers"]
    {
        assert_eq!(titled(said, "+5%"), 0, "{said}");
    }
    assert_eq!(titled("Maximise sign-ups", "+5%"), 1);
    assert_eq!(titled("Minimize waste", "-5%"), 1);
    assert_eq!(titled("As few bugs as possible", "<= 3"), 1);
    let plan = "goal g \"Sell as many seats as possible\": x +5% by 2021-09-30";
    assert!(said("S105", plan, &[], "").contains("`as many seats as possible`"));
    assert_eq!(titled("All that is possible in EMEA", "+5%"), 0);
    // A goal that wants any rise is as endless as its title.
    assert_eq!(titled("Maximise sign-ups", "up"), 0);
    assert_eq!(titled("Optimised images", "+5%"), 0);
}

#[test]
fn only_conditions_that_can_be_judged_one_by_one_are_two_things() {
    let goal = |subject: &str| times("S107", &format!("goal g: {subject}"));
    assert_eq!(goal("(x >= 2 and y <= 3) in Q2 2021"), 1);
    assert_eq!(goal("((x >= 2) and (y <= 3) and z > 1) in Q2 2021"), 1);
    assert_eq!(goal("(x >= 2 and y <= 3) every month in 2021"), 1);
    assert_eq!(goal("(x >= 2 or y <= 3) in Q2 2021"), 0);
    assert_eq!(goal("(x >= 2 and x <= 3) in Q2 2021"), 0);
    assert_eq!(goal("(x >= y and x / y <= 3) in Q2 2021"), 0);
    assert_eq!(goal("(x >= 2 and y <= 3) every month in 2021 for 90% of months"), 0);
    assert_eq!(goal("(x >= 2 and y <= 3) every month in 2021 hold 2 months"), 0);
    assert_eq!(goal("(x >= 2 and y <= 3) for 90% of region in 2021"), 0);
}

#[test]
fn what_is_offered_for_two_things_is_a_plan() {
    let plan = "goal g \"G\": (x >= 2 and x - y < 3 and z > 1)\n  where region = \"a\" in Q2 2021 owner \"A\"";
    let (_, found) = linted(plan, &[], "");
    let help = found.diagnostics.iter().find(|d| d.code == "S107").and_then(|d| d.help.clone());
    // x stands in two parts: they are not apart.
    assert_eq!(help, None);
    let plan = plan.replace("x - y", "w - y");
    let (_, found) = linted(&plan, &[], "");
    let help = found.diagnostics.iter().find(|d| d.code == "S107").and_then(|d| d.help.clone()).expect("a help");
    let goals: String = help.lines().skip(1).map(|l| format!("{}\n", l.trim())).collect();
    let expected = "goal g_1: x >= 2 where region = \"a\" in Q2 2021\n\
                    goal g_2: (w - y < 3) where region = \"a\" in Q2 2021\n\
                    goal g_3: z > 1 where region = \"a\" in Q2 2021\n\
                    goal g: all of g_1, g_2, g_3\n";
    assert_eq!(goals, expected);
    assert_eq!(times("S107", &goals), 0);
}

#[test]
fn goals_with_a_number_for_a_name_are_told_once_a_subject() {
    let three =
        "goal x +5% by 2021-09-30\ngoal x +6% by 2021-12-31\ngoal (x) +7% by 2022-03-31\ngoal y +5% by 2021-09-30";
    assert_eq!(times("S110", three), 1);
    assert_eq!(times("S110", "goal x: x +5% by 2021-09-30\ngoal x +6% by 2021-12-31"), 0);
    assert_eq!(times("S110", "goal last(t.x) +5% by 2021-09-30\ngoal last(t.x) +6% by 2021-12-31"), 1);
}

#[test]
fn texts_are_looked_for_in_the_tables_that_they_go_to() {
    let goal = |clause: &str| format!("goal g \"G\": subs +5% {clause} from Q1 2021 by Q2 2021");
    assert_eq!(in_regions("S108", &goal("where region = \"LATAM\"")), 1);
    assert_eq!(in_regions("S108", &goal("where region = \"APAC\"")), 0);
    assert_eq!(in_regions("S108", &goal("where region in (\"APAC\", \"EMAE\")")), 1, "near: EMEA");
    assert_eq!(in_regions("S108", &goal("where region in (\"APAC\", \"ANZ\")")), 0, "not near, and others match");
    assert_eq!(in_regions("S108", &goal("where not (region = \"ANZ\")")), 1);
    assert_eq!(in_regions("S108", &goal("where contains(region, \"ANZ\")")), 0);
    // The same place once, however many goals and metrics go through it.
    let segment = "segment far = region = \"LATAM\"\nmetric far_subs = subs[far]\n\
                   goal a: far_subs +5% by Q2 2021\ngoal b: subs +5% where far by Q2 2021";
    assert_eq!(in_regions("S108", segment), 1);
    assert_eq!(in_regions("S108", "goal a: subs top 1 by region as \"LATAM\" by Q2 2021"), 1);
    assert_eq!(in_regions("S108", "goal a: sum(if(t.region = \"LATAM\", t.paid, 0)) >= 3 in Q1 2021"), 1);
    assert_eq!(in_regions("S108", "goal a: subs >= 3 in Q4 2021 where region = \"LATAM\""), 0, "it may come yet");
}

#[test]
fn a_value_that_the_table_keeps_out_isnt_missed() {
    let plan = "table t from \"t.csv\" time date every quarter where region <> \"UCAN\"\n\
                goal g: last(t.paid) >= 3 where region <> \"UCAN\" by Q2 2021";
    assert_eq!(times_in("S108", plan, REGIONS, ""), 0);
    // A value that comes later than the moment isn't there yet.
    let plan = format!("{T}goal g: subs +5% where region = \"UCAN\" from Q1 2021 by Q2 2021");
    let later = "date,region,paid\n2021-03-31,EMEA,67\n2021-06-30,EMEA,70\n2021-06-30,UCAN,73\n";
    assert_eq!(times_in("S108", &plan, later, "2021-03-31"), 1);
    assert_eq!(times_in("S108", &plan, later, "2021-06-30"), 0);
}

#[test]
fn white_space_and_case_are_told_as_such() {
    let csv = "date,region,paid\n2021-03-31,UCAN,26\n2021-03-31,US & Canada,4\n";
    let plan = |text: &str| format!("{T}goal g: subs +5% where region = \"{text}\" from Q1 2021 by Q2 2021");
    let heard = said("S109", &plan("UCAN "), &[("t", csv)], "");
    assert!(heard.contains("t writes the region \"UCAN \" as \"UCAN\""), "{heard}");
    assert_eq!(times_in("S109", &plan("us  & canada"), csv, ""), 1);
    assert_eq!(times_in("S108", &plan("us & canada"), csv, ""), 0);
}

#[test]
fn titles_name_a_value_as_whole_words() {
    let plan = |title: &str| {
        format!("goal o \"O\": subs +1% where region = \"APAC\" by Q2 2021\ngoal g \"{title}\": subs +5% by Q2 2021")
    };
    assert_eq!(in_regions("S103", &plan("Members in EMEA")), 1);
    assert_eq!(in_regions("S103", &plan("Members, emea")), 1);
    assert_eq!(in_regions("S103", &plan("EMEAN members")), 0);
    assert_eq!(in_regions("S103", &plan("EMEA and APAC")), 0);
    assert_eq!(
        in_regions("S103", "goal g \"Members in EMEA\": subs +5% by Q2 2021"),
        0,
        "nothing calls it a dimension"
    );
    let kept =
        "metric emea \"M\" = last(t.paid where region = \"EMEA\")\ngoal g \"Members in EMEA\": emea +5% by Q2 2021";
    assert_eq!(in_regions("S103", kept), 0);
}
