//! XML to read, as far as AWS uses it: what the twin is asked, and the answers of operations that the SDK lacks.

use quick_xml::Reader;
use quick_xml::events::Event;

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

impl Node {
    /// The first element of this name directly in it.
    pub(crate) fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The text of the first element of this name; empty where there is none.
    pub(crate) fn text_of(&self, name: &str) -> &str {
        self.child(name).map_or("", |child| child.text.as_str())
    }
}

/// How deep a document may go: a request of Route 53 has seven levels, and no answer that is read here has more.
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
    fn elements_are_found_by_their_local_names() {
        let root =
            parse("<?xml version=\"1.0\"?><a:List xmlns:a=\"u\"><a:Name>b &amp; c</a:Name><Name>d</Name></a:List>");
        let root = root.expect("it reads");
        assert_eq!((root.name.as_str(), root.text_of("Name"), root.text_of("Other")), ("List", "b & c", ""));
        assert!(root.child("Other").is_none());
    }

    #[test]
    fn refuses_what_is_no_document() {
        for bad in ["", "<a>", "<a></b>", "<a/><b/>", "<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>", "<a>&x;</a>"] {
            assert!(parse(bad).is_err(), "{bad}");
        }
        assert!(parse(&"<a>".repeat(100_000)).is_err());
    }
}
