//! SIGINT and SIGTERM end a command between two steps: what it had opened is dropped, so that no half output stays.

use super::error::CommandError;
use super::exit;
use std::future::Future;
use tokio::signal::unix::{Signal, SignalKind, signal};

/// The signals that end a command. From when this is made they no longer end the process by themselves.
pub(super) struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

impl Signals {
    /// Begins to listen.
    ///
    /// # Errors
    /// Where the system does not let it.
    pub(super) fn listen() -> Result<Self, CommandError> {
        let listen =
            |kind| signal(kind).map_err(|error| CommandError::internal("cannot listen for signals").because(error));
        Ok(Self { interrupt: listen(SignalKind::interrupt())?, terminate: listen(SignalKind::terminate())? })
    }

    /// Waits for one: its exit code.
    pub(super) async fn received(&mut self) -> u8 {
        tokio::select! {
            _ = self.interrupt.recv() => exit::INTERRUPTED,
            _ = self.terminate.recv() => exit::TERMINATED,
        }
    }
}

/// Waits for the work, or for a signal that ends it.
///
/// # Errors
/// The signal, with its exit code.
pub(super) async fn or_signal<T>(work: impl Future<Output = T>) -> Result<T, CommandError> {
    let mut signals = Signals::listen()?;
    tokio::select! {
        done = work => Ok(done),
        code = signals.received() => Err(CommandError::signal(code)),
    }
}
