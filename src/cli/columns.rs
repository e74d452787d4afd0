//! How wide a terminal is.

use terminal_size::{Width, terminal_size_of};

/// How wide lines are where nobody tells how wide the terminal is.
const WIDTH: usize = 80;

fn told(width: Option<Width>) -> usize {
    width.map_or(WIDTH, |Width(columns)| usize::from(columns))
}

/// The columns of the terminal that standard output is.
pub(super) fn of_stdout() -> usize {
    told(terminal_size_of(std::io::stdout()).map(|(width, _)| width))
}

/// The columns of the terminal that standard error is.
pub(super) fn of_stderr() -> usize {
    told(terminal_size_of(std::io::stderr()).map(|(width, _)| width))
}
