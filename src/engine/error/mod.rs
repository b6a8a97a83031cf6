//! What can be wrong with data: every case names the file and what to do next. Knows no engine.

mod spot;
mod words;

use miette::Diagnostic;
pub use spot::{Example, Spot, TimeCell};
use thiserror::Error;
pub(in crate::engine) use words::unit;
use words::{
    cells, columns, compare_help, connection_help, credentials_help, empty_help, encoding_help, executor_help,
    json_help, long_help, name, no_files, no_files_help, quoted, ragged_help, sample, sheets_help, size, type_help,
    unknown_help, unreadable_help, unusable_help, which_help, written,
};

/// Data that can't be read, or doesn't fit what the plan says of it.
///
/// In all of them `table` is the table's name in the plan, `path` the path as written, `line` a line of the text file
/// (a row where the file has no lines), both from 1.
#[derive(Debug, Clone, Error, Diagnostic)]
#[allow(missing_docs)]
pub enum DataError {
    /// There is no such file.
    #[error("the data file `{path}` of table `{table}` can't be opened: {reason}")]
    #[diagnostic(code("D001"), help("check the path in `table {table} from …`, or give it: --data {table}=PATH"))]
    NotFound { table: String, path: String, reason: String },

    /// A folder or a pattern without a file.
    #[error("{}", no_files(path, table))]
    #[diagnostic(code("D001"), help("{}", no_files_help(.table, .around)))]
    NoFiles {
        table: String,
        path: String,
        /// What is there instead.
        around: Vec<String>,
    },

