//! Functions that choose a value. Data only.

use super::{FunctionInfo, Gives, NONE, RowRole, Takes, Value, example, many, one};
use crate::model::plan::Function;

pub(super) static FUNCTIONS: &[FunctionInfo] = &[
    FunctionInfo {
        name: "if",
        arguments: &[one("condition", Takes::Truth), one("then", Takes::Anything), one("else", Takes::Anything)],
        doc: "`then` where the condition holds, else `else`.",
        examples: &[
            example("if(2 > 1, 10, 20)", "10", "IF(2>1,10,20)"),
            example("if(signups > 100, 1, 0)", "1", "IF(SUM({months.signups})>100,1,0)"),
        ],
        differs: "All three must be given, and both values must be of one unit. A condition that is n/a gives n/a; within a row, it doesn't hold.",
        value: Some(Value::If),
        row: Some(RowRole::If),
        ..NONE
    },
    FunctionInfo {
        name: "ifs",
        arguments: &[many("condition", Takes::Truth), many("value", Takes::Anything)],
        doc: "The value of the first condition that holds; `true` as the last one catches the rest.",
        examples: &[
            example("ifs(1 > 2, 10, 3 > 2, 20)", "20", "COM.MICROSOFT.IFS(1>2,10,3>2,20)"),
            example("ifs(1 > 2, 10, true, 30)", "30", "COM.MICROSOFT.IFS(1>2,10,TRUE(),30)"),
            example("ifs(1 > 2, 10)", "n/a", ""),
        ],
        differs: "Where no condition holds it is n/a, so that `??` can replace it; a spreadsheet says #N/A. A condition \
                  that is n/a gives n/a; within a row, it doesn't hold.",
        value: Some(Value::Call(Function::Ifs)),
        row: Some(RowRole::Ifs),
        ..NONE
    },
    FunctionInfo {
        name: "iferror",
        arguments: &[one("x", Takes::Anything), one("other", Takes::Anything)],
        doc: "`other` where x is an error.",
        examples: &[example("iferror(1 / 0, 7)", "7", "IFERROR(1/0,7)"), example("iferror(3, 7)", "3", "IFERROR(3,7)")],
        differs: "n/a is no error: `x ?? 0` replaces that.",
        value: Some(Value::Call(Function::IfError)),
        row: Some(RowRole::IfError),
        ..NONE
    },
    FunctionInfo {
        name: "isnumber",
        arguments: &[one("x", Takes::Anything)],
        gives: Gives::Truth,
        doc: "True where x is a number.",
        examples: &[
            example("isnumber(3)", "true", "ISNUMBER(3)"),
            example("isnumber(1 / 0)", "false", "ISNUMBER(1/0)"),
            example("isnumber(\"3\")", "false", "ISNUMBER(\"3\")"),
        ],
        differs: "A date is no number here.",
        value: Some(Value::Call(Function::IsNumber)),
        row: Some(RowRole::IsNumber),
        ..NONE
    },
    FunctionInfo {
        name: "isblank",
        arguments: &[one("x", Takes::Anything)],
        gives: Gives::Truth,
        doc: "True where x has no value.",
        examples: &[
            example("isblank(3)", "false", "ISBLANK(3)"),
            example("isblank(1 / 0)", "false", "ISBLANK(1/0)"),
            example("isblank(signups[2019])", "true", ""),
        ],
        differs: "True of everything that is n/a; a spreadsheet's is true of empty cells only.",
        value: Some(Value::Call(Function::IsBlank)),
        row: Some(RowRole::IsMissing),
        ..NONE
    },
];
