//! A spreadsheet agrees: the formulas of the function table's examples, and of many calls more, are written to a workbook
//! without any result, and LibreOffice, where it is installed, works them out.

use crate::functions::{Outcome, examples, fixed, outcome};
use milepost::model::functions::{Example, FunctionInfo, Gives, sample};
use std::fmt::Write as _;
use std::io::Write as _;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// The columns of a table of the sample, its rows of the quarter only.
fn columns(csv: &str) -> Vec<(&str, Vec<&str>)> {
    let lines: Vec<Vec<&str>> = csv.lines().map(|l| l.split(',').collect()).collect();
    let (head, rows) = lines.split_first().expect("a line of names");
    let inside = |row: &&Vec<&str>| ("2021-01".."2021-04").contains(&row[0]);
    head.iter().enumerate().map(|(i, name)| (*name, rows.iter().filter(inside).map(|r| r[i]).collect())).collect()
}

/// A workbook that holds the examples' formulas and the sample's columns, and no result of any formula.
#[derive(Default)]
struct Workbook {
    /// The lists of the formulas, one a row of its sheet.
    lists: Vec<Vec<String>>,
}

impl Workbook {
    fn written(mut self, formulas: &[String]) -> String {
        let formulas: Vec<String> = formulas.iter().map(|f| self.formula(f)).collect();
        let cell = |f: &String| format!("<table:table-cell table:formula=\"of:={}\"/>", escaped(f));
        let row = |cells: String| format!("<table:table-row>{cells}</table:table-row>\n");
        let mut out = String::from(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<office:document \
             xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" \
             xmlns:table=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\" \
             xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\" \
             xmlns:of=\"urn:oasis:names:tc:opendocument:xmlns:of:1.2\" office:version=\"1.2\" \
             office:mimetype=\"application/vnd.oasis.opendocument.spreadsheet\"><office:body><office:spreadsheet>\n",
        );
        let mut sheet = |name: &str, rows: Vec<String>| {
            let _ = writeln!(out, "<table:table table:name=\"{name}\">{}</table:table>", rows.concat());
        };
        sheet("examples", formulas.iter().map(|f| row(cell(f))).collect());
        sheet("lists", self.lists.iter().map(|l| row(l.iter().map(cell).collect())).collect());
        for (name, csv) in sample::TABLES {
            let columns = columns(csv).into_iter().map(|(_, cells)| row(cells.into_iter().map(data).collect()));
            sheet(name, columns.collect());
        }
        out.push_str("</office:spreadsheet></office:body></office:document>\n");
        out
    }

    /// A formula in the file's own form: `;` between arguments, places for columns and lists. Columns of data lie in
    /// rows there, so that each has a row of its own.
    fn formula(&mut self, formula: &str) -> String {
        let (mut out, mut rest, mut quoted) = (String::new(), formula, false);
        while let Some(c) = rest.chars().next() {
            rest = &rest[c.len_utf8()..];
            match c {
                '"' => {
                    quoted = !quoted;
                    out.push(c);
                }
                _ if quoted => out.push(c),
                ',' => out.push(';'),
                '{' => {
                    let (name, after) = rest.split_once('}').expect("a column");
                    rest = after;
                    let (table, column) = name.split_once('.').expect("table.column");
                    let (_, csv) = sample::TABLES.iter().find(|(n, _)| *n == table).expect("a table of the sample");
                    let columns = columns(csv);
                    let at = columns.iter().position(|(n, _)| *n == column).expect("a column of the sample");
                    out.push_str(&place(table, at, columns[at].1.len()));
                }
                '[' => {
                    let (list, after) = rest.split_once(']').expect("a list");
                    rest = after;
                    let cells: Vec<String> = at_top(list).iter().map(|f| self.formula(f.trim())).collect();
                    out.push_str(&place("lists", self.lists.len(), cells.len()));
                    self.lists.push(cells);
                }
                _ => out.push(c),
            }
        }
        out
    }
}

/// The parts of a list, at the commas outside of brackets.
fn at_top(list: &str) -> Vec<&str> {
    let (mut depth, mut from, mut parts) = (0, 0, Vec::new());
    for (i, c) in list.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(&list[from..i]);
                from = i + 1;
            }
            _ => {}
        }
    }
    parts.push(&list[from..]);
    parts
}

/// The first cells of a row of a sheet.
fn place(sheet: &str, row: usize, length: usize) -> String {
    assert!(length <= 26);
    let last = char::from(b'A' + length as u8 - 1);
    format!("[${sheet}.$A${0}:.${last}${0}]", row + 1)
}

