//! `api`: any call of a provider's own interface, with the account's address,
//! token and limits, for what has no screen.

use std::io::{Read, Write};
use std::path::Path;

use serde_json::{Map, Value, json};

use crate::config::file::Account;
use crate::model::direct::{Body, Call, CallAnswer, Method};
use crate::model::text;
use crate::run::assemble::{self, Ground, Options};
use crate::run::{direct, remote};

use super::args::{Api, Global};
use super::failure::Failure;
use super::print::Out;
use super::session;
use super::{Ended, json as schema};

/// Bytes a file that is sent may have.
const LARGEST: u64 = 8 * 1024 * 1024;

/// Headers whose values are secrets.
const SECRET: [&str; 2] = ["set-cookie", "authorization"];

/// Pieces of an answer that are cleaned at a time; text of ours has a limit.
const PIECE: usize = 16 * 1024;

/// `api METHOD PATH`
pub fn api(out: &mut Out, global: &Global, args: &Api) -> Ended {
    let call = call(args)?;
    let what = format!("{} {}", call.method.word(), call.path);
    if call.method.writes() {
        if global.read_only {
            return Err(session::read_only(&what, "goaldeck was started with --read-only").into());
        }
        out.remark(&crate::shown!(
            "goaldeck: this goes past the outbox: it is sent once, and nothing takes it back"
        ));
    }
    let options = session::options(global);
    let ground = Ground::read(&options).map_err(|fault| session::of_assembly(&fault))?;
    let account = account(&options, &ground)?;
    let provider = remote::bare(&options, &ground, &account, None);
    let answer = direct::call(&provider, call).map_err(|fault| Failure::of(&*what, &fault))?;
    print(out, args, &answer)?;
    match answer.status {
        200..=299 => Ok(()),
        status => Err(refused(&what, status).into()),
    }
}

/// The account that is asked for, else the only one with a server.
fn account(options: &Options, ground: &Ground) -> Result<Account, Failure> {
    let accounts = assemble::accounts(options, &ground.loaded.config)
        .map_err(|fault| session::of_assembly(&fault))?;
    let mut remote: Vec<Account> = accounts
        .into_iter()
        .filter(|account| account.sign_in.is_some() || options.account.is_some())
        .collect();
    if remote.len() > 1 {
        let names: Vec<&str> = remote.iter().map(|one| one.name.as_str()).collect();
        return Err(Failure::usage(
            "--account",
            format!("there are several: {}", names.join(", ")),
            "say which",
        ));
    }
    remote.pop().ok_or_else(|| {
        Failure::usage(
            "api",
            "there is no account of a server",
            "add one with goaldeck account add",
        )
    })
}

/// The call as the flags say.
fn call(args: &Api) -> Result<Call, Failure> {
    let method = Method::parse(&args.method).ok_or_else(|| {
        let words = Method::ALL.map(Method::word).join(", ");
        Failure::usage("METHOD", format!("it should be one of {words}"), "")
    })?;
    let mut call = Call {
        method,
        path: args.path.clone(),
        query: Vec::new(),
        body: None,
    };
    if let Some(file) = &args.input {
        if !method.writes() {
            return Err(Failure::usage(
                "--input",
                "a read sends nothing along",
                "use -f",
            ));
        }
        call.body = Some(Body::Bytes(input(file)?));
        return Ok(call);
    }
    let texts = args.fields.iter().map(|field| {
        let (key, value) = pair("-f", field)?;
        Ok((key, json!(value)))
    });
    let any = args.json_fields.iter().map(|field| {
        let (key, value) = pair("-F", field)?;
        let value = serde_json::from_str(&value).map_err(|error| {
            Failure::usage(
                format!("-F {key}"),
                format!("it is no JSON: {error}"),
                "use -f for text",
            )
        })?;
        Ok((key, value))
    });
    let fields: Vec<(String, Value)> = texts.chain(any).collect::<Result<_, Failure>>()?;
    if method.writes() {
        call.body = Some(Body::Json(object(fields)?));
    } else {
        call.query = query(fields)?;
    }
    Ok(call)
}

