//! Functions of numbers. Data only.

use super::{FunctionInfo, Gives, NONE, NUMBER, PLAIN, RowRole, SAME, Value, example, maybe, one};
use crate::model::plan::Function;
use crate::query::RowFunction;

pub(super) static FUNCTIONS: &[FunctionInfo] = &[
    FunctionInfo {
        name: "abs",
        doc: "The size of x without its sign.",
        examples: &[example("abs(-3)", "3", "ABS(-3)"), example("abs(-5%)", "5%", "ABS(-5%)")],
        value: Some(Value::Call(Function::Abs)),
        row: Some(RowRole::Call(RowFunction::Abs)),
        ..NONE
    },
    FunctionInfo {
        name: "sqrt",
        arguments: &[one("x", NUMBER)],
        gives: Gives::Plain,
        doc: "The square root; #NUM! of a negative number.",
        examples: &[
            example("sqrt(16)", "4", "SQRT(16)"),
            example("sqrt(2)", "1.4142135623731", "SQRT(2)"),
            example("sqrt(-1)", "#NUM!", "SQRT(-1)"),
        ],
        value: Some(Value::Call(Function::Sqrt)),
        row: Some(RowRole::Sqrt),
        ..NONE
    },
    FunctionInfo {
        name: "exp",
        arguments: &[one("x", NUMBER)],
        gives: Gives::Plain,
        doc: "e to the power of x.",
        examples: &[example("exp(1)", "2.71828182845905", "EXP(1)"), example("exp(710)", "#NUM!", "EXP(710)")],
        value: Some(Value::Call(Function::Exp)),
        row: Some(RowRole::Call(RowFunction::Exp)),
        ..NONE
    },
    FunctionInfo {
        name: "ln",
        arguments: &[one("x", NUMBER)],
        gives: Gives::Plain,
        doc: "The natural logarithm; #NUM! of 0 and below.",
        examples: &[example("ln(10)", "2.30258509299405", "LN(10)"), example("ln(0)", "#NUM!", "LN(0)")],
        value: Some(Value::Call(Function::Ln)),
        row: Some(RowRole::Call(RowFunction::Ln)),
        ..NONE
    },
    FunctionInfo {
        name: "log10",
        arguments: &[one("x", NUMBER)],
        gives: Gives::Plain,
        doc: "The logarithm to base 10; #NUM! of 0 and below.",
        examples: &[example("log10(1000)", "3", "LOG10(1000)"), example("log10(-1)", "#NUM!", "LOG10(-1)")],
        value: Some(Value::Call(Function::Log10)),
        row: Some(RowRole::Call(RowFunction::Log10)),
        ..NONE
    },
    FunctionInfo {
        name: "log",
        arguments: &[one("x", NUMBER), maybe("base", PLAIN)],
        gives: Gives::Plain,
        doc: "The logarithm of x, to base 10 unless said.",
        examples: &[
            example("log(100)", "2", "LOG(100)"),
            example("log(8, 2)", "3", "LOG(8,2)"),
            example("log(8, -2)", "#NUM!", "LOG(8,-2)"),
            example("log(8, 1)", "#DIV/0!", ""),
        ],
        differs: "Base 1 is #DIV/0!, as in Excel; LibreOffice says it is out of range.",
        value: Some(Value::Call(Function::Log)),
        row: Some(RowRole::Call(RowFunction::Log)),
        ..NONE
    },
    FunctionInfo {
        name: "power",
        arguments: &[one("x", NUMBER), one("n", PLAIN)],
        gives: Gives::Power,
        doc: "x to the power of n.",
        examples: &[
            example("power(2, 10)", "1024", "POWER(2,10)"),
            example("power(4, 0.5)", "2", "POWER(4,0.5)"),
            example("power(0, 0)", "1", "POWER(0,0)"),
            example("power(-8, 0.5)", "#NUM!", "POWER(-8,0.5)"),
            example("power(0, -1)", "#DIV/0!", ""),
        ],
        differs: "0 to the power of 0 is 1, as in LibreOffice; Excel says #NUM!. A negative power of 0 is #DIV/0!, as \
                  in Excel.",
        value: Some(Value::Call(Function::Power)),
        row: Some(RowRole::Power),
        ..NONE
    },
    FunctionInfo {
        name: "mod",
        arguments: &[one("x", SAME), one("n", SAME)],
        doc: "The rest of x divided by n; it has the sign of n.",
        examples: &[
            example("mod(7, 3)", "1", "MOD(7,3)"),
            example("mod(-7, 3)", "2", "MOD(-7,3)"),
            example("mod(7, -3)", "-2", "MOD(7,-3)"),
            example("mod(7, 0)", "#DIV/0!", "MOD(7,0)"),
        ],
        value: Some(Value::Call(Function::Mod)),
        row: Some(RowRole::Call(RowFunction::Mod)),
        ..NONE
    },
    FunctionInfo {
        name: "int",
        doc: "The next whole number at or below x.",
        examples: &[example("int(1.5)", "1", "INT(1.5)"), example("int(-1.5)", "-2", "INT(-1.5)")],
        value: Some(Value::Call(Function::Int)),
        row: Some(RowRole::Call(RowFunction::Int)),
        ..NONE
    },
    FunctionInfo {
        name: "round",
        arguments: &[one("x", SAME), maybe("digits", PLAIN)],
        doc: "x to so many digits after the point, halves away from zero; none unless said, and a negative number of \
              digits rounds before the point.",
        examples: &[
            example("round(2.675, 2)", "2.68", "ROUND(2.675,2)"),
            example("round(1.005, 2)", "1.01", "ROUND(1.005,2)"),
            example("round(-2.5)", "-3", "ROUND(-2.5,0)"),
            example("round(1250, -2)", "1300", "ROUND(1250,-2)"),
        ],
        differs: "Digits may be left out. A percentage is rounded as the fraction that it is: round(5.4%, 2) is 5%.",
        value: Some(Value::Call(Function::Round)),
        row: Some(RowRole::Call(RowFunction::Round)),
        ..NONE
    },
    FunctionInfo {
        name: "roundup",
        arguments: &[one("x", SAME), maybe("digits", PLAIN)],
        doc: "x away from zero to so many digits.",
        examples: &[
            example("roundup(2.1)", "3", "ROUNDUP(2.1,0)"),
            example("roundup(-3.14159, 1)", "-3.2", "ROUNDUP(-3.14159,1)"),
            example("roundup(31415.92654, -2)", "31500", "ROUNDUP(31415.92654,-2)"),
        ],
        differs: "Digits may be left out.",
        value: Some(Value::Call(Function::RoundUp)),
        row: Some(RowRole::Call(RowFunction::RoundUp)),
        ..NONE
    },
    FunctionInfo {
        name: "rounddown",
        arguments: &[one("x", SAME), maybe("digits", PLAIN)],
        doc: "x towards zero to so many digits.",
        examples: &[
            example("rounddown(2.9)", "2", "ROUNDDOWN(2.9,0)"),
            example("rounddown(-3.14159, 1)", "-3.1", "ROUNDDOWN(-3.14159,1)"),
            example("rounddown(31415.92654, -2)", "31400", "ROUNDDOWN(31415.92654,-2)"),
        ],
        differs: "Digits may be left out.",
        value: Some(Value::Call(Function::RoundDown)),
        row: Some(RowRole::Call(RowFunction::RoundDown)),
        ..NONE
    },
    FunctionInfo {
        name: "ceiling",
        arguments: &[one("x", SAME), maybe("step", SAME)],
        doc: "x up to a multiple of step, 1 unless said. A negative x goes towards zero with a positive step and away from \
              it with a negative one; a positive x with a negative step is #NUM!.",
        examples: &[
            example("ceiling(2.1, 0.5)", "2.5", "CEILING(2.1,0.5)"),
            example("ceiling(-2.5, 2)", "-2", "COM.MICROSOFT.CEILING(-2.5,2)"),
            example("ceiling(-2.5, -2)", "-4", "COM.MICROSOFT.CEILING(-2.5,-2)"),
            example("ceiling(2.5, -2)", "#NUM!", "COM.MICROSOFT.CEILING(2.5,-2)"),
            example("ceiling(2.5, 0)", "0", "CEILING(2.5,0)"),
        ],
        differs: "The step may be left out. With negative numbers it is Excel's, which LibreOffice has as CEILING.XCL: \
                  LibreOffice's own CEILING differs there.",
        value: Some(Value::Call(Function::Ceiling)),
        row: Some(RowRole::Call(RowFunction::Ceiling)),
        ..NONE
    },
    FunctionInfo {
        name: "floor",
        arguments: &[one("x", SAME), maybe("step", SAME)],
        doc: "x down to a multiple of step, 1 unless said. A negative x goes away from zero with a positive step and \
              towards it with a negative one; a positive x with a negative step is #NUM!.",
        examples: &[
            example("floor(2.9, 0.5)", "2.5", "FLOOR(2.9,0.5)"),
            example("floor(-2.5, 2)", "-4", "COM.MICROSOFT.FLOOR(-2.5,2)"),
            example("floor(-2.5, -2)", "-2", "COM.MICROSOFT.FLOOR(-2.5,-2)"),
            example("floor(2.5, -2)", "#NUM!", "COM.MICROSOFT.FLOOR(2.5,-2)"),
            example("floor(2.5, 0)", "#DIV/0!", ""),
        ],
        differs: "The step may be left out. With negative numbers it is Excel's, which LibreOffice has as FLOOR.XCL; \
                  LibreOffice's own FLOOR differs there.",
        value: Some(Value::Call(Function::Floor)),
        row: Some(RowRole::Call(RowFunction::Floor)),
        ..NONE
    },
];
