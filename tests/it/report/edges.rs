//! Verdicts at the edges: nothing judged yet, nothing to divide by, limits, conditions over rows.

use super::examples::{at, intl, month, quarter, report, target, verdict};
use jiff::civil::date;
use milepost::eval::verdict::{
    EachReading, EachSummary, Kept, PeriodState, Reading, Report, Required, Status, TargetReading, Verdict,
};
use milepost::quantity::Unit;

pub fn edges() -> Report {
    let june = date(2021, 6, 30);
    // The baseline is 0: no percentage of it.
    let no_baseline = Verdict {
        unit: Unit::Count("posts".to_owned()),
        kind: "flow",
        baseline: Some(at(0.0, date(2021, 3, 31), "Q1 2021")),
        current: at(120.0, june, "Q2 2021"),
        target: target("relative", ">=", None, Some(june)),
        decided: "the baseline (Q1 2021) is 0: a percentage of nothing is nothing".to_owned(),
        ..verdict("likes", "Likes", "+20% in Q2 2021", Status::NoData)
    };
    let first_months = Verdict {
        unit: Unit::Percent,
        kind: "neither",
        periods: (7..=12).map(|m| month(m, None, PeriodState::Coming, 0.9, None)).collect(),
        target: target("bound", ">=", Some(0.9), Some(date(2021, 12, 31))),
        decided: "no month is complete yet".to_owned(),
        ..verdict("csat", "CSAT", ">= 90% every month from 2021-07", Status::OnTrack)
    };
    let two_years = (0..24).map(|i| {
        let (y, m) = (2020 + i / 12, (i % 12 + 1) as i8);
        let value = 40.0 + f64::from((i * 7) % 11);
        let shifted = month(m, Some(value), PeriodState::Judged, 45.0, Some(value >= 45.0));
        let first = date(y, m, 1);
        milepost::eval::verdict::PeriodReading {
            label: format!("{y}-{m:02}"),
            window: milepost::calendar::Window::days(first, first.last_of_month()),
            ..shifted
        }
    });
    // Of 40 + (7 i mod 11), those from 45 up: i mod 11 in 0..=10 gives 0 7 3 10 6 2 9 5 1 8 4, six of eleven are 5 or more.
    let nps = Verdict {
        unit: Unit::Plain,
        kind: "neither",
        periods: two_years.collect(),
        kept: Some(Kept { periods: 12, of: 24 }),
        target: target("bound", ">=", Some(45.0), Some(date(2021, 12, 31))),
        decided: "12 misses, 6 allowed".to_owned(),
        ..verdict("nps", "NPS", ">= 45 every month in 2020..2021 for 75% of months", Status::Missed)
    };
    // A bound that the baseline keeps: to be held, not reached.
    let held = Verdict {
        unit: Unit::Plain,
        kind: "neither",
        baseline: Some(at(55.5, date(2021, 3, 31), "Q1 2021")),
        current: at(48.2, june, "Q2 2021"),
        target: target("bound", ">=", Some(50.0), Some(date(2021, 12, 31))),
        progress: Some(0.0),
        expected: Some(1.0),
        pace: Some(0.0),
        decided: "it kept the bound and lost it".to_owned(),
        ..verdict("loyal", "NPS stays high", ">= 50 by Q4 2021", Status::OffTrack)
    };
    let near = Verdict {
        unit: Unit::Money(milepost::quantity::Currency::EUR),
        kind: "flow",
        current: at(1_180_000.0, june, "Q2 2021"),
        target: TargetReading { upper: Some(1_100_000.0), ..target("near", "between", Some(900_000.0), Some(june)) },
        progress: Some(0.0),
        expected: Some(1.0),
        decided: "judged once, over 2021-04-01..2021-06-30, and it was not reached".to_owned(),
        ..verdict("spend", "Spend as planned", "within 10% of €1M in Q2 2021", Status::Missed)
    };
    let trend = Verdict {
        target: target("trend", ">", Some(129_727_000.0), Some(date(2021, 9, 30))),
        progress: Some(1.0),
        expected: Some(1.0),
        pace: Some(1.0),
        required: None,
        kpis: Vec::new(),
        checkpoints: Vec::new(),
        met_on: Some(date(2021, 3, 31)),
        ..Verdict { status: Status::Met, wanted: "up by 2021-09-30".to_owned(), ..intl() }
    };
    let row = |key: &str, kept| EachReading { key: key.to_owned(), baseline: None, target: None, value: None, kept };
    let truths = Verdict {
        unit: Unit::Plain,
        kind: "rows",
        each: Some(EachSummary {
            listed: vec![row("2021-06-03 teaser.png", Some(false)), row("2021-06-21 poster.png", Some(false))],
            total: 61,
            kept: 59,
            pending: 0,
            without_value: 1,
            what: "images".to_owned(),
        }),
        kept: Some(Kept { periods: 59, of: 61 }),
        target: target("truth", "=", None, None),
        decided: "59 of 61 images keep it; every one has to".to_owned(),
        ..verdict("alt", "Every image is described", "for each images in Q2 2021", Status::Missed)
    };
    // 7 of 273 days; 129.727M to 136.213M.
    let early = Verdict {
        baseline: Some(at(129_727_000.0, date(2020, 12, 31), "Q4 2020")),
        current: at(129_727_000.0, date(2020, 12, 31), "Q4 2020"),
        target: target("relative", ">=", Some(136_213_350.0), Some(date(2021, 9, 30))),
        progress: Some(0.0),
        expected: Some(0.0),
        pace: None,
        required: Some(Required {
            per_period: 6_486_350.0 / 3.0,
            total: 6_486_350.0,
            periods: 3,
            step: quarter(),
            last_brought: None,
        }),
        ..verdict("intl", "Paid members abroad", "+5% by 2021-09-30", Status::OnTrack)
    };
    // 99.96% of the way isn't all of it.
    let almost = Verdict {
        kind: "flow",
        unit: Unit::Count("posts".to_owned()),
        current: at(9_996.0, june, "2021-04-01..2021-06-30"),
        target: target("bound", ">=", Some(10_000.0), Some(june)),
        progress: Some(0.9996),
        expected: Some(1.0),
        pace: Some(0.9996),
        decided: "judged once, over 2021-04-01..2021-06-30, and it was not reached".to_owned(),
        ..verdict("posts", "", ">= 10k in Q2 2021", Status::Missed)
    };
    let unknown_kpi = Verdict {
        current: Reading { reason: Some("#DIV/0! in ads.clicks: no click".to_owned()), ..Reading::default() },
        decided: "its value is #DIV/0!, born in conversions / clicks of table ads".to_owned(),
        kpis: vec![milepost::eval::verdict::KpiReading {
            name: "reach".to_owned(),
            value: None,
            unit: Unit::Plain,
            target: Some(5.0),
            wanted: Some(">= 5".to_owned()),
            status: Some(Status::NoData),
            reason: Some("posts has no row in Q2 2021".to_owned()),
        }],
        ..verdict("rate", "Conversion rate", "+20% relative in Q2 2021", Status::NoData)
    };
    let no_values = Verdict {
        each: Some(EachSummary { what: "market".to_owned(), ..EachSummary::default() }),
        current: Reading { reason: Some("no market has a row in Q2 2021".to_owned()), ..Reading::default() },
        decided: "0 of 0 reached it; every one has to".to_owned(),
        ..verdict("markets", "", "+5% for each market in Q2 2021", Status::NoData)
    };
    report(june, vec![no_baseline, first_months, nps, held, near, trend, truths, early, almost, unknown_kpi, no_values])
}
