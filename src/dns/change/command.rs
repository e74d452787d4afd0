//! A record that a program of the operator's changes and reads. No shell is between: arguments are what they are.
//!
//! The name follows `read`'s arguments, and the name, the expected and the new value follow `set`'s; where an argument has `{name}`,
//! `{expected}` or `{value}` in it, these are put there, and nothing follows. The environment has them too, as `DESKPAIR_NAME`,
//! `DESKPAIR_EXPECTED` and `DESKPAIR_VALUE`. `set` ends with 0 where the value is set, with 3 where it is not because the record was not
//! the expected value, and with anything else where nobody knows. `read` prints the value, with or without double quotes, and nothing where
//! there is no record. What a program says on its standard error goes where deskpair's own does.

use super::{Standing, Swapped};
use std::io::Read;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

/// The exit code that says that the record was not the expected value, and nothing was changed.
const NOT_EXPECTED: i32 = 3;

/// The most octets that a program's answer is read of.
const MOST: u64 = 64 << 10;

/// How long is waited for what a program that has ended printed: another that it left behind may hold the pipe.
const LEFTOVER: Duration = Duration::from_secs(1);

#[derive(Clone, Debug)]
pub(super) struct Programs {
    pub(super) name: String,
    pub(super) set: Vec<String>,
    pub(super) read: Vec<String>,
    pub(super) limit: Duration,
}

/// How a program ended.
#[derive(Debug)]
enum Ended {
    /// It was never started.
    Never(String),
    /// By itself, and what it printed; nothing where another that it left behind goes on printing.
    Exited(ExitStatus, Option<Vec<u8>>),
    /// Not in time, or it could not be waited for.
    Lost(String),
}

/// What an invocation puts in place of each placeholder, and into the environment.
type Given<'g> = [(&'static str, &'static str, &'g str)];

/// A program's arguments with what is given to them.
fn arguments(words: &[String], given: &Given<'_>) -> Vec<String> {
    let placed = |word: &String| {
        // One pass: what is put in is never taken for a placeholder.
        let mut out = String::with_capacity(word.len());
        let mut rest = word.as_str();
        'word: while !rest.is_empty() {
            for (placeholder, _, value) in given {
                if let Some(after) = rest.strip_prefix(placeholder) {
                    out.push_str(value);
                    rest = after;
                    continue 'word;
                }
            }
            let next = rest.char_indices().nth(1).map_or(rest.len(), |(at, _)| at);
            out.push_str(&rest[..next]);
            rest = &rest[next..];
        }
        out
    };
    let has_place = words.iter().any(|word| given.iter().any(|(placeholder, ..)| word.contains(placeholder)));
    let mut all: Vec<String> = words.iter().map(placed).collect();
    if !has_place {
        all.extend(given.iter().map(|(_, _, value)| (*value).to_owned()));
    }
    all
}

fn run(words: &[String], given: &Given<'_>, limit: Duration) -> Ended {
    let all = arguments(words, given);
    let Some((program, arguments)) = all.split_first() else { return Ended::Never("it names no program".to_owned()) };
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::inherit());
    for (_, variable, value) in given {
        command.env(variable, value);
    }
    apart(&mut command);
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(error) => return Ended::Never(format!("{program} cannot be started: {error}")),
    };
    let (sender, printed) = mpsc::channel();
    if let Some(out) = child.stdout.take() {
        std::thread::spawn(move || {
            let mut text = Vec::new();
            let _unread = out.take(MOST).read_to_end(&mut text);
            let _nobody_listens = sender.send(text);
        });
    }
    match wait(&mut child, Instant::now() + limit) {
        Ok(Some(status)) => Ended::Exited(status, printed.recv_timeout(LEFTOVER).ok()),
        Ok(None) => {
            let ended = child.kill().and_then(|()| child.wait());
            let ended = if ended.is_ok() { "was ended" } else { "could not be ended" };
            Ended::Lost(format!("{program} had not ended after {} s, and {ended}", limit.as_secs_f64()))
        }
        Err(error) => Ended::Lost(format!("{program} cannot be waited for: {error}")),
    }
}

/// A terminal's interrupt is for deskpair, which sets the record back first: it must not end the program that does.
#[cfg(unix)]
fn apart(command: &mut Command) {
    use std::os::unix::process::CommandExt;
    command.process_group(0);
}

#[cfg(not(unix))]
fn apart(_: &mut Command) {}

