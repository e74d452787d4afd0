//! What is wrong with a configuration, each problem at its place in the file.

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use std::fmt;
use std::ops::Range;
use std::path::PathBuf;

/// How much a problem weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// The file cannot be used.
    Error,
    /// It can be used, and probably does not say what was meant.
    Warning,
}

/// One thing that is wrong, where, and the way out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// How much it weighs.
    pub weight: Weight,
    /// What is wrong, naming the thing.
    pub title: String,
    /// The bytes of the file that it is about.
    pub span: Range<usize>,
    /// What stands beside the marked text; may be empty.
    pub label: String,
    /// A second place that explains the first, with what stands beside it.
    pub also: Option<(Range<usize>, String)>,
    /// The way out.
    pub help: String,
}

impl Problem {
    /// An error at a place.
    pub(super) fn error(span: Range<usize>, title: impl Into<String>) -> Self {
        Self { weight: Weight::Error, title: title.into(), span, label: String::new(), also: None, help: String::new() }
    }

    /// A warning at a place.
    pub(super) fn warning(span: Range<usize>, title: impl Into<String>) -> Self {
        Self { weight: Weight::Warning, ..Self::error(span, title) }
    }

    /// What stands beside the marked text.
    pub(super) fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// The way out.
    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = help.into();
        self
    }

    /// A second place that explains the first.
    pub(super) fn also(mut self, span: Range<usize>, label: impl Into<String>) -> Self {
        self.also = Some((span, label.into()));
        self
    }
}

/// The problems of one file, in the order of the file, with its text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Problems {
    file: String,
    source: String,
    list: Vec<Problem>,
}

impl Problems {
    pub(super) fn new(file: &str, source: &str, mut list: Vec<Problem>) -> Self {
        list.sort_by(|a, b| (a.span.start, a.weight, &a.title).cmp(&(b.span.start, b.weight, &b.title)));
        list.dedup();
        Self { file: file.to_owned(), source: source.to_owned(), list }
    }

    /// Each of them.
    pub fn iter(&self) -> impl Iterator<Item = &Problem> {
        self.list.iter()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// The line, from 1, on which a problem begins.
    pub fn line(&self, problem: &Problem) -> usize {
        line_of(&self.source, problem.span.start)
    }

    /// All of them for a terminal: file and line, the text, what is wrong, the way out.
    pub fn render(&self, paint: Paint) -> String {
        let renderer = match paint {
            Paint::Colour => Renderer::styled(),
            Paint::Plain => Renderer::plain(),
        };
        let mut out = String::new();
        for problem in &self.list {
            let level = match problem.weight {
                Weight::Error => Level::ERROR,
                Weight::Warning => Level::WARNING,
            };
            let title = visible(&problem.title);
            let mut group: Group<'_> = level.primary_title(title).elements(self.snippets(problem));
            if !problem.help.is_empty() {
                group = group.element(Level::HELP.message(visible(&problem.help)));
            }
            out.push_str(&renderer.render(&[group]));
            out.push_str("\n\n");
        }
        out.truncate(out.trim_end().len());
        out
    }

    /// The lines that a problem is about. Only these are handed to the renderer, so that a thousand problems in a large file cost a
    /// thousand lines and not a thousand files.
    fn snippets(&self, problem: &Problem) -> Vec<Snippet<'_, annotate_snippets::Annotation<'_>>> {
        const NEAR_LINES: usize = 6;
        let clamp = |span: &Range<usize>| within(&self.source, span);
        let main = clamp(&problem.span);
        let mark = |kind: AnnotationKind, span: &Range<usize>, base: usize, label: &str| {
            let annotation = kind.span(span.start - base..span.end - base);
            if label.is_empty() { annotation } else { annotation.label(visible(label)) }
        };
        let snippet = |span: &Range<usize>| {
            let lines = whole_lines(&self.source, span);
            let base = lines.start;
            let shown = Snippet::source(&self.source[lines.clone()])
                .line_start(line_of(&self.source, base))
                .path(visible(&self.file));
            (shown, base)
        };
        let Some((also, also_label)) = &problem.also else {
            let (shown, base) = snippet(&main);
            return vec![shown.annotation(mark(AnnotationKind::Primary, &main, base, &problem.label))];
        };
        let also = clamp(also);
        let distance = line_of(&self.source, main.start).abs_diff(line_of(&self.source, also.start));
        if distance <= NEAR_LINES {
            let (shown, base) = snippet(&(main.start.min(also.start)..main.end.max(also.end)));
            return vec![
                shown.annotation(mark(AnnotationKind::Primary, &main, base, &problem.label)).annotation(mark(
                    AnnotationKind::Context,
                    &also,
                    base,
                    also_label,
                )),
            ];
        }
        let (shown, base) = snippet(&main);
        let (other, other_base) = snippet(&also);
        vec![
            shown.annotation(mark(AnnotationKind::Primary, &main, base, &problem.label)),
            other.annotation(mark(AnnotationKind::Context, &also, other_base, also_label)),
        ]
    }
}

/// Whether a text for a terminal is painted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paint {
    /// With ANSI colours.
    Colour,
    /// Without.
    Plain,
}

