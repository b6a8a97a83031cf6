//! Damaged data from end to end: each file's owner is told what is wrong, where, and what to do; the command exits with
//! 4 and gives no verdict.

use super::cli::{Folder, folder};
use super::sources::*;
use datafusion::arrow::array::{ArrayRef, Date32Array, RecordBatch, StringArray};
use std::sync::Arc;

const PLAN: &str = "table posts from \"posts.csv\" SHEET time date\n\
                    metric likes = sum(posts.likes) + 0 * count(posts where region = \"EMEA\")\n\
                    goal loved: likes >= 4000 in Q2 2021\n";

const GOOD: &str = "date,region,likes\n2021-03-02,EMEA,4000\n2021-07-05,UCAN,12\n";

/// What is told of files that replace the plan's, one after the other.
struct Told(String);

impl Told {
    /// Runs the plan over `path` in a folder that `fill` makes.
    fn case(&mut self, title: &str, path: &str, fill: impl FnOnce(&Folder)) {
        self.sheet(title, path, "", fill);
    }

    fn sheet(&mut self, title: &str, path: &str, sheet: &str, fill: impl FnOnce(&Folder)) {
        let folder = folder(&[("plan.goal", &PLAN.replace("SHEET", sheet))]);
        fill(&folder);
        let data = format!("posts={path}");
        let told = folder.run(&["eval", "plan.goal", "--as-of", "2021-08-01", "--data", &data]);
        assert!(!told.contains("--- stdout"), "a verdict all the same: {title}\n{told}");
        assert!(told.ends_with("--- exit 4\n"), "{title}\n{told}");
        assert!(!told.contains("panicked") && !told.contains(&*folder.path().to_string_lossy()), "{title}\n{told}");
        self.0 += &format!("# {title}\n{told}\n");
    }

    /// One file of such bytes.
    fn bytes(&mut self, title: &str, path: &str, bytes: &[u8]) {
        self.case(title, path, |folder| folder.write(path, bytes));
    }
}

/// A file of `sources/`.
fn whole(name: &str) -> Vec<u8> {
    std::fs::read(made(name)).unwrap()
}

/// Its first part.
fn cut(name: &str) -> Vec<u8> {
    let mut bytes = whole(name);
    bytes.truncate(bytes.len() * 2 / 3);
    bytes
}

/// The same with other bytes in a stretch of it.
fn spoiled(name: &str, from: usize, to: usize) -> Vec<u8> {
    let mut bytes = whole(name);
    bytes[from..to].iter_mut().for_each(|b| *b = !*b);
    bytes
}

#[test]
fn text_files() {
    let mut told = Told(String::new());
    told.bytes("a ragged row", "m.csv", b"date,region,likes\n2021-04-01,EMEA,1\n2021-04-02,Europe, Middle East,2\n");
    told.bytes("bad UTF-8", "m.csv", b"date,region,likes\n2021-04-01,EMEA,1\n2021-04-02,Z\xfcrich,2\n");
    told.bytes("mixed types", "m.csv", b"date,region,likes\n2021-04-01,EMEA,1\n2021-04-02,EMEA,many\n");
    told.bytes("a header that names the columns wrongly", "m.csv", b"likes,region,date\n2021-04-01,EMEA,1\n");
    told.bytes("a header that is data", "m.csv", b"2021-04-01,EMEA,1\n2021-04-02,EMEA,2\n");
    told.bytes("a header that lacks a name", "m.csv", b"date,region\n2021-04-01,EMEA,1\n");
    let long = "x".repeat(10 << 20);
    let cell = format!("date,region,likes\n2021-04-01,EMEA,1\n2021-04-02,{long},2\n");
    told.bytes("a cell of 10 MB", "m.csv", cell.as_bytes());
    let rows = "2021-04-02,EMEA,2\n".repeat(600_000);
    let open = format!("date,region,likes\n2021-04-01,EMEA,1\n2021-04-02,\"EMEA,2\n{rows}");
    told.bytes("a quote that is never closed", "m.csv", open.as_bytes());
    let rows = "2021-07-02,EMEA,2\n2021-07-03,UCAN,3\n";
    let open = format!("date,region,likes\n2021-04-01,EMEA,5000\n2021-04-02,\"EMEA,2\n{rows}");
    told.bytes("the same in a small file", "m.csv", open.as_bytes());
    let open = "date,likes,region\n2021-04-01,5000,EMEA\n2021-06-02,-4000,\"EMEA\n2021-07-02,2,UCAN\"\n";
    told.bytes("a quote that is closed a row later", "m.csv", open.as_bytes());
    let blank = format!("date,likes,region\n2021-04-01,5000,EMEA\n{}2021-06-02,-4000,EMEA\n", "\n".repeat(9 << 20));
    told.bytes("megabytes of blank lines", "m.csv", blank.as_bytes());
    told.bytes("gzip that breaks off", "m.csv.gz", &cut("posts.csv.gz"));
    // A text that is read otherwise from one bit on, behind what is read at first to find the separator.
    let rows: String = (0..20_000).map(|n| format!("2021-04-{:02},EMEA,{}\n", n % 30 + 1, n * 7919 % 10_007)).collect();
    let mut packed = gzip(format!("date,region,likes\n{rows}").as_bytes());
    let middle = packed.len() / 2;
    packed[middle] ^= 0xff;
    told.bytes("gzip with a damaged byte", "m.csv.gz", &packed);
    told.bytes("Zstandard that breaks off", "m.csv.zst", &cut("posts.csv.zst"));
    told.bytes("packed lines that break off", "m.jsonl.zst", &cut("posts.jsonl.zst"));
    told.bytes(
        "a line that breaks off",
        "m.jsonl",
        b"{\"date\": \"2021-04-01\", \"region\": \"EMEA\", \"likes\": 1}\n{\"da",
    );
    let object = |likes: &str| format!("{{\"date\": \"2021-04-01\", \"region\": \"EMEA\", \"likes\": {likes}}}\n");
    told.bytes("numbers and text in one column", "m.jsonl", (object("1") + &object("\"many\"")).as_bytes());
    told.bytes("numbers and an empty text", "m.jsonl", (object("1") + &object("\"\"")).as_bytes());
    told.bytes("a text of 10 MB", "m.jsonl", (object("1") + &object(&format!("\"{long}\""))).as_bytes());
    insta::assert_snapshot!(told.0);
}

