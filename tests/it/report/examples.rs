//! Verdicts made by hand from the published figures and from made-up ones, one for each shape a goal can have.

use jiff::civil::{Date, DateTime, date};
use milepost::calendar::{CalendarSpan, SpanUnit, Window};
use milepost::eval::verdict::{
    CheckpointReading, EachReading, EachSummary, Kept, KpiReading, ObjectiveVerdict, PeriodReading, PeriodState,
    Projection, Reading, Report, Required, Status, TableRead, TargetReading, Verdict,
};
use milepost::quantity::Unit;
use milepost::report::PlanMeta;
use milepost::source::{FileId, Loc, SourceFile, Sources, Span};

pub fn members() -> Unit {
    Unit::Count("members".to_owned())
}

/// Some value of a known day.
pub fn at(value: f64, at: Date, label: &str) -> Reading {
    Reading { value: Some(value), at: Some(at), label: label.to_owned(), ..Reading::default() }
}

pub fn target(kind: &'static str, op: &'static str, value: Option<f64>, by: Option<Date>) -> TargetReading {
    TargetReading { kind, op, value, upper: None, by }
}

/// A verdict with nothing in it yet.
pub fn verdict(name: &str, title: &str, wanted: &str, status: Status) -> Verdict {
    Verdict {
        name: name.to_owned(),
        title: (!title.is_empty()).then(|| title.to_owned()),
        subject: "subs".to_owned(),
        at: Loc::default(),
        wanted: wanted.to_owned(),
        unit: members(),
        kind: "stock",
        status,
        target: target("relative", ">=", None, None),
        unprojected: "only what is pending is projected".to_owned(),
        ..Verdict::default()
    }
}

pub fn quarter() -> CalendarSpan {
    CalendarSpan::new(1, SpanUnit::Quarter)
}

/// 129.727M is EMEA 66.698M + LATAM 37.537M + APAC 25.492M; 135.229M is 68.696M + 38.658M + 27.875M.
/// Progress (135.229 - 129.727) / 6.48635 = 0.84824; 181 of 273 days are 0.66300; 0.84824 / 0.66300 = 1.27939.
pub fn intl() -> Verdict {
    let kpi = KpiReading {
        name: "virality".to_owned(),
        value: Some(0.021),
        unit: Unit::Percent,
        target: Some(0.02),
        wanted: Some(">= 2%".to_owned()),
        status: Some(Status::Met),
        reason: None,
    };
    let conversion = KpiReading {
        name: "conversion_rate".to_owned(),
        value: Some(0.034_27),
        unit: Unit::Percent,
        target: None,
        wanted: None,
        status: None,
        reason: None,
    };
    let checkpoint = |at, value, progress, expected| CheckpointReading {
        at,
        value,
        expected_value: Some(129_727_000.0 + 6_486_350.0 * expected),
        progress,
        expected: Some(expected),
        status: progress.map(|_| Status::OnTrack),
    };
    Verdict {
        at: Loc { file: FileId(0), span: Span::new(16, 48) },
        baseline: Some(at(129_727_000.0, date(2020, 12, 31), "Q4 2020")),
        current: at(135_229_000.0, date(2021, 6, 30), "2021-06-30"),
        target: target("relative", ">=", Some(136_213_350.0), Some(date(2021, 9, 30))),
        progress: Some(0.848_242),
        expected: Some(0.663_004),
        pace: Some(1.279_392),
        projection: Some(Projection {
            value: 141_219_542.0,
            low: Some(136_304_118.0),
            high: Some(146_712_906.0),
            level: 0.8,
            chance: Some(0.897),
            at: date(2021, 9, 30),
            method: "exponential smoothing ETS(M,A,N)".to_owned(),
            periods: 14,
        }),
        required: Some(Required {
            per_period: 984_350.0,
            total: 984_350.0,
            periods: 1,
            step: quarter(),
            last_brought: Some(1_974_000.0),
        }),
        kpis: vec![kpi, conversion],
        checkpoints: vec![
            checkpoint(date(2021, 3, 31), Some(133_255_000.0), Some(0.543_912), 0.329_67),
            checkpoint(date(2021, 6, 30), Some(135_229_000.0), Some(0.848_242), 0.663_004),
            checkpoint(date(2021, 9, 30), None, None, 1.0),
        ],
        decided: "pace 128% is at or above 95%".to_owned(),
        ..verdict("intl", "Paid members abroad", "+5% by 2021-09-30", Status::OnTrack)
    }
}

