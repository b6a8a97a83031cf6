//! What the random plans of the laws are put together from. A feature joins every law by a line in one of these lists.

/// How the two tables are declared.
pub const TABLES: &[&str] = &[
    "",
    "",
    "sparse",
    "every month",
    "every week",
    "every quarter",
    "where k <> \"z\"",
    "lag 3 days",
    "sparse lag 1 week",
    "every month lag 10 days",
    "every 2 weeks",
    "every week lag 3 days where k <> \"z\"",
];

/// What every plan declares: metrics of each kind, over one table and over both.
pub const HEAD: &str = "horizon 2021
metric total = sum(t.x)
metric rows = count(t)
metric level = last(t.x)
metric opening = first(t.x)
metric each_last = last(t.x per k)
metric mean = avg(t.x)
metric ratio = sum(t.x) / sum(t.y)
metric kept = share(t.x > 3) unit %
metric kinds = distinct(t.g)
metric p = p90(t.x)
metric spread = max(t.x) - min(t.x)
metric score = nps(t.y)
metric waited = avg(t.done - t.at) lower is better
metric u_level = last(u.z)
metric two_tables = sum(t.x) + sum(u.z)
metric over_both = sum(t.x) / count(u)
metric level_each = level / u_level
metric carried = sum(t.x) + 0.5 * (carried[-1 month] ?? 0)
metric above = last(t.x) - (above[-1 week] ?? 0) * 0.1
metric smooth = moving_average(total, 3 months)
metric bound = correl(total, rows)
metric tilt = slope(sum(t.x), sum(t.y))
metric place = rank(total by k)
segment only_a = g = \"a\"
let half = 2
let january = total[2021-01]
let new_year = level[2020-12]
campaign spring 2021-02-10..2021-03-31 budget 30 where g <> \"b\"
campaign thaw 2021-03-15..2021-05-10 budget half * 10
objective company
objective under supports company
scenario other set january = 4, total +10%, mean = median(t.x)
scenario less set half = half * 2, level -20%, rows = rows + 1
";

/// Statements that may stand in a plan.
pub const STATEMENTS: &[&str] = &[
    "exclude 2021-02-01..2021-02-05 because \"the line was down\"",
    "exclude 2021-03 from t because \"counted twice\"",
    "exclude 2021-02-20 because \"a holiday\"",
    "exclude 2021-01 from u because \"not yet\"",
    "timezone \"America/New_York\"",
    "milestone ranked by Q1 2021 when rank(total by k)[k = \"p\"] = 1 supports under",
    "milestone grown by 2021-05-31 when level >= 1.1 * new_year supports company",
    "milestone unsaid by 2021-02-28",
    "alert falling when level < level[-1 month] every week",
    "alert far when growth(total, 1 month) > 20% every month",
    "alert averaged when moving_average(total, 2 months) < 5 every month",
    "alert many when rows > 1 every day",
    "milestone reached by 2021-04-30 when total ytd >= 30",
    "milestone shipped by 2021-03-31 done 2021-03-20",
    "alert quiet when rows = 0 every week",
    "alert busy when total > 10 every month hold 2 months",
    "on track above 90%",
    "at risk above 50%",
    "fiscal year starts February",
    "week starts Sunday",
];

/// What goals are about.
pub const SUBJECTS: &[&str] = &[
    "total",
    "rows",
    "level",
    "opening",
    "each_last",
    "mean",
    "ratio",
    "kept",
    "kinds",
    "p",
    "spread",
    "score",
    "waited",
    "u_level",
    "two_tables",
    "over_both",
    "level_each",
    "total[only_a]",
    "level[g = \"a\"]",
    "(total ytd)",
    "(total qtd)",
    "(total over 28 days)",
    "growth(total, 1 month)",
    "yoy(level)",
    "(total - total[-1 month])",
    "(total > total[-1 month])",
    "(level >= level[-1 week])",
    "(level / new_year)",
    "(if(rows > 3, mean, level))",
    "(iferror(ratio, 0))",
    "(total ?? 0)",
    "t.x",
    "t.done - t.at",
    "(t.x > 2)",
    "sum(t.x where k = \"p\")",
    "median(t.x)",
    "moving_average(total, 2 months)",
    "cumulative(total)",
    "retention(t.k, 1 month)",
    "rank(total by k)",
    "share_of(total by k)",
    "max(total by k)",
    "carried",
    "above",
    "smooth",
    "bound",
    "tilt",
    "place",
    "place[k = \"p\"]",
    "(u_level ?? 0)",
    "cumulative(rows)",
    "moving_average(level, 4 weeks)",
    "moving_average(mean, 14 days)",
    "(total * half)",
    "percentile(total, 90 by k)",
    "average(level by g)",
    "share_of(rows by g)[g = \"a\"]",
    "(total - carried[-1 week])",
    "max(level, u_level)",
    "sum(total, rows)",
    "stdev(t.x)",
    "csat(t.y, 4)",
    "roi(total, spring.budget)",
    "total[spring]",
];

