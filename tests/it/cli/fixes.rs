//! `check --fix`, `--unsafe` and `--diff` on files: nothing is written by halves, and a second run has nothing to do.

use super::folder;

/// What is shown here is the making of corrections, whichever rules there are.
const LINTS: (&str, &str) = ("milepost.toml", "[lints]\nall = \"off\"\nL002 = \"warning\"\n");

#[test]
fn unsafe_alone_is_usage() {
    let folder = folder(&[("plan.goal", "plan \"x\"\n")]);
    let told = [folder.run(&["check", "--unsafe"]), folder.run(&["check", "--diff", "--format", "json"])];
    insta::assert_snapshot!(told.join("\n"));
}

/// A correction can bring another one to light: one run makes both, and `--diff` shows both.
#[test]
fn all_rounds_in_one_run() {
    let before = "# kept\ngoal a: subs increase by 5% by September 30, 2021 # kept too\n\n\
                  # milepost: allow(T501) because it was open once\ngoal b: subs +5% by 2021-09-30\n";
    let folder = folder(&[("plan.goal", before), LINTS]);
    let shown = folder.run(&["check", "--diff"]);
    assert_eq!(folder.read("plan.goal"), before);
    let fixed = folder.run(&["check", "--fix"]);
    let after = folder.read("plan.goal");
    let again = folder.run(&["check", "--fix"]);
    assert_eq!(folder.read("plan.goal"), after);
    assert!(!again.contains("correction"), "{again}");
    insta::assert_snapshot!([shown, fixed, after].join("\n"));
}

#[test]
fn an_import_is_corrected_in_its_own_file() {
    let folder = folder(&[
        ("plan.goal", "import \"more/goals.goal\"\nmetric subs = last(m.paid)\n"),
        ("more/goals.goal", "goal a: subs +5% by September 30, 2021\n"),
    ]);
    folder.run(&["check", "plan.goal", "--fix"]);
    assert_eq!(folder.read("more/goals.goal"), "goal a: subs +5% by 2021-09-30\n");
}

#[test]
fn standard_input_is_shown_and_not_written() {
    let folder = folder(&[LINTS]);
    let plan = "goal a: subs increase by 5% by September 30, 2021\n";
    let told = [folder.feed(&["check", "-", "--diff"], plan), folder.feed(&["check", "-", "--fix"], plan)];
    insta::assert_snapshot!(told.join("\n"));
}

/// Where one of several files can't be written, the error says which.
#[cfg(unix)]
#[test]
fn a_file_that_is_read_only_stays() {
    use std::os::unix::fs::PermissionsExt;
    let folder = folder(&[("plan.goal", "goal a: subs +5% by September 30, 2021\n")]);
    let path = folder.path().join("plan.goal");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o444)).expect("permissions");
    let told = folder.run(&["check", "--fix"]);
    assert!(told.contains("`plan.goal` can't be written: it is read-only") && told.ends_with("--- exit 2\n"), "{told}");
    assert!(folder.read("plan.goal").contains("September"));
}
