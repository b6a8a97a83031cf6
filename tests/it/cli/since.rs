//! `check --since`, in a repository of its own.

use super::*;

const THEN: &str = "metric subs = last(paid)\nmetric reach = sum(seen)\n\n\
                    goal more: subs up by 2021-09-30\ngoal seen: reach up by 2021-09-30\n";

fn git(folder: &Folder, arguments: &[&str]) {
    let mut command = Command::new("git");
    command.args(["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]);
    let output = command.args(arguments).current_dir(folder.path()).output().expect("git is on this machine");
    assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// A repository whose one commit, tagged `then`, holds the files.
fn repository(files: &[(&str, &str)]) -> Folder {
    let folder = folder(files);
    git(&folder, &["init", "--quiet"]);
    git(&folder, &["add", "--all"]);
    git(&folder, &["commit", "--quiet", "-m", "then"]);
    git(&folder, &["tag", "then"]);
    folder
}

/// The names of the goals that S106 (no number) is said of, in order.
fn found(folder: &Folder, arguments: &[&str]) -> Vec<String> {
    let all = [arguments, &["--format", "json", "--lint", "all=off", "--lint", "S106=warning"]].concat();
    let output = folder.command(&all).output().expect("the binary runs");
    let text = String::from_utf8_lossy(&output.stdout);
    let json: serde_json::Value = serde_json::from_str(&text).unwrap_or_else(|e| panic!("{text}\n{e}\n{output:?}"));
    let goals: Vec<String> = json["cards"].as_array().expect("cards").iter().map(|c| c["goal"].to_string()).collect();
    assert_eq!(json["diagnostics"].as_array().expect("a list").len(), goals.len(), "{text}");
    goals.iter().map(|g| g.trim_matches('"').to_owned()).collect()
}

#[test]
fn only_what_changed_is_reported() {
    let folder = repository(&[("plans/a.goal", THEN)]);
    assert_eq!(found(&folder, &["check"]), ["more", "seen"]);
    assert_eq!(found(&folder, &["check", "--since", "then"]), Vec::<String>::new());
    folder.write("plans/a.goal", THEN.replace("sum(seen)", "sum(views)").as_bytes());
    assert_eq!(found(&folder, &["check", "--since", "then"]), ["seen"]);
    assert_eq!(found(&folder, &["check", "plans/a.goal", "--since", "HEAD"]), ["seen"]);
    folder.write("plans/b.goal", b"goal other: subs up by 2022-09-30\n");
    assert_eq!(found(&folder, &["check", "plans", "--since", "then"]), ["seen", "other"]);
    git(&folder, &["add", "--all"]);
    git(&folder, &["commit", "--quiet", "-m", "now"]);
    assert_eq!(found(&folder, &["check", "plans", "--since", "HEAD"]), Vec::<String>::new());
    assert_eq!(found(&folder, &["check", "plans", "--since", "HEAD~1"]), ["seen", "other"]);
}

#[test]
fn what_a_gone_file_used_is_looked_at_again() {
    let user = "goal other: reach up by 2022-09-30\n";
    let folder = repository(&[("a.goal", &THEN.replace("goal seen: reach up by 2021-09-30\n", "")), ("b.goal", user)]);
    std::fs::remove_file(folder.path().join("b.goal")).expect("it is there");
    let off = ["--lint", "all=off", "--lint", "R405=hint"];
    let told = folder.run(&[&["check", "--since", "then"], &off[..]].concat());
    assert!(told.contains("nothing uses the metric `reach`"), "{told}");
    let told = folder.run(&[&["check", "a.goal", "--since", "then"], &off[..]].concat());
    assert!(!told.contains("`reach`"), "{told}");
}

#[test]
fn errors_are_always_reported_and_fixes_keep_to_what_changed() {
    let folder = repository(&[(
        "a.goal",
        "goal a: x +5% by 2021-09-30\n# milepost: allow(T501) because of it\ngoal b: x +5% by 2021-09-30\n",
    )]);
    let told = folder.run(&["check", "--since", "then", "--fix"]);
    assert!(told.contains("--- exit 0") && folder.read("a.goal").contains("milepost: allow"), "{told}");
    folder.write(
        "a.goal",
        b"goal a: x +5% by 2021-09-30\n# milepost: allow(T501) because of it\ngoal b: x +6% by 2021-09-30\n",
    );
    folder.run(&["check", "--since", "then", "--fix"]);
    assert!(!folder.read("a.goal").contains("milepost: allow"), "{}", folder.read("a.goal"));
    let wrong = repository(&[("a.goal", "goal a: x +5% by\n")]);
    let told = wrong.run(&["check", "--since", "then"]);
    assert!(told.contains("error[") && told.contains("--- exit 3"), "{told}");
}

#[test]
fn nothing_changed_reads_well() {
    let folder = repository(&[("a.goal", THEN)]);
    insta::assert_snapshot!(folder.run(&["check", "--since", "then"]));
}

#[test]
fn what_git_does_not_know_is_said() {
    let inside = repository(&[("a.goal", THEN)]);
    let outside = folder(&[("a.goal", THEN)]);
    let told = [
        inside.run(&["check", "--since", "mian"]),
        outside.run(&["check", "--since", "main"]),
        inside.feed(&["check", "-", "--since", "then"], THEN),
    ];
    insta::assert_snapshot!(told.join("\n"));
    let mut command = inside.command(&["check", "--since", "then"]);
    let output = command.env("PATH", outside.path()).output().expect("the binary runs");
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(told.contains("git isn't on this machine") && output.status.code() == Some(2), "{told}");
}

#[test]
fn a_hook_names_its_repository_and_is_not_followed() {
    let folder = repository(&[("plans/a.goal", THEN)]);
    let mut command = folder.command(&["check", "plans", "--since", "then"]);
    let output = command.env("GIT_DIR", ".git").env("GIT_INDEX_FILE", ".git/index").output().expect("the binary runs");
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
}
