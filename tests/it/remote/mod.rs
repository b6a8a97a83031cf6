//! Objects in stores and on the web: found, read by ranges and copied; and servers that misbehave.
#![cfg(feature = "remote")]

mod room;
mod server;
mod verdicts;

use datafusion::arrow::array::{ArrayRef, Float64Array, Int64Array, RecordBatch};
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::parquet::arrow::ProjectionMask;
use datafusion::parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder,
};
use datafusion::parquet::file::properties::WriterProperties;
use miette::Diagnostic as _;
use milepost::engine::DataError;
use milepost::engine::datafusion::remote::{Chunks, Object, Remote, RemoteSettings};
use milepost::query::{TableSource, redacted};
use server::{Asked, Moto, Reply, Server};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

fn settings(variables: Vec<(String, String)>) -> RemoteSettings {
    RemoteSettings { variables, patience: Duration::from_millis(1500), retries: 2 }
}

fn plain() -> Remote {
    Remote::new(settings(Vec::new()))
}

fn with(pairs: &[(&str, &str)]) -> Remote {
    Remote::new(settings(pairs.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect()))
}

fn table(url: &str) -> TableSource {
    TableSource::given("posts", url, url)
}

fn one(remote: &Remote, url: &str) -> Object {
    let mut objects = remote.list(&table(url)).unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(objects.len(), 1);
    objects.remove(0)
}

/// Found and copied, or why not.
fn fetched(remote: &Remote, url: &str) -> Result<Vec<u8>, DataError> {
    let objects = remote.list(&table(url))?;
    let copy = objects[0].copy()?;
    Ok(std::fs::read(copy.path()).unwrap())
}

fn code(error: &DataError) -> String {
    error.code().map(|c| c.to_string()).unwrap_or_default()
}

/// The error, after looking that it names table and address and holds no secret.
fn wrong(remote: &Remote, url: &str) -> (String, String) {
    let start = Instant::now();
    let error = fetched(remote, url).expect_err("it can't be read");
    assert!(start.elapsed() < Duration::from_secs(15), "{error} took {:?}", start.elapsed());
    let told = format!("{error}; {}", error.help().map(|h| h.to_string()).unwrap_or_default());
    assert!(told.contains("posts"), "the table isn't named: {told}");
    for secret in ["s3cr3t", "X-Amz-Signature", "StringToSign"] {
        assert!(!told.contains(secret), "a secret is told: {told}");
    }
    (code(&error), told)
}

fn bytes(n: usize) -> Vec<u8> {
    (0..n).map(|i| (i * 7 % 251) as u8).collect()
}

#[test]
fn addresses_are_shown_without_secrets() {
    let cases = [
        ("posts.csv", "posts.csv"),
        ("what?=1.csv", "what?=1.csv"),
        ("s3://bucket/a/b.csv", "s3://bucket/a/b.csv"),
        ("s3://key:s3cr3t@bucket/b.csv", "s3://…@bucket/b.csv"),
        ("s3://bucket/m=2021-0?/d=1.csv", "s3://bucket/m=2021-0?/d=1.csv"),
        ("s3://bucket/b.csv?secret_access_key=s3cr3t", "s3://bucket/b.csv?…"),
        ("https://h.example/b.csv?X-Amz-Signature=s3cr3t", "https://h.example/b.csv?…"),
        ("https://h.example/b.csv?s3cr3t", "https://h.example/b.csv?…"),
        ("https://me:s3@cr3t@h.example/b.csv", "https://…@h.example/b.csv"),
        ("postgres://me:s3cr3t@h/db?password=s3cr3t", "postgres://…@h/db?…"),
    ];
    for (url, shown) in cases {
        assert_eq!(redacted(url), shown);
    }
}

#[test]
fn addresses_that_cannot_be_read() {
    let cases = [
        ("s3://key:s3cr3t@bucket/b.csv", "D031"),
        ("s3://bucket/b.csv?secret_access_key=s3cr3t", "D031"),
        ("https://me:s3cr3t@127.0.0.1/b.csv", "D031"),
        ("http://example.org/b.csv", "D033"),
        ("http://10.1.2.3/b.csv", "D033"),
        ("ftp://example.org/b.csv", "D002"),
        ("https://127.0.0.1/folder/", "D001"),
        ("https://127.0.0.1/20*.csv", "D001"),
        ("s3://", "D001"),
        ("s3:///b.csv", "D001"),
        ("s3://bucket/[a.csv", "D001"),
        ("s3://bucket/a//b.csv", "D030"),
    ];
    for (url, expected) in cases {
        assert_eq!(wrong(&plain(), url).0, expected, "{url}");
    }
    let elsewhere = with(&[("AWS_ENDPOINT_URL", "http://s3.example.org:9000")]);
    assert_eq!(wrong(&elsewhere, "s3://bucket/b.csv").0, "D033");
    let half = with(&[("AWS_ACCESS_KEY_ID", "me"), ("AWS_ENDPOINT_URL", "http://127.0.0.1:9")]);
    assert_eq!(wrong(&half, "s3://bucket/b.csv").0, "D030");
    let (code, told) = wrong(&plain(), "az://container/b.csv");
    assert!(code == "D030" && told.contains("AZURE_STORAGE_ACCOUNT_NAME"), "{told}");
}

