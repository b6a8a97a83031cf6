//! Functions of payments. Data only.

use super::{FunctionInfo, Gives, NONE, PLAIN, RATE, SAME, Takes, Value, example, many, one};
use crate::model::plan::Function;

const AT: Takes = Takes::Time;

pub(super) static FUNCTIONS: &[FunctionInfo] = &[
    FunctionInfo {
        name: "npv",
        arguments: &[one("rate", RATE), many("value", SAME)],
        doc: "The present value of payments at the ends of periods of one length: the first one is a period away, so \
              what is paid now is added outside of the brackets.",
        examples: &[
            example("npv(10%, 100, 110)", "181.818181818182", "NPV(10%,100,110)"),
            example("npv(10%, -$10k, $3_000, $4_200, $6_800)", "$1188.44341233522", "NPV(10%,-10000,3000,4200,6800)"),
            example("npv(-1, 100, 110)", "#DIV/0!", ""),
        ],
        differs: "A payment that is n/a makes the result n/a; a spreadsheet passes over blank cells and moves the later \
                  payments up. A rate of -100% is #DIV/0!, as in Excel.",
        value: Some(Value::Call(Function::Npv)),
        ..NONE
    },
    FunctionInfo {
        name: "irr",
        arguments: &[many("value", SAME)],
        gives: Gives::Percent,
        doc: "The rate of each period at which the payments come to nothing. #NUM! unless there is one payment above and \
              one below zero. Where several rates do, the one nearest to 10% counts.",
        examples: &[
            example("irr(-100, 60, 60)", "13.0662386291807%", "IRR([-100,60,60])"),
            example(
                "irr(-$70k, $12k, $15k, $18k, $21k, $26k)",
                "8.66309480365316%",
                "IRR([-70000,12000,15000,18000,21000,26000])",
            ),
            example("irr(100, 60)", "#NUM!", "IRR([100,60])"),
        ],
        differs: "There is no guess to be given: the whole range above -100% is searched, around a spreadsheet's guess of \
                  10%.",
        value: Some(Value::Call(Function::Irr)),
        ..NONE
    },
    FunctionInfo {
        name: "xnpv",
        arguments: &[one("rate", RATE), many("value", SAME), many("date", AT)],
        doc: "The present value, on the first date, of dated payments; a year has 365 days. A date before the first one \
              and a rate of -100% or below are #NUM!.",
        examples: &[
            example(
                "xnpv(25%, -100, 2021-01-01, 150, 2022-01-01)",
                "20",
                "XNPV(25%,[-100,150],[DATE(2021,1,1),DATE(2022,1,1)])",
            ),
            example(
                "xnpv(9%, -$10k, 2008-01-01, $2750, 2008-03-01, $4250, 2008-10-30, $3250, 2009-02-15, $2750, 2009-04-01)",
                "$2086.64760203153",
                "XNPV(9%,[-10000,2750,4250,3250,2750],[DATE(2008,1,1),DATE(2008,3,1),DATE(2008,10,30),DATE(2009,2,15),\
                 DATE(2009,4,1)])",
            ),
            example("xnpv(10%, -100, 2021-01-01, 110, 2020-01-01)", "#NUM!", ""),
        ],
        differs: "Values and dates stand in turns; a spreadsheet takes them as two columns. LibreOffice takes dates before the \
                  first one; here they are #NUM!, as in Excel.",
        value: Some(Value::Call(Function::Xnpv)),
        ..NONE
    },
    FunctionInfo {
        name: "xirr",
        arguments: &[many("value", SAME), many("date", AT)],
        gives: Gives::Percent,
        doc: "The yearly rate at which dated payments come to nothing; a year has 365 days. #NUM! unless there is one \
              payment above and one below zero, and where a date is before the first one.",
        examples: &[
            example(
                "xirr(-100, 2021-01-01, 110, 2022-01-01)",
                "10%",
                "XIRR([-100,110],[DATE(2021,1,1),DATE(2022,1,1)])",
            ),
            example(
                "xirr(-$10k, 2008-01-01, $2750, 2008-03-01, $4250, 2008-10-30, $3250, 2009-02-15, $2750, 2009-04-01)",
                "37.3362533518832%",
                "XIRR([-10000,2750,4250,3250,2750],[DATE(2008,1,1),DATE(2008,3,1),DATE(2008,10,30),DATE(2009,2,15),\
                 DATE(2009,4,1)])",
            ),
            example(
                "xirr(100, 2021-01-01, 110, 2022-01-01)",
                "#NUM!",
                "XIRR([100,110],[DATE(2021,1,1),DATE(2022,1,1)])",
            ),
        ],
        differs: "Values and dates stand in turns; a spreadsheet takes them as two columns. There is no guess to be given: the \
                  whole range above -100% is searched, around a spreadsheet's guess of 10%.",
        value: Some(Value::Call(Function::Xirr)),
        ..NONE
    },
    FunctionInfo {
        name: "rri",
        arguments: &[one("periods", PLAIN), one("from", SAME), one("to", SAME)],
        gives: Gives::Percent,
        doc: "The rate of each period at which `from` grows to `to`: the compound growth rate.",
        examples: &[
            example("rri(4, 100, 146.41)", "10%", "RRI(4,100,146.41)"),
            example("rri(2, $100, $81)", "-10%", "RRI(2,100,81)"),
            example("rri(0, 100, 121)", "#NUM!", "RRI(0,100,121)"),
            example("rri(4, 0, 121)", "#NUM!", ""),
        ],
        differs: "A `from` of 0 is #NUM!, as in Excel.",
        value: Some(Value::Call(Function::Rri)),
        ..NONE
    },
    FunctionInfo {
        name: "roi",
        arguments: &[one("gain", SAME), one("cost", SAME)],
        gives: Gives::Percent,
        doc: "(gain - cost) / cost: the return on what was spent.",
        examples: &[example("roi($150, $100)", "50%", "(150-100)/100"), example("roi(150, 0)", "#DIV/0!", "(150-0)/0")],
        value: Some(Value::Call(Function::Roi)),
        ..NONE
    },
];