/// Waits for its end; `None` where that does not come in time.
fn wait(child: &mut Child, until: Instant) -> std::io::Result<Option<ExitStatus>> {
    loop {
        match child.try_wait()? {
            Some(status) => return Ok(Some(status)),
            None if Instant::now() < until => std::thread::sleep(Duration::from_millis(20)),
            None => return Ok(None),
        }
    }
}

impl Programs {
    pub(super) async fn swap(&self, from: &str, to: &str) -> Swapped {
        let programs = self.clone();
        let (from, to) = (from.to_owned(), to.to_owned());
        let set = tokio::task::spawn_blocking(move || programs.set(&from, &to));
        set.await
            .unwrap_or_else(|_| Swapped::Unclear("the program that sets the record could not be waited for".to_owned()))
    }

    fn set(&self, from: &str, to: &str) -> Swapped {
        let given = [
            ("{name}", "DESKPAIR_NAME", self.name.as_str()),
            ("{expected}", "DESKPAIR_EXPECTED", from),
            ("{value}", "DESKPAIR_VALUE", to),
        ];
        let program = self.set.first().map_or("", String::as_str);
        match run(&self.set, &given, self.limit) {
            Ended::Never(why) => Swapped::Refused(why),
            Ended::Exited(status, _) if status.success() => Swapped::Done { change: None },
            Ended::Exited(status, _) if status.code() == Some(NOT_EXPECTED) => Swapped::Refused(format!(
                "{program} says that the record of {} is not \"{from}\": somebody else has changed it (exit code {NOT_EXPECTED})",
                self.name
            )),
            Ended::Exited(status, _) => Swapped::Unclear(format!("{program} ended with {status}")),
            Ended::Lost(why) => Swapped::Unclear(why),
        }
    }

    pub(super) async fn read(&self) -> Result<Standing, String> {
        let programs = self.clone();
        let read = tokio::task::spawn_blocking(move || programs.read_now());
        read.await.unwrap_or_else(|_| Err("the program that reads the record could not be waited for".to_owned()))
    }

    fn read_now(&self) -> Result<Standing, String> {
        let given = [("{name}", "DESKPAIR_NAME", self.name.as_str())];
        let program = self.read.first().map_or("", String::as_str);
        match run(&self.read, &given, self.limit) {
            Ended::Never(why) | Ended::Lost(why) => Err(why),
            Ended::Exited(status, printed) if status.success() => match printed {
                Some(printed) => Ok(printed_value(&printed)),
                None => Err(format!("{program} has ended, and a program that it left behind holds its output")),
            },
            Ended::Exited(status, _) => Err(format!("{program} ended with {status}")),
        }
    }
}

/// The value that a program printed.
fn printed_value(printed: &[u8]) -> Standing {
    let Ok(text) = std::str::from_utf8(printed) else { return Standing::Other("what is no text".to_owned()) };
    let text = text.strip_suffix('\n').unwrap_or(text);
    let text = text.strip_suffix('\r').unwrap_or(text);
    if text.is_empty() {
        return Standing::Absent;
    }
    let lines = text.lines().count();
    if lines > 1 {
        return Standing::Other(format!("{lines} lines"));
    }
    let inner = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text);
    if inner.contains('"') || inner.is_empty() {
        Standing::Other(text.to_owned())
    } else {
        Standing::Is(inner.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(words: &[&str]) -> Vec<String> {
        words.iter().map(|&word| word.to_owned()).collect()
    }

    #[test]
    fn arguments_follow_or_stand_where_they_are_asked_for() {
        let given = [("{name}", "", "a.example"), ("{expected}", "", "{value}"), ("{value}", "", "new")];
        assert_eq!(arguments(&words(&["p", "set"]), &given), ["p", "set", "a.example", "{value}", "new"]);
        assert_eq!(
            arguments(&words(&["p", "--if={expected}", "{name}.é{value}{"]), &given),
            ["p", "--if={value}", "a.example.énew{"]
        );
    }

    #[test]
    fn one_printed_line_is_the_value() {
        for (printed, wanted) in [
            ("abc\n", Standing::Is("abc".to_owned())),
            ("\"abc\"\r\n", Standing::Is("abc".to_owned())),
            ("\n", Standing::Absent),
            ("", Standing::Absent),
            ("a\nb\n", Standing::Other("2 lines".to_owned())),
            ("\"a\" \"b\"\n", Standing::Other("\"a\" \"b\"".to_owned())),
        ] {
            assert_eq!(printed_value(printed.as_bytes()), wanted, "{printed:?}");
        }
    }
}
