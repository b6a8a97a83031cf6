//! Projections against independent implementations: statsmodels 0.14 for exponential smoothing, OLS of statsmodels for
//! least squares, hand arithmetic for run rates. Every number here was worked out elsewhere.

use crate::memory::{noted, report, verdict};
use milepost::eval::verdict::{Projection, Status, Verdict};

/// `month,x` rows from January 2010 on.
fn months(values: &[f64]) -> String {
    let mut csv = "month,x\n".to_owned();
    for (i, x) in values.iter().enumerate() {
        csv += &format!("{},{x}\n", month(i) + "-01");
    }
    csv
}

/// The `i`th month from January 2010 on.
fn month(i: usize) -> String {
    format!("{}-{:02}", 2010 + i / 12, i % 12 + 1)
}

fn projected(verdict: &Verdict) -> Projection {
    verdict.projection.clone().unwrap_or_else(|| panic!("{} isn't projected: {}", verdict.name, verdict.unprojected))
}

/// True within a share of `expected`.
fn near(found: f64, expected: f64, tolerance: f64) -> bool {
    (found - expected).abs() <= tolerance * expected.abs()
}

/// The level four months ahead, and the total of the last month and the four ahead.
fn ahead(values: &[f64]) -> (Projection, Projection) {
    let n = values.len();
    let plan = format!(
        "table t from \"t.csv\" time month every 1 month\nmetric x = last(t.x)\nmetric s = sum(t.x)\n\
         goal level: x >= 100k from 2010-01 by {end}\ngoal total: s >= 1M from {last} by {end}\n",
        end = month(n + 3),
        last = month(n - 1),
    );
    let goals = report(&plan, &[("t", &months(values))], "").goals;
    (projected(&goals[0]), projected(&goals[1]))
}

/// z of an 80 % interval.
const Z: f64 = 1.281_551_565_5;

/// Fitted with statsmodels 0.14.4, `ETSModel(y, error, trend, damped_trend).fit()` for each of the six forms, the one
/// with the least AICc taken (AICc = -2 llf + 2k + 2k(k+1)/(n-k-1), k = parameters + 1); its `forecast(4)`; the standard
/// deviations by numpy from its parameters, with s2 = SSE/(n-k+1), psi_j = alpha + beta(phi+...+phi^j), and theta of
/// Hyndman et al. (2008), section 6.3, for multiplied errors (checked by a simulation of 400,000 paths: 47.98 against
/// 48.06). Two implementations search the same likelihood differently: values agree within 0.5 %, widths within 6 %.
#[test]
fn exponential_smoothing_agrees_with_statsmodels() {
    // The series, the form, the value of the fourth step ahead with its standard deviation, the sum of all four with its.
    let cases: [(&str, &[f64], &str, [f64; 4]); 6] = [
        ("trending", &RAMP, "ETS(A,A,N)", [39.0513, 0.5815, 144.4359, 1.1633]),
        ("flat", &FLAT, "ETS(A,N,N)", [50.4167, 1.5139, 201.6668, 3.0283]),
        // ANN and MNN have the same AICc here to three decimals, and the same forecast.
        ("the Nile", &NILE, "ETS(M,N,N)", [1070.8458, 147.8014, 4283.3832, 295.6471]),
        ("saturating", &SATURATING, "ETS(M,Ad,N)", [155.5869, 4.2447, 617.1010, 10.6813]),
        ("drifting", &DRIFTING, "ETS(A,A,N)", [370.4017, 5.7729, 1452.0296, 14.5934]),
        // In millions. statsmodels stops at a lesser peak of the likelihood (-2 log likelihood + c: 65.35, alpha 0.0001);
        // scipy's Nelder-Mead from nine starts finds 63.84 at alpha 0.9999, beta 0.0001, which this is from.
        ("Netflix abroad", &NETFLIX, "ETS(M,A,N)", [159.1900, 9.8552, 600.8190, 26.0710]),
    ];
    for (name, values, form, [value, deviation, sum, sum_deviation]) in cases {
        let (level, total) = ahead(values);
        let shown = format!("{name}: {level:?} {total:?}");
        assert_eq!(level.method, format!("exponential smoothing {form}"), "{shown}");
        assert!(near(level.value, value, 0.005), "{shown}");
        assert!(near(level.high.unwrap() - level.low.unwrap(), 2.0 * Z * deviation, 0.06), "{shown}");
        let last = values.last().unwrap();
        assert!(near(total.value - last, sum, 0.005), "{shown}");
        assert!(near(total.high.unwrap() - total.low.unwrap(), 2.0 * Z * sum_deviation, 0.06), "{shown}");
        assert_eq!(level.periods as usize, values.len());
    }
}

