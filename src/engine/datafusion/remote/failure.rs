//! What went wrong with a request, in words that hold no secret. Knows no format of files.

use super::Named;
use super::address::Scheme;
use crate::engine::DataError;
use object_store::Error as StoreError;
use object_store::client::{HttpError, HttpErrorKind};
use std::error::Error;
use std::io;
use std::time::Duration;

/// Why an object's bytes aren't there.
#[derive(Debug)]
pub enum Failure {
    /// The store or its server.
    Store(StoreError),
    /// Nothing came for so long.
    Silent(Duration),
    /// The object is another one than the one that was opened.
    Changed,
    /// Another number of bytes than the server said.
    Length { said: u64, came: u64 },
    /// The copy on this machine can't be written.
    Copy(io::Error),
    /// Anything else, in words.
    Broken(String),
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// Why, and what to do.
struct Told {
    reason: String,
    help: String,
}

impl Named {
    /// The error that a failure is to people.
    pub fn failed(&self, failure: &Failure) -> DataError {
        let (table, path) = (self.table.clone(), self.url.clone());
        match failure {
            Failure::Changed => DataError::Changed { table, path },
            Failure::Copy(error) => {
                let folder = tempfile::env::temp_dir().display().to_string();
                DataError::NoRoom { table, path, folder, reason: error.to_string() }
            }
            Failure::Store(StoreError::NotFound { .. }) => {
                DataError::NotFound { table, path, reason: "there is nothing at that address (404)".to_owned() }
            }
            failure => {
                let Told { reason, help } = self.tell(failure);
                DataError::Unreachable { table, path, reason, help }
            }
        }
    }

    /// Nothing has such a name.
    pub fn nothing(&self) -> DataError {
        let reason = "no object has such a name".to_owned();
        DataError::NotFound { table: self.table.clone(), path: self.url.clone(), reason }
    }

    fn tell(&self, failure: &Failure) -> Told {
        let again = "run it again; where the server stays so, download the file and name it: --data";
        let (reason, help) = match failure {
            Failure::Silent(patience) => {
                (format!("the server said nothing for {} s", patience.as_secs_f32()), again.to_owned())
            }
            Failure::Length { said, came } => {
                (format!("the server said {said} bytes, and {came} came"), again.to_owned())
            }
            Failure::Broken(reason) => (reason.clone(), again.to_owned()),
            Failure::Store(error) => match error {
                StoreError::PermissionDenied { .. } => (refused("403", error), self.scheme.credentials().to_owned()),
                StoreError::Unauthenticated { .. } => (refused("401", error), self.scheme.credentials().to_owned()),
                error => self.tell_other(error, again),
            },
            Failure::Changed | Failure::Copy(_) => (String::new(), String::new()),
        };
        Told { reason, help: help.replace("--data", &format!("--data {}=PATH", self.table)) }
    }

    fn tell_other(&self, error: &StoreError, again: &str) -> (String, String) {
        let deepest = deepest(error);
        if let Some(status) = status(&deepest) {
            let help = match status {
                "404" => "check the address: bucket, folders and name",
                "429" => "the server has too much to do: run it again later",
                status if status.starts_with('4') => self.scheme.credentials(),
                _ => again,
            };
            return (format!("the server answered {status}{}", named_code(&deepest)), help.to_owned());
        }
        if deepest.starts_with("Received redirect without LOCATION") {
            return (
                "the server sends elsewhere: the region seems to be another one".to_owned(),
                self.scheme.credentials().to_owned(),
            );
        }
        match http_kind(error) {
            Some(HttpErrorKind::Timeout) => ("the server didn't answer in time".to_owned(), again.to_owned()),
            Some(HttpErrorKind::Connect) => {
                (format!("there is no connection to its server: {}", safe(&deepest)), self.scheme.where_to().to_owned())
            }
            Some(_) => (format!("the server hung up before the end ({})", safe(&deepest)), again.to_owned()),
            None => (safe(&deepest), self.scheme.where_to().to_owned()),
        }
    }
}

fn refused(status: &str, error: &StoreError) -> String {
    format!("the server refuses it ({status}{})", named_code(&deepest(error)))
}

/// The words of the innermost error: those around it hold addresses.
fn deepest(error: &StoreError) -> String {
    let mut at: &dyn Error = error;
    while let Some(next) = at.source() {
        at = next;
    }
    at.to_string()
}

fn http_kind(error: &StoreError) -> Option<HttpErrorKind> {
    let mut at: Option<&dyn Error> = Some(error);
    while let Some(error) = at {
        if let Some(http) = error.downcast_ref::<HttpError>() {
            return Some(http.kind());
        }
        at = error.source();
    }
    None
}

/// The number in object_store's words for an answer that is no success.
fn status(text: &str) -> Option<&str> {
    let rest = text.strip_prefix("Server returned non-2xx status code: ")?;
    let number = rest.get(..3)?;
    number.bytes().all(|b| b.is_ascii_digit()).then_some(number)
}

/// True where the server answered with that number.
pub fn is_status(error: &StoreError, number: &str) -> bool {
    status(&deepest(error)) == Some(number)
}

/// The `<Code>` of an XML answer, such as `NoSuchBucket`: nothing else of an answer is shown, as it may repeat what it
/// was asked.
fn named_code(text: &str) -> String {
    let code = text.split_once("<Code>").and_then(|(_, rest)| rest.split_once("</Code>")).map(|(code, _)| code);
    let plain = |c: &&str| c.len() <= 40 && c.bytes().all(|b| b.is_ascii_alphanumeric());
    code.filter(plain).map_or_else(String::new, |c| format!(" {c}"))
}

/// A library's words on one line, without addresses and of bounded length.
fn safe(text: &str) -> String {
    let words = text.split_whitespace().map(|w| if w.contains("://") { "…" } else { w });
    let line: String = words.collect::<Vec<_>>().join(" ");
    line.chars().take(160).collect()
}

impl Scheme {
    /// Where credentials come from.
    fn credentials(self) -> &'static str {
        match self {
            Self::S3 => {
                "set AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_REGION in the environment (without a key, requests go unsigned), and check that they may read it"
            }
            Self::Google => {
                "set GOOGLE_SERVICE_ACCOUNT in the environment to the file of a service account (without, requests go unsigned), and check that it may read the object"
            }
            Self::Azure => {
                "set AZURE_STORAGE_ACCOUNT_NAME and AZURE_STORAGE_ACCOUNT_KEY in the environment (without a key, requests go unsigned), and check that they may read it"
            }
            Self::Web => {
                "check the address, and whether the file can be read without signing in; or download it: --data"
            }
        }
    }

    /// What says which server it is.
    fn where_to(self) -> &'static str {
        match self {
            Self::S3 => "check AWS_REGION and AWS_ENDPOINT_URL in the environment, and the network",
            Self::Google => "check GOOGLE_SERVICE_ACCOUNT in the environment, and the network",
            Self::Azure => "check AZURE_STORAGE_ACCOUNT_NAME in the environment, and the network",
            Self::Web => "check the address and the network; or download the file: --data",
        }
    }
}
