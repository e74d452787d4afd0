//! Errors as people meet them: what failed, because of what, and the way out. The kind decides heading and exit code.

use super::exit;
use std::error::Error;
use std::fmt::Write as _;

/// What kind of error ends a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The command line or the configuration is wrong.
    Usage,
    /// deskpair or the machine it runs on is at fault.
    Internal,
    /// A signal ended it: the exit code.
    Signal(u8),
    /// Something else, with an exit code of its own.
    Code(u8),
}

/// An error that ends a command.
#[derive(Debug)]
pub struct CommandError {
    kind: Kind,
    message: String,
    source: Option<Box<dyn Error + Send + Sync>>,
    details: Vec<String>,
    hints: Vec<String>,
    /// Printed as it is: it has its own layout.
    rendered: bool,
}

impl CommandError {
    /// The command line or the configuration is wrong: a lower-case fragment that names the thing.
    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(Kind::Usage, message)
    }

    /// deskpair or the machine it runs on is at fault.
    pub fn internal(message: impl Into<String>) -> Self {
        Self::new(Kind::Internal, message)
    }

    /// A signal ended the command.
    pub fn signal(code: u8) -> Self {
        Self::new(Kind::Signal(code), "interrupted: no report was written")
    }

    /// What has an exit code of its own.
    pub fn with_code(code: u8, message: impl Into<String>) -> Self {
        Self::new(Kind::Code(code), message)
    }

    /// Problems that come with their own layout, such as those of a configuration file.
    pub fn rendered(text: impl Into<String>) -> Self {
        Self { rendered: true, ..Self::new(Kind::Usage, text) }
    }

    fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), source: None, details: Vec::new(), hints: Vec::new(), rendered: false }
    }

    /// With what caused it.
    #[must_use]
    pub fn because(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// With one of several things that are wrong.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.details.push(detail.into());
        self
    }

    /// With a way out.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// The process's exit code.
    pub const fn exit_code(&self) -> u8 {
        match self.kind {
            Kind::Usage => exit::USAGE,
            Kind::Internal => exit::INTERNAL,
            Kind::Signal(code) | Kind::Code(code) => code,
        }
    }

    /// The causes, nearest first; one that the nearer one has quoted already is left out.
    fn causes(&self) -> Vec<String> {
        let mut causes: Vec<String> = Vec::new();
        let mut source: Option<&dyn Error> = self.source.as_deref().map(|source| source as &dyn Error);
        while let Some(cause) = source {
            let text = cause.to_string();
            if !causes.last().is_some_and(|nearer| nearer.ends_with(&text)) {
                causes.push(text);
            }
            source = cause.source();
        }
        causes
    }

    /// Heading, message, causes, hints; with terminal styles, which the writer strips where they do not belong.
    pub fn render(&self) -> String {
        if self.rendered {
            return format!("{}\n", self.message.trim_end());
        }
        let red = anstyle::AnsiColor::Red.on_default().bold();
        let cyan = anstyle::AnsiColor::Cyan.on_default();
        let mut text = match self.kind {
            Kind::Usage | Kind::Code(_) => format!("{red}error:{red:#} {}\n", self.message),
            Kind::Internal => format!("{red}internal error:{red:#} {}\n", self.message),
            Kind::Signal(_) => format!("{}\n", self.message),
        };
        for cause in self.causes() {
            let _ = writeln!(text, "  caused by: {cause}");
        }
        for detail in &self.details {
            let _ = writeln!(text, "  {detail}");
        }
        for hint in &self.hints {
            let _ = writeln!(text, "{cyan}hint:{cyan:#} {hint}");
        }
        text
    }
}

/// What a command returns: its exit code.
pub type Result<T = u8> = std::result::Result<T, CommandError>;

/// In one line, with its causes.
impl std::fmt::Display for CommandError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)?;
        self.causes().iter().try_for_each(|cause| write!(f, ": {cause}"))
    }
}
