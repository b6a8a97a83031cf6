//! Copies of remote files need room: what happens where there is none.

use super::bytes;
use super::server::{Reply, Server};

#[test]
fn no_room_for_a_copy() {
    let server = Server::start(|asked| Reply::file(asked, &bytes(4 << 20), "v1"));
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("plan.goal"), "table posts from \"posts.csv\"\nmetric n = count(posts)\n")
        .unwrap();
    // A limit on the size of files stands for a full disk, a folder that isn't there for one that can't be written.
    let full = "trap '' XFSZ; ulimit -f 1024; exec \"$0\" \"$@\"";
    let gone = "TMPDIR=$PWD/none exec \"$0\" \"$@\"";
    for script in [full, gone] {
        let mut command = std::process::Command::new("sh");
        command.args(["-c", script, env!("CARGO_BIN_EXE_milepost"), "show", "n", "plan.goal", "--data"]);
        command.arg(format!("posts={}", server.url("posts.csv"))).current_dir(folder.path());
        let Ok(output) = command.output() else { return eprintln!("skipped: no sh") };
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(4), "{told}");
        assert!(told.contains("D034"), "{told}");
    }
}

/// A disk of one mebibyte.
#[cfg(target_os = "linux")]
struct Disk(std::path::PathBuf);

#[cfg(target_os = "linux")]
impl Disk {
    fn mounted(folder: std::path::PathBuf) -> Option<Self> {
        std::fs::create_dir(&folder).unwrap();
        let mut mount = std::process::Command::new("mount");
        let done = mount.args(["-t", "tmpfs", "-o", "size=1m", "tmpfs"]).arg(&folder).output();
        done.is_ok_and(|o| o.status.success()).then_some(Self(folder))
    }
}

#[cfg(target_os = "linux")]
impl Drop for Disk {
    fn drop(&mut self) {
        let _ = std::process::Command::new("umount").arg(&self.0).status();
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_disk_that_is_full() {
    let folder = tempfile::tempdir().unwrap();
    let Some(disk) = Disk::mounted(folder.path().join("small")) else {
        return eprintln!("skipped: no disk can be mounted here");
    };
    let server = Server::start(|asked| Reply::file(asked, &bytes(4 << 20), "v1"));
    std::fs::write(
        folder.path().join("plan.goal"),
        "table posts from \"posts.csv\"\ngoal n: count(posts) >= 1 in 2021\n",
    )
    .unwrap();
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_milepost"));
    command.args(["eval", "plan.goal", "--data", &format!("posts={}", server.url("posts.csv.gz"))]);
    let output = command.current_dir(folder.path()).env("TMPDIR", &disk.0).output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr).split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!((output.status.code(), output.stdout.len()), (Some(4), 0), "{told}");
    let words = ["D034", "posts.csv.gz` for table `posts`", "small`", "No space left on device", "make room"];
    assert!(words.iter().all(|w| told.contains(w)), "{told}");
    assert_eq!(std::fs::read_dir(&disk.0).unwrap().count(), 0, "half a copy is left");
}