/// 203.663M x 1.08 = 219.95604M; (213.563 - 203.663) / 16.29304 = 0.607621; 273 of 365 days are 0.747945.
pub fn world() -> Verdict {
    Verdict {
        baseline: Some(at(203_663_000.0, date(2020, 12, 31), "Q4 2020")),
        current: at(213_563_000.0, date(2021, 9, 30), "2021-09-30"),
        target: target("relative", ">=", Some(219_956_040.0), Some(date(2021, 12, 31))),
        progress: Some(0.607_621),
        expected: Some(0.747_945),
        pace: Some(0.812_387),
        projection: Some(Projection {
            value: 220_498_071.0,
            low: Some(213_990_112.0),
            high: Some(227_006_030.0),
            level: 0.8,
            chance: Some(0.543),
            at: date(2021, 12, 31),
            method: "least squares over 7 quarters".to_owned(),
            periods: 7,
        }),
        required: Some(Required {
            per_period: 6_393_040.0,
            total: 6_393_040.0,
            periods: 1,
            step: quarter(),
            last_brought: Some(4_383_000.0),
        }),
        decided: "pace 81% is at or above 75% and below 95%".to_owned(),
        ..verdict("world", "Paid members worldwide", "+8% by 2021-12-31", Status::AtRisk)
    }
}

/// 203.663M x 1.25 = 254.57875M; (221.844 - 203.663) / 50.91575 = 0.357080.
pub fn year25() -> Verdict {
    Verdict {
        baseline: Some(at(203_663_000.0, date(2020, 12, 31), "Q4 2020")),
        current: at(221_844_000.0, date(2021, 12, 31), "2021-12-31"),
        target: target("relative", ">=", Some(254_578_750.0), Some(date(2021, 12, 31))),
        progress: Some(0.357_080),
        expected: Some(1.0),
        pace: Some(0.357_080),
        decided: "memberships is complete to 2021-12-31; no grace was given".to_owned(),
        ..verdict("year25", "Subscribers worldwide", "+25% by 2021-12-31", Status::Missed)
    }
}

/// 139.539M is 70.500M + 38.988M + 30.051M.
pub fn met() -> Verdict {
    Verdict {
        current: at(139_539_000.0, date(2021, 9, 30), "2021-09-30"),
        met_on: Some(date(2021, 9, 30)),
        progress: Some(1.512_715),
        expected: Some(1.0),
        pace: Some(1.512_715),
        required: None,
        status: Status::Met,
        checkpoints: Vec::new(),
        decided: "139.539M >= 136.213M on 2021-09-30".to_owned(),
        notes: vec![
            "the baseline is the value at the end of Q4 2020, the last quarter before the goal's year".to_owned(),
        ],
        ..intl()
    }
}

pub fn voice() -> Verdict {
    let reason = "mentions has no row in 2021-04-01..2021-06-30; its newest is 2021-02-14";
    Verdict {
        subject: "share_of_voice".to_owned(),
        unit: Unit::Percent,
        kind: "neither",
        baseline: Some(Reading {
            value: Some(0.317),
            at: Some(date(2021, 3, 31)),
            label: "2021-01-01..2021-03-31".to_owned(),
            implied: true,
            ..Reading::default()
        }),
        current: Reading { reason: Some(reason.to_owned()), ..Reading::default() },
        target: target("points", ">=", Some(0.337), Some(date(2021, 6, 30))),
        decided: reason.to_owned(),
        next: Some("milepost eval --data mentions=PATH   (rows up to 2021-06-30)".to_owned()),
        ..verdict("voice", "Share of voice", "+2pp in spring", Status::NoData)
    }
}

