//! The command from end to end: standard output, standard error and exit code in one snapshot each.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// A folder with files.
pub struct Folder(TempDir);

/// With those files.
pub fn folder(files: &[(&str, &str)]) -> Folder {
    let folder = Folder(TempDir::new().expect("a temporary folder"));
    for (path, text) in files {
        folder.write(path, text.as_bytes());
    }
    folder
}

impl Folder {
    pub fn path(&self) -> &Path {
        self.0.path()
    }

    pub fn write(&self, path: &str, bytes: &[u8]) {
        let path = self.path().join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, bytes).expect("a file");
    }

    fn read(&self, path: &str) -> String {
        std::fs::read_to_string(self.path().join(path)).expect("a file")
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_milepost"));
        command.args(arguments).current_dir(self.path());
        // What is kept from run to run stays in the folder.
        command.env("XDG_CACHE_HOME", self.path().join(".cache"));
        for name in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "COLUMNS", "FORCE_COLOR"] {
            command.env_remove(name);
        }
        command
    }

    /// What a run printed, and how it ended.
    pub fn run(&self, arguments: &[&str]) -> String {
        self.feed(arguments, "")
    }

    /// Likewise, with a text as standard input.
    fn feed(&self, arguments: &[&str], input: &str) -> String {
        let mut command = self.command(arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the binary runs");
        // A run that reads no input closes it.
        let _ = child.stdin.take().expect("piped").write_all(input.as_bytes());
        let output = child.wait_with_output().expect("it ends");
        let shown: Vec<String> = arguments
            .iter()
            .map(|a| if a.contains([' ', '*', '$']) { format!("'{a}'") } else { a.to_string() })
            .collect();
        let mut told = format!("$ milepost {}\n", shown.join(" "));
        for (name, bytes) in [("stdout", &output.stdout), ("stderr", &output.stderr)] {
            if !bytes.is_empty() {
                told += &format!("--- {name}\n{}", String::from_utf8_lossy(bytes));
            }
        }
        told + &format!("--- exit {}\n", output.status.code().unwrap_or(-1))
    }
}

const PLAN: &str = "table memberships from \"memberships.csv\" time period_end every quarter\n\
                    metric subs = last(memberships.paid)\n\n\
                    goal intl \"Paid members abroad\": subs +5% from Q4 2020 by 2021-09-30\n";

mod check {
    use super::*;

    #[test]
    fn nothing_to_complain_of() {
        insta::assert_snapshot!(folder(&[("plan.goal", PLAN)]).run(&["check", "plan.goal"]));
    }

    #[test]
    fn every_error_of_every_file() {
        let folder = folder(&[
            ("a.goal", "goal subs +5% by\nmetric x = = 3\ngoal visits up by 2021\n"),
            ("b/c.goal", "goal y increase by 5% by September 30, 2021\n"),
            (".hidden/d.goal", "nonsense\n"),
            ("target/e.goal", "nonsense\n"),
        ]);
        insta::assert_snapshot!(folder.run(&["check"]));
    }

    #[test]
    fn as_json() {
        insta::assert_snapshot!(folder(&[("a.goal", "goal subs +5% by\n")]).run(&["check", "--format", "json"]));
    }

    #[test]
    fn standard_input() {
        insta::assert_snapshot!(folder(&[]).feed(&["check", "-"], "goal subs +5% by\n"));
    }

    #[test]
    fn fixes_are_written_and_differences_shown() {
        let before = "# kept\r\ngoal intl: subs +5% by September 30, 2021\r\n";
        let folder = folder(&[("plan.goal", before)]);
        let shown = folder.run(&["check", "plan.goal", "--diff"]);
        assert_eq!(folder.read("plan.goal"), before);
        let told = [shown, folder.run(&["check", "plan.goal", "--fix"]), folder.read("plan.goal")];
        insta::assert_snapshot!(told.join("\n"));
    }

    #[cfg(unix)]
    #[test]
    fn a_fix_keeps_permissions_and_leaves_nothing_behind() {
        use std::os::unix::fs::PermissionsExt;
        let folder = folder(&[("plan.goal", "goal intl: subs +5% by September 30, 2021\n")]);
        let path = folder.path().join("plan.goal");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).expect("permissions");
        folder.run(&["check", "plan.goal", "--fix"]);
        assert_eq!(std::fs::metadata(&path).expect("a file").permissions().mode() & 0o777, 0o640);
        assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 1);
        assert!(folder.read("plan.goal").contains("2021-09-30"));
    }
}

mod files {
    use super::*;

    #[test]
    fn a_missing_file_names_the_nearest() {
        insta::assert_snapshot!(folder(&[("plan.goal", PLAN)]).run(&["check", "plna.goal"]));
    }

    #[test]
    fn no_plan_at_all() {
        insta::assert_snapshot!(folder(&[("x.txt", "")]).run(&["check"]));
    }

    #[test]
    fn bad_utf8_and_too_large() {
        let folder = folder(&[("fine.goal", "plan \"x\"\n"), ("large.goal", &"#".repeat(2000))]);
        folder.write("latin.goal", b"plan \"x\"\nowner \"Ren\xe9\"\n");
        insta::assert_snapshot!(folder.run(&["check", "--max-file-size", "1KiB"]));
    }

