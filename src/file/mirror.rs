//! What every version of the file format is written with: records and choices that mirror the document's types.
//!
//! A version lists each record once, with the value a left-out field stands for. Reading, writing, both
//! conversions and the walk over all numbers follow from the list, so that they cannot disagree, and a field
//! added to the document stops the compiler here until the format says how it is kept.

/// A step from a value in the file to one inside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step<'a> {
    Field(&'a str),
    Index(usize),
}

impl<'a> From<&'a str> for Step<'a> {
    fn from(field: &'a str) -> Self {
        Self::Field(field)
    }
}

impl From<usize> for Step<'_> {
    fn from(index: usize) -> Self {
        Self::Index(index)
    }
}

/// `way!["offers", 3, "sla"]`
macro_rules! way {
    ($($step:expr),+ $(,)?) => { [$($crate::file::mirror::Step::from($step)),+] };
}

/// Called with every number of a value and the way to it.
pub type Visit<'a> = dyn FnMut(&[Step], f64) + 'a;

/// A file type and the document type it stands for.
pub trait Mirror: Sized {
    type Site;

    fn from_site(site: &Self::Site) -> Self;
    fn into_site(self) -> Self::Site;
}

/// A file type whose numbers can be looked over without knowing its fields.
pub trait Walk {
    /// Shows every floating-point number inside; `way` leads to this value and is as before afterwards.
    fn walk(&self, way: &mut Vec<Step>, visit: &mut Visit);
}

macro_rules! same_in_file_and_document {
    ($($type:ty),*) => {$(
        impl Mirror for $type {
            type Site = Self;
            fn from_site(site: &Self) -> Self { site.clone() }
            fn into_site(self) -> Self { self }
        }
        impl Walk for $type {
            fn walk(&self, _: &mut Vec<Step>, _: &mut Visit) {}
        }
    )*};
}
same_in_file_and_document!(u16, u32, u64, i16, bool, String);

impl Mirror for f64 {
    type Site = Self;
    fn from_site(site: &Self) -> Self {
        *site
    }
    fn into_site(self) -> Self {
        self
    }
}

impl Walk for f64 {
    fn walk(&self, way: &mut Vec<Step>, visit: &mut Visit) {
        visit(way, *self);
    }
}

impl<T: Mirror> Mirror for Option<T> {
    type Site = Option<T::Site>;
    fn from_site(site: &Self::Site) -> Self {
        site.as_ref().map(T::from_site)
    }
    fn into_site(self) -> Self::Site {
        self.map(T::into_site)
    }
}

impl<T: Walk> Walk for Option<T> {
    fn walk(&self, way: &mut Vec<Step>, visit: &mut Visit) {
        if let Some(value) = self {
            value.walk(way, visit);
        }
    }
}

impl<T: Mirror> Mirror for Vec<T> {
    type Site = Vec<T::Site>;
    fn from_site(site: &Self::Site) -> Self {
        site.iter().map(T::from_site).collect()
    }
    fn into_site(self) -> Self::Site {
        self.into_iter().map(T::into_site).collect()
    }
}

impl<T: Walk> Walk for Vec<T> {
    fn walk(&self, way: &mut Vec<Step>, visit: &mut Visit) {
        for (index, value) in self.iter().enumerate() {
            way.push(Step::Index(index));
            value.walk(way, visit);
            way.pop();
        }
    }
}

