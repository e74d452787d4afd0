//! `ListResourceRecordSetProtections`, which the SDK lacks (AWS-FACTS §3; shapes: botocore 1.44.5).
//!
//! It is sent as the SDK's `GetHostedZone` whose path is made longer before it is signed. Both are plain GETs at the zone, and refuse
//! alike. So the endpoint, the credentials and their cache, the signature, the connection, the proxy and the user agent are those of all
//! other calls by construction; the answer alone, which the SDK cannot take for a zone's, is read here.

use super::Route53;
use crate::collect::datasets::LIST_RESOURCE_RECORD_SET_PROTECTIONS;
use crate::collect::paging::{Listing, Page, pages, token};
use crate::xml::parse;
use aws_sdk_route53::operation::get_hosted_zone::GetHostedZoneError;
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_runtime_api::http::HttpError;
use aws_smithy_types::body::SdkBody;
use deskpair_rules::model::route53::RecordProtection;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

/// What stands behind the zone's path; 300 is the most of a page.
const BELOW_THE_ZONE: &str = "/rrsetprotection?maxresults=300";

impl Route53 {
    /// The record sets of a zone that no change may touch.
    pub(in crate::collect) async fn protections(&self, zone: &str) -> Listing<RecordProtection> {
        let caller = &self.caller;
        pages(caller, LIST_RESOURCE_RECORD_SET_PROTECTIONS, zone, |next: Option<String>| async move {
            let next = next.map(|token| format!("&nexttoken={}", utf8_percent_encode(&token, NON_ALPHANUMERIC)));
            let rest = format!("{BELOW_THE_ZONE}{}", next.unwrap_or_default());
            caller.read(LIST_RESOURCE_RECORD_SET_PROTECTIONS, zone, || self.page_of_protections(zone, &rest)).await
        })
        .await
    }

    async fn page_of_protections(
        &self,
        zone: &str,
        rest: &str,
    ) -> Result<Page<RecordProtection, String>, SdkError<GetHostedZoneError, HttpResponse>> {
        let rest = rest.to_owned();
        let lengthened = move |mut request: HttpRequest| -> Result<HttpRequest, HttpError> {
            let uri = format!("{}{rest}", request.uri());
            request.set_uri(uri)?;
            Ok(request)
        };
        match self.client.get_hosted_zone().id(zone).customize().map_request(lengthened).send().await {
            // What the SDK, which waits for a zone, could not read.
            Err(SdkError::ServiceError(answer)) if answer.raw().status().is_success() => {
                let body = answer.raw().body().bytes().unwrap_or_default();
                read(body).map_err(|why| SdkError::response_error(why, answer.into_raw()))
            }
            Err(error) => Err(error),
            Ok(_) => {
                let answer = HttpResponse::new(200.try_into().expect("a status"), SdkBody::empty());
                Err(SdkError::response_error("the service answered with a zone, not with its protections", answer))
            }
        }
    }
}

/// One page: `ListResourceRecordSetProtectionsResponse`.
fn read(body: &[u8]) -> Result<Page<RecordProtection, String>, String> {
    let text = std::str::from_utf8(body).map_err(|error| format!("the answer is no text: {error}"))?;
    let root = parse(text).map_err(|why| format!("the answer is not well-formed XML: {why}"))?;
    // The list is required, so that an answer without it is none.
    let list =
        root.child("ResourceRecordSetProtections").filter(|_| root.name == "ListResourceRecordSetProtectionsResponse");
    let list = list.ok_or_else(|| format!("the answer <{}> is no list of protections", root.name))?;
    let items = list.children.iter().map(|one| RecordProtection {
        record_name: one.text_of("RecordName").to_owned(),
        record_type: one.text_of("RecordType").to_owned(),
        comment: one.text_of("Comment").to_owned(),
    });
    Ok(Page { items: items.collect(), next: token(Some(root.text_of("NextToken").to_owned())) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_read_or_refused() {
        let page = read(
            b"<?xml version=\"1.0\"?><ListResourceRecordSetProtectionsResponse xmlns=\"https://route53.amazonaws.com/doc/2013-04-01/\">\
            <ResourceRecordSetProtections><ResourceRecordSetProtection><RecordName>a.example.com.</RecordName>\
            <RecordType>TXT</RecordType><Comment>mine &amp; yours</Comment></ResourceRecordSetProtection>\
            <ResourceRecordSetProtection><RecordName>b.example.com.</RecordName><RecordType>A</RecordType>\
            </ResourceRecordSetProtection></ResourceRecordSetProtections><NextToken>more</NextToken>\
            </ListResourceRecordSetProtectionsResponse>",
        )
        .expect("it is a page");
        assert_eq!(page.items.len(), 2);
        assert_eq!((page.items[0].record_type.as_str(), page.items[0].comment.as_str()), ("TXT", "mine & yours"));
        assert_eq!((page.items[1].comment.as_str(), page.next.as_deref()), ("", Some("more")));
        let empty = b"<ListResourceRecordSetProtectionsResponse><ResourceRecordSetProtections/></ListResourceRecordSetProtectionsResponse>";
        let page = read(empty).expect("a list with nothing in it");
        assert_eq!((page.items.len(), page.next), (0, None));
        for other in [
            &b"<ListResourceRecordSetProtectionsResponse/>"[..],
            b"<GetHostedZoneResponse><ResourceRecordSetProtections/></GetHostedZoneResponse>",
            b"<ListResourceRecordSetProtectionsResponse><ResourceRecordSetProtections>",
            b"\xff",
            b"",
        ] {
            assert!(read(other).is_err(), "{}", String::from_utf8_lossy(other));
        }
    }
}
