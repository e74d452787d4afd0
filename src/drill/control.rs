//! How people steer a drill while it goes on: keys, signals, files, and an object of the state.

use super::machine::Stop;
use crate::store::objects::Objects;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Runtime;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// How often files are looked for.
const FILES: Duration = Duration::from_millis(250);

/// How often an object of the state is looked for: each time is a request where the state is a bucket.
const OBJECTS: Duration = Duration::from_secs(5);

/// What somebody says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Word {
    /// It is to end.
    Stop(Stop),
    /// What is waited for may come: the change of the record, or the way back.
    Go {
        /// Who says so, or what.
        by: String,
    },
}

/// Who may speak, and what they said.
#[derive(Debug)]
pub struct Control {
    words: UnboundedReceiver<Word>,
    say: UnboundedSender<Word>,
}

impl Default for Control {
    fn default() -> Self {
        let (say, words) = unbounded_channel();
        Self { words, say }
    }
}

/// Where a drill that is to end is told so from another machine: an object of the state.
pub fn abort_key(drill: &str) -> String {
    format!("drill-aborts/{drill}.json")
}

impl Control {
    /// Through which somebody else speaks.
    pub fn speaker(&self) -> UnboundedSender<Word> {
        self.say.clone()
    }

    /// The next word.
    pub async fn next(&mut self) -> Word {
        match self.words.recv().await {
            Some(word) => word,
            // It has a sender itself.
            None => std::future::pending().await,
        }
    }

    /// A word that was said already.
    pub fn heard(&mut self) -> Option<Word> {
        self.words.try_recv().ok()
    }

    /// Ends it once this file is there.
    pub fn abort_by_file(&self, runtime: &Runtime, path: PathBuf) {
        let say = self.say.clone();
        runtime.spawn(async move {
            appears(&path).await;
            let _ = say.send(Word::Stop(Stop::Abort(format!("the file {}", path.display()))));
        });
    }

    /// Lets it go on once this file is there; each time that it is there again, with who put it there in it. It is taken away when it was
    /// heeded, so that one approval is not taken for two.
    pub fn approve_by_file(&self, runtime: &Runtime, path: PathBuf) {
        let say = self.say.clone();
        runtime.spawn(async move {
            loop {
                appears(&path).await;
                let text = tokio::fs::read_to_string(&path).await.unwrap_or_default();
                let who = text.lines().next().unwrap_or_default().trim().to_owned();
                let by = if who.is_empty() { format!("the file {}", path.display()) } else { who };
                if tokio::fs::remove_file(&path).await.is_err() {
                    // What cannot be taken away would approve of everything.
                    let _ = say.send(Word::Go { by });
                    return;
                }
                if say.send(Word::Go { by }).is_err() {
                    return;
                }
            }
        });
    }

    /// Ends it once `drill abort` has said so in the state.
    pub fn abort_by_object(&self, runtime: &Runtime, objects: Arc<dyn Objects>, drill: &str) {
        let (say, key) = (self.say.clone(), abort_key(drill));
        runtime.spawn(async move {
            loop {
                let (objects, asked) = (Arc::clone(&objects), key.clone());
                let found = tokio::task::spawn_blocking(move || objects.get(&asked)).await;
                if let Ok(Ok(Some(bytes))) = found {
                    let by = String::from_utf8_lossy(&bytes).trim().to_owned();
                    let _ = say.send(Word::Stop(Stop::Abort(by)));
                    return;
                }
                tokio::time::sleep(OBJECTS).await;
            }
        });
    }
}

async fn appears(path: &Path) {
    while !tokio::fs::try_exists(path).await.unwrap_or(false) {
        tokio::time::sleep(FILES).await;
    }
}
