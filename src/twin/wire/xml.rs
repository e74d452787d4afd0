//! XML to write, as far as AWS uses it: elements, text, one namespace.

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

    /// With a child of this name for each text.
    #[must_use]
    pub(crate) fn leaves(self, name: &str, texts: &[String]) -> Self {
        texts.iter().fold(self, |element, text| element.leaf(name, text))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::xml::parse;

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
}
