//! Functions of dates. Data only.

use super::{FunctionInfo, Gives, NONE, PLAIN, RowRole, Takes, Value, any, example, one};
use crate::model::plan::Function;
use crate::query::RowFunction;

const AT: Takes = Takes::Time;
const DAY_OF: &str = "A date is a date here, not a number.";

pub(super) static FUNCTIONS: &[FunctionInfo] = &[
    FunctionInfo {
        name: "date",
        arguments: &[one("year", PLAIN), one("month", PLAIN), one("day", PLAIN)],
        gives: Gives::Time,
        doc: "The day. A month above 12 goes on into the next years, a day beyond the month's into the next months, and 0 \
              and below go back.",
        examples: &[
            example("date(2021, 9, 30)", "2021-09-30", "DATE(2021,9,30)"),
            example("date(2021, 14, 1)", "2022-02-01", "DATE(2021,14,1)"),
            example("date(2021, 3, 0)", "2021-02-28", "DATE(2021,3,0)"),
        ],
        differs: "A year is the year that is written (1 to 9999), else #NUM!; spreadsheets read 21 as 1921 or 2021.",
        value: Some(Value::Call(Function::Date)),
        row: Some(RowRole::Call(RowFunction::Date)),
        ..NONE
    },
    FunctionInfo {
        name: "year",
        arguments: &[one("time", AT)],
        gives: Gives::Plain,
        doc: "The year of a time, as a number.",
        examples: &[example("year(2021-09-30)", "2021", "YEAR(DATE(2021,9,30))")],
        differs: DAY_OF,
        value: Some(Value::Call(Function::Year)),
        row: Some(RowRole::Call(RowFunction::Year)),
        ..NONE
    },
    FunctionInfo {
        name: "month",
        arguments: &[one("time", AT)],
        gives: Gives::Plain,
        doc: "The month of a time, as a number.",
        examples: &[example("month(2021-09-30)", "9", "MONTH(DATE(2021,9,30))")],
        differs: DAY_OF,
        value: Some(Value::Call(Function::Month)),
        row: Some(RowRole::Call(RowFunction::Month)),
        ..NONE
    },
    FunctionInfo {
        name: "day",
        arguments: &[one("time", AT)],
        gives: Gives::Plain,
        doc: "The day of a time within its month, as a number.",
        examples: &[example("day(2021-09-30)", "30", "DAY(DATE(2021,9,30))")],
        differs: DAY_OF,
        value: Some(Value::Call(Function::Day)),
        row: Some(RowRole::Call(RowFunction::Day)),
        ..NONE
    },
    FunctionInfo {
        name: "weekday",
        arguments: &[one("time", AT)],
        gives: Gives::Plain,
        doc: "The day of the week, 1 for Sunday to 7 for Saturday, as in a spreadsheet.",
        examples: &[
            example("weekday(2021-09-26)", "1", "WEEKDAY(DATE(2021,9,26))"),
            example("weekday(2021-09-30)", "5", "WEEKDAY(DATE(2021,9,30))"),
        ],
        differs: "There is no other numbering: `week starts` doesn't change it.",
        value: Some(Value::Call(Function::Weekday)),
        row: Some(RowRole::Call(RowFunction::Weekday)),
        ..NONE
    },
    FunctionInfo {
        name: "edate",
        arguments: &[one("time", AT), one("months", PLAIN)],
        gives: Gives::Time,
        doc: "The same day so many months on; where that month is shorter, its last day.",
        examples: &[
            example("edate(2021-01-31, 1)", "2021-02-28", "EDATE(DATE(2021,1,31),1)"),
            example("edate(2021-02-28, 1)", "2021-03-28", "EDATE(DATE(2021,2,28),1)"),
            example("edate(2020-02-29, -12)", "2019-02-28", "EDATE(DATE(2020,2,29),-12)"),
            example("edate(2021-01-15, 1.9)", "2021-02-15", "EDATE(DATE(2021,1,15),1.9)"),
        ],
        differs: "A month's end doesn't stay a month's end, unlike a window that is moved: x[-1 month].",
        value: Some(Value::Call(Function::EDate)),
        row: Some(RowRole::Call(RowFunction::EDate)),
        ..NONE
    },
    FunctionInfo {
        name: "eomonth",
        arguments: &[one("time", AT), one("months", PLAIN)],
        gives: Gives::Time,
        doc: "The last day of the month so many months on.",
        examples: &[
            example("eomonth(2021-01-15, 0)", "2021-01-31", "EOMONTH(DATE(2021,1,15),0)"),
            example("eomonth(2021-01-15, 1)", "2021-02-28", "EOMONTH(DATE(2021,1,15),1)"),
            example("eomonth(2020-03-31, -1)", "2020-02-29", "EOMONTH(DATE(2020,3,31),-1)"),
        ],
        value: Some(Value::Call(Function::EoMonth)),
        row: Some(RowRole::Call(RowFunction::EoMonth)),
        ..NONE
    },
    FunctionInfo {
        name: "networkdays",
        arguments: &[one("start", AT), one("end", AT), any("holiday", AT)],
        gives: Gives::Count("days"),
        doc: "Days from Monday to Friday from start to end, both in, without the holidays that follow. Negative where end \
              is before start.",
        examples: &[
            example("networkdays(2021-01-01, 2021-01-31)", "21", "NETWORKDAYS(DATE(2021,1,1),DATE(2021,1,31))"),
            example(
                "networkdays(2021-01-01, 2021-01-31, 2021-01-01, 2021-01-18, 2021-01-02)",
                "19",
                "NETWORKDAYS(DATE(2021,1,1),DATE(2021,1,31),[DATE(2021,1,1),DATE(2021,1,18),DATE(2021,1,2)])",
            ),
            example("networkdays(2021-01-31, 2021-01-01)", "-21", "NETWORKDAYS(DATE(2021,1,31),DATE(2021,1,1))"),
        ],
        differs: "Holidays are further arguments; a holiday on a weekend counts for nothing, and one that stands there \
                  twice counts once.",
        value: Some(Value::Call(Function::NetworkDays)),
        row: Some(RowRole::Call(RowFunction::NetworkDays)),
        ..NONE
    },
    FunctionInfo {
        name: "days",
        arguments: &[one("end", AT), one("start", AT)],
        gives: Gives::Count("days"),
        doc: "Days from start to end, by their dates: the end stands first.",
        examples: &[
            example("days(2021-01-31, 2021-01-01)", "30", "DAYS(DATE(2021,1,31),DATE(2021,1,1))"),
            example("days(2021-01-01, 2021-03-01)", "-59", "DAYS(DATE(2021,1,1),DATE(2021,3,1))"),
        ],
        differs: "It is a number of days, to be held against a number: days(a, b) <= 30. A difference of two times, \
                  a - b, is a duration, to be held against one: a - b <= 30 days.",
        value: Some(Value::Call(Function::Days)),
        row: Some(RowRole::Call(RowFunction::Days)),
        ..NONE
    },
];