#[test]
fn a_server_that_is_not_there() {
    let (code, told) = wrong(&plain(), "https://no-such-host.invalid/b.csv?X-Amz-Signature=s3cr3t");
    assert!(code == "D030" && told.contains("no connection") && told.contains("b.csv?…"), "{told}");
    // Nothing listens on port 9.
    let (code, told) = wrong(&plain(), "http://127.0.0.1:9/b.csv");
    assert!(code == "D030" && told.contains("no connection"), "{told}");
}

#[test]
fn a_file_on_the_web_is_copied() {
    // Two pieces and a bit, at eight MiB each.
    let file = bytes((17 << 20) + 3);
    let same = file.clone();
    let server = Server::start(move |asked| Reply::file(asked, &same, "v1"));
    let object = one(&plain(), &server.url("a/posts.csv.gz?X-Amz-Signature=s3cr3t"));
    assert_eq!((object.key(), object.size()), ("/a/posts.csv.gz", Some(file.len() as u64)));
    let copy = object.copy().unwrap();
    let path = copy.path().to_owned();
    assert!(path.to_string_lossy().ends_with(".csv.gz"));
    assert!(std::fs::read(&path).unwrap() == file);
    assert_eq!(object.travelled(), file.len() as u64);
    let log = server.log.lock().unwrap().clone();
    // One byte to see that it is there, three pieces.
    assert_eq!(log.len(), 4);
    assert!(log.iter().all(|a| a.path.ends_with("?X-Amz-Signature=s3cr3t") && a.method == "GET"), "{log:?}");
    drop(copy);
    assert!(!path.exists());
}