fn pair(flag: &str, field: &str) -> Result<(String, String), Failure> {
    match field.split_once('=') {
        Some((key, value)) if !key.trim_end_matches("[]").is_empty() => {
            Ok((key.to_owned(), value.to_owned()))
        }
        _ => Err(Failure::usage(
            flag,
            format!("{field} has no key"),
            "write it like -f name=Ana",
        )),
    }
}

/// Fields as parameters: lists are repeated with `[]` after the key.
fn query(fields: Vec<(String, Value)>) -> Result<Vec<(String, String)>, Failure> {
    let plain = |key: &str, value: &Value| match value {
        Value::String(text) => Ok(text.clone()),
        Value::Bool(_) | Value::Number(_) => Ok(value.to_string()),
        _ => Err(Failure::usage(
            format!("-F {key}"),
            "a query takes text, numbers, true, false and lists of these",
            "",
        )),
    };
    let mut query = Vec::new();
    for (key, value) in fields {
        let Value::Array(items) = &value else {
            query.push((key.clone(), plain(&key, &value)?));
            continue;
        };
        let name = key.trim_end_matches("[]");
        if items.is_empty() {
            query.push((name.to_owned(), String::new()));
        }
        for item in items {
            query.push((format!("{name}[]"), plain(&key, item)?));
        }
    }
    Ok(query)
}

/// Fields as a JSON object: `key[]` adds to a list.
fn object(fields: Vec<(String, Value)>) -> Result<Value, Failure> {
    let mut object = Map::new();
    for (key, value) in fields {
        let Some(name) = key.strip_suffix("[]") else {
            object.insert(key, value);
            continue;
        };
        match object.entry(name).or_insert_with(|| json!([])) {
            Value::Array(list) => list.push(value),
            _ => {
                let why = "it is given both as a list and not";
                return Err(Failure::usage(
                    name,
                    why,
                    "write [] after each, or once without",
                ));
            }
        }
    }
    Ok(Value::Object(object))
}

fn input(file: &Path) -> Result<Vec<u8>, Failure> {
    let wrong = |error: std::io::Error| {
        let why = format!("{} cannot be read: {error}", file.display());
        Failure::usage("--input", why, "check the file's name")
    };
    let mut bytes = Vec::new();
    let read = if file == Path::new("-") {
        std::io::stdin()
            .lock()
            .take(LARGEST + 1)
            .read_to_end(&mut bytes)
    } else {
        let file = std::fs::File::open(file).map_err(wrong)?;
        file.take(LARGEST + 1).read_to_end(&mut bytes)
    };
    let count = read.map_err(wrong)?;
    if u64::try_from(count).is_ok_and(|count| count > LARGEST) {
        return Err(Failure::usage(
            "--input",
            "it is larger than 8 MiB",
            "send less",
        ));
    }
    Ok(bytes)
}

/// The answer: as it came into a pipe, laid out and cleaned on a terminal.
fn print(out: &mut Out, args: &Api, answer: &CallAnswer) -> std::io::Result<()> {
    let headers = answer.headers.iter().map(|(name, value)| {
        let is_secret = SECRET.contains(&name.as_str());
        (
            name.as_str(),
            if is_secret { "***" } else { value.as_str() },
        )
    });
    let parsed: Option<Value> = serde_json::from_slice(&answer.body).ok();
    if out.is_json {
        let headers: Map<String, Value> = headers
            .map(|(name, value)| (name.to_owned(), json!(value)))
            .collect();
        let body = parsed.unwrap_or_else(|| json!(text::utf8(&answer.body)));
        let mut value = json!({ "status": answer.status, "body": body });
        if let (true, Some(fields)) = (args.include, value.as_object_mut()) {
            fields.insert("headers".to_owned(), Value::Object(headers));
        }
        return out.json(&schema::object("answer", value));
    }
    if args.include {
        out.say(&crate::shown!("HTTP {}", answer.status))?;
        for (name, value) in headers {
            out.say(&crate::shown!("{name}: {value}"))?;
        }
        out.say(&crate::shown!(""))?;
    }
    if !out.is_terminal {
        return out.raw().write_all(&answer.body);
    }
    let laid_out = parsed.and_then(|value| serde_json::to_string_pretty(&value).ok());
    let body = laid_out.map_or_else(|| text::utf8(&answer.body), Into::into);
    for line in body.lines() {
        clean_line(out, line)?;
    }
    Ok(())
}

