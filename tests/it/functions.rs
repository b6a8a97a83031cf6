//! Each example of the function table gives the value that stands beside it, and a spreadsheet gives the same: the
//! examples' formulas are written to a workbook without any result, and LibreOffice, where it is installed, works it out.

use crate::memory::verdict;
use milepost::eval::constant;
use milepost::eval::value::Value;
use milepost::model::functions::{self, Example, FunctionInfo, sample};
use milepost::quantity::{Unit, show_exact};
use std::fmt::Write;
use std::process::Command;

/// What an example came to.
#[derive(Debug)]
struct Outcome {
    /// As the page shows it.
    shown: String,
    /// The number, where it is one.
    number: Option<f64>,
}

impl Outcome {
    fn number(x: f64, unit: &Unit) -> Self {
        Self { shown: show_exact(x, unit), number: Some(x) }
    }

    fn void(why: &str) -> Self {
        let error = ["#DIV/0!", "#NUM!", "#VALUE!"].into_iter().find(|e| why.contains(e));
        Self { shown: error.unwrap_or("n/a").to_owned(), number: None }
    }
}

/// The value of a call that reads no data; `None` where it does.
fn fixed(call: &str) -> Option<Outcome> {
    let read = milepost::Plan::parse(&format!("let answer = {call}\n"));
    assert!(read.spelling().is_empty(), "{call}: {:?}", read.spelling());
    let (plan, wrong) = read.resolve(&milepost::model::Catalog::default());
    if !wrong.is_empty() || !plan.tables.is_empty() {
        return None;
    }
    assert!(plan.unbuilt.is_empty(), "{call}: {:?}", plan.unbuilt);
    let cell = plan.lets.get("answer")?;
    Some(match constant(&plan, &cell.value).value {
        Value::Number(x) => Outcome::number(x, &cell.value.gives.unit()),
        Value::Time(at) => Outcome { shown: at.date().to_string(), number: None },
        Value::Truth(t) => Outcome { shown: t.to_string(), number: None },
        Value::Text(t) => Outcome { shown: t, number: None },
        Value::Missing(_) => return None,
        error => Outcome::void(&error.reason().unwrap_or_default()),
    })
}

/// The value of a call over the sample's tables.
fn over_sample(f: &FunctionInfo, call: &str) -> Outcome {
    let truth = f.gives == functions::Gives::Truth && f.value.is_some();
    let formula = if truth { format!("if({call}, 1, 0)") } else { call.to_owned() };
    let plan =
        format!("{}metric example = {formula}\ngoal g: example >= -1000000 in {}\n", sample::PLAN, sample::PERIOD);
    let (typed, wrong) = milepost::Plan::parse(&plan).resolve(&milepost::model::Catalog::default());
    assert!(wrong.is_empty(), "{call}: {wrong:?}");
    let unit = typed.metrics.get("example").expect("the example's metric").unit.clone();
    let current = verdict(&plan, sample::TABLES, sample::AS_OF).current;
    match (current.value, truth) {
        (Some(x), true) => Outcome { shown: (x != 0.0).to_string(), number: None },
        // A page shows what a spreadsheet shows: a number, not the thing that is counted.
        (Some(x), false) => Outcome::number(x, &unit),
        (None, _) => Outcome::void(&current.reason.unwrap_or_default()),
    }
}

fn outcome(f: &FunctionInfo, example: &Example) -> Outcome {
    fixed(example.call).unwrap_or_else(|| over_sample(f, example.call))
}

fn examples() -> impl Iterator<Item = (&'static FunctionInfo, &'static Example)> {
    functions::all().filter(|f| f.built).flat_map(|f| f.examples.iter().map(move |e| (f, e)))
}

