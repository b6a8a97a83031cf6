//! `milepost diff` from end to end, over files and over a git repository of its own.

use super::*;

const OLD: &str = "import \"parts.goal\"\n\n\
    goal intl \"Paid members abroad\": subs +5% where abroad\n  from Q4 2020 by 2021-09-30\n\
    \x20 guardrail net_promoter >= 50\n  owner \"Ana\"\n\n\
    goal world: subs >= 220M by 2021-12-31\n\
    goal reach: impressions +10% from Q4 2020 by 2021-09-30\n\
    goal voice: mentions +2% from Q4 2020 by 2021-09-30\n";

const NEW: &str = "import \"parts.goal\"\n\n\
    goal intl \"Paid members abroad\": subs +3% where abroad\n  from Q4 2020 by 2021-12-31\n  owner \"Ben\"\n\n\
    goal world: subs >= 220M by 2021-12-31\n\
    goal seen: impressions +10% from Q4 2020 by 2021-09-30\n\
    goal care: csat >= 90% by 2021-12-31\n";

const PARTS: &str = "segment abroad = region <> \"UCAN\"\nmetric subs = last(members)\n";

fn versions() -> Folder {
    folder(&[("old.goal", OLD), ("new.goal", NEW), ("parts.goal", PARTS)])
}

#[test]
fn two_files() {
    insta::assert_snapshot!(versions().run(&["diff", "old.goal", "new.goal", "--as-of", "2021-06-30"]));
}

#[test]
fn two_files_and_nobody_knows_when() {
    insta::assert_snapshot!(versions().run(&["diff", "old.goal", "new.goal"]));
}

#[test]
fn as_json() {
    let told = versions().run(&["diff", "old.goal", "new.goal", "--as-of", "2021-06-30", "--format", "json"]);
    insta::assert_snapshot!(told);
}

#[test]
fn nothing_but_spelling() {
    let folder = versions();
    folder.write(
        "spelt.goal",
        OLD.replace("  from Q4 2020 by 2021-09-30\n", "  by Q3 2021 from Q4 2020 # why\n").as_bytes(),
    );
    insta::assert_snapshot!(folder.run(&["diff", "old.goal", "spelt.goal"]));
}

#[test]
fn long_texts_stay_within_the_line() {
    let old = "table posts from \"posts.csv\" time at\n\
        metric virality \"How far posts travel, by all that people do with them\" = sum(posts.shares) / sum(posts.impressions)\n\
        goal a_goal_with_quite_a_long_name \"And a title that says at length what it is about\": virality >= 2% by 2021-09-30\n\
        \x20 where platform in (\"facebook\", \"instagram\", \"youtube\", \"linkedin\", \"tiktok\", \"snapchat\")\n";
    let new = old
        .replace("sum(posts.impressions)", "(sum(posts.impressions) + sum(posts.views) + sum(posts.clicks))")
        .replace(", \"tiktok\", \"snapchat\"", "")
        .replace("2021-09-30", "2021-12-31 grace 2 weeks");
    let folder = folder(&[("a.goal", old), ("b.goal", &new)]);
    let told = folder.run(&["diff", "a.goal", "b.goal", "--as-of", "2020-01-01"]);
    let long = told.lines().find(|l| l.chars().count() > 80);
    assert_eq!(long, None);
    insta::assert_snapshot!(told);
}

#[test]
fn what_cannot_be_compared() {
    let folder = versions();
    folder.write("wrong.goal", b"goal a: subs increase by 5%\n");
    let told = [
        folder.run(&["diff", "old.goal", "new.gaol"]),
        folder.run(&["diff", "old.goal", "wrong.goal"]),
        folder.run(&["diff", "old.goal", "new.goal", "parts.goal"]),
        folder.run(&["diff", "old.goal", "new.goal", "--as-of", "then"]),
    ];
    insta::assert_snapshot!(told.join("\n"));
}

/// Runs git in the folder, on a day of its own choosing; false where there is no git.
fn git(folder: &Folder, day: &str, arguments: &[&str]) -> bool {
    let mut command = Command::new("git");
    command.args(["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]).args(arguments);
    for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"] {
        command.env_remove(name);
    }
    let date = format!("{day}T12:00:00Z");
    command.env("GIT_COMMITTER_DATE", &date).env("GIT_AUTHOR_DATE", &date).current_dir(folder.path());
    match command.output() {
        Ok(output) => {
            assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
            true
        }
        Err(_) => false,
    }
}

/// A repository: v1 of 2021-02-01, v2 of 2021-07-05, and another goal in the folder as it is.
fn repository() -> Option<Folder> {
    let folder = folder(&[("plans/plan.goal", OLD), ("plans/parts.goal", PARTS)]);
    if !git(&folder, "2021-02-01", &["init", "--quiet"]) {
        eprintln!("skipped: there is no git");
        return None;
    }
    let commit = |day: &str, tag: &str| {
        git(&folder, day, &["add", "--all"]);
        git(&folder, day, &["commit", "--quiet", "-m", tag]);
        git(&folder, day, &["tag", tag]);
    };
    commit("2021-02-01", "v1");
    folder.write("plans/plan.goal", NEW.as_bytes());
    folder.write("plans/parts.goal", PARTS.replace("\"UCAN\"", "\"UCAN\" and region <> \"APAC\"").as_bytes());
    commit("2021-07-05", "v2");
    folder.write("plans/plan.goal", NEW.replace("220M", "210M").as_bytes());
    Some(folder)
}

#[test]
fn revisions() {
    let Some(folder) = repository() else { return };
    let told = [
        // Two revisions: the second one's day tells when.
        folder.run(&["diff", "v1", "v2"]),
        // A file against its own past, and against the last commit.
        folder.run(&["diff", "v1", "plans/plan.goal"]),
        folder.run(&["diff", "plans/plan.goal"]),
        folder.run(&["diff", "HEAD"]),
        // Named at a revision, and the imports of then with it.
        folder.run(&["diff", "v1:plans/plan.goal", "v2:plans/plan.goal", "--format", "json"]),
    ];
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn revisions_that_are_not_there() {
    let Some(folder) = repository() else { return };
    folder.write("late.goal", b"goal a: subs +5% by 2021-12-31\n");
    let told = [
        folder.run(&["diff", "v3"]),
        folder.run(&["diff", "v1", "late.goal"]),
        folder.run(&["diff", "v1:plans/none.goal", "plans/plan.goal"]),
        folder.run(&["diff", "v1:plans/plan.goal", "v2:plans/plan.goal", "late.goal"]),
    ];
    insta::assert_snapshot!(told.join("\n"));
}
