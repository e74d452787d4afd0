//! Requests for higher quotas are granted, or turned down, in their own time.

use super::World;
use super::coming::Place;
use deskpair_rules::model::Moment;
use std::time::Duration;

/// How long a request is open. People at AWS decide on it, in no documented time: this is the twin's own.
pub(crate) const QUOTA_IS_DECIDED: Duration = Duration::from_secs(30 * 60);

/// A request for a higher quota.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct QuotaRequest {
    /// Its id.
    pub(crate) id: String,
    /// The quota's code.
    pub(crate) code: String,
    /// The quota's name.
    pub(crate) name: String,
    /// How many are asked for.
    pub(crate) desired: f64,
    /// `servicequotas:RequestStatus`.
    pub(crate) status: &'static str,
    /// Who asks.
    pub(crate) requester: String,
    /// When it was made.
    pub(crate) created: Moment,
    /// When its status was changed last.
    pub(crate) updated: Moment,
}

impl QuotaRequest {
    /// Whether it was not decided on yet.
    pub(crate) fn is_open(&self) -> bool {
        matches!(self.status, "PENDING" | "CASE_OPENED")
    }
}

impl World {
    /// Turns a request down: nothing is applied.
    pub(super) fn quota_is_denied(&mut self, place: &Place, id: &str, at: Moment) {
        let requests = self.realm_mut(&place.account, &place.region).map(|realm| &mut realm.quota_requests);
        if let Some(request) = requests.and_then(|all| all.iter_mut().find(|request| request.id == id)) {
            (request.status, request.updated) = ("DENIED", at);
        }
    }

    /// Grants a request: the applied value is what was asked for.
    pub(super) fn quota_is_granted(&mut self, place: &Place, id: &str, at: Moment) {
        let Some(realm) = self.realm_mut(&place.account, &place.region) else { return };
        let Some(request) = realm.quota_requests.iter_mut().find(|request| request.id == id) else { return };
        (request.status, request.updated) = ("APPROVED", at);
        let (code, value) = (request.code.clone(), request.desired.floor() as u64);
        let side = &mut realm.side;
        match side.quotas.items_mut().iter_mut().find(|quota| quota.quota_code == code) {
            Some(quota) => quota.value = Some(value),
            None => {
                let default = side.default_quotas.items().iter().find(|quota| quota.quota_code == code).cloned();
                side.quotas.items_mut().extend(default.map(|mut quota| {
                    quota.value = Some(value);
                    quota
                }));
            }
        }
    }
}
