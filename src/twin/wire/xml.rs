//! XML, as far as AWS uses it: elements, text, one namespace.

use quick_xml::Reader;
use quick_xml::events::Event;

/// An element to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Element {
    name: String,
    attributes: Vec<(&'static str, String)>,
    text: String,
    children: Vec<Self>,
}

impl Element {
    /// An empty element.
    pub(crate) fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), attributes: Vec::new(), text: String::new(), children: Vec::new() }
    }

    /// With an attribute more.
    #[must_use]
    pub(crate) fn attribute(mut self, name: &'static str, value: &str) -> Self {
        self.attributes.push((name, value.to_owned()));
        self
    }

    /// With a child more.
    #[must_use]
    pub(crate) fn child(mut self, child: Self) -> Self {
        self.children.push(child);
        self
    }

    /// With these children more.
    #[must_use]
    pub(crate) fn children(mut self, children: impl IntoIterator<Item = Self>) -> Self {
        self.children.extend(children);
        self
    }

    /// With a child more that holds a text.
    #[must_use]
    pub(crate) fn leaf(self, name: &str, text: impl ToString) -> Self {
        let mut child = Self::new(name);
        child.text = text.to_string();
        self.child(child)
    }

    /// Like [`leaf`](Self::leaf), where there is a value.
    #[must_use]
    pub(crate) fn leaf_if(self, name: &str, text: Option<impl ToString>) -> Self {
        match text {
            Some(text) => self.leaf(name, text),
            None => self,
        }
    }

    /// The whole document.
    pub(crate) fn document(&self) -> String {
        let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        self.write(&mut out);
        out
    }

    fn write(&self, out: &mut String) {
        out.push('<');
        out.push_str(&self.name);
        for (name, value) in &self.attributes {
            out.push(' ');
            out.push_str(name);
            out.push_str("=\"");
            escape(value, out);
            out.push('"');
        }
        if self.text.is_empty() && self.children.is_empty() {
            out.push_str("/>");
            return;
        }
        out.push('>');
        escape(&self.text, out);
        for child in &self.children {
            child.write(out);
        }
        out.push_str("</");
        out.push_str(&self.name);
        out.push('>');
    }
}

/// XML 1.0 has no way to write most control characters: they become U+FFFD.
fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\r' => out.push_str("&#xD;"),
            '\n' | '\t' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'.. => out.push(c),
            _ => out.push('\u{fffd}'),
        }
    }
}

/// An element that was read: its local name, its text, its children.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Node {
    /// The name without its prefix.
    pub(crate) name: String,
    /// The text directly in it.
    pub(crate) text: String,
    /// The elements directly in it, in order.
    pub(crate) children: Vec<Self>,
}

/// How deep a document may go: a request of Route 53 has seven levels.
const DEEPEST: usize = 32;

/// Reads a document.
///
/// # Errors
/// What is wrong with it.
pub(crate) fn parse(text: &str) -> Result<Node, String> {
    let mut reader = Reader::from_str(text);
    let mut open: Vec<Node> = vec![Node::default()];
    loop {
        match reader.read_event().map_err(|error| error.to_string())? {
            Event::Start(tag) => {
                if open.len() > DEEPEST {
                    return Err("the elements go too deep".to_owned());
                }
                let name = tag.local_name().as_ref().to_owned();
                open.push(Node { name, ..Node::default() });
            }
            Event::Empty(tag) => {
                let name = tag.local_name().as_ref().to_owned();
                if let Some(parent) = open.last_mut() {
                    parent.children.push(Node { name, ..Node::default() });
                }
            }
            Event::End(_) => {
                let (Some(node), Some(parent)) = (open.pop(), open.last_mut()) else {
                    return Err("an element ends that never began".to_owned());
                };
                parent.children.push(node);
            }
            Event::Text(part) => push_text(&mut open, &part.xml10_content()),
            Event::CData(part) => push_text(&mut open, &part.xml10_content()),
            Event::GeneralRef(reference) => {
                let resolved = match reference.resolve_char_ref().map_err(|error| error.to_string())? {
                    Some(c) => c.to_string(),
                    None => match &*reference.xml10_content() {
                        "lt" => "<".to_owned(),
                        "gt" => ">".to_owned(),
                        "amp" => "&".to_owned(),
                        "quot" => "\"".to_owned(),
                        "apos" => "'".to_owned(),
                        other => return Err(format!("the entity '{other}' was referenced, but not declared.")),
                    },
                };
                push_text(&mut open, &resolved);
            }
            Event::DocType(_) => return Err("DOCTYPE is disallowed".to_owned()),
            Event::Decl(_) | Event::PI(_) | Event::Comment(_) => {}
            Event::Eof => break,
        }
    }
    match (open.len(), open.pop().map(|root| root.children)) {
        (1, Some(mut roots)) if roots.len() == 1 => Ok(roots.remove(0)),
        _ => Err("XML document structures must start and end within the same entity.".to_owned()),
    }
}

fn push_text(open: &mut [Node], text: &str) {
    if let Some(node) = open.last_mut() {
        node.text.push_str(text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_text_comes_back_whole() {
        let hostile = "<img src=x onerror=\"a&b\">\r\n'&amp;' ]]> é";
        let written =
            Element::new("A").attribute("xmlns", "u&\"").leaf("B", hostile).child(Element::new("C")).document();
        let read = parse(&written).expect("reads");
        assert_eq!((read.name.as_str(), read.children[0].text.as_str()), ("A", hostile));
        assert_eq!(read.children[1].name, "C");
        assert!(Element::new("A").leaf("B", "a\u{1}b").document().contains("a\u{fffd}b"));
    }

    #[test]
    fn refuses_what_is_no_document() {
        for bad in ["", "<a>", "<a></b>", "<a/><b/>", "<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>", "<a>&x;</a>"] {
            assert!(parse(bad).is_err(), "{bad}");
        }
        assert!(parse(&"<a>".repeat(100_000)).is_err());
    }
}
