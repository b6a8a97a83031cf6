//! A PostgreSQL server of the tests' own, and DuckDB files: started and made where programs and drivers are there.

use adbc_core::options::{AdbcVersion, OptionDatabase, OptionValue};
use adbc_core::{Connection as _, Database as _, Driver as _, Statement as _};
use adbc_driver_manager::ManagedDriver;
use milepost::engine::warehouse::Drivers;
use std::io::Write as _;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The drivers that the environment names.
pub fn drivers() -> Drivers {
    let path = |name: &str| std::env::var_os(name).filter(|p| !p.is_empty()).map(PathBuf::from);
    Drivers { postgresql: path("MILEPOST_ADBC_POSTGRESQL"), duckdb: path("MILEPOST_ADBC_DUCKDB") }
}

/// A port that is free now.
pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// The folder of PostgreSQL's programs: the newest that Debian has, else those on the path.
fn programs() -> Option<PathBuf> {
    let mut found: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .map(|e| e.path().join("bin"))
        .filter(|bin| bin.join("initdb").exists())
        .collect();
    found.sort();
    found.pop()
}

/// A running server, which ends with this value.
pub struct Postgres {
    dir: tempfile::TempDir,
    bin: PathBuf,
    pub port: u16,
}

impl Postgres {
    /// Starts one; says why where none can be had.
    pub fn start() -> Option<Self> {
        if drivers().postgresql.is_none() {
            eprintln!("skipped: MILEPOST_ADBC_POSTGRESQL names no driver of PostgreSQL");
            return None;
        }
        let Some(bin) = programs() else {
            eprintln!("skipped: no PostgreSQL server is installed");
            return None;
        };
        let dir = tempfile::tempdir().unwrap();
        let server = Self { dir, bin, port: free_port() };
        if is_root() {
            run(Command::new("chown").arg("postgres").arg(server.dir.path()));
        }
        let data = server.data();
        run(server
            .as_owner("initdb")
            .args(["-A", "trust", "-U", "postgres", "--no-sync", "-E", "UTF8", "--locale=C", "-D"])
            .arg(&data));
        // Whoever is called `locked` needs a password.
        let hba = "host all locked 127.0.0.1/32 scram-sha-256\nhost all all 127.0.0.1/32 trust\n";
        let set = format!("cat > '{}'", data.join("pg_hba.conf").display());
        let mut child = server.owner().args(["sh", "-c", &set]).stdin(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(hba.as_bytes()).unwrap();
        assert!(child.wait().unwrap().success());
        let options =
            format!("-p {} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off", server.port);
        run(server
            .as_owner("pg_ctl")
            .args(["-w", "-l"])
            .arg(server.dir.path().join("log"))
            .args(["-o", &options, "-D"])
            .arg(&data)
            .arg("start"));
        Some(server)
    }

    fn data(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    /// The server refuses to run as root.
    fn owner(&self) -> Command {
        let mut command = Command::new(if is_root() { "runuser" } else { "env" });
        if is_root() {
            command.args(["-u", "postgres", "--"]);
        }
        command.current_dir(self.dir.path());
        command
    }

    fn as_owner(&self, program: &str) -> Command {
        let mut command = self.owner();
        command.arg(self.bin.join(program)).stdout(Stdio::null());
        command
    }

    /// Runs SQL, with `input` for a COPY.
    pub fn sql(&self, sql: &str, input: &str) {
        let mut command = Command::new(self.bin.join("psql"));
        command.args(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-U", "postgres", "-d", "postgres"]);
        command.args(["-p", &self.port.to_string(), "-c", sql]).stdin(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        assert!(child.wait().unwrap().success(), "{sql}");
    }

    /// The address for a user.
    pub fn uri(&self, user: &str) -> String {
        format!("postgresql://{user}@127.0.0.1:{}/postgres", self.port)
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let data = self.data();
        let _ = self.as_owner("pg_ctl").args(["-w", "-m", "immediate", "-D"]).arg(data).arg("stop").status();
    }
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|o| o.stdout.starts_with(b"0\n"))
}

fn run(command: &mut Command) {
    let output = command.stderr(Stdio::piped()).output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// Makes a DuckDB file with these statements; false where DuckDB can't be had.
pub fn duckdb(path: &Path, statements: &[String]) -> bool {
    let Some(library) = drivers().duckdb else {
        eprintln!("skipped: MILEPOST_ADBC_DUCKDB names no library of DuckDB");
        return false;
    };
    let mut driver =
        ManagedDriver::load_dynamic_from_filename(library, Some(b"duckdb_adbc_init"), AdbcVersion::V110).unwrap();
    let path = OptionValue::String(path.to_str().unwrap().to_owned());
    let database = driver.new_database_with_opts([(OptionDatabase::Other("path".into()), path)]).unwrap();
    let mut connection = database.new_connection().unwrap();
    for sql in statements {
        let mut statement = connection.new_statement().unwrap();
        statement.set_sql_query(sql).unwrap();
        statement.execute_update().unwrap();
    }
    true
}
