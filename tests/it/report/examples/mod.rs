//! Verdicts made by hand from the published figures and from made-up ones, one for each shape a goal can have.

mod shapes;

pub use shapes::shapes;

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
            blake3: Some("0f".repeat(32)),
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
        cards: Vec::new(),
    }
}