    #[test]
    fn a_byte_order_mark_is_fine() {
        let folder = folder(&[("plan.goal", &format!("\u{feff}{PLAN}"))]);
        assert!(folder.run(&["check"]).ends_with("--- exit 0\n"), "{}", folder.run(&["check"]));
    }

    #[test]
    fn imports_are_read_once_and_relative_to_their_file() {
        let folder = folder(&[
            ("plan.goal", &format!("import \"shared/metrics.goal\"\nimport \"shared/lets.goal\"\n{PLAN}")),
            ("shared/metrics.goal", "import \"lets.goal\"\n"),
            ("shared/lets.goal", "let seats = 300M\n"),
        ]);
        insta::assert_snapshot!(folder.run(&["check", "plan.goal"]));
    }

    #[test]
    fn a_circle_of_imports_shows_the_way_round() {
        let folder = folder(&[
            ("plan.goal", "plan \"x\"\nimport \"a/one.goal\"\n"),
            ("a/one.goal", "import \"two.goal\"\n"),
            ("a/two.goal", "\nimport \"../plan.goal\"\nimport \"two.goal\"\n"),
        ]);
        insta::assert_snapshot!(folder.run(&["check", "plan.goal"]));
    }

    #[test]
    fn imports_that_lead_nowhere_or_outside() {
        let folder = folder(&[
            ("plan/plan.goal", "import \"metrcs.goal\"\nimport \"../other.goal\"\nimport \"/etc/hosts\"\n"),
            ("plan/metrics.goal", ""),
            ("other.goal", ""),
        ]);
        insta::assert_snapshot!(folder.run(&["check", "plan/plan.goal"]));
    }

    #[test]
    fn outside_is_allowed_by_a_flag() {
        let folder = folder(&[("plan/plan.goal", "import \"../other.goal\"\n"), ("other.goal", "plan \"x\"\n")]);
        insta::assert_snapshot!(folder.run(&["check", "plan/plan.goal", "--allow-outside"]));
    }
}

mod fmt {
    use super::*;

    const UGLY: &str = "goal   subs   +5%   by 2021-09-30\n\n\n\n# end\n";

    #[test]
    fn in_place_once() {
        let folder = folder(&[("a.goal", UGLY), ("b.goal", "goal subs +5% by\n")]);
        let told = [folder.run(&["fmt"]), folder.read("a.goal"), folder.run(&["fmt", "a.goal"])];
        insta::assert_snapshot!(told.join("\n"));
    }

    #[test]
    fn check_and_diff_change_nothing() {
        let folder = folder(&[("a.goal", UGLY)]);
        let told = [folder.run(&["fmt", "--check"]), folder.run(&["fmt", "--diff"])];
        assert_eq!(folder.read("a.goal"), UGLY);
        insta::assert_snapshot!(told.join("\n"));
    }

    #[test]
    fn standard_input_goes_to_standard_output() {
        insta::assert_snapshot!(folder(&[]).feed(&["fmt", "-"], UGLY));
    }
}

mod explain {
    use super::*;

    #[test]
    fn a_page() {
        insta::assert_snapshot!(folder(&[]).run(&["explain", "n091"]));
    }

    #[test]
    fn a_function() {
        let told = ["NPV", "networkdays", "sum"].map(|name| folder(&[]).run(&["explain", name]));
        insta::assert_snapshot!(told.join("\n"));
    }

    #[test]
    fn a_code_that_is_not_there_and_a_goal() {
        let folder = folder(&[]);
        insta::assert_snapshot!([folder.run(&["explain", "N099"]), folder.run(&["explain", "intl"])].join("\n"));
    }

    #[test]
    fn all_codes_are_listed_with_a_title() {
        let listed = folder(&[]).run(&["explain"]);
        let lints = milepost::lint::rules::ALL.iter().map(|rule| rule.entry());
        for code in milepost::diagnostic::codes::CODES.iter().copied().chain(lints) {
            assert!(listed.contains(&format!("{}  {}\n", code.code, code.title())), "{}", code.code);
        }
    }

    #[test]
    fn a_lint_by_its_code_and_its_name() {
        let folder = folder(&[]);
        let by_name = folder.run(&["explain", "allow-without-effect"]);
        let page = |told: &str| told.lines().skip(1).map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(page(&by_name), page(&folder.run(&["explain", "l002"])));
        insta::assert_snapshot!([by_name, folder.run(&["explain", "no-dedline"])].join("\n"));
    }
}

mod test {
    use super::*;

    const TESTED: &str = "metric subs = last(members.paid) unit members\n\
                          goal intl: subs +5% from Q4 2020 by 2021-09-30\n\n\
                          test \"five percent on 100M needs 105M\"\n  \
                          given subs = 100M at 2020-12-31, 105M at 2021-09-30\n  as of 2021-10-01\n  expect intl met\n\n\
                          test \"four million short\"\n  \
                          given subs = 100M at 2020-12-31, 101M at 2021-09-30\n  as of 2021-10-01\n  \
                          expect intl missed\n  expect subs = 105M\n";

