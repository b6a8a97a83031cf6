//! `milepost.toml`: what the flags set, for a folder and all below it. A flag beats it.

use super::arguments::{CheckFormat, Color, EngineName, EvalFormat};
use super::exit::CommandError;
use super::near::nearest;
use super::paths::shown;
use super::values::{engine, memory, size};
use crate::lint::Levels;
use clap::ValueEnum;
use indexmap::IndexMap;
use std::path::{Path, PathBuf};
use toml::de::{DeTable, DeValue};

/// The name of the file.
const NAME: &str = "milepost.toml";

/// What a settings file says; all of it optional.
#[derive(Debug, Default)]
pub struct Settings {
    /// Its folder, which its paths are relative to.
    pub folder: PathBuf,
    /// `format`, or `format.check`: what `check` writes.
    pub check_format: Option<CheckFormat>,
    /// `format`, or `format.eval`: what `eval` writes.
    pub eval_format: Option<EvalFormat>,
    /// `as-of`
    pub as_of: Option<String>,
    /// `color`
    pub color: Option<Color>,
    /// `fail-on`
    pub fail_on: Option<Vec<String>>,
    /// `threads`
    pub threads: Option<u16>,
    /// `engine`
    pub engine: Option<EngineName>,
    /// `[lints]`: levels by code, name, letter or level.
    pub levels: Levels,
    /// `max-file-size`
    pub max_file_size: Option<u64>,
    /// `cache`: whether anything is kept from run to run
    pub cache: Option<bool>,
    /// `cache-dir`
    pub cache_dir: Option<PathBuf>,
    /// `memory`, in bytes
    pub memory: Option<u64>,
    /// `[tables]`: paths by table.
    pub tables: IndexMap<String, String>,
}

type Set = fn(&mut Settings, &DeValue) -> Result<(), String>;

/// Every key, and how it is taken.
const KEYS: &[(&str, Set)] = &[
    ("as-of", |s, v| {
        s.as_of = Some(
            v.as_str()
                .map(str::to_owned)
                .or(v.as_datetime().map(ToString::to_string))
                .ok_or("a date such as 2021-09-30")?,
        );
        Ok(())
    }),
    ("cache", |s, v| {
        s.cache = Some(v.as_bool().ok_or("true or false")?);
        Ok(())
    }),
    ("cache-dir", |s, v| {
        s.cache_dir = Some(s.folder.join(v.as_str().ok_or("a path in quotes")?));
        Ok(())
    }),
    ("color", |s, v| one_of(v).map(|c| s.color = Some(c))),
    ("engine", |s, v| {
        let wanted = "\"datafusion\", or the address of a cluster such as \"ballista://10.0.0.5:50050\"";
        s.engine = Some(v.as_str().and_then(|text| engine(text).ok()).ok_or(wanted)?);
        Ok(())
    }),
    ("fail-on", |s, v| {
        let words = |list: &toml::de::DeArray| list.iter().map(|w| w.get_ref().as_str().map(str::to_owned)).collect();
        let found = match v.as_array() {
            Some(list) => words(list),
            None => v.as_str().map(|w| vec![w.to_owned()]),
        };
        s.fail_on = Some(found.ok_or("a list of statuses such as [\"missed\", \"off-track\"]")?);
        Ok(())
    }),
    ("format", |s, v| match v.as_table() {
        None => formats(s, v),
        Some(table) => {
            for (command, format) in table {
                let format = format.get_ref();
                match command.get_ref().as_ref() {
                    "check" => one_of(format).map(|f| s.check_format = Some(f)),
                    "eval" => one_of(format).map(|f| s.eval_format = Some(f)),
                    _ => Err("of one command as check or eval: format.check = \"sarif\"".to_owned()),
                }?;
            }
            Ok(())
        }
    }),
    ("lints", |s, v| {
        let table = v.as_table().ok_or("a section: [lints], then CODE = \"LEVEL\" lines")?;
        // Whatever the order of the lines, a rule's own one beats its letter's, and that one beats all.
        let mut lines: Vec<_> = table.iter().collect();
        lines.sort_by_key(|(name, _)| breadth(name.get_ref()));
        for (name, level) in lines {
            let level =
                level.get_ref().as_str().ok_or("a level in quotes for each lint: off, hint, warning or error")?;
            s.levels.set(name.get_ref(), level).map_err(|e| format!("a section of levels by lint: {e}"))?;
        }
        Ok(())
    }),
    ("max-file-size", |s, v| {
        let wanted = || "a size in quotes such as \"200MiB\"".to_owned();
        s.max_file_size = Some(size(v.as_str().ok_or_else(wanted)?).map_err(|_| wanted())?);
        Ok(())
    }),
    ("memory", |s, v| {
        let wanted = || "a size of 1MiB or more in quotes such as \"8GiB\"".to_owned();
        s.memory = Some(memory(v.as_str().ok_or_else(wanted)?).map_err(|_| wanted())?);
        Ok(())
    }),
    ("tables", |s, v| {
        let table = v.as_table().ok_or("a section: [tables], then NAME = \"PATH\" lines")?;
        for (name, path) in table {
            let path = path.get_ref().as_str().ok_or("a path in quotes for each table")?;
            s.tables.insert(name.get_ref().to_string(), path.to_owned());
        }
        Ok(())
    }),
    ("threads", |s, v| {
        let number = v.as_integer().and_then(|n| u16::from_str_radix(n.as_str(), n.radix()).ok());
        s.threads = Some(number.filter(|n| (1..=1024).contains(n)).ok_or("a number from 1 to 1024")?);
        Ok(())
    }),
];