#[test]
fn servers_that_give_whole_files_only() {
    let file = bytes(100_000);
    let same = file.clone();
    let whole = move |asked: &Asked| Reply::file(&Asked { range: None, ..asked.clone() }, &same, "");
    let server = Server::start(whole);
    let object = one(&plain(), &server.url("posts.parquet"));
    assert!(!object.has_ranges());
    assert!(fetched(&plain(), &server.url("posts.parquet")).unwrap() == file);
    // In chunks, whose end is marked, a file may have no length.
    let chunked = Server::start(|_| {
        let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n";
        Reply::Bytes(format!("{head}5\r\na,b\n1\r\n3\r\n,2\n\r\n0\r\n\r\n").into_bytes())
    });
    assert_eq!(fetched(&plain(), &chunked.url("posts.csv")).unwrap(), b"a,b\n1,2\n");
    // Cut off within the chunks.
    let cut = Server::start(|_| {
        let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n";
        Reply::Bytes(format!("{head}5\r\na,b\n1\r\n3\r\n,2").into_bytes())
    });
    let (code, told) = wrong(&plain(), &cut.url("posts.csv"));
    assert!(code == "D030" && told.contains("hung up"), "{told}");
    // Without chunks or length, nobody can tell whether it is whole.
    let endless = Server::start(|_| Reply::Bytes(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\na,b\n1,2\n".to_vec()));
    let (code, told) = wrong(&plain(), &endless.url("posts.csv"));
    assert!(code == "D030" && told.to_lowercase().contains("content-length"), "{told}");
    // An empty file is one, and what reads it says so.
    let empty = Server::start(|asked| Reply::file(asked, b"", "v1"));
    assert_eq!(fetched(&plain(), &empty.url("posts.csv")).unwrap(), b"");
}

#[test]
fn servers_that_refuse_or_fail() {
    let secret = "<Error><Code>SignatureDoesNotMatch</Code><StringToSign>s3cr3t</StringToSign></Error>";
    let cases: [(&str, &str, &str, &str, usize); 6] = [
        ("403 Forbidden", secret, "D030", "(403 ", 1),
        ("401 Unauthorized", "s3cr3t", "D030", "(401)", 1),
        ("404 Not Found", "s3cr3t", "D001", "404", 1),
        ("400 Bad Request", "s3cr3t", "D030", "answered 400", 1),
        // Tried twice again.
        ("500 Internal Server Error", "s3cr3t", "D030", "answered 500", 3),
        ("503 Slow Down", "<Error><Code>SlowDown</Code></Error>", "D030", "answered 503 SlowDown", 3),
    ];
    for (line, body, expected, words, times) in cases {
        let server = Server::start(move |_| Reply::status(line, body));
        let (code, told) = wrong(&plain(), &server.url("posts.csv?X-Amz-Signature=s3cr3t"));
        assert!(code == expected && told.contains(words), "{line}: {told}");
        assert_eq!(server.asked(), times, "{line}");
    }
}

#[test]
fn a_server_that_fails_once_is_asked_again() {
    let file = bytes(1000);
    let (same, count) = (file.clone(), AtomicUsize::new(0));
    let server = Server::start(move |asked| match count.fetch_add(1, Ordering::Relaxed) {
        0 => Reply::status("500 Internal Server Error", ""),
        // Hung up half way: it goes on from there.
        2 => Reply::file(asked, &same, "v1").short_by(500),
        _ => Reply::file(asked, &same, "v1"),
    });
    assert!(fetched(&plain(), &server.url("posts.csv")).unwrap() == file);
    let ranges: Vec<_> = server.log.lock().unwrap().iter().map(|a| a.range).collect();
    assert_eq!(ranges, [Some((0, 0)), Some((0, 0)), Some((0, 999)), Some((500, 999))]);
}

#[test]
fn servers_that_break_off() {
    let file = bytes(10_000);
    // Always half way: without an ETag nobody can go on, with one it is tried twice more.
    for (etag, times) in [("", 2), ("v1", 4)] {
        let same = file.clone();
        let server = Server::start(move |asked| match asked.range {
            Some((0, 0)) => Reply::file(asked, &same, etag),
            _ => Reply::file(asked, &same, etag).short_by(1),
        });
        let (code, told) = wrong(&plain(), &server.url("posts.csv"));
        assert!(code == "D030" && told.contains("hung up before the end"), "{told}");
        assert_eq!(server.asked(), times);
    }
    // Nothing at all.
    let mute = Server::start(|_| Reply::Bytes(Vec::new()));
    assert_eq!(wrong(&plain(), &mute.url("posts.csv")).0, "D030");
    // No HTTP.
    let strange = Server::start(|_| Reply::Bytes(b"SSH-2.0-OpenSSH\r\n\r\n".to_vec()));
    assert_eq!(wrong(&plain(), &strange.url("posts.csv")).0, "D030");
    // A length that no file has, and another one in each answer.
    let long = Server::start(|_| {
        Reply::Bytes(
            b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999999\r\nConnection: close\r\n\r\nabc".to_vec(),
        )
    });
    assert_eq!(wrong(&plain(), &long.url("posts.csv")).0, "D030");
    let same = file.clone();
    let lying = Server::start(move |asked| {
        match asked.range {
        Some((0, 0)) => Reply::file(asked, &same, "v1"),
        _ => Reply::Bytes(
            b"HTTP/1.1 206 Partial Content\r\nContent-Length: 10\r\nETag: \"v1\"\r\nContent-Range: bytes 0-9999/10000\r\nConnection: close\r\n\r\n0123456789"
                .to_vec(),
        ),
    }
    });
    let (code, told) = wrong(&plain(), &lying.url("posts.csv"));
    assert!(code == "D030" && told.contains("said 10000 bytes, and 10 came"), "{told}");
}

#[test]
fn silent_servers() {
    let dumb = Server::start(|_| Reply::Silence);
    let (code, told) = wrong(&plain(), &dumb.url("posts.csv"));
    assert!(code == "D030" && told.contains("said nothing for 1.5 s"), "{told}");
    let stops = Server::start(|asked| match asked.range {
        Some((0, 0)) => Reply::file(asked, &bytes(100), "v1"),
        _ => Reply::Silence,
    });
    let (code, told) = wrong(&plain(), &stops.url("posts.csv"));
    assert!(code == "D030" && told.contains("said nothing"), "{told}");
}

#[test]
fn an_object_that_changes_is_no_table() {
    for (first, then) in [("v1", "v2"), ("", "v2")] {
        let server = Server::start(move |asked| {
            let (etag, size) = if asked.range == Some((0, 0)) { (first, 1000) } else { (then, 1000 + then.len()) };
            Reply::file(asked, &bytes(size), etag)
        });
        assert_eq!(wrong(&plain(), &server.url("posts.csv")).0, "D032");
    }
    // Where there is an ETag, it alone decides: the same size and time are no proof.
    let count = AtomicUsize::new(0);
    let server = Server::start(move |asked| {
        let n = count.fetch_add(1, Ordering::Relaxed);
        Reply::file(asked, &bytes(1000), if n < 2 { "v1" } else { "v2" })
    });
    let object = one(&plain(), &server.url("posts.parquet"));
    assert_eq!(object.read(0..10).unwrap().len(), 10);
    assert!(matches!(object.read(10..20), Err(DataError::Changed { .. })));
    assert!(matches!(object.error(), Some(DataError::Changed { .. })));
}

/// `groups` row groups of 20,000 rows: a column of whole numbers and 19 of random decimals.
fn parquet(groups: usize) -> Vec<u8> {
    let rows = groups * 20_000;
    let mut seed = 7u64;
    let mut random = || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 11) as f64
    };
    let mut columns: Vec<(String, ArrayRef)> =
        vec![("n".to_owned(), Arc::new(Int64Array::from_iter_values(0..rows as i64)))];
    for i in 0..19 {
        columns.push((format!("x{i}"), Arc::new(Float64Array::from_iter_values((0..rows).map(|_| random())))));
    }
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let properties = WriterProperties::builder().set_max_row_group_row_count(Some(20_000)).build();
    let mut out = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut out, batch.schema(), Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    out
}

