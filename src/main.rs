//! The deskpair command.

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(deskpair::cli::run(std::env::args_os()))
}