#[test]
fn files_with_types() {
    let mut told = Told(String::new());
    told.bytes("Parquet that breaks off", "m.parquet", &cut("posts.parquet"));
    // Data pages begin right after the four letters.
    told.bytes("Parquet with damaged pages", "m.parquet", &spoiled("posts.parquet", 40, 1400));
    told.bytes("Parquet with a damaged footer", "m.parquet", &spoiled("posts.parquet", 1800, 2200));
    told.bytes("Arrow that breaks off", "m.feather", &cut("posts.feather"));
    told.bytes("Arrow with damaged batches", "m.feather", &spoiled("posts.feather", 2000, 7000));
    told.bytes("a stream, or anything else", "m.arrow", b"\xff\xff\xff\xff\x10\0\0\0streams have no footer");
    told.bytes("a workbook that breaks off", "m.xlsx", &cut("posts.xlsx"));
    told.bytes("a workbook with damaged sheets", "m.ods", &spoiled("posts.ods", 26_000, 29_000));
    told.case("a text of 10 MB", "m.parquet", |folder| {
        let long = "x".repeat(10 << 20);
        let columns: [(&str, ArrayRef); 3] = [
            ("date", Arc::new(Date32Array::from(vec![18_718, 18_719]))),
            ("region", Arc::new(StringArray::from(vec!["EMEA", &long]))),
            ("likes", Arc::new(datafusion::arrow::array::Int64Array::from(vec![1, 2]))),
        ];
        write_parquet(&folder.path().join("m.parquet"), &RecordBatch::try_from_iter(columns).unwrap());
    });
    insta::assert_snapshot!(told.0);
}

#[cfg(feature = "sqlite")]
#[test]
fn database_files() {
    let mut told = Told(String::new());
    let posts = "sheet \"posts\"";
    told.sheet("SQLite that breaks off", "m.sqlite", posts, |folder| folder.write("m.sqlite", &cut("posts.sqlite")));
    told.sheet("SQLite with damaged pages", "m.db", posts, |folder| {
        folder.write("m.db", &spoiled("posts.sqlite", 4096, 30_000));
    });
    told.bytes("no SQLite", "m.db", b"a database of another kind altogether");
    told.bytes("several tables", "m.sqlite", &whole("posts.sqlite"));
    told.sheet("no such table", "m.sqlite", "sheet \"post\"", |folder| {
        folder.write("m.sqlite", &whole("posts.sqlite"));
    });
    told.sheet("a writer at work", "m.sqlite", posts, |folder| {
        folder.write("m.sqlite", &whole("posts.sqlite"));
        folder.write("m.sqlite-wal", b"what isn't in the file yet");
    });
    told.case("numbers and text in one column", "m.sqlite", |folder| {
        let base = rusqlite::Connection::open(folder.path().join("m.sqlite")).unwrap();
        base.execute_batch(
            "CREATE TABLE posts (date, region, likes); \
             INSERT INTO posts VALUES ('2021-04-01', 'EMEA', 1), ('2021-04-02', 'EMEA', 'many');",
        )
        .unwrap();
    });
    told.case("bytes", "m.sqlite", |folder| {
        let base = rusqlite::Connection::open(folder.path().join("m.sqlite")).unwrap();
        base.execute_batch(
            "CREATE TABLE posts (date, region, likes); INSERT INTO posts VALUES ('2021-04-01', 'EMEA', x'00ff');",
        )
        .unwrap();
    });
    insta::assert_snapshot!(told.0);
}

