//! How the estate's resources are declared: with the members, names and types of AWS's service models, so that one struct is what a
//! collector fills, a line of the estate file, and what the twin answers.

/// Whether a member is absent on the wire.
pub(crate) trait Absent {
    /// Whether nothing is to be written for it.
    fn is_absent(&self) -> bool;
}

impl<T> Absent for Option<T> {
    fn is_absent(&self) -> bool {
        self.is_none()
    }
}

impl<T> Absent for Vec<T> {
    fn is_absent(&self) -> bool {
        self.is_empty()
    }
}

impl<K, V> Absent for std::collections::BTreeMap<K, V> {
    fn is_absent(&self) -> bool {
        self.is_empty()
    }
}

impl Absent for String {
    fn is_absent(&self) -> bool {
        self.is_empty()
    }
}

/// Declares structs whose members are those of the named AWS shape: absent texts are empty, other absent members `None`.
macro_rules! wire {
    ($($(#[$meta:meta])* $name:ident as $case:literal { $($(#[$field_meta:meta])* $field:ident: $type:ty,)* })*) => { $(
        $(#[$meta])*
        #[derive(
            Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema,
        )]
        #[serde(rename_all = $case, deny_unknown_fields)]
        pub struct $name { $(
            #[doc = "As in the service model."]
            $(#[$field_meta])*
            #[serde(default, skip_serializing_if = "crate::model::wire::Absent::is_absent")]
            pub $field: $type,
        )* }
    )* };
}
pub(crate) use wire;