/// `seasonal_decompose(y, model="multiplicative", period=12)` of statsmodels, then ETS(M,A,N) of y / seasonal (AICc 383.4,
/// the least of the six): the fourth month ahead is 231.4311 x 0.99623409, its deviation 10.4357 x 0.99623409.
#[test]
fn seasons_are_taken_out_and_put_back() {
    let (level, total) = ahead(&AIR);
    assert_eq!(level.method, "exponential smoothing ETS(M,A,N), seasons of 12 months");
    assert!(near(level.value, 230.5596, 0.005), "{level:?}");
    assert!(near(level.high.unwrap() - level.low.unwrap(), 2.0 * Z * 10.3964, 0.06), "{level:?}");
    // 226.4402 x 0.9106345 + 228.1039 x 0.93808013 + 229.7675 x 1.05902108 + 230.5596
    assert!(near(total.value - 201.0, 894.0696, 0.005), "{total:?}");
    // What came in April 1954.
    assert!(level.low.unwrap() < 227.0 && 227.0 < level.high.unwrap());
}

const QUARTERS: &str = "day,x\n2020-03-31,12\n2020-06-30,15\n2020-09-30,14\n2020-12-31,19\n2021-03-31,21\n";

/// statsmodels OLS on the step numbers 0..4: prediction at 7 is 27.2, obs_ci(0.2) 22.598744681005 to 31.801255318995;
/// P(>= 25) = t.sf((25 - 27.2) / 2.80950767, 3).
#[test]
fn a_short_history_is_a_line() {
    let plan = |target: &str| {
        format!(
            "table t from \"t.csv\" time day every 1 quarter\nmetric x = last(t.x)\ngoal x {target} from Q1 2020 by 2021-12-31\n"
        )
    };
    let p = projected(&verdict(&plan(">= 25"), &[("t", QUARTERS)], ""));
    assert_eq!((p.method.as_str(), p.periods), ("least squares over 5 quarters", 5));
    assert!(near(p.value, 27.2, 1e-9), "{p:?}");
    assert!(near(p.low.unwrap(), 22.598_744_681_005, 1e-9), "{p:?}");
    assert!(near(p.high.unwrap(), 31.801_255_318_995, 1e-9), "{p:?}");
    assert!(near(p.chance.unwrap(), 0.754_638_502_023_696, 1e-8), "{p:?}");
    assert_eq!(p.at.to_string(), "2021-12-31");
}

/// statsmodels OLS again: the steps 5, 6 and 7 sum to 75, with the deviation 6.4 (parameters' covariance plus three times
/// the residual's variance); t.ppf(0.9, 3) = 1.637744353696209. Counted so far: 21.
#[test]
fn a_total_is_what_is_counted_and_the_steps_ahead() {
    let plan = "table t from \"t.csv\" time day every 1 quarter\nmetric x = sum(t.x)\n\
                goal x >= 200 from Q1 2021 by 2021-12-31\n";
    let p = projected(&verdict(plan, &[("t", QUARTERS)], ""));
    assert!(near(p.value, 96.0, 1e-9), "{p:?}");
    assert!(near(p.high.unwrap(), 96.0 + 6.4 * 1.637_744_353_696_209, 1e-9), "{p:?}");
}

