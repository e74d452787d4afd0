//! Answers that ended early. The SDK takes an XML document that was cut in the middle for a shorter one, and no JSON at all for an empty
//! object: a list would seem to be whole, and what it lost to be absent. So each answer is checked once more.

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::context::AfterDeserializationInterceptorContextRef;
use aws_smithy_runtime_api::client::interceptors::{Intercept, dyn_dispatch_hint};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;
use quick_xml::Reader;
use quick_xml::events::Event;

/// Refuses successful answers whose body is not a whole document.
#[derive(Clone, Copy, Debug)]
pub(super) struct WholeAnswers;

#[dyn_dispatch_hint]
impl Intercept for WholeAnswers {
    fn name(&self) -> &'static str {
        "whole answers"
    }

    fn read_after_deserialization(
        &self,
        context: &AfterDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let answer = context.response();
        match answer.body().bytes() {
            Some(body) if answer.status().is_success() => check(body).map_err(Into::into),
            Some(_) | None => Ok(()),
        }
    }
}

/// A client of a service that refuses answers which ended early.
macro_rules! client {
    ($sdk:ident, $config:expr) => {
        $sdk::Client::from_conf(
            $sdk::config::Builder::from($config).interceptor(crate::collect::whole::WholeAnswers).build(),
        )
    };
}
pub(super) use client;

fn check(body: &[u8]) -> Result<(), String> {
    let body = body.trim_ascii();
    match (body.first(), body.last()) {
        // That what is inside is well-formed is the SDK's to tell.
        (Some(b'{'), Some(b'}')) => Ok(()),
        (Some(b'{'), _) => Err("the answer is JSON that ends early".to_owned()),
        (Some(b'<'), _) => check_xml(body),
        (Some(_), _) => Err("the answer is neither JSON nor XML".to_owned()),
        (None, _) => Err("the answer is empty".to_owned()),
    }
}

fn check_xml(body: &[u8]) -> Result<(), String> {
    let mut reader = Reader::from_reader(body);
    let mut depth = 0_usize;
    let mut elements = 0_usize;
    loop {
        match reader.read_event().map_err(|error| format!("the answer is not well-formed XML: {error}"))? {
            Event::Start(_) => {
                depth += 1;
                elements += 1;
            }
            Event::Empty(_) => elements += 1,
            Event::End(_) => depth = depth.saturating_sub(1),
            Event::Eof => break,
            Event::Text(_)
            | Event::CData(_)
            | Event::Comment(_)
            | Event::Decl(_)
            | Event::PI(_)
            | Event::DocType(_)
            | Event::GeneralRef(_) => {}
        }
    }
    if depth > 0 || elements == 0 { Err("the answer is XML that ends early".to_owned()) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_whole_or_refused_wherever_it_was_cut() {
        let xml = "<?xml version=\"1.0\"?>\n<List><Zone a=\"1\"><Name>b &amp; c</Name><Empty/></Zone><Zone/></List>";
        let json = r#" {"Directories":[{"Name":"}"}],"NextToken":null}"#;
        for whole in [xml, json] {
            assert_eq!(check(whole.as_bytes()), Ok(()));
            assert_eq!(check(format!("{whole}\n").as_bytes()), Ok(()));
        }
        for end in 0..xml.len() {
            assert!(check(&xml.as_bytes()[..end]).is_err(), "{}", &xml[..end]);
        }
        assert!(check(b"Gateway says hello").is_err());
        assert!(check(b"<a></b>").is_err());
    }
}
