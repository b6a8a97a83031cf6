//! The binary: all it does is in [`milepost::cli`].

fn main() -> std::process::ExitCode {
    milepost::cli::run(std::env::args_os())
}
