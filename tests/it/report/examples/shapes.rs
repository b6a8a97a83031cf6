//! A verdict of each shape that a goal can have; figures made up.

use super::{at, quarter, report, target, verdict};
use jiff::civil::date;
use milepost::calendar::{CalendarSpan, SpanUnit, Window};
use milepost::eval::verdict::{
    EachReading, EachSummary, Kept, ObjectiveVerdict, PeriodReading, PeriodState, Reading, Report, Required, Status,
    TargetReading, Verdict,
};
use milepost::quantity::Unit;

/// Every other shape a goal can have; figures made up.
pub fn shapes() -> Report {
    let june = date(2021, 6, 30);
    let reading = |value, label: &str| at(value, june, label);
    let by_year_end = Some(date(2021, 12, 31));
    let neither = |v: Verdict| Verdict { kind: "neither", ..v };

    // Progress (260 - 310) / (248 - 310) = 0.80645; expected 181 / 365 = 0.49589.
    let decreasing = Verdict {
        unit: Unit::Duration,
        baseline: Some(at(18_600.0, date(2020, 12, 31), "2020-12")),
        current: reading(15_600.0, "2021-06"),
        target: target("relative", "<=", Some(14_880.0), by_year_end),
        progress: Some(0.806_452),
        expected: Some(0.495_89),
        pace: Some(1.626_273),
        required: Some(Required {
            per_period: -120.0,
            total: -720.0,
            periods: 6,
            step: CalendarSpan::new(1, SpanUnit::Month),
            last_brought: Some(-900.0),
        }),
        ..neither(verdict("answers", "Time to answer", "-20% by 2021-12-31", Status::OnTrack))
    };
    // 89.96% must not read as 90%.
    let bound = Verdict {
        unit: Unit::Percent,
        current: reading(0.8996, "2021-04-01..2021-06-30"),
        target: target("bound", ">=", Some(0.9), Some(june)),
        progress: Some(0.0),
        expected: Some(1.0),
        pace: Some(0.0),
        decided: "89.96% < 90% over 2021-04-01..2021-06-30, and surveys is complete".to_owned(),
        ..neither(verdict("csat", "CSAT in the second quarter", ">= 90% in Q2 2021", Status::Missed))
    };
    let range = Verdict {
        unit: Unit::Percent,
        current: reading(0.034, "2021-06"),
        target: TargetReading { upper: Some(0.03), ..target("between", "between", Some(0.02), Some(june)) },
        progress: Some(0.0),
        expected: Some(1.0),
        pace: Some(0.0),
        ..neither(verdict("churn", "", "between 2% and 3% in 2021-06", Status::Missed))
    };
    let truth = Verdict {
        unit: Unit::Plain,
        kind: "truth",
        current: reading(1.0, "2021-06-30"),
        target: target("truth", "=", None, Some(june)),
        met_on: Some(june),
        progress: Some(1.0),
        decided: "true or false, as it stands".to_owned(),
        ..verdict("calm", "Refunds and complaints stay low", "by 2021-06-30", Status::Met)
    };
    let combined = Verdict {
        kind: "combined",
        parts: vec!["answers".to_owned(), "csat".to_owned(), "calm".to_owned()],
        progress: Some(0.6),
        target: target("truth", "=", None, None),
        decided: "every part has to be met".to_owned(),
        ..verdict("care", "A good year of care", "all of answers, csat, calm", Status::Missed)
    };
    // A total over a period: 6,180 / 10,000; 181 / 365.
    let flow = Verdict {
        kind: "flow",
        unit: Unit::Count("posts".to_owned()),
        baseline: Some(Reading {
            value: Some(0.0),
            label: "2021-01-01".to_owned(),
            implied: true,
            ..Reading::default()
        }),
        current: reading(6_180.0, "2021-01-01..2021-06-30"),
        target: target("to", ">=", Some(10_000.0), by_year_end),
        progress: Some(0.618),
        expected: Some(0.495_89),
        pace: Some(1.246_244),
        required: Some(Required {
            per_period: 3_820.0 / 6.0,
            total: 3_820.0,
            periods: 6,
            step: CalendarSpan::new(1, SpanUnit::Month),
            last_brought: Some(1_034.0),
        }),
        notes: vec![
            "a total over a period with `to` is counted from the start of the horizon, 2021-01-01, so its baseline is 0"
                .to_owned(),
        ],
        ..verdict("likes", "Likes", "to 10k by 2021-12-31", Status::OnTrack)
    };
    let tickets = EachSummary {
        listed: ["T-1044", "T-1051 about a refund that was promised twice and never came, third reminder", "T-1052"]
            .iter()
            .zip([12_000.0, 90_000.0, 3_661.0])
            .map(|(key, value)| EachReading {
                key: (*key).to_owned(),
                baseline: None,
                target: Some(3_600.0),
                value: Some(value),
                kept: Some(false),
            })
            .collect(),
        total: 480,
        kept: 469,
        pending: 4,
        without_value: 2,
        what: "tickets".to_owned(),
    };
    let rows = Verdict {
        unit: Unit::Duration,
        kind: "rows",
        each: Some(tickets),
        kept: Some(Kept { periods: 469, of: 480 }),
        target: target("bound", "<=", Some(3_600.0), Some(june)),
        progress: Some(469.0 / 480.0),
        decided: "469 of 480 tickets keep it; 95% have to".to_owned(),
        ..verdict("hour", "Answered within an hour", "<= 1h for 95% of tickets in Q2 2021", Status::OnTrack)
    };
    let late = Verdict {
        unit: Unit::Money(milepost::quantity::Currency::USD),
        kind: "flow",
        met_on: Some(date(2021, 7, 9)),
        baseline: Some(at(2_100_000.0, date(2020, 6, 30), "Q2 2020")),
        current: at(2_652_000.0, date(2021, 7, 9), "2021-04-10..2021-07-09"),
        target: target("absolute", ">=", Some(2_600_000.0), Some(june)),
        progress: Some(1.104),
        expected: Some(1.0),
        pace: Some(1.104),
        decided: "reached on 2021-07-09, after the deadline and within the grace of 2 weeks".to_owned(),
        ..verdict("revenue", "Revenue from campaigns", "+$500k by Q2 2021", Status::MetLate)
    };
    let behind = Verdict {
        baseline: Some(at(73_936_000.0, date(2020, 12, 31), "Q4 2020")),
        current: at(73_100_000.0, date(2021, 3, 31), "2021-03-31"),
        target: target("absolute", ">=", Some(74_186_000.0), by_year_end),
        progress: Some(-3.344),
        expected: Some(0.2466),
        pace: Some(-13.56),
        required: Some(Required {
            per_period: 362_000.0,
            total: 1_086_000.0,
            periods: 3,
            step: quarter(),
            last_brought: Some(-836_000.0),
        }),
        ..verdict(
            "home",
            "Paid members in the United States and Canada, as the letter to shareholders counts them",
            "+250k where region = \"UCAN\" by 2021-12-31",
            Status::OffTrack,
        )
    };
    let waiting = Verdict {
        decided: "its window 2022-01-01..2022-12-31 has not begun".to_owned(),
        ..verdict("next_year", "", "+10% in 2022", Status::NotStarted)
    };
    let quarters = (2020..=2021).flat_map(|y| (1..=4).map(move |q| (y, q))).map(|(y, q)| {
        let first = date(y, q * 3 - 2, 1);
        let window = Window::days(first, date(y, q * 3, 1).last_of_month());
        let (value, state) = match (y, q) {
            (2020, 3) => (None, PeriodState::Missing),
            (2021, 3..) => (None, PeriodState::Coming),
            _ => (Some(1_000.0 + 100.0 * f64::from(q)), PeriodState::Judged),
        };
        let kept = value.map(|v| v >= 1_200.0);
        PeriodReading { label: format!("Q{q} {y}"), window, value, target: Some(1_200.0), kept, state, covered: None }
    });
    let quarterly = Verdict {
        periods: quarters.collect(),
        kept: Some(Kept { periods: 3, of: 5 }),
        target: target("bound", ">=", Some(1_200.0), by_year_end),
        kind: "flow",
        decided: "3 of 5 quarters are 60%, 50% are asked".to_owned(),
        ..verdict("posts", "Posts", ">= 1.2k every quarter for 50% of quarters in 2020..2021", Status::OnTrack)
    };
    let objective = |name: &str, title: &str, progress, status, goals: &[&str]| ObjectiveVerdict {
        name: name.to_owned(),
        title: Some(title.to_owned()),
        progress,
        status,
        goals: goals.iter().map(|g| (*g).to_owned()).collect(),
        notes: Vec::new(),
    };
    let objectives = vec![
        objective("service", "Answers that people like", Some(0.714), Status::Missed, &["answers", "csat", "calm"]),
        ObjectiveVerdict {
            notes: vec!["next_year is left out of the mean: its window has not begun".to_owned()],
            ..objective("growth", "Business conversions", None, Status::NotStarted, &["next_year"])
        },
    ];
    let goals = vec![decreasing, bound, range, truth, combined, flow, rows, late, behind, waiting, quarterly];
    Report { objectives, ..report(june, goals) }
}