/// How few rules a name of `[lints]` stands for: all, those of a level, those of a letter, one.
fn breadth(name: &str) -> u8 {
    match name {
        "all" => 0,
        "error" | "warning" | "hint" => 1,
        letter if letter.len() == 1 => 2,
        _ => 3,
    }
}

/// A format without a command is one that all of them write.
fn formats(settings: &mut Settings, value: &DeValue) -> Result<(), String> {
    let (check, eval) = (one_of::<CheckFormat>(value), one_of::<EvalFormat>(value));
    let both = words::<CheckFormat>().into_iter().filter(|w| words::<EvalFormat>().contains(w));
    let (Ok(check), Ok(eval)) = (check, eval) else {
        let all = both.collect::<Vec<_>>().join(" or ");
        return Err(format!("{all}, or of one command: format.check = \"sarif\""));
    };
    (settings.check_format, settings.eval_format) = (Some(check), Some(eval));
    Ok(())
}

/// A word of the list of a flag.
fn one_of<T: ValueEnum>(value: &DeValue) -> Result<T, String> {
    let word = value.as_str().unwrap_or("");
    T::from_str(word, false).map_err(|_| words::<T>().join(" or "))
}

/// The words of a flag, in quotes.
fn words<T: ValueEnum>() -> Vec<String> {
    let names = T::value_variants().iter().filter_map(ValueEnum::to_possible_value);
    names.map(|v| format!("{:?}", v.get_name())).collect()
}

impl Settings {
    /// The settings for a plan whose first file is `first`: of its folder, or the nearest one above that has some.
    ///
    /// # Errors
    /// A file that can't be read, an unknown key, a value that isn't of its key.
    pub fn find(first: Option<&Path>) -> Result<Self, CommandError> {
        let start = match first {
            Some(path) if path.is_dir() => path,
            Some(path) => path.parent().unwrap_or(Path::new("")),
            None => Path::new(""),
        };
        let start = if start.as_os_str().is_empty() { Path::new(".") } else { start };
        let Ok(full) = std::fs::canonicalize(start) else { return Ok(Self::default()) };
        // Within the folder as it was named the short path is what people know; above it only the full one is sure.
        let found = full.ancestors().map(|folder| folder.join(NAME)).find(|path| path.is_file());
        let Some(path) = found else { return Ok(Self::default()) };
        let here = path.parent() == Some(&full);
        let path = if here { super::paths::tidy(&start.join(NAME)) } else { path };
        let text = std::fs::read_to_string(&path)
            .map_err(|e| CommandError::Unreadable { path: shown(&path), reason: super::paths::reason(&e) })?;
        Self::read(&path, &text)
    }