fn opened(object: &Object) -> (Chunks, ArrowReaderMetadata) {
    let chunks = Chunks::new(object.clone());
    let footer = ArrowReaderMetadata::load(&chunks, ArrowReaderOptions::default()).unwrap();
    chunks.learn(footer.metadata());
    (chunks, footer)
}

/// The sum of `n` over row groups, read through ranges on a thread of a pool.
fn sum_of_n(chunks: &Chunks, groups: Vec<usize>) -> i64 {
    let builder = ParquetRecordBatchReaderBuilder::try_new(chunks.clone()).unwrap();
    let mask = ProjectionMask::roots(builder.parquet_schema(), [0]);
    let batches = builder.with_projection(mask).with_row_groups(groups).build().unwrap();
    batches
        .map(|b| b.unwrap().column(0).as_any().downcast_ref::<Int64Array>().unwrap().iter().flatten().sum::<i64>())
        .sum()
}

#[test]
fn of_parquet_only_what_is_needed_travels() {
    let file = parquet(4);
    let same = file.clone();
    let server = Server::start(move |asked| Reply::file(asked, &same, "v1"));
    let object = one(&plain(), &server.url("posts.parquet"));
    let (chunks, footer) = opened(&object);
    assert_eq!(footer.metadata().num_row_groups(), 4);
    // 0 + … + 79,999, in a pool, as an engine reads.
    let pool = rayon::ThreadPoolBuilder::new().num_threads(2).build().unwrap();
    let sums: Vec<i64> = pool.install(|| {
        use rayon::prelude::*;
        (0..4usize).into_par_iter().map(|g| sum_of_n(&chunks, vec![g])).collect()
    });
    assert_eq!(sums.iter().sum::<i64>(), 79_999 * 80_000 / 2);
    // A twentieth of the columns, and at most 64 KiB of the end.
    let part = object.travelled() as f64 / file.len() as f64;
    assert!(part < 0.10, "{part} of {} bytes travelled", file.len());
    // The end, and one request for each part of the column.
    assert_eq!(server.asked(), 1 + 1 + 4, "{:?}", server.log.lock().unwrap());
    let pieces: u64 = server.log.lock().unwrap().iter().filter_map(|a| a.range).map(|(a, b)| (b - a + 1) as u64).sum();
    // The first byte was asked for before there was an object.
    assert_eq!(object.travelled() + 1, pieces);
}

#[test]
fn within_a_runtime_too() {
    let file = parquet(1);
    let server = Server::start(move |asked| Reply::file(asked, &file, "v1"));
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let sum = runtime.block_on(async {
        let object = one(&plain(), &server.url("posts.parquet"));
        sum_of_n(&opened(&object).0, vec![0])
    });
    assert_eq!(sum, 19_999 * 20_000 / 2);
}