    #[test]
    fn results_for_people_and_programs() {
        let folder = folder(&[("plan.goal", TESTED)]);
        let told: Vec<String> =
            ["text", "json", "junit"].iter().map(|f| folder.run(&["test", "plan.goal", "--format", f])).collect();
        insta::assert_snapshot!(told.join("\n"));
    }

    #[test]
    fn some_none_and_wrong_ones() {
        let wrong = TESTED.replace("given subs", "given sub");
        let folder = folder(&[("plan.goal", TESTED), ("none.goal", PLAN), ("wrong.goal", &wrong)]);
        let told = [
            folder.run(&["test", "plan.goal", "--filter", "105M"]),
            folder.run(&["test", "plan.goal", "--filter", "nothing"]),
            folder.run(&["test", "none.goal"]),
            folder.run(&["test", "wrong.goal"]),
        ];
        insta::assert_snapshot!(told.join("\n"));
    }
}

mod usage {
    use super::*;

    #[test]
    fn help_lists_the_commands() {
        insta::assert_snapshot!(folder(&[]).run(&["--help"]));
    }

    #[test]
    fn later_commands_say_so() {
        let folder = folder(&[]);
        let later = ["seek", "backtest", "serve", "lsp", "schema"];
        let told: Vec<String> = later.iter().map(|c| folder.run(&[c, "x", "--y"])).collect();
        insta::assert_snapshot!(told.join("\n"));
    }

    #[test]
    fn a_wrong_flag_is_usage() {
        insta::assert_snapshot!(folder(&[]).run(&["check", "--fromat", "json"]));
    }

    #[test]
    fn settings_are_found_upwards_and_a_flag_beats_them() {
        let folder = folder(&[("milepost.toml", "format = \"json\"\n"), ("a/plan.goal", "plan \"x\"\n")]);
        let told = [folder.run(&["check", "a/plan.goal"]), folder.run(&["check", "a/plan.goal", "--format", "text"])];
        insta::assert_snapshot!(told.join("\n"));
    }

    #[test]
    fn a_setting_may_name_a_format_that_only_check_writes() {
        let plan = ("plan.goal", "goal subs +5% by\n");
        let folder = folder(&[("milepost.toml", "format.check = \"short\"\n"), plan]);
        assert!(
            folder.run(&["check"]).contains("--- stdout\nplan.goal:1:16: error[P001]: "),
            "{}",
            folder.run(&["check"])
        );
        folder.write("milepost.toml", b"format = \"short\"\n");
        let told = folder.run(&["check"]);
        assert!(told.contains("`format` is \"text\" or \"json\" or \"junit\", or of one command"), "{told}");
    }

    #[test]
    fn a_wrong_setting_names_the_nearest() {
        let folder = folder(&[("milepost.toml", "\ntable = 3\n"), ("plan.goal", "plan \"x\"\n")]);
        insta::assert_snapshot!(folder.run(&["check"]));
    }

    #[test]
    fn completions_are_derived() {
        let script = folder(&[]).run(&["completions", "bash"]);
        assert!(script.contains("--fail-on") && script.ends_with("--- exit 0\n"));
    }

    #[test]
    fn colour_only_when_asked_for() {
        let folder = folder(&[("plan.goal", "goal subs +5% by\n")]);
        assert!(!folder.run(&["check"]).contains('\u{1b}'));
        assert!(folder.run(&["check", "--color", "always"]).contains('\u{1b}'));
    }

    #[test]
    fn a_reader_that_goes_away_is_no_panic() {
        let folder = folder(&[]);
        let mut child = folder
            .command(&["completions", "zsh"])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary runs");
        drop(child.stdout.take());
        let output = child.wait_with_output().expect("it ends");
        assert_eq!(String::from_utf8_lossy(&output.stderr), "");
        assert_eq!(output.status.code(), Some(0));
    }
}

mod calc {
    use super::*;

    #[test]
    fn a_result_a_line() {
        let formulas = ["1 + 2 * 3", "$5 * 3", "10% + 2pp", "1 / 0", "2 hours", "1M / 3", "if(1 > 2, 3, 4)", "-3"];
        let arguments: Vec<&str> = std::iter::once("calc").chain(formulas).collect();
        insta::assert_snapshot!(folder(&[]).run(&arguments));
    }

    #[test]
    fn a_bad_line_says_so_and_the_rest_go_on() {
        let lines = "2 + 2\n$5 + 3 members\n\nsubs * 2\n1 +\nnpv(10%, 100, 110)\n3 * 3\n";
        insta::assert_snapshot!(folder(&[]).feed(&["calc", "-"], lines));
    }
}

#[cfg(not(feature = "datafusion"))]
#[test]
fn without_an_engine_data_is_not_read() {
    let folder = folder(&[("plan.goal", PLAN), ("metrics.csv", "date,subs\n")]);
    let told = [folder.run(&["eval"]), folder.run(&["init", "metrics.csv"])];
    insta::assert_snapshot!(told.join("\n"));
}

#[cfg(feature = "datafusion")]
mod data;
mod diff;
mod fixes;
mod formats;
mod since;
