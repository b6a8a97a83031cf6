//! Servers that refuse, hang up or say nothing: an error with exit 4 that names the table, no verdict, no secret.

use super::server::free_port;
use super::verdicts::{PLAN, eval};
use super::{postgres, rows};
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::Path;

/// What a run over `source` says on standard error.
fn told(folder: &Path, source: &str) -> String {
    std::fs::write(folder.join("plan.goal"), PLAN.replace("\"sales.csv\"", source)).unwrap();
    let output = eval(folder, &[]);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(4), "{told}");
    assert!(output.stdout.is_empty(), "no verdict");
    // What is drawn over several lines is one sentence.
    told.split(|c: char| c.is_whitespace() || c == '│').filter(|w| !w.is_empty()).collect::<Vec<_>>().join(" ")
}

fn says(told: &str, words: &[&str]) {
    for word in words {
        assert!(told.contains(word), "{word}: {told}");
    }
}

#[test]
fn addresses_that_are_wrong_by_themselves() {
    let dir = tempfile::tempdir().unwrap();
    let secret = told(dir.path(), "\"postgres://ana:s3cret@127.0.0.1/shop\"");
    says(&secret, &["D031", "sales", "PGPASSWORD"]);
    let hidden = told(dir.path(), "\"postgres://127.0.0.1/shop?user=ana&password=s3cret\"");
    says(&hidden, &["D031", "sales"]);
    assert!(!secret.contains("s3cret") && !hidden.contains("s3cret"), "{secret} {hidden}");
    says(&told(dir.path(), "\"mysql://127.0.0.1/shop\""), &["D002", "sales", "postgres://"]);
}

/// Passes on what goes to and fro, and hangs up after so many bytes of what the server says.
fn proxy(to: u16, bytes: usize) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        let (client, _) = listener.accept().unwrap();
        let server = TcpStream::connect(("127.0.0.1", to)).unwrap();
        let (mut from, mut into) = (client.try_clone().unwrap(), server.try_clone().unwrap());
        std::thread::spawn(move || std::io::copy(&mut from, &mut into));
        let (mut server, mut client, mut left) = (server, client, bytes);
        let mut buffer = [0; 4096];
        while left > 0 {
            let most = left.min(buffer.len());
            let Ok(n) = server.read(&mut buffer[..most]) else { break };
            if n == 0 || client.write_all(&buffer[..n]).is_err() {
                break;
            }
            left -= n;
        }
        let _ = (client.shutdown(Shutdown::Both), server.shutdown(Shutdown::Both));
    });
    port
}

#[test]
fn servers_that_refuse_or_go_away() {
    let Some(server) = postgres(&rows(20_000)) else { return };
    let dir = tempfile::tempdir().unwrap();
    let at = |uri: String, sheet: &str| told(dir.path(), &format!("\"{uri}\" sheet \"{sheet}\""));
    let host = |port: u16| format!("postgresql://postgres@127.0.0.1:{port}/postgres");

    says(&at(host(free_port()), "shop.sales"), &["D041", "sales", "127.0.0.1"]);
    says(&at(server.uri("postgres"), "sale"), &["D042", "`sale`", "shop.sales"]);
    server.sql("CREATE ROLE guest LOGIN; CREATE ROLE locked LOGIN PASSWORD 'right'", "");
    says(&at(server.uri("guest"), "shop.sales"), &["D043", "sales", "permission denied"]);
    says(&at(server.uri("locked"), "shop.sales"), &["D041", "password"]);
    says(&at(format!("{}x", host(server.port)), "shop.sales"), &["D041", "does not exist"]);

    // The hundredth of a second of a conversation, and the rows half way.
    for bytes in [10, 2_000, 20_000] {
        let cut = at(host(proxy(server.port, bytes)), "shop.sales");
        assert!(cut.contains("D041") || cut.contains("D043"), "{bytes}: {cut}");
        says(&cut, &["sales"]);
    }

    // Somebody listens, and never says a word.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = silent.local_addr().unwrap().port();
    let started = std::time::Instant::now();
    says(&at(format!("{}?connect_timeout=2", host(port)), "shop.sales"), &["D041", "timeout"]);
    assert!(started.elapsed().as_secs() < 30);
}

#[test]
fn a_driver_that_is_not_there() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("plan.goal"), PLAN.replace("\"sales.csv\"", "\"duckdb://no.duckdb\"")).unwrap();
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_milepost"));
    command.args(["eval", "plan.goal"]).current_dir(dir.path()).env("MILEPOST_ADBC_DUCKDB", "/nowhere/libduckdb.so");
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(4));
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(told.contains("D040") && told.contains("MILEPOST_ADBC_DUCKDB") && told.contains("libduckdb"), "{told}");
}