#[test]
fn folders() {
    let mut told = Told(String::new());
    let two = |name: &str, text: &str| {
        let (name, text) = (format!("posts/{name}"), text.to_owned());
        move |folder: &Folder| {
            folder.write("posts/a.csv", GOOD.as_bytes());
            folder.write(&name, text.as_bytes());
        }
    };
    told.case("one bad file", "posts/", two("b.csv", "date,region,likes\n2021-05-07,EMEA,1,5\n"));
    told.case("one empty file", "posts/", two("b.csv", ""));
    told.case("one text among numbers", "posts", two("b.csv", "date,region,likes\n2021-05-07,EMEA,many\n"));
    told.case("one date in another form", "posts", two("b.csv", "date,region,likes\n31/05/2021,EMEA,5\n"));
    told.case("a column that one file lacks", "posts/", two("b.csv", "date,likes\n2021-05-07,1\n"));
    told.case(
        "a column that one file has alone",
        "posts/*.csv",
        two("b.csv", "date,region,likes,note\n2021-05-07,EMEA,1,x\n"),
    );
    told.case("files of two sorts", "posts/", two("b.jsonl", "{\"date\": \"2021-05-07\"}\n"));
    told.case("a file that is no data", "posts/", two("README.md", "# Posts\n"));
    told.case("no file", "posts/", |folder| std::fs::create_dir(folder.path().join("posts")).unwrap());
    told.case("a pattern without a match", "posts/2022-*.csv", two("2021-01.csv", GOOD));
    told.case("a folder that isn't there", "post/*.csv", two("2021-01.csv", GOOD));
    told.case("a folder that contradicts", "posts/", |folder| {
        folder.write("posts/region=EMEA/a.csv", b"date,region,likes\n2021-03-02,EMEA,4000\n2021-07-05,UCAN,12\n");
    });
    told.case("a file outside the folders", "posts/", two("region=EMEA/b.csv", GOOD));
    told.case("a file outside the folders of a key", "posts/", |folder| {
        folder.write("posts/year=2021/a.csv", GOOD.as_bytes());
        folder.write("posts/b.csv", GOOD.as_bytes());
    });
    told.case("numbers here and text there", "posts/", |folder| {
        let lines: Vec<String> = lines();
        let good = batch(&lines[1..]);
        folder.write("posts/a/x", b"");
        std::fs::remove_dir_all(folder.path().join("posts/a")).unwrap();
        write_parquet(&folder.path().join("posts/a.parquet"), &good);
        let text: ArrayRef = Arc::new(StringArray::from(vec!["many"; good.num_rows()]));
        let schema = good.schema();
        let columns = schema.fields().iter().map(|f| f.name().clone()).zip(good.columns().iter().cloned());
        let bad = columns.map(|(name, cells)| if name == "likes" { (name, text.clone()) } else { (name, cells) });
        write_parquet(&folder.path().join("posts/b.parquet"), &RecordBatch::try_from_iter(bad).unwrap());
    });
    insta::assert_snapshot!(told.0);
}

// Nothing is written but what a person asks for; that it has no place is told.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk() {
    let folder = folder(&[("plan.goal", &PLAN.replace("SHEET", "")), ("posts.csv", GOOD)]);
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let mut command = folder.command(&["eval", "plan.goal", "--as-of", "2021-08-01"]);
    let out = command.stdout(full).stderr(std::process::Stdio::piped()).output().unwrap();
    insta::assert_snapshot!(format!("{}--- exit {:?}", String::from_utf8_lossy(&out.stderr), out.status.code()));
}

// Files cut off at many places, and with bits turned over: an error or an answer, never a panic, never a hang.
#[test]
fn any_damage_is_told_or_harmless() {
    use milepost::engine::Engine as _;
    use milepost::query::*;
    let dir = tempfile::tempdir().unwrap();
    for name in
        ["posts.parquet", "posts.feather", "posts.sqlite", "posts.xlsx", "posts.ods", "posts.csv.zst", "posts.csv.gz"]
    {
        let bytes = whole(name);
        let path = dir.path().join(name);
        let step = bytes.len() / 24;
        let cuts = (0..24).map(|i| bytes[..i * step].to_vec());
        let turned = (0..48).map(|i| {
            let mut bytes = bytes.clone();
            // Ends of files say most of what a reader must believe.
            let at = if i < 24 { i * step } else { bytes.len() - 1 - (i - 24) * 13 };
            bytes[at] ^= 1 << (i % 8);
            bytes
        });
        for bytes in cuts.chain(turned) {
            std::fs::write(&path, bytes).unwrap();
            let mut source = super::engine::declared(&path, "date", None);
            source.sheet = (name == "posts.sqlite").then(|| "posts".to_owned());
            let mut engine = milepost::engine::datafusion::DataFusionEngine::new(Some(1)).unwrap();
            if engine.open(&source).is_ok() {
                let measure = Measure::Sum(super::engine::col("likes"));
                let requests = vec![super::engine::over(measure), super::engine::over(Measure::Extent)];
                let _ = engine.run(&Query { table: "t".into(), excluded: vec![], requests });
            }
        }
    }
}