#[test]
fn parquet_from_a_server_that_hangs_up_later() {
    let file = parquet(2);
    let server = Server::start(move |asked| match asked.range {
        // What lies at the front: the first column.
        Some((from, last)) if from < 1000 && last > 0 => Reply::file(asked, &file, "").short_by(10),
        _ => Reply::file(asked, &file, ""),
    });
    let object = one(&plain(), &server.url("posts.parquet"));
    let (chunks, footer) = opened(&object);
    let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(chunks, footer);
    let read: Result<Vec<RecordBatch>, _> = builder.build().unwrap().collect();
    assert!(read.is_err());
    let error = object.error().expect("the transport's own error");
    assert!(code(&error) == "D030" && error.to_string().contains("hung up"), "{error}");
}

#[test]
fn google_and_azure_are_asked_at_their_addresses() {
    let server = Server::start(|asked| Reply::file(asked, b"a,b\n1,2\n", "v1"));
    let base = format!("http://127.0.0.1:{}", server.port);
    let google = with(&[("GOOGLE_BASE_URL", &base)]);
    assert_eq!(fetched(&google, "gs://bucket/a/posts.csv").unwrap(), b"a,b\n1,2\n");
    // The example key of Azure's own emulator.
    let key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";
    let azure = with(&[
        ("AZURE_STORAGE_ACCOUNT_NAME", "me"),
        ("AZURE_STORAGE_ACCOUNT_KEY", key),
        ("AZURE_STORAGE_ENDPOINT", &format!("{base}/me")),
    ]);
    assert_eq!(fetched(&azure, "az://container/a/posts.csv").unwrap(), b"a,b\n1,2\n");
    let log = server.log.lock().unwrap();
    let asked: Vec<String> = log.iter().map(|a| format!("{} {}", a.method, a.path)).collect();
    assert_eq!(
        asked,
        [
            "HEAD /bucket/a%2Fposts%2Ecsv",
            "GET /bucket/a%2Fposts%2Ecsv",
            "HEAD /me/container/a/posts.csv",
            "GET /me/container/a/posts.csv"
        ]
    );
}

#[test]
fn objects_of_a_bucket() {
    let Some(moto) = Moto::start() else { return };
    for key in [
        "posts/2021-02.csv",
        "posts/2021-01.csv",
        "posts/2020-12.csv",
        "posts/_SUCCESS",
        "posts/.hidden.csv",
        "posts/more/2021-03.csv",
        "posts/day=1/a.csv",
        "other/2021-01.csv",
        "odd%20%2523.csv",
    ] {
        moto.put(&format!("plans/{key}"), format!("a\n{key}\n").as_bytes());
    }
    let remote = Remote::new(settings(moto.variables()));
    let keys = |url: &str| -> Vec<String> {
        remote.list(&table(url)).unwrap_or_else(|e| panic!("{e}")).iter().map(|o| o.key().to_owned()).collect()
    };
    let folder =
        ["posts/2020-12.csv", "posts/2021-01.csv", "posts/2021-02.csv", "posts/day=1/a.csv", "posts/more/2021-03.csv"];
    assert_eq!(keys("s3://plans/posts/"), folder);
    assert_eq!(keys("s3://plans/posts/2021-*.csv"), ["posts/2021-01.csv", "posts/2021-02.csv"]);
    assert_eq!(keys("s3://plans/posts/**/2021-0[23].csv"), ["posts/2021-02.csv", "posts/more/2021-03.csv"]);
    assert_eq!(keys("s3://plans/*/2021-01.csv"), ["other/2021-01.csv", "posts/2021-01.csv"]);
    // A folder that the pattern names is meant with all that is in it.
    assert_eq!(keys("s3://plans/posts/m*"), ["posts/more/2021-03.csv"]);
    assert_eq!(keys("s3://plans/posts/2021-01.csv"), ["posts/2021-01.csv"]);
    assert_eq!(keys("s3://plans/odd %23.csv"), ["odd %23.csv"]);
    assert_eq!(fetched(&remote, "s3://plans/odd %23.csv").unwrap(), b"a\nodd%20%2523.csv\n");
    for url in ["s3://plans/posts/1999-*.csv", "s3://plans/nothing/", "s3://plans/posts/none.csv"] {
        assert_eq!(wrong(&remote, url).0, "D001", "{url}");
    }
    let (code, told) = wrong(&remote, "s3://no-such-bucket/posts/");
    assert!(code == "D001" || code == "D030", "{told}");
    assert!(told.contains("404"), "{told}");
    // More than one page of a list, which has 1,000.
    for n in 0..1005 {
        moto.put(&format!("plans/many/{n:04}.csv"), b"a\n");
    }
    assert_eq!(keys("s3://plans/many/").len(), 1005);
}
