//! The function that executors run: a piece of a query in, its result or the reason why there is none out. It travels by its
//! name alone, so scheduler and executors are started with it. Must not know how pieces are sent.

use super::MESSAGE;
use crate::engine::DataError;
use crate::engine::datafusion::DataFusionEngine;
use datafusion::arrow::array::{Array, BinaryBuilder};
use datafusion::arrow::datatypes::DataType;
use datafusion::common::cast::as_binary_array;
use datafusion::common::exec_err;
use datafusion::error::Result as DfResult;
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility};
use miette::Diagnostic as _;
use std::any::Any;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::io::{self, Read as _};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

const NAME: &str = "milepost_answer";

/// As much stack as a program's first thread has.
const STACK: usize = 8 << 20;

/// The first byte of an outcome.
const RESULT: u8 = 0;
const FAILED: u8 = 1;

/// What a piece came to on an executor.
#[derive(Debug, PartialEq)]
pub enum Outcome<'a> {
    /// The encoded partial result.
    Result(&'a [u8]),
    /// Why there is none: the code of the executor's error, where it has one, and its words.
    Failed(String, String),
}

impl<'a> Outcome<'a> {
    /// Takes an outcome apart.
    pub fn read(bytes: &'a [u8]) -> Self {
        match bytes.split_first() {
            Some((&RESULT, rest)) => Self::Result(rest),
            Some((&FAILED, rest)) => {
                let text = String::from_utf8_lossy(rest);
                let (code, reason) = text.split_once('\n').unwrap_or(("", &text));
                Self::Failed(code.to_owned(), reason.to_owned())
            }
            _ => Self::of(&DataError::OtherVersion),
        }
    }

    fn written(&self) -> Vec<u8> {
        match self {
            Self::Result(bytes) => [&[RESULT], *bytes].concat(),
            Self::Failed(code, reason) => [&[FAILED], code.as_bytes(), b"\n", reason.as_bytes()].concat(),
        }
    }

    fn of(error: &DataError) -> Self {
        Self::Failed(error.code().map(|code| code.to_string()).unwrap_or_default(), error.to_string())
    }

    /// Without a code.
    fn told(reason: String) -> Self {
        Self::Failed(String::new(), reason)
    }
}

/// Makes an engine that reads what this machine reads; a new one for each piece.
pub type Engines = dyn Fn() -> Result<DataFusionEngine, DataError> + Send + Sync;

/// `milepost_answer(head, rest)`: of a job what it shares with the others, packed, and what it has for itself.
struct AnswerUdf {
    signature: Signature,
    /// None where it is only named, and never called.
    engines: Option<Arc<Engines>>,
}

impl fmt::Debug for AnswerUdf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(NAME)
    }
}

/// There is one of them in a process.
impl PartialEq for AnswerUdf {
    fn eq(&self, other: &Self) -> bool {
        self.signature == other.signature
    }
}

impl Eq for AnswerUdf {}

impl Hash for AnswerUdf {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.signature.hash(state);
    }
}

/// The function, as an executor calls it or (without engines) as others name it.
pub fn answer(engines: Option<Arc<Engines>>) -> Arc<ScalarUDF> {
    // Volatile: it is never worked out ahead, on the scheduler.
    let signature = Signature::exact(vec![DataType::Binary, DataType::Binary], Volatility::Volatile);
    Arc::new(ScalarUDF::from(AnswerUdf { signature, engines }))
}

impl ScalarUDFImpl for AnswerUdf {
    fn name(&self) -> &str {
        NAME
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> DfResult<DataType> {
        Ok(DataType::Binary)
    }

    fn invoke_with_args(&self, call: ScalarFunctionArgs) -> DfResult<ColumnarValue> {
        let Some(engines) = &self.engines else { return exec_err!("{NAME} is called on executors only") };
        let arrays = ColumnarValue::values_to_arrays(&call.args)?;
        let [heads, rests] = arrays.as_slice() else { return exec_err!("{NAME} takes a head and a rest") };
        let (heads, rests) = (as_binary_array(heads)?, as_binary_array(rests)?);
        let mut outcomes = BinaryBuilder::new();
        for row in 0..rests.len() {
            outcomes.append_value(match unpacked(heads.value(row)) {
                Ok(head) => outcome(&[&head, rests.value(row)].concat(), engines.as_ref()),
                Err(error) => Outcome::told(error.to_string()).written(),
            });
        }
        Ok(ColumnarValue::Array(Arc::new(outcomes.finish())))
    }
}

/// The head of jobs as it travels.
///
/// # Errors
/// None that depends on the head.
pub fn packed(head: &[u8]) -> io::Result<Vec<u8>> {
    zstd::encode_all(head, 0)
}

fn unpacked(packed: &[u8]) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    zstd::Decoder::new(packed)?.take(u64::from(MESSAGE)).read_to_end(&mut head)?;
    Ok(head)
}

/// Answers on a thread of its own: answering starts a runtime, which no thread of another runtime may do.
fn outcome(job: &[u8], engines: &Engines) -> Vec<u8> {
    let answered = || engines().and_then(|engine| engine.piece(job));
    let answer = || match std::panic::catch_unwind(AssertUnwindSafe(answered)) {
        Ok(Ok(result)) => Outcome::Result(&result).written(),
        Ok(Err(error)) => Outcome::of(&error).written(),
        Err(panic) => Outcome::told(format!("it failed: {}", words(panic.as_ref()))).written(),
    };
    let told = |reason: &str| Outcome::told(reason.to_owned()).written();
    std::thread::scope(|scope| match std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, answer) {
        Ok(thread) => thread.join().unwrap_or_else(|_| told("it failed")),
        Err(error) => told(&format!("it has no thread to spare: {error}")),
    })
}

fn words(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("of an unknown cause")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outcomes_are_read_as_they_were_written() {
        let failed = Outcome::Failed("D001".to_owned(), "no such\nfile".to_owned());
        for outcome in [Outcome::Result(b"\x01abc"), Outcome::Result(b""), Outcome::told("why".to_owned()), failed] {
            assert_eq!(Outcome::read(&outcome.written()), outcome);
        }
        assert!(matches!(Outcome::read(b""), Outcome::Failed(..)));
        assert!(matches!(Outcome::read(b"\x07"), Outcome::Failed(..)));
    }

    #[test]
    fn heads_are_packed() {
        let head: Vec<u8> = (0..100_000u32).map(|i| (i % 7) as u8).collect();
        let packed = packed(&head).expect("packed");
        assert!(packed.len() < 1000);
        assert_eq!(unpacked(&packed).expect("unpacked"), head);
        assert!(unpacked(b"no such thing").is_err());
    }

    #[test]
    fn a_job_that_is_none_is_told_and_ends_nothing() {
        let outcome = outcome(b"this is no piece", &|| DataFusionEngine::new(Some(1)));
        assert_eq!(Outcome::read(&outcome), Outcome::of(&DataError::OtherVersion));
    }

    #[test]
    fn a_panic_is_told_and_ends_nothing() {
        let bytes = outcome(b"", &|| panic!("no engine today"));
        assert_eq!(Outcome::read(&bytes), Outcome::told("it failed: no engine today".to_owned()));
    }
}