/// What is wanted of them.
pub const TARGETS: &[&str] = &[
    "",
    "+5%",
    "-10%",
    "+3",
    "-2",
    "+2pp",
    "+5% relative",
    "x2",
    "halve",
    "up",
    "down",
    "to 20",
    "to 3",
    "from 2 to 9",
    "from 10 to 4",
    ">= 5",
    ">= january",
    "<= 12",
    "> 0",
    "< 6",
    "= 3",
    ">= 40%",
    "<= 36h",
    "between 2 and 8",
    "within 20% of 10",
    "+50% to 12",
    "top 2 by k as \"p\"",
];

/// When.
pub const TIMINGS: &[&str] = &[
    "",
    "by 2021-04-30",
    "by Q1 2021",
    "by 2021-05",
    "by 2021-03-10",
    "by 2021-03-31 per month",
    "by 2021-03-31 per 2 weeks",
    "in Q1 2021",
    "in 2021-02",
    "in 2021-01-10..2021-03-20",
    "in spring",
    "in 2021",
    "every month in H1 2021",
    "every week in Q1 2021",
    "every quarter in 2021",
    "every month in spring",
    "every month from 2021-01",
    "in FQ1 2021",
    "by FY2021",
    "every quarter in FY2021",
    "every day in 2021-03",
    "every 2 weeks in Q1 2021",
    "within 2 months from 2021-01",
    "within 6 weeks from 2021-01-15",
];

/// What else a goal may say.
pub const CLAUSES: &[&str] = &[
    "from 2020-12",
    "from Q4 2020",
    "from 2021-01-15",
    "from 3",
    "from new_year",
    "yoy",
    "where g = \"a\"",
    "where g <> \"b\"",
    "where x > 0",
    "for each g",
    "for each k",
    "for 50% of k",
    "for at most 50% of g",
    "for 75% of months",
    "for at most 50% of weeks",
    "for 80% of t",
    "for each t",
    "for at most 30% of t",
    "measure level, mean >= 1",
    "measure total +5%, u_level up, ratio <= 2",
    "checkpoints monthly",
    "checkpoints 2021-02-15, 2021-03-20",
    "checkpoints 3 weeks",
    "checkpoints 2021-02-28 >= 3",
    "grace 2 weeks",
    "grace 1 month",
    "supports company",
    "supports under weight 2",
    "hold 2 weeks",
    "hold 2 months",
    "guardrail mean >= 2",
    "guardrail ratio <= 4, total >= 1",
    "cap 100",
    "pace compound",
    "pace seasonal",
    "for each campaign",
    "hold 3 days",
    "cap 25",
    "checkpoints 2021-02-28 +5%, 2021-03-31 +8%",
    "guardrail level -10%, u_level down",
    "guardrail mean +5%",
    "measure bound >= 0.2, smooth up",
];

/// Whole goals that chance would seldom put together.
pub const GOALS: &[&str] = &[
    "level +10% from 2020-12 by 2021-04-30 guardrail mean >= 2, u_level >= 3 checkpoints 2021-02-28 +5%",
    "total to 60 from 2021-01-01 by Q2 2021 guardrail ratio <= 4 pace compound",
    "mean >= 3 every month in H1 2021 hold 2 months",
    "level >= 3 by 2021-04-30 hold 2 weeks guardrail total >= 0",
    "total >= 4 in Q1 2021 for each k guardrail mean >= 1",
    "(level >= level[-1 week]) by 2021-03-31 grace 2 weeks",
    "(total > total[-1 month]) by 2021-04-30",
    "(total > total[-1 month]) every month in H1 2021 for 75% of months",
    "(t.x > 2) for at most 30% of t in Q1 2021",
    "(t.x > 2) for each t every month in Q1 2021",
    "(t.x > 2) for 80% of t by 2021-04-30",
    "t.done - t.at <= 36h for 80% of t in Q1 2021",
    "t.done - t.at <= 36h for each t by 2021-04-30 where g = \"a\"",
    "t.done - t.at <= 36h for at most 30% of t every month in Q1 2021",
    "total to 60 from 2021-01-01 by Q2 2021 checkpoints monthly measure level, mean >= 1",
    "level +10% from 2021-01-31 by Q2 2021 grace 2 weeks",
    "level +30% from 2020-12 by 2021-12-31 pace seasonal checkpoints quarterly",
    "total to 90 from 2021-01-01 by 2021-12-31 pace seasonal checkpoints monthly",
    "total +10% in 2021 from 2020 pace seasonal",
    "level to 40 from 2020-12-31 by 2021-12-31 pace compound cap 60 checkpoints 2021-03-31 +20%, 2021-06-30 +60%",
    "mean to 9 from 2020-12-31 by 2021-12-31 cap 10",
    "level from 2 to 30 by 2021-12-31 hold 3 weeks guardrail u_level -10%, total >= 3",
    "total >= 5 for each campaign in 2021",
    "rows >= 1 for each campaign in 2021 guardrail mean >= 0",
    "rows >= 300 in 2021",
    "total >= 2 every week in Q1 2021 for at most 50% of weeks",
    "(sum(u.z)) to 200 from 2021-01-01 by 2021-12-31",
    "kept >= 60% by 2021-09-30 per month cap 70%",
    "roi(total[spring], spring.budget) >= 0 in spring",
    "retention(t.k, 1 month) >= 50% every month in H1 2021 for 75% of months",
];