    fn read(path: &Path, text: &str) -> Result<Self, CommandError> {
        let wrong = |offset: usize, problem: String, help: Option<String>| {
            let line = text.bytes().take(offset).filter(|b| *b == b'\n').count() + 1;
            CommandError::Settings { place: format!("{}:{line}", shown(path)), problem, help }
        };
        let table = DeTable::parse(text)
            .map_err(|e| wrong(e.span().map_or(0, |s| s.start), format!("this is no TOML: {}", e.message()), None))?;
        let mut settings = Self { folder: path.parent().unwrap_or(Path::new("")).to_owned(), ..Self::default() };
        for (key, value) in table.get_ref() {
            let (name, offset) = (key.get_ref().as_ref(), key.span().start);
            let Some((_, set)) = KEYS.iter().find(|(k, _)| *k == name) else {
                let near = nearest(name, KEYS.iter().map(|(k, _)| *k));
                let problem =
                    format!("there is no setting `{name}`{}", super::near::or_nearest(&near.map(str::to_owned)));
                let all: Vec<&str> = KEYS.iter().map(|(k, _)| *k).collect();
                return Err(wrong(offset, problem, Some(format!("settings are {}", all.join(", ")))));
            };
            set(&mut settings, value.get_ref())
                .map_err(|wanted| wrong(offset, format!("`{name}` is {wanted}"), None))?;
        }
        Ok(settings)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Settings, String> {
        Settings::read(Path::new("x/milepost.toml"), text).map_err(|e| e.text())
    }

    #[test]
    fn takes_every_key() {
        let text = "as-of = 2021-09-30\ncolor = \"never\"\nengine = \"datafusion\"\nfail-on = [\"missed\", \"at-risk\"]\n\
                    format = \"json\"\nmax-file-size = \"1MiB\"\nmemory = \"2GiB\"\nthreads = 2\n[tables]\nsubs = \"data/subs.csv\"\n";
        let s = read(text).expect("all is well");
        assert_eq!(s.as_of.as_deref(), Some("2021-09-30"));
        assert_eq!((s.color, s.engine), (Some(Color::Never), Some(EngineName::Datafusion)));
        assert_eq!(s.fail_on, Some(vec!["missed".to_owned(), "at-risk".to_owned()]));
        assert_eq!((s.check_format, s.eval_format), (Some(CheckFormat::Json), Some(EvalFormat::Json)));
        assert_eq!((s.threads, s.max_file_size, s.memory), (Some(2), Some(1 << 20), Some(2 << 30)));
        assert_eq!(s.tables.get("subs").map(String::as_str), Some("data/subs.csv"));
    }

    #[test]
    fn a_format_of_one_command() {
        let s = read("format.check = \"sarif\"\nformat.eval = \"csv\"\n").expect("all is well");
        assert_eq!((s.check_format, s.eval_format), (Some(CheckFormat::Sarif), Some(EvalFormat::Csv)));
        let s = read("[format]\ncheck = \"github\"\n").expect("all is well");
        assert_eq!((s.check_format, s.eval_format), (Some(CheckFormat::Github), None));
    }

    #[test]
    fn the_narrower_level_wins() {
        let s = read("[lints]\nT501 = \"error\"\nT = \"hint\"\nall = \"off\"\n").expect("all is well");
        let level = |code: &str| s.levels.of(crate::lint::find(code).expect("a rule"));
        assert_eq!(level("T501"), Some(crate::diagnostic::Level::Error));
        assert_eq!(level("S106"), None);
    }

    #[test]
    fn says_what_is_wrong_and_where() {
        let wrong = [
            "\nfromat = \"json\"",
            "format = \"csv\"",
            "format.show = \"csv\"",
            "format.eval = \"sarif\"",
            "threads = 0",
            "memory = 12",
            "color = 3",
            "fail-on = 7",
            "[lints]\nS999 = \"off\"",
            "[lints]\nT501 = \"loud\"",
            "tables = 1",
            "a = = b",
        ];
        let said: Vec<String> = wrong.iter().map(|text| read(text).expect_err("it is wrong")).collect();
        insta::assert_snapshot!(said.join(""));
    }
}
