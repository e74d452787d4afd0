//! SIGINT and SIGTERM end a command between two steps: what it had opened is dropped, so that no half output stays.

use super::error::CommandError;
use super::exit;
use std::future::Future;
use tokio::signal::unix::{SignalKind, signal};

/// Waits for the work, or for a signal that ends it.
///
/// # Errors
/// The signal, with its exit code.
pub(super) async fn or_signal<T>(work: impl Future<Output = T>) -> Result<T, CommandError> {
    tokio::select! {
        done = work => Ok(done),
        code = received() => Err(CommandError::signal(code?)),
    }
}

/// Waits for a signal: its exit code.
pub(super) async fn received() -> Result<u8, CommandError> {
    let listen =
        |kind| signal(kind).map_err(|error| CommandError::internal("cannot listen for signals").because(error));
    let (mut interrupt, mut terminate) = (listen(SignalKind::interrupt())?, listen(SignalKind::terminate())?);
    tokio::select! {
        _ = interrupt.recv() => Ok(exit::INTERRUPTED),
        _ = terminate.recv() => Ok(exit::TERMINATED),
    }
}