    /// An ending that says nothing.
    #[error("`{path}` of table `{table}` has an ending that no reader knows")]
    #[diagnostic(
        code("D002"),
        help(
            "data files end in .csv, .tsv, .txt, .jsonl, .ndjson, .json, each also with .gz or .zst, or in .parquet, .arrow, .feather, .xlsx, .xls, .ods, .sqlite, .db: \
             export the data in one of these; in a folder, name the data files alone: \"folder/*.csv\""
        )
    )]
    Ending { table: String, path: String },

    /// Not a file of this machine.
    #[error("`{path}` of table `{table}` is no address that a reader knows")]
    #[diagnostic(
        code("D002"),
        help(
            "objects are named s3://, gs://, az:// or https://; else download it, and name the file: --data {table}=PATH"
        )
    )]
    Remote { table: String, path: String },

    /// A database that nobody here talks to.
    #[error("`{path}` of table `{table}` is in a kind of database that this version doesn't read")]
    #[diagnostic(
        code("D002"),
        help("databases are read from postgres://… and duckdb://…; export the table to a file: --data {table}=PATH")
    )]
    Database { table: String, path: String },

    /// A password where others read it.
    #[error("the address of table `{table}` holds a password: `{path}`")]
    #[diagnostic(
        code("D031"),
        help(
            "take it out, and change it where others may have read it; the password comes from the variable PGPASSWORD, or from the file ~/.pgpass"
        )
    )]
    Password { table: String, path: String },

    /// No driver for a database.
    #[error("table `{table}` is in {product} (`{path}`), whose ADBC driver can't be used: {reason}")]
    #[diagnostic(code("D040"), help("{install}, and set the variable {variable} to the path of that file"))]
    Driver {
        table: String,
        path: String,
        product: &'static str,
        reason: String,
        variable: &'static str,
        install: &'static str,
    },

    /// A database that doesn't let us in.
    #[error("{product} at `{path}`, which table `{table}` is in, can't be reached: {reason}")]
    #[diagnostic(code("D041"), help("{}", connection_help(product)))]
    Connection { table: String, path: String, product: &'static str, reason: String },

    /// No table of that name, or several.
    #[error("`{path}` has {} `{wanted}`, which table `{table}` asks for", if *several { "several tables" } else { "no table" })]
    #[diagnostic(code("D042"), help("{}", which_help(table, tables)))]
    WhichTable { table: String, path: String, wanted: String, several: bool, tables: Vec<String> },

    /// A database that stopped answering, or refused to.
    #[error("reading table `{table}` from `{path}` failed: {reason}")]
    #[diagnostic(
        code("D043"),
        help("no verdict was made of what had come; where the server says why, settle that there, else run it again")
    )]
    Server { table: String, path: String, reason: String },

    /// No cluster at an address.
    #[error("table `{table}` (`{path}`) is to be read by the cluster at {address}, which can't be used: {reason}")]
    #[diagnostic(
        code("D050"),
        help(
            "start its scheduler (`milepost cluster scheduler`) and an executor (`milepost cluster executor --scheduler {address}`), or leave --engine out to read the data in process"
        )
    )]
    ClusterUnreachable { table: String, path: String, address: String, reason: String },

    /// A cluster that stopped, or kept losing executors.
    #[error("the cluster at {address} didn't finish reading table `{table}` (`{path}`): {reason}")]
    #[diagnostic(
        code("D051"),
        help(
            "no verdict was made of what had come; see what scheduler and executors say, then run it again; without --engine the data is read in process"
        )
    )]
    ClusterFailed { table: String, path: String, address: String, reason: String },

    /// An executor that doesn't see what this machine sees.
    #[error(
        "an executor of the cluster at {address} can't read table `{table}` (`{path}`), which this machine can: {reason}"
    )]
    #[diagnostic(code("D052"), help("{}", executor_help(code)))]
    ClusterReach {
        table: String,
        path: String,
        address: String,
        reason: String,
        /// The code of the executor's own error; empty where it has none.
        code: String,
    },

    /// What another process wrote for this one, in a form that it doesn't know.
    #[error("two versions of Milepost work together here that don't understand one another")]
    #[diagnostic(code("D052"), help("{}", executor_help("D052")))]
    OtherVersion,

    /// A time column of a database whose texts are no times.
    #[error("`{path}`, column `{column}` of table `{table}`: `{value}` is not {}", written(format))]
    #[diagnostic(
        code("D008"),
        help(
            "correct it in the database, name a column of dates, or say how they are written: `time {} as \"%d/%m/%Y\"`",
            name(column)
        )
    )]
    TimeText { table: String, path: String, column: String, value: String, format: Option<String> },

    /// A reader that was left out when the program was built.
    #[error("`{path}` of table `{table}` is {what}, which this build can't read: its feature `{feature}` was left out")]
    #[diagnostic(
        code("D002"),
        help(
            "install a build with it: `cargo install milepost --features {feature}`; or export the data as CSV or Parquet"
        )
    )]
    Feature { table: String, path: String, what: &'static str, feature: &'static str },

    /// A sheet of what has none.
    #[error(
        "table `{table}` asks for the sheet \"{sheet}\" of `{path}`, which is neither a workbook nor a database file"
    )]
    #[diagnostic(
        code("D002"),
        help("leave `sheet \"{sheet}\"` out, or name the workbook: a file that ends in .xlsx, .ods or .sqlite")
    )]
    Sheet { table: String, path: String, sheet: String },

    /// A sheet, or a table of a database file, that isn't there.
    #[error("`{path}` has no {what} \"{sheet}\", which table `{table}` asks for")]
    #[diagnostic(code("D018"), help("{}", sheets_help(what, .sheets)))]
    NoSheet { table: String, path: String, what: &'static str, sheet: String, sheets: Vec<String> },

    /// A database file with several tables.
    #[error("`{path}` has several tables, and table `{table}` says not which of them it is")]
    #[diagnostic(
        code("D018"),
        help("name it: `table {table} from \"{path}\" sheet \"…\"`; its tables are {}", quoted(.sheets))
    )]
    WhichSheet { table: String, path: String, sheets: Vec<String> },

    /// Nothing in it.
    #[error("`{path}` of table `{table}` is empty")]
    #[diagnostic(code("D003"), help("{}", empty_help(path)))]
    Empty { table: String, path: String },

    /// A row with too many or too few cells.
    #[error("`{path}` line {line}: this row has {} where the first line names {}", cells(*.found), columns(*.expected))]
    #[diagnostic(
        code("D004"),
        help("{}", ragged_help(.found, .expected, .separator, .around))
    )]
    Ragged { path: String, line: u64, found: usize, expected: usize, separator: &'static str, around: Option<String> },

    /// Bytes that are no UTF-8.
    #[error("`{path}` {} {line}, column `{column}`: the text is not UTF-8", unit(path))]
    #[diagnostic(code("D005"), help("{}", encoding_help(path)))]
    Encoding { path: String, line: u64, column: String },

    /// The same in a column's name.
    #[error("`{path}` line 1: the name of column {number} is not UTF-8")]
    #[diagnostic(code("D005"), help("save the file as UTF-8 (in a spreadsheet: \"CSV UTF-8\")"))]
    HeaderEncoding { path: String, number: usize },

    /// A column without a name.
    #[error("`{path}` line 1: column {number} has no name")]
    #[diagnostic(code("D006"), help("give each column a name in the first line, or take the column away"))]
    HeaderEmpty { path: String, number: usize },

    /// Two columns of one name.
    #[error("`{path}` line 1: columns {first} and {second} are both named `{name}`")]
    #[diagnostic(code("D006"), help("rename one of them in the first line of the file"))]
    HeaderTwice { path: String, name: String, first: usize, second: usize },

    /// Values where names should stand.
    #[error("`{path}` line 1: `{value}` is a value, not a column's name: the first line seems to be data already")]
    #[diagnostic(code("D006"), help("put a line with the columns' names on top, such as `date,subs`"))]
    HeaderMissing { path: String, value: String },

    /// A time that can be read in two ways.
    #[error("{cell} can be {} or {}", first.0, second.0)]
    #[diagnostic(
        code("D007"),
        help(
            "say which: `time {} as \"{}\"` makes it {}, `as \"{}\"` makes it {} (on the line `table {} from …`)",
            name(&cell.column), first.1, first.0, second.1, second.0, cell.table
        )
    )]
    TimeAmbiguous {
        cell: Box<TimeCell>,
        /// The date that it could be, and the format that makes it so.
        first: (String, &'static str),
        /// The other one.
        second: (String, &'static str),
    },

    /// A time in no form that is known.
    #[error("{cell} is not a date like 2021-03-31 or a period like Q1 2021")]
    #[diagnostic(code("D008"), help("{}", unreadable_help(cell, reading)))]
    TimeUnreadable {
        cell: Box<TimeCell>,
        /// The date that it would be, and the format that makes it so.
        reading: Option<(String, &'static str)>,
    },

    /// A time that does not fit the format that the plan gives.
    #[error("{cell} is not written as \"{format}\" says")]
    #[diagnostic(
        code("D008"),
        help("correct the cell, or the format in `time {} as \"…\"` of table `{}` (a value written so: {example})", name(&cell.column), cell.table)
    )]
    TimeMisfit {
        cell: Box<TimeCell>,
        format: String,
        /// 31 March 2021, 17:30 in that format.
        example: String,
    },

    /// A format that is none.
    #[error("the time format \"{format}\" of table `{table}` can't be used: {reason}")]
    #[diagnostic(
        code("D009"),
        help("formats are written like \"%d/%m/%Y\" or \"%Y-%m-%d %H:%M\"; \"%s\" is seconds since 1970")
    )]
    TimeFormat { table: String, format: String, reason: String },

    /// A zone that is none.
    #[error("there is no time zone \"{zone}\"")]
    #[diagnostic(code("D009"), help("zones are named by continent and city: `timezone \"America/New_York\"`"))]
    Zone { zone: String },

    /// A column that can't hold times.
    #[error("column `{column}` of `{path}` holds {found}, and can't be the time of table `{table}`")]
    #[diagnostic(code("D009"), help("name a column of dates: `table {table} from … time COLUMN`"))]
    TimeColumn { table: String, path: String, column: String, found: &'static str },

    /// A column that isn't there.
    #[error("table `{table}` (`{path}`) has no column `{column}`")]
    #[diagnostic(code("D010"), help("{}", unknown_help(.near, .columns)))]
    UnknownColumn {
        table: String,
        path: String,
        column: String,
        /// The nearest names, best first.
        near: Vec<String>,
        /// All names.
        columns: Vec<String>,
    },

    /// A column that is there, but holds nothing that can be used.
    #[error("column `{column}` of `{path}` can't be used: {reason}{}", sample(.example))]
    #[diagnostic(code("D011"), help("{}", unusable_help(column, reason)))]
    UnusableColumn { path: String, column: String, reason: &'static str, example: Example },

    /// An expression that needs another type.
    #[error("{what} of table `{table}` is {found}, where {needed} is needed{}", sample(.example))]
    #[diagnostic(code("D012"), help("{}", type_help(.found, .needed)))]
    WrongType {
        table: String,
        /// The column or the kind of expression.
        what: String,
        found: &'static str,
        needed: &'static str,
        /// A cell that is why the column has its type.
        example: Example,
    },

    /// Two sides that can't be compared.
    #[error("table `{table}`: {left} is {left_type} and {right} is {right_type}, and the two can't be compared{}", sample(.example))]
    #[diagnostic(code("D013"), help("{}", compare_help(.left_type, .right_type, .example)))]
    Compare {
        table: String,
        left: String,
        left_type: &'static str,
        right: String,
        right_type: &'static str,
        /// A cell that is why one side is text.
        example: Example,
    },

    /// A function with the wrong number of values.
    #[error("`{function}` over the rows of table `{table}` takes {expected}, and is given {found}")]
    #[diagnostic(code("D012"), help("write it with {expected}"))]
    Arguments { table: String, function: &'static str, expected: &'static str, found: usize },

    /// A line that is no JSON object.
    #[error("`{path}` line {line}: this is not one JSON object: {reason}")]
    #[diagnostic(code("D014"), help("{}", json_help(reason)))]
    JsonLine { path: String, line: u64, reason: String },

    /// A file that breaks off or was damaged.
    #[error("`{path}` of table `{table}` can't be read to its end: {reason}")]
    #[diagnostic(code("D015"), help("the file seems damaged or incomplete: export or download it again"))]
    Damaged { table: String, path: String, reason: String },

    /// A file of another kind than its ending says, or one that is locked.
    #[error("`{path}` of table `{table}` can't be read: {reason}")]
    #[diagnostic(code("D015"), help("{help}"))]
    Unfit { table: String, path: String, reason: &'static str, help: &'static str },

    /// A file that changed between opening and reading, or an engine's own failure.
    #[error("reading `{path}` of table `{table}` failed: {reason}")]
    #[diagnostic(code("D016"), help("run it again; if it fails again, please report it with the file's first lines"))]
    Failed { table: String, path: String, reason: String },

    /// A file that another program is writing.
    #[error("`{path}` of table `{table}` can't be read as it is: {reason}")]
    #[diagnostic(
        code("D016"),
        help(
            "close the program that writes it (or open the file with it once more, and close it), then run this again"
        )
    )]
    Busy { table: String, path: String, reason: String },

    /// An expression that would take forever to work out.
    #[error("an expression over table `{table}` takes more than {most} steps a row")]
    #[diagnostic(code("D017"), help("take nested `between` and `in` apart: segments hold the parts"))]
    TooLarge { table: String, most: usize },

    /// More memory than there may be.
    #[error("judging table `{table}` takes more memory than {}, which is the limit", size(*.limit))]
    #[diagnostic(
        code("D021"),
        help(
            "allow more, such as `--memory 8GiB`, or judge fewer goals at a time with `--goal`: what goals filter by, and the values of `median`, `percentile`, `stdev` and `distinct`, take most"
        )
    )]
    Memory { table: String, limit: usize },

    /// Somebody asked for it.
    #[error("the run was stopped while data was read")]
    #[diagnostic(code("D022"), help("no verdict was made; run it again"))]
    Interrupted,

    /// A file of another sort than the others of its table.
    #[error("`{path}` can't be read together with `{other}`: the files of table `{table}` are of different kinds")]
    #[diagnostic(
        code("D019"),
        help("name the files of one kind alone, with a pattern: `table {table} from \"folder/*.csv\"`")
    )]
    UnlikeFile { table: String, path: String, other: String },

    /// A link in a folder.
    #[error("`{path}` of table `{table}` is a link that leads out of the plan's folder")]
    #[diagnostic(code("D001"), help("put the file itself there, or allow it: --allow-outside"))]
    Outside { table: String, path: String },

    /// A link to another file of the same table, whose folder says otherwise.
    #[error("`{path}` is a link to `{other}`, and the names of their folders say different things of the same rows")]
    #[diagnostic(
        code("D019"),
        help("take the link away, or name only the files that are meant: `table {table} from …`")
    )]
    SameFile { table: String, path: String, other: String },

    /// A file without a column that the others of its table have.
    #[error("`{path}` has no column `{column}`, and `{other}` has one")]
    #[diagnostic(
        code("D019"),
        help(
            "the files of table `{table}` need the same columns: add `{column}` to it, take it out of `{other}`, or name only the files that belong together"
        )
    )]
    MissingColumn { table: String, path: String, column: String, other: String },

    /// A column that two files of a table store in two ways.
    #[error("column `{column}` of `{path}` holds {found}, and that of `{other}` {expected}")]
    #[diagnostic(
        code("D019"),
        help("export `{column}` alike in all files of table `{table}`, or name only the files that belong together")
    )]
    UnlikeColumn {
        table: String,
        path: String,
        column: String,
        found: &'static str,
        other: String,
        expected: &'static str,
    },

    /// A folder's name says otherwise than a cell.
    #[error("{cell}, and the folder says `{}={key}`", cell.column)]
    #[diagnostic(
        code("D019"),
        help("move the row to the folder that it belongs to, or take the column out of the file")
    )]
    KeyContradicts { cell: Box<TimeCell>, key: String },

    /// A file outside the folders that say something of the others.
    #[error("`{path}` lies in no folder `{key}=…`, and `{other}` does")]
    #[diagnostic(
        code("D019"),
        help("move it into one, or name only the files that belong together: `table {table} from …`")
    )]
    MissingKey { table: String, path: String, key: String, other: String },

    /// A cell that no table needs.
    #[error("`{path}` {} {line}, column `{column}`: this cell is longer than {most} MiB", unit(path))]
    #[diagnostic(code("D020"), help("{}", long_help(path)))]
    LongCell { path: String, line: u64, column: String, most: usize },

    /// A text that the file's end ends.
    #[error(
        "`{path}` line {line}, column `{column}`: a double quote opens here and is never closed, so that all that follows would be part of this cell"
    )]
    #[diagnostic(
        code("D020"),
        help(
            "close it at the end of the text; a double quote that belongs to the text is written twice, and the text stands between quotes: `\"5\"\" screen\"`"
        )
    )]
    UnclosedQuote { path: String, line: u64, column: String },

    /// A text that is closed only behind what seems to be rows.
    #[error(
        "`{path}` line {line}, column `{column}`: the text that a double quote opens here goes on beyond its line, and line {row} in it reads like a row of the table"
    )]
    #[diagnostic(
        code("D020"),
        help(
            "close it on its line, or, where the quote belongs to the text, write it twice, in a text between quotes: `\"5\"\" screen\"`; if line {row} is part of the text, put the text on one line"
        )
    )]
    Swallowed {
        path: String,
        line: u64,
        column: String,
        /// The line that reads like a row.
        row: u64,
    },

    /// The same where a line has no end.
    #[error("`{path}` line {line} is longer than {most} MiB")]
    #[diagnostic(code("D020"), help("write one short object a line; export the file again"))]
    LongLine { path: String, line: u64, most: usize },

    /// An object whose bytes don't come.
    #[error("`{path}` of table `{table}` can't be read: {reason}")]
    #[diagnostic(code("D030"), help("{help}"))]
    Unreachable { table: String, path: String, reason: String, help: String },

    /// An address with a secret in it.
    #[error("the address of table `{table}` holds credentials: `{path}`")]
    #[diagnostic(code("D031"), help("{}", credentials_help(table, path)))]
    Credentials { table: String, path: String },

    /// An object that became another one.
    #[error("`{path}` of table `{table}` changed while it was read")]
    #[diagnostic(code("D032"), help("run it again when nothing writes to it"))]
    Changed { table: String, path: String },

    /// An address of another machine that is reached without protection.
    #[error("`{path}` of table `{table}` would travel unprotected: http:// to {host}, which is another machine")]
    #[diagnostic(
        code("D033"),
        help("use https://; an S3 server of your own network is allowed by AWS_ALLOW_HTTP=true in the environment")
    )]
    Unprotected { table: String, path: String, host: String },

    /// No place for the copy of an object.
    #[error("the copy of `{path}` for table `{table}` can't be written to the folder `{folder}`: {reason}")]
    #[diagnostic(
        code("D034"),
        help(
            "what is no Parquet is copied to that folder for temporary files: make room there, or name another one with TMPDIR in the environment"
        )
    )]
    NoRoom { table: String, path: String, folder: String, reason: String },

    /// The system gives no threads, or not enough of something else.
    #[error("the engine can't start: {reason}")]
    #[diagnostic(
        code("D016"),
        help("close other programs, or allow fewer threads with `--threads`; then run it again")
    )]
    NoEngine { reason: String },

    /// A table that was never opened.
    #[error("table `{table}` was asked for before it was opened")]
    #[diagnostic(code("D016"), help("this is a fault of the program: please report it with the plan"))]
    NotOpen { table: String },
}

impl crate::diagnostic::Finding for DataError {}