/// A line of any length, without what a terminal would obey.
fn clean_line(out: &mut Out, line: &str) -> std::io::Result<()> {
    let mut rest = line;
    while rest.len() > PIECE {
        let end = (PIECE / 2..=PIECE)
            .rev()
            .find(|at| rest.is_char_boundary(*at))
            .unwrap_or(rest.len());
        let (piece, after) = rest.split_at(end);
        write!(out.raw(), "{}", text::block(piece))?;
        rest = after;
    }
    out.say(&text::block(rest))
}

/// A status that is no success, as a failure.
fn refused(what: &str, status: u16) -> Failure {
    let (code, exit, why) = match status {
        401 => ("signed_out", 3, "the server does not take the token"),
        403 => ("forbidden", 4, "the server does not allow it"),
        404 => ("gone", 4, "the server has no such call or thing"),
        500..=599 => ("refused", 4, "the server failed over it"),
        _ => ("refused", 4, "the server refused it"),
    };
    Failure::new(code, exit, what, format!("{why} (HTTP {status})"), "").with_status(status)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args(method: &str, fields: &[&str], json_fields: &[&str]) -> Api {
        let owned = |list: &[&str]| list.iter().map(|one| (*one).to_owned()).collect();
        Api {
            method: method.to_owned(),
            path: "goals/get".to_owned(),
            fields: owned(fields),
            json_fields: owned(json_fields),
            input: None,
            include: false,
        }
    }

    #[test]
    fn fields_of_a_read_are_its_query() {
        let read = call(&args(
            "get",
            &["id=a b", "actions[]=x"],
            &["n=3", "flag=true", "more=[\"y\",1]", "none=[]"],
        ))
        .unwrap();
        let expected = [
            ("id", "a b"),
            ("actions[]", "x"),
            ("n", "3"),
            ("flag", "true"),
            ("more[]", "y"),
            ("more[]", "1"),
            ("none", ""),
        ];
        let expected = expected.map(|(key, value)| (key.to_owned(), value.to_owned()));
        assert_eq!((read.query, read.body), (expected.to_vec(), None));
        assert!(call(&args("GET", &[], &["a={}"])).is_err());
    }

    #[test]
    fn fields_of_a_write_are_a_json_object() {
        let write = call(&args(
            "POST",
            &["name=1", "ids[]=a", "ids[]=b", "text=x=y"],
            &["done=true", "due=null"],
        ))
        .unwrap();
        let wanted =
            json!({"name": "1", "ids": ["a", "b"], "text": "x=y", "done": true, "due": null});
        assert_eq!(
            (write.query, write.body),
            (vec![], Some(Body::Json(wanted)))
        );
        assert!(call(&args("POST", &["a=1", "a[]=2"], &[])).is_err());
    }

    #[test]
    fn what_cannot_be_read_is_wrong_usage() {
        for wrong in [
            args("BREW", &[], &[]),
            args("GET", &["novalue"], &[]),
            args("GET", &["=x"], &[]),
            args("POST", &[], &["a=tru"]),
        ] {
            assert_eq!(call(&wrong).unwrap_err().exit, 2);
        }
    }
}