#[test]
fn chances_follow_the_target() {
    let of = |target: &str| {
        let plan = format!(
            "table t from \"t.csv\" time day every 1 quarter\nmetric x = last(t.x)\n\
             goal x {target} from Q1 2020 by 2021-12-31\n"
        );
        verdict(&plan, &[("t", QUARTERS)], "").projection.and_then(|p| p.chance)
    };
    let above = of(">= 25").unwrap();
    assert!(near(above, 0.754_638_502_023_696, 1e-8));
    assert_eq!(of("to 25"), Some(above));
    // x is 21 now: a lower bound of 20 is met already, so there is nothing to project.
    assert_eq!(of(">= 20"), None);
    assert!(near(of("<= 20").unwrap(), 1.0 - 0.959_0, 0.05), "t.sf((27.2 - 20) / 2.80950767, 3) = 0.0415");
    let between = of("between 25 and 30").unwrap();
    // t.cdf(2.8 / 2.80950767, 3) - t.cdf(-2.2 / 2.80950767, 3)
    assert!(near(between, 0.558_4, 0.005), "{between}");
    assert_eq!(of("= 25"), None);
}

/// Ten members in the first month, 40 in the second: (40 - 10) / 1 step, two steps on is 100.
#[test]
fn two_levels_give_a_run_rate() {
    let plan = "table t from \"t.csv\" time month every 1 month\nmetric x = last(t.x)\n\
                goal x >= 500 from 2010-01 by 2010-04\n";
    let p = projected(&verdict(plan, &[("t", &months(&[10.0, 40.0]))], ""));
    assert_eq!((p.value, p.low, p.high, p.chance, p.method.as_str()), (100.0, None, None, None, "run rate"));
}

/// 50 orders in 31 + 28 of 90 days (January and February of a first quarter): 50 / 59 * 90.
#[test]
fn what_is_counted_runs_on() {
    let plan = "table t from \"t.csv\" time month every 1 month\nmetric x = sum(t.x)\n\
                goal x >= 500 from 2010-01 by 2010-03\n";
    let p = projected(&verdict(plan, &[("t", &months(&[10.0, 40.0]))], ""));
    assert_eq!(p.method, "run rate");
    assert!(near(p.value, 50.0 / 59.0 * 90.0, 1e-12), "{p:?}");
}

#[test]
fn a_gap_ends_the_history() {
    let csv = "day,x\n2019-03-31,900\n2019-06-30,800\n".to_owned() + QUARTERS.trim_start_matches("day,x\n");
    let plan = "table t from \"t.csv\" time day every 1 quarter\nmetric x = last(t.x)\n\
                goal x >= 25 from Q1 2020 by 2021-12-31\n";
    let p = projected(&verdict(plan, &[("t", &csv)], ""));
    assert_eq!(p.method, "least squares over 5 quarters");
    assert!(near(p.value, 27.2, 1e-9), "{p:?}");
}

#[test]
fn nothing_passes_its_cap() {
    let plan = "table t from \"t.csv\" time day every 1 quarter\nmetric x = last(t.x) cap 26\n\
                goal a: x >= 25 from Q1 2020 by 2021-12-31\ngoal b: x >= 40 from Q1 2020 by 2021-12-31\n";
    let goals = report(plan, &[("t", QUARTERS)], "").goals;
    let p = projected(&goals[0]);
    assert_eq!((p.value, p.high), (26.0, Some(26.0)));
    assert!(near(p.chance.unwrap(), 0.754_638_502_023_696, 1e-8));
    noted(&goals[0], &["cap is 26"]);
    assert_eq!(projected(&goals[1]).chance, Some(0.0));
}

