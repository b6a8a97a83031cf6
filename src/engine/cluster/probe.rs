//! Is there a scheduler, and has an executor joined it? Asks over plain HTTP, with a limit in time. Must not know what is to
//! be read.

use std::io::{Read as _, Write as _};
use std::net::{TcpStream, ToSocketAddrs as _};
use std::time::{Duration, Instant};

/// Longer answers are another's.
const MOST: usize = 1 << 16;

/// Between two questions.
const PAUSE: Duration = Duration::from_millis(200);

/// What a scheduler says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It has so many executors.
    Ready(usize),
    /// It has none yet.
    Alone,
}

/// Waits until the scheduler has an executor, `patience` for an answer and `joining` for the executor; gives how many it has.
///
/// # Errors
/// Why not, in words.
pub fn wait(address: &str, patience: Duration, joining: Duration) -> Result<usize, String> {
    let start = Instant::now();
    loop {
        match ask(address, patience)? {
            State::Ready(executors) => return Ok(executors),
            State::Alone if start.elapsed() > joining => return Err("no executor has joined its scheduler".to_owned()),
            State::Alone => std::thread::sleep(PAUSE),
        }
    }
}

/// Asks once.
///
/// # Errors
/// Why there is no answer, in words.
pub fn ask(address: &str, patience: Duration) -> Result<State, String> {
    let deadline = Instant::now() + patience;
    let mut stream = connect(address, deadline)?;
    let request = format!("GET /readyz HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    let late = |e: std::io::Error| match e.kind() {
        std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut => "it doesn't answer".to_owned(),
        _ => e.to_string(),
    };
    stream.write_all(request.as_bytes()).map_err(late)?;
    let mut answer = Vec::new();
    let mut buffer = [0; 1024];
    // It closes the connection when all is said; more than that is no scheduler's.
    while answer.len() < MOST {
        stream.set_read_timeout(Some(left(deadline)?)).map_err(late)?;
        match stream.read(&mut buffer).map_err(late)? {
            0 => break,
            n => answer.extend_from_slice(&buffer[..n]),
        }
    }
    state(&String::from_utf8_lossy(&answer))
        .ok_or_else(|| "what answers there is no scheduler of Milepost: check host and port".to_owned())
}

/// What an answer says: `ready: 2 executors registered`.
fn state(answer: &str) -> Option<State> {
    let status = answer.split_whitespace().nth(1).filter(|_| answer.starts_with("HTTP/1."))?;
    let (_, body) = answer.split_once("\r\n\r\n")?;
    match status {
        "200" => body.strip_prefix("ready: ")?.split(' ').next()?.parse().ok().map(State::Ready),
        "503" => body.starts_with("not ready").then_some(State::Alone),
        _ => None,
    }
}

fn connect(address: &str, deadline: Instant) -> Result<TcpStream, String> {
    let found = address.to_socket_addrs().map_err(|e| e.to_string())?;
    let mut reason = "its name has no address".to_owned();
    for place in found {
        match TcpStream::connect_timeout(&place, left(deadline)?) {
            Ok(stream) => {
                stream.set_write_timeout(Some(left(deadline)?)).map_err(|e| e.to_string())?;
                return Ok(stream);
            }
            Err(e) => reason = e.to_string(),
        }
    }
    Err(reason)
}

fn left(deadline: Instant) -> Result<Duration, String> {
    let left = deadline.saturating_duration_since(Instant::now());
    if left.is_zero() { Err("it doesn't answer".to_owned()) } else { Ok(left) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpListener;

    const ALONE: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\n\r\nnot ready: 0/1 executors registered\n";

    fn answering(answer: &'static [u8]) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address").to_string();
        std::thread::spawn(move || {
            while let Ok((mut stream, _)) = listener.accept() {
                let _ = stream.read(&mut [0; 1024]);
                if answer.is_empty() {
                    std::thread::sleep(Duration::from_secs(2));
                }
                let _ = stream.write_all(answer);
            }
        });
        address
    }

    #[test]
    fn what_answers_is_told_apart() {
        let soon = Duration::from_millis(500);
        let ready = b"HTTP/1.1 200 OK\r\ncontent-length: 31\r\n\r\nready: 12 executors registered\n";
        assert_eq!(ask(&answering(ready), soon), Ok(State::Ready(12)));
        assert_eq!(ask(&answering(ALONE), soon), Ok(State::Alone));
        let others = ["HTTP/1.1 404 Not Found\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\nhello", "SSH-2.0-OpenSSH\r\n", ""];
        assert!(others.iter().all(|other| state(other).is_none()));
        assert!(ask(&answering(b"\xff\xfe"), soon).expect_err("no scheduler").contains("no scheduler"));
    }

    #[test]
    fn waiting_ends() {
        let start = Instant::now();
        assert_eq!(ask(&answering(b""), Duration::from_millis(300)), Err("it doesn't answer".to_owned()));
        let told = wait(&answering(ALONE), Duration::from_secs(1), Duration::from_millis(300));
        assert!(told.expect_err("nobody joins").contains("no executor"));
        assert!(start.elapsed() < Duration::from_secs(3));
    }
}
