//! Building values without copying what is inside them: `json!` serializes
//! every part again at every level, which is slow with ten thousand goals.

use serde_json::{Map, Value};

/// What can stand in an object.
pub trait Shown {
    fn shown(self) -> Value;
}

impl Shown for Value {
    fn shown(self) -> Value {
        self
    }
}

impl Shown for &Value {
    fn shown(self) -> Value {
        self.clone()
    }
}

impl Shown for Vec<Value> {
    fn shown(self) -> Value {
        Value::Array(self)
    }
}

impl Shown for Vec<String> {
    fn shown(self) -> Value {
        Value::from(self)
    }
}

impl Shown for [Value; 0] {
    fn shown(self) -> Value {
        Value::Array(Vec::new())
    }
}

impl<T: Shown> Shown for Option<T> {
    fn shown(self) -> Value {
        self.map_or(Value::Null, Shown::shown)
    }
}

macro_rules! plain {
    ($($kind:ty),*) => {$(
        impl Shown for $kind {
            fn shown(self) -> Value {
                Value::from(self)
            }
        }
    )*};
}

plain!(&str, String, bool, i32, i64, usize, f64);

impl Shown for &String {
    fn shown(self) -> Value {
        Value::String(self.clone())
    }
}

impl Shown for &Option<String> {
    fn shown(self) -> Value {
        self.clone().shown()
    }
}

/// An object of keys and values, like `json!` for one level.
macro_rules! obj {
    ({ $($key:literal : $value:expr),* $(,)? }) => {{
        #[allow(unused_mut, reason = "an object may be empty")]
        let mut map = serde_json::Map::new();
        $(map.insert(String::from($key), $crate::operately::shown::Shown::shown($value));)*
        serde_json::Value::Object(map)
    }};
}

pub(crate) use obj;

/// `null` as it is written in `obj!`.
#[allow(non_upper_case_globals, reason = "reads as in JSON")]
pub const null: Value = Value::Null;

/// Moves the entries of an object into another.
pub fn merge(into: &mut Value, more: Value) {
    if let (Value::Object(into), Value::Object(more)) = (into, more) {
        let more: Map<String, Value> = more;
        into.extend(more);
    }
}