#[test]
fn what_is_settled_has_no_projection() {
    let plan = "table t from \"t.csv\" time day every 1 quarter\nmetric x = last(t.x)\n\
                goal a: x >= 20 from Q1 2020 by 2021-12-31\ngoal b: x >= 40 from Q1 2020 by 2021-03-31\n\
                goal c: x >= 10 every quarter in 2021\ngoal d: all of a, b\n";
    let goals = report(plan, &[("t", QUARTERS)], "").goals;
    assert_eq!(goals.iter().map(|g| g.status).take(2).collect::<Vec<_>>(), [Status::Met, Status::Missed]);
    for goal in &goals {
        assert_eq!(goal.projection, None);
        let why = goal.unprojected.clone();
        assert!(!why.is_empty() && !why.contains("not read"), "{}: {why}", goal.name);
    }
}

const RAMP: [f64; 12] = [10.0, 12.0, 13.0, 15.0, 18.0, 19.0, 21.0, 24.0, 25.0, 27.0, 30.0, 31.0];
const FLAT: [f64; 12] = [50.0, 52.0, 49.0, 51.0, 50.0, 48.0, 53.0, 50.0, 49.0, 51.0, 52.0, 50.0];
/// The first twenty years of the Nile's annual flow at Aswan, 1871-1890 (R's `Nile`).
const NILE: [f64; 20] = [
    1120.0, 1160.0, 963.0, 1210.0, 1160.0, 1160.0, 813.0, 1230.0, 1370.0, 1140.0, 995.0, 935.0, 1110.0, 994.0, 1020.0,
    960.0, 1180.0, 799.0, 958.0, 1140.0,
];
/// Airline passengers by month, 1949-1953 (Box & Jenkins; R's `AirPassengers`).
const AIR: [f64; 60] = [
    112.0, 118.0, 132.0, 129.0, 121.0, 135.0, 148.0, 148.0, 136.0, 119.0, 104.0, 118.0, 115.0, 126.0, 141.0, 135.0,
    125.0, 149.0, 170.0, 170.0, 158.0, 133.0, 114.0, 140.0, 145.0, 150.0, 178.0, 163.0, 172.0, 178.0, 199.0, 199.0,
    184.0, 162.0, 146.0, 166.0, 171.0, 180.0, 193.0, 181.0, 183.0, 218.0, 230.0, 242.0, 209.0, 191.0, 172.0, 194.0,
    196.0, 196.0, 236.0, 235.0, 229.0, 243.0, 264.0, 272.0, 237.0, 211.0, 180.0, 201.0,
];
/// Made by numpy's generator (seed 0): a damped trend, phi 0.85, alpha 0.6, beta 0.3.
const SATURATING: [f64; 40] = [
    110.5, 118.8, 127.6, 133.8, 138.3, 144.0, 150.4, 155.3, 157.1, 158.1, 159.8, 161.7, 158.2, 159.4, 156.7, 155.4,
    153.7, 152.3, 152.2, 153.1, 151.8, 154.5, 152.6, 153.9, 155.7, 155.8, 154.9, 153.8, 153.3, 153.6, 151.1, 150.7,
    149.7, 150.2, 149.8, 150.2, 148.6, 148.6, 149.9, 152.4,
];
/// Made by numpy's generator (seed 208): a trend that changes, alpha 0.8, beta 0.3.
const DRIFTING: [f64; 40] = [
    202.4, 202.4, 202.1, 205.3, 205.3, 205.6, 208.2, 205.8, 207.2, 206.3, 210.3, 211.5, 211.3, 217.4, 221.5, 226.9,
    228.3, 230.6, 236.8, 242.8, 246.2, 253.5, 258.7, 266.4, 276.6, 280.4, 284.6, 289.9, 295.9, 301.7, 306.1, 313.0,
    316.4, 320.8, 328.0, 332.4, 337.3, 338.8, 345.8, 351.0,
];
/// Netflix's paid memberships outside the USA and Canada, millions, by quarter to June 2021 (letters to shareholders; the sum
/// of EMEA, LATAM and APAC in ../shared/data/netflix).
const NETFLIX: [f64; 14] =
    [57.993, 62.484, 67.412, 74.502, 82.23, 85.061, 91.22, 99.428, 112.887, 120.043, 122.07, 129.727, 133.255, 135.229];
