//! Readers of other people's formats may panic on damaged files. Here that becomes an error; nothing else is caught.

use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

thread_local! {
    /// True while this thread is in a reader.
    static GUARDED: Cell<bool> = const { Cell::new(false) };
}

/// What `read` gives; where it panics, what it said.
///
/// # Errors
/// The words of the panic. What `read` was at may be half done, and isn't to be used any more.
pub fn guarded<T>(read: impl FnOnce() -> T) -> Result<T, String> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let others = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !GUARDED.get() {
                others(info);
            }
        }));
    });
    let outer = GUARDED.replace(true);
    let done = panic::catch_unwind(AssertUnwindSafe(read));
    GUARDED.set(outer);
    done.map_err(|said| {
        let text = said.downcast_ref::<String>().map(String::as_str).or(said.downcast_ref::<&str>().copied());
        format!("its reader gave up ({})", text.unwrap_or("without a word"))
    })
}

#[cfg(test)]
mod tests {
    use super::guarded;

    #[test]
    fn a_panic_is_an_error() {
        assert_eq!(guarded(|| 3), Ok(3));
        let index = "abc".len();
        let said = guarded(|| [1, 2, 3][index]).expect_err("it is beyond the end");
        assert!(said.contains("index out of bounds"), "{said}");
    }
}