/// Each region's own Q4 2020 x 1.05: 77.6328M, 39.41385M, 70.0329M, 26.7666M.
pub fn regions() -> Verdict {
    let rows = [
        ("UCAN", 73_936_000.0, 74_024_000.0, false),
        ("LATAM", 37_537_000.0, 38_988_000.0, false),
        ("EMEA", 66_698_000.0, 70_500_000.0, true),
        ("APAC", 25_492_000.0, 30_051_000.0, true),
    ];
    let listed = rows.map(|(key, baseline, value, kept)| EachReading {
        key: key.to_owned(),
        baseline: Some(baseline),
        target: Some(baseline * 1.05),
        value: Some(value),
        kept: Some(kept),
    });
    Verdict {
        each: Some(EachSummary {
            listed: listed.to_vec(),
            total: 4,
            kept: 2,
            pending: 0,
            without_value: 0,
            what: "region".to_owned(),
        }),
        kept: Some(Kept { periods: 2, of: 4 }),
        target: target("relative", ">=", None, Some(date(2021, 9, 30))),
        progress: Some(0.5),
        expected: Some(1.0),
        pace: Some(0.5),
        decided: "2 of 4 reached it; every one has to".to_owned(),
        notes: vec!["each region has a baseline of its own, its value at the end of Q4 2020".to_owned()],
        ..verdict("regions", "Paid members, for each region", "+5% by 2021-09-30", Status::Missed)
    }
}

/// The month of 2021.
pub fn month(month: i8, value: Option<f64>, state: PeriodState, target: f64, kept: Option<bool>) -> PeriodReading {
    let first = date(2021, month, 1);
    let window = Window::days(first, first.last_of_month());
    let days = u32::from(first.days_in_month().unsigned_abs());
    let covered = match state {
        PeriodState::Running => Some((15, days)),
        PeriodState::Judged => Some((days, days)),
        _ => None,
    };
    PeriodReading { label: format!("2021-{month:02}"), window, value, target: Some(target), kept, state, covered }
}

/// 6 of 7 judged months are 85.7%.
pub fn care() -> Verdict {
    let judged = [0.924, 0.911, 0.903, 0.872, 0.918, 0.934, 0.907];
    let mut periods: Vec<PeriodReading> =
        (1..).zip(judged).map(|(m, v)| month(m, Some(v), PeriodState::Judged, 0.9, Some(v >= 0.9))).collect();
    periods.push(month(8, Some(0.91), PeriodState::Running, 0.9, None));
    periods.extend((9..=12).map(|m| month(m, None, PeriodState::Coming, 0.9, None)));
    Verdict {
        subject: "csat".to_owned(),
        unit: Unit::Percent,
        kind: "neither",
        current: at(0.907, date(2021, 7, 31), "2021-07"),
        target: target("bound", ">=", Some(0.9), Some(date(2021, 12, 31))),
        progress: Some(6.0 / 7.0),
        expected: Some(1.0),
        pace: Some(6.0 / 7.0),
        kept: Some(Kept { periods: 6, of: 7 }),
        periods,
        decided: "a full year of 12 months can't be kept any more".to_owned(),
        ..verdict("care", "CSAT", ">= 90% every month in 2021", Status::OffTrack)
    }
}

/// Everything before the report's first goal.
pub fn report(as_of: Date, goals: Vec<Verdict>) -> Report {
    Report {
        as_of: as_of.tomorrow().map(DateTime::from).unwrap_or(DateTime::MAX),
        as_of_day: Some(as_of),
        as_of_from: Some("memberships".to_owned()),
        scenario: None,
        title: Some("Netflix on social, 2021".to_owned()),
        data: vec![TableRead {
            table: "memberships".to_owned(),
            source: "memberships.csv".to_owned(),
            rows: 140,
            newest: Some(as_of.into()),
            later: 65,
            blake3: "0f".repeat(32),
            notes: vec!["every quarter: all its times are the ends of quarters".to_owned()],
        }],
        goals,
        objectives: Vec::new(),
        milestones: Vec::new(),
        alerts: Vec::new(),
        diagnostics: Vec::new(),
    }
}

/// The goals of the design's screen.
pub fn screen() -> Report {
    let objective = ObjectiveVerdict {
        name: "growth".to_owned(),
        title: Some("Business conversions".to_owned()),
        progress: Some(0.605),
        status: Status::Missed,
        goals: vec!["intl".to_owned(), "world".to_owned(), "year25".to_owned()],
        notes: Vec::new(),
    };
    let goals = vec![intl(), world(), year25(), voice(), regions(), care()];
    Report { objectives: vec![objective], ..report(date(2021, 6, 30), goals) }
}

pub fn sources() -> Sources {
    let mut sources = Sources::default();
    sources.add(SourceFile::new("plan.goal", "plan \"Netflix\"\n\ngoal intl: subs +5% where abroad\n"));
    sources
}

pub fn meta() -> PlanMeta {
    PlanMeta {
        title: Some("Netflix on social, 2021".to_owned()),
        files: vec![("plan.goal".to_owned(), "ab".repeat(32))],
    }
}

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
