//! The binary: all it does is in [`milepost::cli`].

/// Reading a plan makes many small texts: `check` of 100,000 goals takes about an eighth less time with this allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    milepost::cli::run(std::env::args_os())
}