/// A struct of the file. A field with `= value` may be left out and then has that value; it is not written when
/// it has it. With `=> Path`, the document's struct of the same fields.
macro_rules! record {
    (
        $(#[$meta:meta])*
        $name:ident => $site:path {
            $($field:ident : $type:ty $(= $default:expr)?),* $(,)?
        }
    ) => {
        $crate::file::mirror::record! { $(#[$meta])* $name { $($field: $type $(= $default)?),* } }

        impl $crate::file::mirror::Mirror for $name {
            type Site = $site;

            fn from_site(site: &$site) -> Self {
                let $site { $($field),* } = site;
                Self { $($field: $crate::file::mirror::Mirror::from_site($field)),* }
            }

            fn into_site(self) -> $site {
                let Self { $($field),* } = self;
                $site { $($field: $crate::file::mirror::Mirror::into_site($field)),* }
            }
        }
    };

    (
        $(#[$meta:meta])*
        $name:ident {
            $($field:ident : $type:ty $(= $default:expr)?),* $(,)?
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq)]
        pub struct $name {
            $(pub $field: $type),*
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                use serde::ser::SerializeStruct as _;
                let written = 0 $(+ usize::from(record!(@written self.$field, $type $(, $default)?)))*;
                let mut fields = serializer.serialize_struct(stringify!($name), written)?;
                $(if record!(@written self.$field, $type $(, $default)?) {
                    fields.serialize_field(stringify!($field), &self.$field)?;
                } else {
                    fields.skip_field(stringify!($field))?;
                })*
                fields.end()
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                #[derive(serde::Deserialize)]
                #[serde(field_identifier)]
                #[expect(non_camel_case_types, reason = "the variants are the names of the fields")]
                enum Key {
                    $($field),*
                }
                struct Fields;
                impl<'de> serde::de::Visitor<'de> for Fields {
                    type Value = $name;

                    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        f.write_str(concat!("the fields of `", stringify!($name), "`"))
                    }

                    fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<$name, A::Error> {
                        use serde::de::Error as _;
                        $(let mut $field: Option<$type> = None;)*
                        while let Some(given) = map.next_key::<Key>()? {
                            match given {
                                $(Key::$field => {
                                    if $field.is_some() {
                                        return Err(A::Error::duplicate_field(stringify!($field)));
                                    }
                                    $field = Some(map.next_value()?);
                                })*
                            }
                        }
                        Ok($name {
                            $($field: match $field {
                                Some(value) => value,
                                None => record!(@left_out $field, A $(, $default)?),
                            }),*
                        })
                    }
                }
                deserializer.deserialize_struct(stringify!($name), &[$(stringify!($field)),*], Fields)
            }
        }

        impl $crate::file::mirror::Walk for $name {
            fn walk(&self, way: &mut Vec<$crate::file::mirror::Step>, visit: &mut $crate::file::mirror::Visit) {
                $(
                    way.push($crate::file::mirror::Step::Field(stringify!($field)));
                    $crate::file::mirror::Walk::walk(&self.$field, way, visit);
                    way.pop();
                )*
            }
        }

        #[cfg(test)]
        impl $crate::file::sample::Sample for $name {
            fn sample(random: &mut $crate::file::sample::Random) -> Self {
                Self { $($field: $crate::file::sample::Sample::sample(random)),* }
            }
        }
    };

    (@written $value:expr, $type:ty) => { true };
    (@written $value:expr, $type:ty, $default:expr) => {{
        let default: $type = $default;
        $value != default
    }};
    (@left_out $field:ident, $access:ident) => {
        return Err($access::Error::missing_field(stringify!($field)))
    };
    (@left_out $field:ident, $access:ident, $default:expr) => { $default };
}

/// A record whose every field may be left out, so that the whole may be.
macro_rules! settings {
    (
        $(#[$meta:meta])*
        $name:ident $(=> $site:path)? { $($field:ident : $type:ty = $default:expr),* $(,)? }
    ) => {
        $crate::file::mirror::record! { $(#[$meta])* $name $(=> $site)? { $($field: $type = $default),* } }

        impl Default for $name {
            fn default() -> Self {
                Self { $($field: $default),* }
            }
        }
    };
}

/// An enum of the file and the document's enum of the same variants.
macro_rules! choice {
    (
        $(#[$meta:meta])*
        $name:ident => $site:path {
            $($variant:ident
                $(($inner:ident : $inner_type:ty))?
                $({ $($(#[$attribute:meta])* $field:ident : $type:ty),* $(,)? })?
            ),* $(,)?
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        pub enum $name {
            $($variant $(($inner_type))? $({ $($(#[$attribute])* $field: $type),* })?),*
        }

        impl $crate::file::mirror::Mirror for $name {
            type Site = $site;

            fn from_site(site: &$site) -> Self {
                #[allow(unused_imports, reason = "a choice of plain names converts nothing")]
                use $crate::file::mirror::Mirror;
                type Theirs = $site;
                match site {
                    $(Theirs::$variant $(($inner))? $({ $($field),* })? => Self::$variant
                        $((Mirror::from_site($inner)))?
                        $({ $($field: Mirror::from_site($field)),* })?,)*
                }
            }

            fn into_site(self) -> $site {
                #[allow(unused_imports, reason = "a choice of plain names converts nothing")]
                use $crate::file::mirror::Mirror;
                type Theirs = $site;
                match self {
                    $(Self::$variant $(($inner))? $({ $($field),* })? => Theirs::$variant
                        $((Mirror::into_site($inner)))?
                        $({ $($field: Mirror::into_site($field)),* })?,)*
                }
            }
        }

        impl $crate::file::mirror::Walk for $name {
            #[allow(unused_variables, reason = "a choice of plain names holds no number")]
            fn walk(&self, way: &mut Vec<$crate::file::mirror::Step>, visit: &mut $crate::file::mirror::Visit) {
                #[allow(unused_imports, reason = "a choice of plain names holds no number")]
                use $crate::file::mirror::Walk;
                match self {
                    $(Self::$variant $(($inner))? $({ $($field),* })? => {
                        $($inner.walk(way, visit);)?
                        $($(
                            way.push($crate::file::mirror::Step::Field(stringify!($field)));
                            $field.walk(way, visit);
                            way.pop();
                        )*)?
                    })*
                }
            }
        }

        #[cfg(test)]
        impl $crate::file::sample::Sample for $name {
            fn sample(random: &mut $crate::file::sample::Random) -> Self {
                #[allow(unused_imports, reason = "a choice of plain names samples nothing")]
                use $crate::file::sample::{Random, Sample};
                #[allow(unused_variables, reason = "a plain name samples nothing")]
                let makers: &[fn(&mut Random) -> Self] = &[
                    $(|random| Self::$variant
                        $(({ let $inner: $inner_type = Sample::sample(random); $inner }))?
                        $({ $($field: Sample::sample(random)),* })?),*
                ];
                makers[random.below(makers.len())](random)
            }
        }
    };
}

pub(super) use {choice, record, settings, way};
