//! A web server on this machine that answers as a test wants, also wrongly; and moto's S3 server, where it is installed.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// What a client asked for.
#[derive(Debug, Clone)]
pub struct Asked {
    /// `GET`, `HEAD`.
    pub method: String,
    /// With its query.
    pub path: String,
    /// First and last byte.
    pub range: Option<(usize, usize)>,
}

/// How a server answers.
#[derive(Debug, Clone)]
pub enum Reply {
    /// These bytes, then it hangs up.
    Bytes(Vec<u8>),
    /// Nothing, and it stays on the line.
    Silence,
}

impl Reply {
    /// A number and a body.
    pub fn status(line: &str, body: &str) -> Self {
        let head = format!("HTTP/1.1 {line}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len());
        Self::Bytes(head.into_bytes())
    }

    /// What a proper server gives of a file.
    pub fn file(asked: &Asked, bytes: &[u8], etag: &str) -> Self {
        let (line, from, to) = match asked.range {
            Some((from, _)) if from >= bytes.len() => return Self::status("416 Range Not Satisfiable", ""),
            Some((from, last)) => ("206 Partial Content", from, (last + 1).min(bytes.len())),
            None => ("200 OK", 0, bytes.len()),
        };
        let mut head = format!(
            "HTTP/1.1 {line}\r\nContent-Length: {}\r\nLast-Modified: Wed, 21 Oct 2015 07:28:00 GMT\r\nConnection: close\r\n",
            to - from
        );
        if !etag.is_empty() {
            head += &format!("ETag: \"{etag}\"\r\n");
        }
        if asked.range.is_some() {
            head += &format!("Content-Range: bytes {from}-{}/{}\r\n", to - 1, bytes.len());
        }
        let mut all = (head + "\r\n").into_bytes();
        if asked.method != "HEAD" {
            all.extend_from_slice(&bytes[from..to]);
        }
        Self::Bytes(all)
    }

    /// The same, cut off so many bytes before its end.
    pub fn short_by(self, n: usize) -> Self {
        match self {
            Self::Bytes(bytes) => Self::Bytes(bytes[..bytes.len() - n].to_vec()),
            silence => silence,
        }
    }
}

/// A running server.
pub struct Server {
    pub port: u16,
    pub log: Arc<Mutex<Vec<Asked>>>,
    over: Arc<AtomicBool>,
}

impl Server {
    /// Answers each request by itself, on a thread of its own.
    pub fn start(answer: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let (log, over) = (Arc::<Mutex<Vec<Asked>>>::default(), Arc::<AtomicBool>::default());
        let (answer, log_, over_) = (Arc::new(answer), log.clone(), over.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                if over_.load(Ordering::Relaxed) {
                    break;
                }
                let (answer, log, over) = (answer.clone(), log_.clone(), over_.clone());
                std::thread::spawn(move || serve(stream.expect("a connection"), &*answer, &log, &over));
            }
        });
        Self { port, log, over }
    }

    /// An address on it.
    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}/{path}", self.port)
    }

    /// How many requests came.
    pub fn asked(&self) -> usize {
        self.log.lock().unwrap().len()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
        let _ = TcpStream::connect(("127.0.0.1", self.port));
    }
}

fn serve(mut stream: TcpStream, answer: &dyn Fn(&Asked) -> Reply, log: &Mutex<Vec<Asked>>, over: &AtomicBool) {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read(&mut byte) {
            Ok(1) => head.push(byte[0]),
            _ => return,
        }
    }
    let head = String::from_utf8(head).expect("a plain head");
    let mut first = head.split_whitespace();
    let (method, path) = (first.next().unwrap_or("").to_owned(), first.next().unwrap_or("").to_owned());
    let range = head.lines().find_map(|l| l.to_ascii_lowercase().strip_prefix("range: bytes=").map(str::to_owned));
    let range = range.and_then(|r| r.split_once('-').map(|(a, b)| (a.parse().unwrap(), b.parse().unwrap())));
    let asked = Asked { method, path, range };
    log.lock().unwrap().push(asked.clone());
    match answer(&asked) {
        Reply::Bytes(bytes) => _ = stream.write_all(&bytes),
        Reply::Silence => {
            let start = Instant::now();
            while !over.load(Ordering::Relaxed) && start.elapsed() < Duration::from_secs(20) {
                std::thread::sleep(Duration::from_millis(20));
            }
        }
    }
}

/// moto's S3 server with a bucket named `plans`.
pub struct Moto {
    child: Child,
    pub port: u16,
}

impl Moto {
    /// `None`, said aloud, where it isn't installed: `pip install 'moto[server]'`, found on the path or by
    /// `MILEPOST_MOTO_SERVER`.
    pub fn start() -> Option<Self> {
        let program = std::env::var_os("MILEPOST_MOTO_SERVER").unwrap_or_else(|| "moto_server".into());
        let free = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address").port();
        let mut command = Command::new(program);
        command.args(["-H", "127.0.0.1", "-p", &free.to_string()]);
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        let Ok(child) = child else {
            eprintln!("skipped: no moto_server (pip install 'moto[server]')");
            return None;
        };
        let moto = Self { child, port: free };
        let start = Instant::now();
        while TcpStream::connect(("127.0.0.1", free)).is_err() {
            assert!(start.elapsed() < Duration::from_secs(60), "moto_server doesn't start");
            std::thread::sleep(Duration::from_millis(100));
        }
        moto.put("plans", b"");
        Some(moto)
    }

    /// Puts an object (`bucket/key`), or makes a bucket.
    pub fn put(&self, path: &str, bytes: &[u8]) {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).expect("moto listens");
        let head = format!(
            "PUT /{path} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
            self.port,
            bytes.len()
        );
        stream.write_all(head.as_bytes()).expect("it reads");
        stream.write_all(bytes).expect("it reads");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("it answers");
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }

    /// The variables that lead to it.
    pub fn variables(&self) -> Vec<(String, String)> {
        let pairs = [
            ("AWS_ENDPOINT_URL", format!("http://127.0.0.1:{}", self.port)),
            ("AWS_ACCESS_KEY_ID", "test".to_owned()),
            ("AWS_SECRET_ACCESS_KEY", "s3cr3t".to_owned()),
            ("AWS_REGION", "us-east-1".to_owned()),
        ];
        pairs.map(|(name, value)| (name.to_owned(), value)).to_vec()
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