#[test]
fn each_example_gives_what_stands_beside_it() {
    let mut wrong = String::new();
    for (f, example) in examples() {
        let found = outcome(f, example).shown;
        if found != example.value {
            let _ = writeln!(wrong, "{}: {} is said, and it is {found}", example.call, example.value);
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// Each function has examples, names itself in them, and has a name of its own.
#[test]
fn the_table_is_whole() {
    let mut names = Vec::new();
    for f in functions::all() {
        assert!(!names.contains(&f.name) && f.name == f.name.to_lowercase(), "{}", f.name);
        names.push(f.name);
        assert!(!f.doc.is_empty() && f.doc.ends_with('.'), "{} has a doc", f.name);
        assert!(f.differs.is_empty() || f.differs.ends_with('.'), "{}", f.name);
        assert!(
            !f.examples.is_empty() && f.examples.iter().all(|e| e.call.contains(&format!("{}(", f.name))),
            "{}",
            f.name
        );
        assert!(!f.arguments.is_empty(), "{}", f.name);
        assert_eq!(functions::find(f.name).map(|g| g.name), Some(f.name));
    }
}

/// Which argument of the table stands where in a call.
#[test]
fn arguments_by_place() {
    let names = |name: &str, given: usize| -> Vec<&str> {
        let f = functions::find(name).expect("a function");
        assert!(f.accepts(given), "{name} takes {given}");
        (0..given).map(|i| f.argument(i, given).expect("an argument").name).collect()
    };
    assert_eq!(names("percentile", 4), ["x", "x", "x", "k"]);
    assert_eq!(names("npv", 3), ["rate", "value", "value"]);
    assert_eq!(names("xnpv", 5), ["rate", "value", "date", "value", "date"]);
    assert_eq!(names("ifs", 4), ["condition", "value", "condition", "value"]);
    assert_eq!(names("networkdays", 2), ["start", "end"]);
    assert_eq!(names("networkdays", 4), ["start", "end", "holiday", "holiday"]);
    assert_eq!(names("round", 1), ["x"]);
    for (name, given) in [("ifs", 3), ("xnpv", 4), ("xirr", 3), ("npv", 1), ("date", 2), ("networkdays", 1), ("abs", 2)]
    {
        assert!(!functions::find(name).expect("a function").accepts(given), "{name} refuses {given}");
    }
}

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
            let _ = write!(out, "<table:table table:name=\"{name}\">{}</table:table>\n", rows.concat());
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

/// The workbook's first column as LibreOffice works it out, one text a formula; `None` where there is none.
fn worked_out(workbook: &str) -> Option<Vec<String>> {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("examples.fods");
    std::fs::write(&file, workbook).expect("a writable folder");
    // Separator, quote, UTF-8, from line 1, no formats, default language, no quoting of all, and numbers in full.

    let csv = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false";
    let program = ["soffice", "libreoffice"].into_iter().find(|p| Command::new(p).arg("--version").output().is_ok())?;
    let profile = format!("-env:UserInstallation=file://{}", folder.path().join("profile").display());
    let run = Command::new(program)
        .args([&profile, "--headless", "--convert-to", csv, "--outdir"])
        .args([folder.path(), &file])
        .output()
        .expect("LibreOffice starts");
    let told = String::from_utf8_lossy(&run.stderr);
    let text = std::fs::read_to_string(folder.path().join("examples.csv")).unwrap_or_else(|e| panic!("{e}: {told}"));
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
        .map(|(f, e)| {
            if f.gives == functions::Gives::Time {
                format!("TEXT({},\"yyyy-mm-dd\")", e.sheet)
            } else {
                e.sheet.to_owned()
            }
        })
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

/// A formula of no data: its value as `calc` shows it, or the messages with their help.
fn calc(call: &str) -> String {
    if let Some(found) = fixed(call) {
        return found.shown;
    }
    let (plan, wrong) =
        milepost::Plan::parse(&format!("let answer = {call}\n")).resolve(&milepost::model::Catalog::default());
    if let Some(cell) = plan.lets.get("answer").filter(|_| wrong.is_empty()) {
        return constant(&plan, &cell.value).value.reason().unwrap_or_default();
    }
    let said = |d: &milepost::diagnostic::Diagnostic| format!("{}; {}", d.message, d.help.clone().unwrap_or_default());
    wrong.iter().map(said).collect::<Vec<_>>().join(" | ")
}

/// "Types and units are checked before any data is read": each message says what to write instead.
#[test]
fn wrong_arguments_are_told_with_the_next_edit() {
    let told: Vec<String> = [
        "year(2021)",
        "year(\"2021-01-01\")",
        "edate(2021-01-31, 1 month)",
        "edate(2021-01-31, 5%)",
        "days(30, 2021-01-01)",
        "sqrt(2021-01-01)",
        "npv(10, 100, 110)",
        "npv($5, 100, 110)",
        "npv(10%, $100, €110)",
        "irr(-$100, 5%)",
        "irr(-100)",
        "xirr(-100, 2021-01-01, 110)",
        "xnpv(10%, 2021-01-01, -100)",
        "xnpv(10%, -100, 110)",
        "ifs(1, 2)",
        "ifs(1 > 2, $5, true, 5%)",
        "ifs(1 > 2, 5, true)",
        "percentile(1, 2, 3, 95%)",
        "percentile(5)",
        "date(2021, 9)",
        "networkdays(2021-01-01, 31)",
        "ceiling($2.5, 5%)",
        "rri($4, 100, 121)",
        "round(2.5, $1)",
        "days(2021-01-31, 2021-01-01) <= 30 days",
        "correl(1, \"x\")",
        "slope(1, 2)",
    ]
    .iter()
    .map(|call| format!("{call}\n  {}\n", calc(call)))
    .collect();
    insta::assert_snapshot!(told.concat());
}

/// Units go through: what stands in money comes out in money, and a count of days is held against a number.
#[test]
fn units_of_results() {
    for (call, value) in [
        ("npv(10%, $110, $121)", "$200"),
        ("median($1, $2, $9)", "$2"),
        ("ceiling($2.10)", "$3"),
        ("rri(1, $100, $110)", "10%"),
        ("percentile(1%, 2%, 3%, 50)", "2%"),
        ("ifs(false, $1, true, $2)", "$2"),
        ("days(2021-01-31, 2021-01-01) <= 30", "true"),
        ("$600 / days(2021-01-31, 2021-01-01)", "$20"),
        ("edate(2021-01-31, 1) = 2021-02-28", "true"),
        ("stdev(10%, 10%)", "0%"),
        ("power(10%, 2)", "1%"),
    ] {
        assert_eq!(calc(call), value, "{call}");
    }
}

/// Rounding where binary fractions mislead: the 15-digit decimal decides, as in Excel and LibreOffice (each worked out
/// with LibreOffice 7.4).
#[test]
fn rounding_follows_the_decimal() {
    for (call, value) in [
        ("round(2.675, 2)", "2.68"),
        ("round(1.005, 2)", "1.01"),
        ("round(-1.005, 2)", "-1.01"),
        ("round(0.285, 2)", "0.29"),
        ("round(1.115, 2)", "1.12"),
        ("round(0.5)", "1"),
        ("round(-0.5)", "-1"),
        ("round(2.5, 400)", "2.5"),
        ("round(2.5, -400)", "0"),
        ("roundup(0.1 + 0.2, 1)", "0.3"),
        ("rounddown(1.1 * 10)", "11"),
        ("rounddown(0.29 * 100)", "29"),
        ("int(0.29 * 100)", "29"),
        ("mod(0.3, 0.1)", "0"),
        ("mod(-1, 3)", "2"),
        ("mod(5.5, -2)", "-0.5"),
        ("ceiling(0.3, 0.1)", "0.3"),
        ("floor(0.3, 0.1)", "0.3"),
        ("ceiling(-0.1)", "0"),
        ("1 / 3", "0.333333333333333"),
        ("0.1 + 0.2", "0.3"),
        ("2 / 3 * 1000000", "666666.666666667"),
    ] {
        assert_eq!(calc(call), value, "{call}");
    }
}

/// Nothing that can be typed panics: dates beyond the calendar, endless counts, rates without end.
#[test]
fn extremes_are_errors_and_not_panics() {
    for (call, value) in [
        ("date(9999, 12, 31)", "9999-12-31"),
        ("date(9999, 13, 1)", "#NUM!"),
        ("date(0, 1, 1)", "#NUM!"),
        ("date(-5, 1, 1)", "#NUM!"),
        ("date(2021, 1T, 1)", "#NUM!"),
        ("date(2021, 1, 1T)", "#NUM!"),
        ("date(2021, 1, -9M)", "#NUM!"),
        ("date(1, 1, 0)", "#NUM!"),
        ("date(1, -11, 1)", "#NUM!"),
        ("date(1, 0, 1)", "#NUM!"),
        ("edate(2021-01-31, 1T)", "#NUM!"),
        ("edate(9999-12-31, 1)", "#NUM!"),
        ("edate(0001-01-31, -1)", "#NUM!"),
        ("eomonth(9999-12-31, 0)", "9999-12-31"),
        ("eomonth(2021-01-31, -1T)", "#NUM!"),
        // 3,652,059 days from a Monday, the year 1's first day: 521,722 weeks and 5 days.
        ("networkdays(0001-01-01, 9999-12-31)", "2608615"),
        ("days(9999-12-31, 0001-01-01)", "3652058"),
        ("power(10, 400)", "#NUM!"),
        ("power(-8, 1 / 3)", "#NUM!"),
        ("exp(1000)", "#NUM!"),
        ("mod(1T * 1T, 3)", "#NUM!"),
        ("sqrt(0)", "0"),
        ("log(0)", "#NUM!"),
        ("log(10, 0)", "#NUM!"),
        ("npv(-100%, 1)", "#DIV/0!"),
        ("irr(-100, 0)", "#NUM!"),
        ("irr(0, 0)", "#NUM!"),
        ("round(irr(-1, 1), 12)", "0%"),
        ("irr(-100, 1)", "-99%"),
        ("round(irr(-1, 1M), 6)", "99999900%"),
        ("xirr(-100, 2021-01-01, 110, 2021-01-01)", "#NUM!"),
        ("xirr(-100, 2021-01-01, 110, 2020-01-01)", "#NUM!"),
        ("xirr(-100, 2021-01-01, 0, 2022-01-01)", "#NUM!"),
        ("xnpv(-100%, -100, 2021-01-01, 110, 2022-01-01)", "#NUM!"),
        ("rri(0.5, 100, 121)", "46.41%"),
        ("rri(2, 100, -121)", "#NUM!"),
        ("stdev(1)", "#DIV/0!"),
        ("percentile(1, 2, -1)", "#NUM!"),
        ("percentile(7, 8, 100)", "8"),
        ("average(1, 2 / 0)", "#DIV/0!"),
        ("ifs(1 > 2, 1 / 0, true, 3)", "3"),
        ("ifs(1 / 0 > 2, 1, true, 3)", "#DIV/0!"),
    ] {
        let found = calc(call);
        assert!(found.starts_with(value), "{call}: {value} wanted, and it is {found}");
    }
}

/// An error remembers the call in which it was born.
#[test]
fn errors_carry_where_they_were_born() {
    assert_eq!(reason("1 + sqrt(-4)"), "#NUM! in sqrt(-4)");
    assert_eq!(reason("max(1, xirr(100, 2021-01-01, 5, 2022-01-01))"), "#NUM! in xirr(100, 2021-01-01, 5, 2022-01-01)");
    assert_eq!(reason("ifs(1 > 2, 5)"), "no condition of ifs(1 > 2, 5) holds");
}

fn reason(call: &str) -> String {
    let (plan, _) =
        milepost::Plan::parse(&format!("let answer = {call}\n")).resolve(&milepost::model::Catalog::default());
    constant(&plan, &plan.lets["answer"].value).value.reason().expect("no value")
}

/// Of several rates the one nearest to 10% counts: -1 + 5x - 6x² is nothing at x = 1/2 and 1/3, rates of 100% and 200%;
/// 100 - 230x + 132x² at x = 10/11 and 5/6, rates of 10% and 20%.
#[test]
fn of_several_rates_the_nearest() {
    assert_eq!(calc("round(irr(-1, 5, -6), 9)"), "100%");
    assert_eq!(calc("round(irr(100, -230, 132), 9)"), "10%");
}

/// LibreOffice 7.4 and Excel's documentation: a loan of 360 payments, and payments a day apart.
#[test]
fn rates_of_many_payments() {
    let payments = vec!["599.55"; 360].join(", ");
    // 100,000 at 6% a year, monthly: PMT(0.5%, 360, 100000) is 599.55 to the cent.
    let rate: f64 = calc(&format!("irr(-100_000, {payments})")).trim_end_matches('%').parse().expect("a rate");
    assert!((rate - 0.5).abs() < 1e-5, "{rate}");
    // 10% in one day: 1.1^365 - 1.
    let daily = calc("ln(1 + xirr(-100, 2021-01-01, 110, 2021-01-02)) / ln(1.1)");
    assert_eq!(daily, "365");
}
