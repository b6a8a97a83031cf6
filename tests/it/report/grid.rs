//! The screen of `show`.

use super::examples::members;
use milepost::eval::grid::{Grid, GridRow};
use milepost::quantity::Unit;
use milepost::report::{Style, grid};
use unicode_width::UnicodeWidthStr;

/// The published figures; changes are 74.024 / 73.936 - 1 and so on, by spreadsheet.
fn members_by_region() -> Grid {
    let row = |key: &str, values: [f64; 4], change| GridRow {
        key: key.to_owned(),
        values: values.map(|v| Some(v * 1e6)).to_vec(),
        change: Some(change),
    };
    Grid {
        name: "subs".to_owned(),
        title: Some("Paid memberships".to_owned()),
        unit: members(),
        caption: "members at each quarter's end".to_owned(),
        by: Some("region".to_owned()),
        columns: ["Q4 2020", "Q1 2021", "Q2 2021", "Q3 2021"].map(str::to_owned).to_vec(),
        rows: vec![
            row("UCAN", [73.936, 74.384, 73.951, 74.024], 0.001_190),
            row("EMEA", [66.698, 68.508, 68.696, 70.500], 0.057_003),
            row("LATAM", [37.537, 37.894, 38.658, 38.988], 0.038_655),
            row("APAC", [25.492, 26.853, 27.875, 30.051], 0.178_840),
            row("all", [203.663, 207.639, 209.180, 213.563], 0.048_610),
        ],
        left_out: vec!["4 rows with region \"TOTAL\" (where of table memberships)".to_owned()],
        notes: Vec::new(),
    }
}

/// Made up: a ratio over a year, with a gap, and names of every length.
fn engagement() -> Grid {
    let months: Vec<String> = (1..=12).map(|m| format!("2021-{m:02}")).collect();
    let row = |key: &str, first: f64| GridRow {
        key: key.to_owned(),
        values: (0..12).map(|m| (m != 4).then_some(first + 0.0017 * f64::from(m))).collect(),
        change: Some(0.0187),
    };
    Grid {
        name: "engagement".to_owned(),
        unit: Unit::Percent,
        by: Some("post_type".to_owned()),
        columns: months,
        notes: vec!["posts has no row in 2021-05".to_owned()],
        rows: vec![row("video", 0.034), row("a carousel of photographs from the set", 0.021)],
        ..Grid::default()
    }
}

fn profit() -> Grid {
    Grid {
        name: "profit".to_owned(),
        unit: Unit::Money(milepost::quantity::Currency::USD),
        columns: ["Q1 2021", "Q2 2021", "Q3 2021"].map(str::to_owned).to_vec(),
        rows: vec![GridRow {
            key: "all".to_owned(),
            values: vec![Some(-1_200_000.0), None, Some(2_650_000.0)],
            change: None,
        }],
        ..Grid::default()
    }
}

#[test]
fn tables_and_bars() {
    let style = Style::default();
    let grids = [members_by_region(), engagement(), profit(), Grid { name: "empty".to_owned(), ..Grid::default() }];
    let text: Vec<String> = grids.iter().flat_map(|g| [grid::table(g, style), grid::plot(g, style)]).collect();
    assert!(text.iter().flat_map(|t| t.lines()).all(|l| l.width() <= 80 && !l.ends_with(' ')));
    insta::assert_snapshot!(text.join("\n----\n"));
}

#[test]
fn for_programs() {
    let grid = profit();
    let csv = grid::csv(&grid).expect("plain values");
    insta::assert_snapshot!(format!("{csv}\n----\n{}", grid::json(&grid).expect("plain values")));
}