fn data(cell: &str) -> String {
    match cell.parse::<f64>() {
        Ok(x) => format!("<table:table-cell office:value-type=\"float\" office:value=\"{x}\"/>"),
        Err(_) => format!(
            "<table:table-cell office:value-type=\"string\"><text:p>{}</text:p></table:table-cell>",
            escaped(cell)
        ),
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// How long LibreOffice may take.
const PATIENCE: Duration = Duration::from_secs(300);

/// Says aloud that nothing was compared: past the test's capture of what it prints.
fn skipped() {
    let why = "skipped: there is no soffice on the PATH to check functions with (Debian package libreoffice-calc)";
    writeln!(std::io::stderr(), "{why}").expect("a standard error");
}

/// The workbook's first column as LibreOffice works it out, one text a formula; `None` where there is none.
fn worked_out(workbook: &str) -> Option<Vec<String>> {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("examples.fods");
    std::fs::write(&file, workbook).expect("a writable folder");
    // Separator, quote, UTF-8, from line 1, no formats, default language, no quoting of all, and numbers in full.

    let csv = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false";
    let there = |program: &&str| {
        let run = Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
        run.is_ok_and(|status| status.success())
    };
    let program = ["soffice", "libreoffice"].into_iter().find(there)?;
    let mut run = Command::new(program)
        .arg(format!("-env:UserInstallation=file://{}", folder.path().join("profile").display()))
        .args(["--headless", "--convert-to", csv, "--outdir"])
        .args([folder.path(), &file])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("LibreOffice starts");
    let started = Instant::now();
    while run.try_wait().expect("LibreOffice runs").is_none() {
        if started.elapsed() > PATIENCE {
            run.kill().expect("LibreOffice ends");
            panic!("LibreOffice took more than {PATIENCE:?}");
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    let text = std::fs::read_to_string(folder.path().join("examples.csv")).expect("LibreOffice wrote its results");
    Some(text.lines().map(|l| l.trim_matches('"').to_owned()).collect())
}

/// The number of a cell; a rate's is written as a percentage.
fn in_full(cell: &str) -> Option<f64> {
    match cell.strip_suffix('%') {
        Some(percent) => percent.parse::<f64>().ok().map(|x| x / 100.0),
        None => cell.parse().ok(),
    }
}

/// True where the spreadsheet's cell says the same.
fn agrees(cell: &str, ours: &Outcome) -> bool {
    match (ours.shown.as_str(), ours.number, in_full(cell)) {
        (_, Some(a), Some(b)) => {
            (a - b).abs() <= 1e-9 * a.abs().max(b.abs()) + 1e-12 * f64::from(u8::from(a * b == 0.0))
        }
        // LibreOffice has names of its own for numbers that aren't there: an argument out of range, no result in reach.
        ("#NUM!", ..) => ["#NUM!", "Err:502", "Err:503", "Err:523"].contains(&cell),
        (shown, None, _) => cell.eq_ignore_ascii_case(shown),
        _ => false,
    }
}

#[test]
fn a_spreadsheet_agrees() {
    let with_sheet: Vec<(&FunctionInfo, &Example)> = examples().filter(|(_, e)| !e.sheet.is_empty()).collect();
    let formulas: Vec<String> = with_sheet
        .iter()
        .map(
            |(f, e)| {
                if f.gives == Gives::Time { format!("TEXT({},\"yyyy-mm-dd\")", e.sheet) } else { e.sheet.to_owned() }
            },
        )
        .collect();
    let Some(cells) = worked_out(&Workbook::default().written(&formulas)) else {
        eprintln!(
            "skipped: there is no soffice on the PATH to work the examples out (Debian package libreoffice-calc)"
        );
        return;
    };
    assert!(with_sheet.len() > 80 && cells.len() == with_sheet.len(), "{cells:?}");
    let mut wrong = String::new();
    for ((f, example), cell) in with_sheet.iter().zip(&cells) {
        let ours = outcome(f, example);
        if !agrees(cell, &ours) {
            let _ = writeln!(wrong, "{} is {}, and ={} is {cell}", example.call, ours.shown, example.sheet);
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// Many calls with a spreadsheet's formula for each: numbers at the edges of rounding, month ends, leap years, payments.
fn grid() -> Vec<(String, String)> {
    let mut calls: Vec<(String, String)> = Vec::new();
    let numbers = [
        "0",
        "0.5",
        "-0.5",
        "1.005",
        "-1.005",
        "2.675",
        "0.285",
        "1.15",
        "2.5",
        "-2.5",
        "1234.5678",
        "-1234.5678",
        "0.1",
        "99.995",
        "1000000.015",
        "123456789.987654",
        "0.0123456",
        "-7",
    ];
    for x in numbers {
        for digits in ["-2", "0", "1", "2", "5"] {
            for name in ["round", "roundup", "rounddown"] {
                calls.push((format!("{name}({x}, {digits})"), format!("{name}({x},{digits})")));
            }
        }
        for step in ["1", "0.1", "0.05", "7", "-3"] {
            calls.push((format!("mod({x}, {step})"), format!("MOD({x},{step})")));
            for name in ["ceiling", "floor"] {
                calls.push((format!("{name}({x}, {step})"), format!("COM.MICROSOFT.{name}({x},{step})")));
            }
        }
        calls.push((format!("int({x})"), format!("INT({x})")));
        calls.push((format!("exp({x} / 100)"), format!("EXP({x}/100)")));
        calls.push((format!("ln({x})"), format!("LN({x})")));
        calls.push((format!("log({x}, 7)"), format!("LOG({x},7)")));
        calls.push((format!("power({x}, 3)"), format!("POWER({x},3)")));
    }
    let days = ["2020-02-29", "2021-01-31", "2021-02-28", "2021-12-31", "2000-02-29", "1999-10-15", "2024-08-30"];
    for day in days {
        let sheet = |day: &str| {
            format!("DATE({})", day.split('-').map(|p| p.trim_start_matches('0')).collect::<Vec<_>>().join(","))
        };
        for months in [-25, -12, -1, 0, 1, 6, 13] {
            calls.push((
                format!("edate({day}, {months})"),
                format!("TEXT(EDATE({},{months}),\"yyyy-mm-dd\")", sheet(day)),
            ));
            calls.push((
                format!("eomonth({day}, {months})"),
                format!("TEXT(EOMONTH({},{months}),\"yyyy-mm-dd\")", sheet(day)),
            ));
        }
        for other in days {
            let (a, b) = (sheet(day), sheet(other));
            calls.push((
                format!("networkdays({day}, {other}, 2021-01-01, 2020-12-25)"),
                format!("NETWORKDAYS({a},{b},[DATE(2021,1,1),DATE(2020,12,25)])"),
            ));
            calls.push((format!("days({day}, {other})"), format!("DAYS({a},{b})")));
        }
        calls.push((format!("weekday({day})"), format!("WEEKDAY({})", sheet(day))));
    }
    for (month, day) in [(0, 1), (1, 0), (13, 32), (-1, 1), (25, -40), (2, 30), (12, 365)] {
        calls.push((format!("date(2021, {month}, {day})"), format!("TEXT(DATE(2021,{month},{day}),\"yyyy-mm-dd\")")));
    }
    for payments in [
        "-100,30,40,50",
        "-100,20,20,20",
        "-1000,1,1,1200",
        "-50,-50,80,60,10",
        "100,-120",
        "-100,230,-132",
        "-100,50,40",
    ] {
        let [flow, guess] = [payments.replace(',', ", "), format!("IRR([{payments}])")];
        calls.push((format!("irr({flow})"), guess));
        calls.push((format!("npv(7.5%, {flow})"), format!("NPV(0.075,{payments})")));
        let dates = ["2021-01-15", "2021-03-01", "2021-12-31", "2022-06-30", "2024-02-29"];
        let dated: Vec<String> = payments.split(',').zip(dates).map(|(v, d)| format!("{v}, {d}")).collect();
        let list = "DATE(2021,1,15),DATE(2021,3,1),DATE(2021,12,31),DATE(2022,6,30),DATE(2024,2,29)";
        let list: Vec<&str> = at_top(list).into_iter().take(dated.len()).collect();
        let list = list.join(",");
        calls.push((format!("xirr({})", dated.join(", ")), format!("XIRR([{payments}],[{list}])")));
        calls.push((format!("xnpv(7.5%, {})", dated.join(", ")), format!("XNPV(0.075,[{payments}],[{list}])")));
        for k in [0, 10, 33, 50, 90, 100] {
            calls.push((format!("percentile({flow}, {k})"), format!("PERCENTILE([{payments}],{k}/100)")));
        }
        for name in ["median", "stdev", "average", "max", "min", "sum"] {
            calls.push((format!("{name}({flow})"), format!("{name}({payments})")));
        }
    }
    calls
}

#[test]
fn a_spreadsheet_agrees_on_many() {
    let calls = grid();
    let formulas: Vec<String> = calls.iter().map(|(_, sheet)| sheet.clone()).collect();
    let Some(cells) = worked_out(&Workbook::default().written(&formulas)) else {
        return skipped();
    };
    assert!(calls.len() > 900 && cells.len() == calls.len(), "{} calls, {} cells", calls.len(), cells.len());
    let mut wrong = String::new();
    for ((call, sheet), cell) in calls.iter().zip(&cells) {
        let ours = fixed(call).expect("a call of no data");
        if !agrees(cell, &ours) {
            let _ = writeln!(wrong, "{call} is {}, and ={sheet} is {cell}", ours.shown);
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}