/// Why there is no configuration to go by.
#[derive(Clone, Debug)]
pub enum ConfigError {
    /// The file could not be read.
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        why: String,
        /// The way out.
        help: String,
    },
    /// It was read, and cannot be used.
    Invalid(Problems),
}

impl ConfigError {
    /// All of it for a terminal.
    pub fn render(&self, paint: Paint) -> String {
        match self {
            Self::Unreadable { path, why, help } => {
                let title = format!("cannot read the configuration {}: {why}", path.display());
                let group = Group::with_title(Level::ERROR.primary_title(visible(&title)))
                    .element(Level::HELP.message(visible(help)));
                match paint {
                    Paint::Colour => Renderer::styled(),
                    Paint::Plain => Renderer::plain(),
                }
                .render(&[group])
            }
            Self::Invalid(problems) => problems.render(paint),
        }
    }

    /// In one line: how many problems, in which file.
    pub fn summary(&self) -> String {
        match self {
            Self::Unreadable { path, why, .. } => format!("cannot read the configuration {}: {why}", path.display()),
            Self::Invalid(problems) => {
                let errors = problems.iter().filter(|problem| problem.weight == Weight::Error).count();
                let plural = if errors == 1 { "problem" } else { "problems" };
                format!("the configuration {} has {errors} {plural}", visible(&problems.file))
            }
        }
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(Paint::Plain))
    }
}

impl std::error::Error for ConfigError {}

/// Text of somebody else's with its control characters made visible: a key may hold an escape sequence.
pub(super) fn visible(text: &str) -> String {
    text.chars()
        .flat_map(|c| {
            let harmless = c == '\n' || !(c.is_control() || is_bidi(c));
            let escaped = if harmless { None } else { Some(c.escape_unicode()) };
            escaped.into_iter().flatten().chain(harmless.then_some(c))
        })
        .collect()
}

fn is_bidi(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// The line, from 1, on which a byte stands.
pub(super) fn line_of(source: &str, at: usize) -> usize {
    1 + source.as_bytes()[..at.min(source.len())].iter().filter(|&&byte| byte == b'\n').count()
}

/// A span inside the text, on character boundaries.
fn within(source: &str, span: &Range<usize>) -> Range<usize> {
    let mut start = span.start.min(source.len());
    while !source.is_char_boundary(start) {
        start -= 1;
    }
    let mut end = span.end.clamp(start, source.len());
    while !source.is_char_boundary(end) {
        end += 1;
    }
    start..end
}

fn whole_lines(source: &str, span: &Range<usize>) -> Range<usize> {
    let start = source[..span.start].rfind('\n').map_or(0, |at| at + 1);
    let end = source[span.end..].find('\n').map_or(source.len(), |at| span.end + at);
    start..end
}
